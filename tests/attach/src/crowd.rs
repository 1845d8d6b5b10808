//! One program at many places, for a listing that must not lose any of them.

use std::os::fd::{AsFd, AsRawFd, OwnedFd};

use libbpf_rs::{TC_INGRESS, TcHookBuilder, Xdp, XdpFlags};
use libbpf_sys as raw;

use crate::error::{Doing, Result};
use crate::handmade::socket_filter;
use crate::netlink;
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

    /// Attaches to a cgroup so many levels below the root.
    pub fn nested(depth: usize) -> Result<Crowd> {
        let prog = load(raw::BPF_PROG_TYPE_CGROUP_SKB)?;
        Crowd::new(prog, 1, |prog| {
            let cgroup = Cgroup::nested(depth)?;
            sys::prog_attach(prog.as_fd(), cgroup.raw_fd(), raw::BPF_CGROUP_INET_EGRESS, 0)
                .doing(|| "attach")?;
            Ok((cgroup.path().to_owned(), Box::new(cgroup)))
        })
    }

    /// Attaches to one device so many times, by filters of clsact, each with a handle of its own from 1
    /// on. The places are the handles.
    pub fn of_filters(count: usize) -> Result<Crowd> {
        let prog = load(raw::BPF_PROG_TYPE_SCHED_CLS)?;
        let device = Device::new()?;
        let ifindex = device.ifindex();
        let mut crowd = Crowd::new(prog, 0, |_| unreachable!())?;
        let mut hook = TcHookBuilder::new(crowd._prog.as_fd())
            .ifindex(ifindex)
            .replace(false)
            .priority(1)
            .hook(TC_INGRESS);
        hook.create().doing(|| "create the clsact qdisc")?;
        for handle in 1..=count as u32 {
            hook.handle(handle).attach().doing(|| "attach")?;
            crowd.places.push(handle.to_string());
        }
        crowd._guards.push(Box::new(device));
        Ok(crowd)
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

/// A device with many filters that are no programs, as any user can make in a network namespace of his.
pub struct Foreign(#[allow(dead_code, reason = "kept until this is dropped")] Device);

impl Foreign {
    /// Adds so many filters to each of so many chains of one hook.
    pub fn new(chains: u32, each: u16) -> Result<Foreign> {
        let device = Device::new()?;
        let prog = load(raw::BPF_PROG_TYPE_SCHED_CLS)?;
        let mut hook = TcHookBuilder::new(prog.as_fd()).ifindex(device.ifindex()).hook(TC_INGRESS);
        hook.create().doing(|| "create the clsact qdisc")?;
        netlink::add_matchall(device.ifindex() as u32, chains, each).doing(|| "add filters")?;
        Ok(Foreign(device))
    }
}

/// Many programs at many cgroups, each program at two hooks of each cgroup.
pub struct Mass {
    /// The ids of the programs.
    pub prog_ids: Vec<u32>,
    /// The paths of the cgroups.
    pub places: Vec<String>,
    _cgroups: Vec<Cgroup>,
    _progs: Vec<OwnedFd>,
}

impl Mass {
    /// Attaches so many programs, at most 64, to so many cgroups.
    pub fn new(progs: usize, cgroups: usize) -> Result<Mass> {
        const HOOKS: [u32; 2] = [raw::BPF_CGROUP_INET_INGRESS, raw::BPF_CGROUP_INET_EGRESS];
        let load = || load(raw::BPF_PROG_TYPE_CGROUP_SKB);
        let progs = (0..progs).map(|_| load()).collect::<Result<Vec<_>>>()?;
        let cgroups = (0..cgroups).map(|_| Cgroup::new()).collect::<Result<Vec<_>>>()?;
        for (cgroup, prog) in cgroups.iter().flat_map(|at| progs.iter().map(move |prog| (at, prog)))
        {
            for hook in HOOKS {
                sys::prog_attach(prog.as_fd(), cgroup.raw_fd(), hook, raw::BPF_F_ALLOW_MULTI)
                    .doing(|| "attach")?;
            }
        }
        let id = |prog| Ok(sys::prog_info(prog).doing(|| "ask for a program")?.id);
        Ok(Mass {
            prog_ids: progs.iter().map(id).collect::<Result<_>>()?,
            places: cgroups.iter().map(|cgroup| cgroup.path().to_owned()).collect(),
            _cgroups: cgroups,
            _progs: progs,
        })
    }

    /// How many attachments there are.
    pub fn len(&self) -> usize {
        2 * self.prog_ids.len() * self.places.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

fn load(prog_type: u32) -> Result<OwnedFd> {
    let _ = sys::allow_locked_memory();
    sys::prog_load(&RawProg { prog_type, ..socket_filter(b"crowd") }).doing(|| "load a program")
}
