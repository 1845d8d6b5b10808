//! Sockets, mounts, namespaces and limits.

use std::ffi::CString;
use std::fs::File;
use std::io;
use std::mem;
use std::os::fd::{AsRawFd, BorrowedFd};
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use std::ptr;
use std::thread;

use super::{done, owned};

/// Opens a netlink socket for routes, links and qdiscs.
pub(crate) fn route_socket() -> io::Result<File> {
    // SAFETY: the call takes numbers only.
    let fd = unsafe {
        libc::socket(libc::AF_NETLINK, libc::SOCK_RAW | libc::SOCK_CLOEXEC, libc::NETLINK_ROUTE)
    };
    // A netlink socket without an address is bound by its first write, so a File is enough.
    owned(fd).map(File::from)
}

/// Attaches a socket filter to a socket (SO_ATTACH_BPF).
pub(crate) fn attach_bpf_to_socket(socket: BorrowedFd<'_>, prog: BorrowedFd<'_>) -> io::Result<()> {
    let fd = prog.as_raw_fd();
    // SAFETY: the option's value is one int, and its size is given.
    done(unsafe {
        libc::setsockopt(
            socket.as_raw_fd(),
            libc::SOL_SOCKET,
            libc::SO_ATTACH_BPF,
            ptr::from_ref(&fd).cast(),
            mem::size_of_val(&fd) as libc::socklen_t,
        )
    })
}

/// The index of a device, or `None` where there is none of this name.
pub(crate) fn ifindex_of(device: &[u8]) -> Option<u32> {
    let name = CString::new(device).ok()?;
    // SAFETY: the name ends with a NUL and lives until the call returns.
    let index = unsafe { libc::if_nametoindex(name.as_ptr()) };
    (index != 0).then_some(index)
}

/// Mounts a file system that needs no device.
pub(crate) fn mount(fs_type: &str, target: &Path) -> io::Result<()> {
    let fs_type = CString::new(fs_type)?;
    let target = CString::new(target.as_os_str().as_bytes())?;
    // SAFETY: all strings end with a NUL, and this file system takes no data.
    done(unsafe {
        libc::mount(fs_type.as_ptr(), target.as_ptr(), fs_type.as_ptr(), 0, ptr::null())
    })
}

/// Unmounts at once, or as soon as nobody uses it.
pub(crate) fn unmount(target: &Path) -> io::Result<()> {
    let target = CString::new(target.as_os_str().as_bytes())?;
    // SAFETY: the path ends with a NUL.
    done(unsafe { libc::umount2(target.as_ptr(), libc::MNT_DETACH) })
}

/// Makes a network namespace and gives a descriptor that keeps it; this thread stays where it is.
pub(crate) fn new_network_namespace() -> io::Result<File> {
    let worker = thread::spawn(|| {
        // SAFETY: only this thread, which ends here, moves into the new namespace.
        done(unsafe { libc::unshare(libc::CLONE_NEWNET) })?;
        File::open("/proc/thread-self/ns/net")
    });
    worker.join().unwrap_or_else(|_| Err(io::Error::other("the thread that unshares panicked")))
}

/// Runs `work` in a network namespace; this thread stays where it is.
pub(crate) fn in_network_namespace<T: Send>(
    namespace: &File,
    work: impl FnOnce() -> io::Result<T> + Send,
) -> io::Result<T> {
    thread::scope(|scope| {
        let worker = scope.spawn(|| {
            // SAFETY: only this thread, which ends here, moves into the namespace.
            done(unsafe { libc::setns(namespace.as_raw_fd(), libc::CLONE_NEWNET) })?;
            work()
        });
        worker.join().unwrap_or_else(|_| Err(io::Error::other("the thread in there panicked")))
    })
}

/// Lifts the number of descriptors this process may have to `wanted`, where root is allowed to.
pub(crate) fn allow_open_files(wanted: u64) -> io::Result<()> {
    let mut limit = libc::rlimit { rlim_cur: 0, rlim_max: 0 };
    // SAFETY: `limit` is valid for writes.
    done(unsafe { libc::getrlimit(libc::RLIMIT_NOFILE, &mut limit) })?;
    if limit.rlim_cur < wanted {
        limit.rlim_cur = wanted;
        limit.rlim_max = limit.rlim_max.max(wanted);
        // SAFETY: `limit` is initialized and outlives the call.
        done(unsafe { libc::setrlimit(libc::RLIMIT_NOFILE, &limit) })?;
    }
    Ok(())
}

/// Lifts the limit of locked memory, which kernels before 5.11 charge BPF objects to.
pub(crate) fn allow_locked_memory() -> io::Result<()> {
    let limit = libc::rlimit { rlim_cur: libc::RLIM_INFINITY, rlim_max: libc::RLIM_INFINITY };
    // SAFETY: `limit` is initialized and outlives the call.
    done(unsafe { libc::setrlimit(libc::RLIMIT_MEMLOCK, &limit) })
}
