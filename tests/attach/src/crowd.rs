//! One program at many places, for a listing that must not lose any of them.

use std::os::fd::{AsFd, AsRawFd, OwnedFd};

use libbpf_rs::{Xdp, XdpFlags};
use libbpf_sys as raw;

use crate::error::{Doing, Result};
use crate::handmade::socket_filter;
use crate::places::cgroup::Cgroup;
use crate::places::device::Device;
use crate::stage::Guard;
use crate::sys::{self, RawProg};

/// A program and the places where it is attached, which go when this is dropped.
pub struct Crowd {
    /// The program's id.
    pub prog_id: u32,
    /// The names of the devices, or the paths of the cgroups.
    pub places: Vec<String>,
    _guards: Vec<Guard>,
    _prog: OwnedFd,
}

impl Crowd {
    /// Attaches to so many devices by netlink, without a link.
    pub fn of_devices(count: usize) -> Result<Crowd> {
        let prog = load(raw::BPF_PROG_TYPE_XDP)?;
        Crowd::new(prog, count, |prog| {
            let device = Device::new()?;
            Xdp::new(prog.as_fd()).attach(device.ifindex(), XdpFlags::NONE).doing(|| "attach")?;
            Ok((device.name(), Box::new(device)))
        })
    }

    /// Attaches to so many cgroups by BPF_PROG_ATTACH, each in a parent of its own that has no
    /// program.
    pub fn of_cgroups(count: usize) -> Result<Crowd> {
        let prog = load(raw::BPF_PROG_TYPE_CGROUP_SKB)?;
        Crowd::new(prog, count, |prog| {
            let cgroup = Cgroup::called("crowd".as_ref())?;
            let fd = cgroup.open()?;
            sys::prog_attach(prog.as_fd(), fd.as_raw_fd(), raw::BPF_CGROUP_INET_EGRESS, 0)
                .doing(|| "attach")?;
            Ok((cgroup.path().to_owned(), Box::new(cgroup)))
        })
    }

    fn new(
        prog: OwnedFd,
        count: usize,
        attach: impl Fn(&OwnedFd) -> Result<(String, Guard)>,
    ) -> Result<Crowd> {
        let prog_id = sys::prog_info(&prog).doing(|| "ask for a program")?.id;
        let made = (0..count).map(|_| attach(&prog)).collect::<Result<Vec<_>>>()?;
        let (places, guards) = made.into_iter().unzip();
        Ok(Crowd { prog_id, places, _guards: guards, _prog: prog })
    }
}

fn load(prog_type: u32) -> Result<OwnedFd> {
    let _ = sys::allow_locked_memory();
    sys::prog_load(&RawProg { prog_type, ..socket_filter(b"crowd") }).doing(|| "load a program")
}
