//! The two calls of the C library that no safe crate offers.

use std::io;

/// Which side of a fork this is.
pub enum Fork {
    /// The new process.
    Child,
    /// The old one, with the new one's id.
    Parent(rustix::process::Pid),
}

/// Makes a second process of this one.
///
/// # Errors
///
/// fork(2)'s: too many processes, or no memory.
#[allow(unsafe_code)]
pub fn fork() -> io::Result<Fork> {
    // SAFETY: bpfdbg never starts a thread, so that the child has no lock that nobody holds.
    match unsafe { libc::fork() } {
        0 => Ok(Fork::Child),
        pid => match rustix::process::Pid::from_raw(pid) {
            Some(pid) if pid.as_raw_nonzero().get() > 0 => Ok(Fork::Parent(pid)),
            _ => Err(io::Error::last_os_error()),
        },
    }
}

/// Has a write to a pipe that nobody reads fail with EPIPE, as std does before a Rust `main`.
#[allow(unsafe_code)]
pub fn ignore_sigpipe() {
    // SAFETY: SIG_IGN installs no handler.
    unsafe {
        libc::signal(libc::SIGPIPE, libc::SIG_IGN);
    }
}
