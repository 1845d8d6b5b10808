//! The two ways in which bpf(2) attaches a program to a target that is a number.

use std::os::fd::{AsFd, AsRawFd, OwnedFd};

use libbpf_rs::ProgramMut;

use crate::error::{Doing, Result};
use crate::stage::{Guard, OnDrop};
use crate::sys::{self, LinkExtra};

/// What BPF_PROG_ATTACH takes.
pub(crate) enum Target {
    /// A descriptor, kept open until the program is detached.
    Descriptor(OwnedFd),
    /// The index of a device.
    Device(i32),
}

/// Attaches a program to a descriptor or device by a link.
pub(crate) fn by_link(prog: &ProgramMut<'_>, target: i32, attach_type: u32) -> Result<OwnedFd> {
    sys::link_create(prog.as_fd(), target, attach_type, LinkExtra::Nothing)
        .doing(|| format!("attach '{}'", prog.name().display()))
}

/// Attaches a program by BPF_PROG_ATTACH, and detaches it when what this gives is dropped.
pub(crate) fn by_prog_attach(
    prog: &ProgramMut<'_>,
    target: Target,
    attach_type: u32,
    flags: u32,
) -> Result<Guard> {
    let number = match &target {
        Target::Descriptor(fd) => fd.as_raw_fd(),
        Target::Device(ifindex) => *ifindex,
    };
    sys::prog_attach(prog.as_fd(), number, attach_type, flags)
        .doing(|| format!("attach '{}'", prog.name().display()))?;
    let prog = prog.as_fd().try_clone_to_owned().doing(|| "duplicate a descriptor")?;
    Ok(Box::new(OnDrop(move || {
        let _open_until_here = &target;
        let _ = sys::prog_detach(prog.as_fd(), number, attach_type);
    })))
}
