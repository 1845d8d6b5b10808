//! Every system call that needs `unsafe`, behind functions that take and give owned values.
#![allow(unsafe_code)]

mod bpf;
pub mod driver;
mod os;
mod perf;
pub mod words;

pub(crate) use bpf::*;
pub(crate) use os::*;
pub(crate) use perf::*;

use std::io;
use std::os::fd::{FromRawFd, OwnedFd, RawFd};

/// Takes the descriptor that a system call of libc returned, or its `errno`.
fn owned(fd: RawFd) -> io::Result<OwnedFd> {
    if fd < 0 {
        return Err(io::Error::last_os_error());
    }
    // SAFETY: the caller has just got this descriptor from the kernel, so nobody else owns it.
    Ok(unsafe { OwnedFd::from_raw_fd(fd) })
}

/// The result of a system call of libc that returns nothing but success.
fn done(ret: i32) -> io::Result<()> {
    if ret < 0 { Err(io::Error::last_os_error()) } else { Ok(()) }
}

/// Takes the descriptor that libbpf returned, which gives failures as `-errno`.
fn owned_or_negative_errno(ret: RawFd) -> io::Result<OwnedFd> {
    done_or_negative_errno(ret)?;
    owned(ret)
}

/// The result of a libbpf function, which gives failures as `-errno`.
fn done_or_negative_errno(ret: i32) -> io::Result<()> {
    if ret < 0 { Err(io::Error::from_raw_os_error(-ret)) } else { Ok(()) }
}
