//! The calls that no safe crate offers.
#![allow(unsafe_code)]

use std::ffi::CString;
use std::io;
use std::os::fd::{FromRawFd as _, OwnedFd};
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::Command;

use libbpf_sys as raw;
use rustix::thread::UnshareFlags;

/// Moves this process into a mount namespace of its own.
pub(crate) fn leave_mount_namespace() -> rustix::io::Result<()> {
    // SAFETY: only the mount namespace is left, no table of descriptors.
    unsafe { rustix::thread::unshare_unsafe(UnshareFlags::NEWNS) }
}

/// A limit by its number, such as `libc::RLIMIT_NOFILE`, and its value.
pub(crate) type Limit = (libc::__rlimit_resource_t, u64);

/// Has a command run under limits, which it cannot raise again unless it is privileged.
pub(crate) fn limit<'a>(command: &'a mut Command, limits: &[Limit]) -> &'a mut Command {
    let limits = limits.to_vec();
    // SAFETY: between fork and exec the closure does nothing but system calls.
    unsafe {
        command.pre_exec(move || {
            for (resource, value) in &limits {
                let limit = libc::rlimit { rlim_cur: *value, rlim_max: *value };
                if libc::setrlimit(*resource, &limit) != 0 {
                    return Err(io::Error::last_os_error());
                }
            }
            Ok(())
        })
    }
}

/// Gets the BPF object that a path stands for.
pub(crate) fn get_pinned(path: &Path, file_flags: u32) -> io::Result<OwnedFd> {
    let path = CString::new(path.as_os_str().as_bytes())?;
    let opts = raw::bpf_obj_get_opts {
        sz: size_of::<raw::bpf_obj_get_opts>() as _,
        file_flags,
        ..Default::default()
    };
    // SAFETY: path and options live until the call returns.
    match unsafe { raw::bpf_obj_get_opts(path.as_ptr(), &opts) } {
        // SAFETY: the descriptor is new, and nobody else's.
        fd @ 0.. => Ok(unsafe { OwnedFd::from_raw_fd(fd) }),
        error => Err(io::Error::from_raw_os_error(-error)),
    }
}
