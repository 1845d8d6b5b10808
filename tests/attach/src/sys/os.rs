//! Sockets, mounts, namespaces and limits.

use std::ffi::CString;
use std::fs::File;
use std::io;
use std::mem;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd};
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
    set_option(socket, libc::SOL_SOCKET, libc::SO_ATTACH_BPF, prog.as_raw_fd())
}

/// Attaches a program to the group of a socket (SO_ATTACH_REUSEPORT_EBPF).
pub(crate) fn attach_bpf_to_reuseport(
    socket: BorrowedFd<'_>,
    prog: BorrowedFd<'_>,
) -> io::Result<()> {
    set_option(socket, libc::SOL_SOCKET, libc::SO_ATTACH_REUSEPORT_EBPF, prog.as_raw_fd())
}

/// A socket that may be one of a group, not yet bound.
pub(crate) fn reuseport_socket(family: i32, socket_type: i32) -> io::Result<OwnedFd> {
    // SAFETY: the call takes numbers only.
    let socket = owned(unsafe { libc::socket(family, socket_type | libc::SOCK_CLOEXEC, 0) })?;
    set_option(socket.as_fd(), libc::SOL_SOCKET, libc::SO_REUSEPORT, 1)?;
    Ok(socket)
}

/// Binds a socket of a family of IP to its loopback address, and gives the port that it got; one that is of
/// streams listens.
pub(crate) fn bind_to_loopback(
    socket: BorrowedFd<'_>,
    family: i32,
    listens: bool,
) -> io::Result<u16> {
    let fd = socket.as_raw_fd();
    // SAFETY: all zeros is an address, whose family says its size.
    let mut address: libc::sockaddr_in6 = unsafe { mem::zeroed() };
    address.sin6_family = family as libc::sa_family_t;
    let mut len = mem::size_of_val(&address) as libc::socklen_t;
    if family == libc::AF_INET {
        len = mem::size_of::<libc::sockaddr_in>() as libc::socklen_t;
        // The address of IPv4 lies where the flow of IPv6 does.
        address.sin6_flowinfo = u32::from(std::net::Ipv4Addr::LOCALHOST).to_be();
    } else {
        address.sin6_addr.s6_addr = std::net::Ipv6Addr::LOCALHOST.octets();
    }
    // SAFETY: `address` is of `len` bytes at least.
    done(unsafe { libc::bind(fd, ptr::from_ref(&address).cast(), len) })?;
    if listens {
        // SAFETY: the call takes numbers only.
        done(unsafe { libc::listen(fd, 1) })?;
    }
    // SAFETY: `address` has room for `len` bytes.
    done(unsafe { libc::getsockname(fd, ptr::from_mut(&mut address).cast(), &mut len) })?;
    Ok(u16::from_be(address.sin6_port))
}

/// A packet socket of a new group of one, from which a program chooses (PACKET_FANOUT_EBPF); the group
/// has the id that is given.
pub(crate) fn fanout_socket(id: u16, prog: BorrowedFd<'_>) -> io::Result<OwnedFd> {
    const PACKET_FANOUT_EBPF: i32 = 7;
    const PACKET_FANOUT_DATA: i32 = 22;
    // A protocol that nobody speaks: no packet comes.
    let protocol = i32::from(0x88b5_u16.to_be());
    // SAFETY: the call takes numbers only.
    let socket = owned(unsafe {
        libc::socket(libc::AF_PACKET, libc::SOCK_RAW | libc::SOCK_CLOEXEC, protocol)
    })?;
    let group = i32::from(id) | PACKET_FANOUT_EBPF << 16;
    set_option(socket.as_fd(), libc::SOL_PACKET, libc::PACKET_FANOUT, group)?;
    set_option(socket.as_fd(), libc::SOL_PACKET, PACKET_FANOUT_DATA, prog.as_raw_fd())?;
    Ok(socket)
}

/// A new tun device, which goes with the descriptor, and its name.
pub(crate) fn tun_device() -> io::Result<(File, String)> {
    const TUNSETIFF: libc::c_ulong = 0x4004_54ca;
    const IFF_TUN: libc::c_short = 1;
    let file = File::options().read(true).write(true).open("/dev/net/tun")?;
    // SAFETY: all zeros are a name that is empty, and no flags.
    let mut request: libc::ifreq = unsafe { mem::zeroed() };
    request.ifr_ifru.ifru_flags = IFF_TUN;
    // SAFETY: the request is an ifreq, in which the kernel writes the name that it chose.
    done(unsafe { libc::ioctl(file.as_raw_fd(), TUNSETIFF as _, &mut request) })?;
    let name = request.ifr_name.iter().take_while(|byte| **byte != 0);
    Ok((file, name.map(|byte| char::from(*byte as u8)).collect()))
}

/// Attaches a program to a tun device, for its queues or as a filter.
pub(crate) fn attach_to_tun(
    tun: BorrowedFd<'_>,
    is_filter: bool,
    prog: BorrowedFd<'_>,
) -> io::Result<()> {
    const TUNSETSTEERINGEBPF: libc::c_ulong = 0x8004_54e0;
    const TUNSETFILTEREBPF: libc::c_ulong = 0x8004_54e1;
    let request = if is_filter { TUNSETFILTEREBPF } else { TUNSETSTEERINGEBPF };
    let fd = prog.as_raw_fd();
    // SAFETY: the argument is the address of one int.
    done(unsafe { libc::ioctl(tun.as_raw_fd(), request as _, ptr::from_ref(&fd)) })
}

fn set_option(socket: BorrowedFd<'_>, level: i32, option: i32, value: i32) -> io::Result<()> {
    // SAFETY: the option's value is one int, and its size is given.
    done(unsafe {
        libc::setsockopt(
            socket.as_raw_fd(),
            level,
            option,
            ptr::from_ref(&value).cast(),
            mem::size_of_val(&value) as libc::socklen_t,
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

/// A socket of this family and type, without an address.
pub(crate) fn socket(family: i32, socket_type: i32) -> io::Result<OwnedFd> {
    // SAFETY: the call takes numbers only.
    owned(unsafe { libc::socket(family, socket_type | libc::SOCK_CLOEXEC, 0) })
}

/// The bytes of a page of memory.
pub(crate) fn page_size() -> u32 {
    // SAFETY: the call takes a number.
    unsafe { libc::sysconf(libc::_SC_PAGESIZE) as u32 }
}

/// Writes words into the memory that a file shows, each at its offset of a page from `start` on.
pub(crate) fn write_to_pages(file: BorrowedFd<'_>, start: usize, words: &[u64]) -> io::Result<()> {
    let page = page_size() as usize;
    let (size, access) = (words.len() * page, libc::PROT_READ | libc::PROT_WRITE);
    let (fd, offset) = (file.as_raw_fd(), (start * page) as libc::off_t);
    // SAFETY: the kernel chooses where, so no memory in use is replaced.
    let at = unsafe { libc::mmap(ptr::null_mut(), size, access, libc::MAP_SHARED, fd, offset) };
    if at == libc::MAP_FAILED {
        return Err(io::Error::last_os_error());
    }
    for (i, word) in words.iter().enumerate() {
        // SAFETY: there are as many pages as words, and each begins at a multiple of eight.
        unsafe { at.byte_add(i * page).cast::<u64>().write_volatile(*word) };
    }
    // SAFETY: nobody else knows this memory.
    done(unsafe { libc::munmap(at, size) })
}
