//! What a kernel does with its usermode driver: it starts the program with next to nothing, and
//! turns the ids that it sends into pins.

use std::ffi::CString;
use std::fs::{self, File};
use std::io;
use std::os::fd::{AsRawFd, BorrowedFd, OwnedFd};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use libbpf_sys as raw;

use super::{done, done_or_negative_errno, owned_or_negative_errno};

/// A standard descriptor of a driver.
pub enum Standard {
    /// This one.
    Fd(OwnedFd),
    /// None at all.
    Closed,
}

impl Standard {
    /// What std is to do about it; a descriptor that shall be closed needs to be one first.
    fn split(self) -> (Stdio, bool) {
        match self {
            Self::Fd(fd) => (fd.into(), false),
            Self::Closed => (Stdio::null(), true),
        }
    }
}

/// Starts a program as a kernel starts its driver: by one word, without an environment, as the
/// leader of a process group, and in a directory that no path leads to; `scratch` is its parent.
///
/// # Errors
///
/// Those of fork and exec, and of making the directory.
pub fn spawn_driver(mut command: Command, scratch: &Path, fds: [Standard; 3]) -> io::Result<Child> {
    let directory = scratch.join("unreachable");
    fs::create_dir(&directory)?;
    let unreachable = File::open(&directory)?;
    fs::remove_dir(&directory)?;

    let [stdin, stdout, stderr] = fds.map(Standard::split);
    let closed = [stdin.1, stdout.1, stderr.1];
    command.arg0("bpf_preload").env_clear().process_group(0);
    command.stdin(stdin.0).stdout(stdout.0).stderr(stderr.0);
    // SAFETY: the closure does nothing but system calls; std's own descriptors are above these.
    unsafe {
        command.pre_exec(move || {
            done(libc::fchdir(unreachable.as_raw_fd()))?;
            for fd in (0..).zip(closed).filter_map(|(fd, closed)| closed.then_some(fd)) {
                done(libc::close(fd))?;
            }
            Ok(())
        });
    }
    command.spawn()
}

/// Opens a link by its id.
///
/// # Errors
///
/// An id that no link has, or no CAP_SYS_ADMIN.
pub fn link_by_id(id: u32) -> io::Result<OwnedFd> {
    // SAFETY: the call takes a number only.
    owned_or_negative_errno(unsafe { raw::bpf_link_get_fd_by_id(id) })
}

/// Pins a BPF object.
///
/// # Errors
///
/// A path that is in no bpffs, is taken, or may not be written to.
pub fn pin(object: BorrowedFd<'_>, path: &Path) -> io::Result<()> {
    let path = CString::new(path.as_os_str().as_bytes())?;
    // SAFETY: the path ends with a NUL and lives until the call returns.
    done_or_negative_errno(unsafe { raw::bpf_obj_pin(object.as_raw_fd(), path.as_ptr()) })
}
