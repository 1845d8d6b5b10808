//! Targets whose names, printed as they are, would forge a row or reach the terminal.

use std::ffi::OsStr;

use libbpf_sys as raw;

use super::attach;
use crate::error::{Doing, Result};
use crate::object::{CGROUP, NET};
use crate::places::cgroup::Cgroup;
use crate::places::device::Device;
use crate::stage::{Attached, Ready};

fn on_cgroup(cgroup_name: &'static str) -> Result<Ready> {
    const NAME: &str = "attach_cgroup_egress_by_link";
    let programs = CGROUP.load(&[NAME])?;
    let expect = programs.expect("cgroup", NAME)?;
    Ok(Ready::one(programs, expect, move |programs, expect| {
        let cgroup = Cgroup::called(OsStr::new(cgroup_name))?;
        let attach_type = raw::BPF_CGROUP_INET_EGRESS;
        let link = attach::by_link(&programs.prog(NAME)?, cgroup.raw_fd(), attach_type)?;
        let expect = cgroup.describe(expect)?.attach_type(attach_type);
        Ok(Attached::one(expect.linked(&link), link).at(cgroup))
    }))
}

/// The kernel refuses a newline in a cgroup's name; should one ever not, a listing must cope.
pub(crate) fn cgroup_newline() -> Result<Ready> {
    on_cgroup("x\n  99 evil")
}

pub(crate) fn cgroup_blanks() -> Result<Ready> {
    on_cgroup("  99 evil \t\r\u{b}\\040\u{1b}[31m\u{7f}\u{e9}")
}

fn on_device(place: fn() -> Result<Device>) -> Result<Ready> {
    const NAME: &str = "attach_xdp_by_bpf_link";
    let programs = NET.load(&[NAME])?;
    let expect = programs.expect("xdp", NAME)?;
    Ok(Ready::one(programs, expect, move |programs, expect| {
        let device = place()?;
        let link = programs.prog(NAME)?.attach_xdp(device.ifindex()).doing(|| "attach")?;
        Ok(Attached::one(device.describe(expect).linked(&link), link).at(device))
    }))
}

/// A device whose alias is 200 bytes long and not harmless; its name is.
pub(crate) fn device_alias() -> Result<Ready> {
    on_device(|| {
        let device = Device::new()?;
        let mut alias = b"x\n  99 evil             \x1b[31m \\040 ".repeat(10);
        alias.truncate(200);
        device.set_alias(&alias)?;
        Ok(device)
    })
}

/// A device's name may hold anything but blanks, colons and slashes.
pub(crate) fn device_name() -> Result<Ready> {
    on_device(|| Device::with_suffix(b"\x1b[1m\\"))
}
