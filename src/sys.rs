//! The calls of the C library that no safe crate offers, and what a start-up in std would do.

use std::io;
use std::os::fd::{AsRawFd as _, IntoRawFd as _};

use rustix::fs::{Mode, OFlags};

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

/// Takes the standard descriptors that are closed, so that no file that is opened later becomes
/// one of them, and is read or written to in its place.
///
/// What takes them can be neither read nor written to. It is `/`, which is there where /dev/null is
/// not.
pub fn occupy_standard_descriptors() {
    let take = || rustix::fs::open("/", OFlags::PATH | OFlags::DIRECTORY, Mode::empty());
    while let Ok(fd) = take() {
        if fd.as_raw_fd() > libc::STDERR_FILENO {
            break;
        }
        // Open until the process ends.
        let _ = fd.into_raw_fd();
    }
}

/// Closes what this process was given beyond the standard descriptors. To be called before it opens
/// something of its own.
#[allow(unsafe_code)]
pub fn close_inherited_descriptors() {
    let first: libc::c_uint = 3;
    // SAFETY: the caller says that nothing in this process owns one of these descriptors. Not the
    // function of the C library, which is younger than the call.
    unsafe {
        libc::syscall(libc::SYS_close_range, first, libc::c_uint::MAX, 0 as libc::c_uint);
    }
}

/// Leaves session, directory and standard descriptors of whoever started this process.
pub fn detach() {
    let _ = rustix::process::setsid();
    let _ = rustix::process::chdir("/");
    // Without /dev/null, the place is kept all the same.
    let null = rustix::fs::open("/dev/null", OFlags::RDWR | OFlags::CLOEXEC, Mode::empty())
        .or_else(|_| rustix::fs::open("/", OFlags::PATH | OFlags::CLOEXEC, Mode::empty()));
    if let Ok(null) = null {
        let _ = rustix::stdio::dup2_stdin(&null);
        let _ = rustix::stdio::dup2_stdout(&null);
        let _ = rustix::stdio::dup2_stderr(&null);
    }
}
