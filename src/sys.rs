//! System calls that no safe crate offers, and what std's start-up code does.

use std::ffi::CString;
use std::fs;
use std::hash::{BuildHasher as _, Hasher as _, RandomState};
use std::io;
use std::mem::MaybeUninit;
use std::os::fd::{AsFd, AsRawFd as _, FromRawFd as _, IntoRawFd as _, OwnedFd};
use std::os::unix::ffi::OsStrExt as _;
use std::path::{Path, PathBuf};

use rustix::fs::{Mode, OFlags};
use rustix::process::Signal;
use rustix::thread::{
    CapabilitySet, CapabilitySets, capabilities, clear_ambient_capability_set, set_capabilities,
    set_no_new_privs,
};

/// A number that nobody else can foresee, for the name of what is made where others may make files.
pub fn unguessable() -> u64 {
    RandomState::new().build_hasher().finish()
}

/// The two sides of a fork.
pub enum Fork {
    /// The new process.
    Child,
    /// The old one, with the new one's id.
    Parent(rustix::process::Pid),
}

/// Forks this process.
///
/// # Errors
///
/// fork(2)'s: too many processes, or no memory.
#[allow(unsafe_code)]
pub fn fork() -> io::Result<Fork> {
    // SAFETY: no thread runs beside this one: each that bpfdbg starts has ended before anything else
    // is done. So the child has no lock that nobody holds.
    match unsafe { libc::fork() } {
        0 => Ok(Fork::Child),
        pid => match rustix::process::Pid::from_raw(pid) {
            Some(pid) if pid.as_raw_nonzero().get() > 0 => Ok(Fork::Parent(pid)),
            _ => Err(io::Error::last_os_error()),
        },
    }
}

/// Ignores SIGPIPE, so that writing to a closed pipe fails with EPIPE; std does so before a Rust
/// `main`.
#[allow(unsafe_code)]
pub fn ignore_sigpipe() {
    // SAFETY: SIG_IGN installs no handler.
    unsafe {
        libc::signal(libc::SIGPIPE, libc::SIG_IGN);
    }
}

/// Opens the standard descriptors that are closed, so that no file opened later takes their
/// numbers.
///
/// They are opened on `/` with O_PATH, which can be neither read nor written, and exists even
/// without /dev/null.
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

/// Closes all inherited descriptors but the standard ones. To be called before this process opens
/// any of its own.
#[allow(unsafe_code)]
pub fn close_inherited_descriptors() {
    let first: libc::c_uint = 3;
    // SAFETY: the caller says that nothing in this process owns one of these descriptors. Not the
    // function of the C library, which is younger than the call.
    unsafe {
        libc::syscall(libc::SYS_close_range, first, libc::c_uint::MAX, 0 as libc::c_uint);
    }
}

/// Detaches from session, directory and standard descriptors of the parent.
pub fn detach() {
    let _ = rustix::process::setsid();
    let _ = rustix::process::chdir("/");
    // Without /dev/null, the descriptors must stay open all the same.
    let null = rustix::fs::open("/dev/null", OFlags::RDWR | OFlags::CLOEXEC, Mode::empty())
        .or_else(|_| rustix::fs::open("/", OFlags::PATH | OFlags::CLOEXEC, Mode::empty()));
    if let Ok(null) = null {
        let _ = rustix::stdio::dup2_stdin(&null);
        let _ = rustix::stdio::dup2_stdout(&null);
        let _ = rustix::stdio::dup2_stderr(&null);
    }
}

/// Ends this process by SIGALRM after so many seconds.
#[allow(unsafe_code)]
pub fn end_after(seconds: u32) {
    // SAFETY: the call takes a number only.
    unsafe {
        libc::alarm(seconds);
    }
}

#[allow(unsafe_code)]
fn signal_set(signals: &[Signal]) -> libc::sigset_t {
    let mut set = MaybeUninit::uninit();
    // SAFETY: the first call fills the set.
    unsafe {
        libc::sigemptyset(set.as_mut_ptr());
        for signal in signals {
            libc::sigaddset(set.as_mut_ptr(), signal.as_raw());
        }
        set.assume_init()
    }
}

/// A descriptor to read signals from, which are blocked from now on; those that this process
/// inherited as ignored stay ignored.
///
/// # Errors
///
/// No descriptor is left.
#[allow(unsafe_code)]
pub fn signal_descriptor(signals: &[Signal]) -> io::Result<OwnedFd> {
    let set = signal_set(signals);
    // SAFETY: both calls read the set; the descriptor is nobody else's.
    unsafe {
        libc::sigprocmask(libc::SIG_BLOCK, &raw const set, std::ptr::null_mut());
        match libc::signalfd(-1, &raw const set, libc::SFD_NONBLOCK | libc::SFD_CLOEXEC) {
            -1 => Err(io::Error::last_os_error()),
            fd => Ok(OwnedFd::from_raw_fd(fd)),
        }
    }
}

/// Delivers a blocked signal with its default action, and returns when the process continues. A
/// stop signal has no effect in an orphaned process group.
#[allow(unsafe_code)]
pub fn raise_default(signal: Signal) {
    let set = signal_set(&[signal]);
    // SAFETY: the calls take numbers, and read the set.
    unsafe {
        libc::raise(signal.as_raw());
        libc::sigprocmask(libc::SIG_UNBLOCK, &raw const set, std::ptr::null_mut());
        libc::sigprocmask(libc::SIG_BLOCK, &raw const set, std::ptr::null_mut());
    }
}

/// Has the kernel count the runs of all programs and their time until the descriptor is closed
/// (5.8).
///
/// # Errors
///
/// Needs `CAP_SYS_ADMIN`.
#[allow(unsafe_code)]
pub fn count_runs() -> io::Result<OwnedFd> {
    // SAFETY: the call takes a number, and gives a descriptor that is nobody else's.
    unsafe {
        match libbpf_rs::libbpf_sys::bpf_enable_stats(libbpf_rs::libbpf_sys::BPF_STATS_RUN_TIME) {
            error @ ..0 => Err(io::Error::from_raw_os_error(-error)),
            fd => Ok(OwnedFd::from_raw_fd(fd)),
        }
    }
}

/// Whether the kernel counts runs of programs although no process has asked for it; `None` if it
/// cannot be known. Everybody may read it.
pub fn always_counts_runs() -> Option<bool> {
    let text = fs::read("/proc/sys/kernel/bpf_stats_enabled").ok()?;
    Some(text.trim_ascii() != b"0")
}

/// Whether this process has any capability.
pub fn has_capabilities() -> bool {
    capabilities(None).is_ok_and(|sets| !sets.permitted.is_empty())
}

/// Whether an iterator that is read here walks the processes of the whole machine: it walks those of
/// the reader's pid namespace, whose number is this one where the kernel made it (`PROC_PID_INIT_INO`).
pub fn sees_all_processes() -> bool {
    fs::read_link("/proc/self/ns/pid").is_ok_and(|name| name.as_os_str() == "pid:[4026531836]")
}

/// Drops all capabilities but these, for good, even across execve(2).
pub fn keep_capabilities(kept: CapabilitySet) {
    let Ok(now) = capabilities(None) else { return };
    let left = now.permitted & kept;
    let _ = set_no_new_privs(true);
    let _ = clear_ambient_capability_set();
    let empty = CapabilitySet::empty();
    let sets =
        CapabilitySets { effective: now.effective & left, permitted: left, inheritable: empty };
    // Dropping capabilities is always permitted.
    let _ = set_capabilities(None, sets);
}

/// Pins an object, which may be pinned already: libbpf's own `Link::pin` does that once a link.
///
/// # Errors
///
/// A path that is in no bpffs, is taken, or may not be written to.
#[allow(unsafe_code)]
pub fn pin(object: impl AsFd, path: &Path) -> io::Result<()> {
    let path = CString::new(path.as_os_str().as_bytes())?;
    // SAFETY: the path ends with a NUL and lives until the call returns.
    match unsafe { libbpf_rs::libbpf_sys::bpf_obj_pin(object.as_fd().as_raw_fd(), path.as_ptr()) } {
        0 => Ok(()),
        error => Err(io::Error::from_raw_os_error(-error)),
    }
}

/// The same in an open directory, wherever its path leads to by now.
///
/// # Errors
///
/// As [`pin`]; before 6.5 it takes /proc.
#[allow(unsafe_code)]
pub fn pin_at(object: impl AsFd, dir: impl AsFd, name: &str) -> io::Result<()> {
    use libbpf_rs::libbpf_sys::{self, BPF_F_PATH_FD};
    let dir = dir.as_fd();
    let (fd, c_name) = (object.as_fd().as_raw_fd(), CString::new(name)?);
    let options = libbpf_sys::bpf_obj_pin_opts {
        sz: size_of::<libbpf_sys::bpf_obj_pin_opts>() as _,
        file_flags: BPF_F_PATH_FD,
        path_fd: dir.as_raw_fd(),
    };
    // SAFETY: name and options live until the call returns.
    match unsafe { libbpf_sys::bpf_obj_pin_opts(fd, c_name.as_ptr(), &raw const options) } {
        0 => Ok(()),
        error if error == -libc::EINVAL => pin(object, &path_of(dir).join(name)),
        error => Err(io::Error::from_raw_os_error(-error)),
    }
}

/// A path to what a descriptor has open, whatever has become of its name.
pub fn path_of(fd: impl AsFd) -> PathBuf {
    Path::new("/proc/self/fd").join(fd.as_fd().as_raw_fd().to_string())
}

/// Opens a pinned object: read-write as bpftool does, or read-only if only that is permitted, which
/// programs and maps support.
///
/// # Errors
///
/// A path that is no pin, or may not be had.
#[allow(unsafe_code)]
pub fn get_pinned(path: &Path) -> io::Result<OwnedFd> {
    use libbpf_rs::libbpf_sys::{self, BPF_F_RDONLY};
    let path = CString::new(path.as_os_str().as_bytes())?;
    let get = |file_flags| {
        let options = libbpf_sys::bpf_obj_get_opts {
            sz: size_of::<libbpf_sys::bpf_obj_get_opts>() as _,
            file_flags,
            ..Default::default()
        };
        // SAFETY: path and options live until the call returns.
        match unsafe { libbpf_sys::bpf_obj_get_opts(path.as_ptr(), &options) } {
            // SAFETY: the descriptor is new, and nobody else has it.
            fd @ 0.. => Ok(unsafe { OwnedFd::from_raw_fd(fd) }),
            error => Err(io::Error::from_raw_os_error(-error)),
        }
    };
    match get(0) {
        Err(error) if error.kind() == io::ErrorKind::PermissionDenied => {
            get(BPF_F_RDONLY).map_err(|_| error)
        }
        got => got,
    }
}
