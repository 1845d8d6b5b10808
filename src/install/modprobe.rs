//! The kernel's call of modprobe for `bpf_preload`, made for every new bpffs.
//!
//! With a line in modprobe.d it runs bpfdbg. The mount is held up until bpfdbg leaves, and is in no
//! table before that: so a second process waits for it to appear, and pins the files into it.
//! It mounts no bpffs itself, for which it would be called again, while the kernel has a lock.

use std::env;
use std::os::fd::{AsFd, AsRawFd as _, OwnedFd};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use libbpf_rs::Link;
use rustix::fs::{CWD, FileType, FlockOperation, Mode, OFlags, RenameFlags};
use rustix::mount::OpenTreeFlags;

use super::mounts::{Device, Mount, Mounts};
use super::stage::Stage;
use super::{Access, directory, state, umd};
use crate::bpf;
use crate::error::{Error, Result};
use crate::model::Kind;
use crate::sys::{self, Fork};

/// The module that the kernel asks for.
const MODULE: &str = "bpf_preload";
/// How long to wait for a mount. It appears within milliseconds, and never in here when it is made
/// in another mount namespace.
const PATIENCE: Duration = Duration::from_secs(5);
/// How long to leave a mount to another bpfdbg before looking at it again.
const PAUSE: Duration = Duration::from_millis(20);
/// The staging directory's name in the new mount.
const STAGE: &str = "bpfdbg-new";

/// Whether modprobe runs this process in place of loading the module. A kernel that speaks the
/// driver's protocol gives no environment, and two pipes.
pub(super) fn is_caller() -> bool {
    fn is_pipe(fd: impl AsFd) -> bool {
        rustix::fs::fstat(fd)
            .is_ok_and(|stat| FileType::from_raw_mode(stat.st_mode) == FileType::Fifo)
    }
    env::var_os("MODPROBE_MODULE").is_some_and(|module| module == MODULE)
        && !(is_pipe(rustix::stdio::stdin()) && is_pipe(rustix::stdio::stdout()))
}

/// Leaves at once, so that the mount goes on, and a second process behind.
pub(super) fn serve() -> Result<()> {
    sys::close_inherited_descriptors();
    let mut mounts = Mounts::open()?;
    let old = mounts.bpffs()?.into_iter().map(|mount| mount.device).collect();
    let failed = |error| Error::path("cannot fork for", MODULE, error);
    match sys::fork().map_err(failed)? {
        Fork::Parent(_) => Ok(()),
        Fork::Child => {
            sys::detach();
            let result = populate_new(mounts, old).inspect_err(umd::log);
            std::process::exit(result.map_or_else(|error| error.exit_code(), |()| 0).into())
        }
    }
}

/// Populates every mount that appears, until one has its files, or the time is up.
///
/// # Errors
///
/// The iterators cannot be loaded: not for this mount, and not for the next.
///
/// A mount has no name by which it could be told whose call made it, so this may serve another's;
/// the process that was started for that one then serves this one's.
fn populate_new(mut mounts: Mounts, mut known: Vec<Device>) -> Result<()> {
    let end = Instant::now() + PATIENCE;
    loop {
        let (mut served, mut busy) = (false, false);
        let now = mounts.bpffs()?;
        // The kernel gives the number of a file system that is gone to the next one.
        known.retain(|device| now.iter().any(|mount| mount.device == *device));
        for mount in now {
            if known.contains(&mount.device) {
                continue;
            }
            match populate(&mount)? {
                Outcome::Busy => busy = true,
                outcome => {
                    served |= matches!(outcome, Outcome::Served);
                    known.push(mount.device);
                }
            }
        }
        let left = end.saturating_duration_since(Instant::now());
        if served && !busy || left.is_zero() {
            return Ok(());
        }
        mounts.wait(if busy { left.min(PAUSE) } else { left });
    }
}

/// What became of a mount.
enum Outcome {
    /// It has its files, by us.
    Served,
    /// It is gone, or has files, whosever they are.
    Left,
    /// Another bpfdbg is at work in it.
    Busy,
}

fn populate(mount: &Mount) -> Result<Outcome> {
    let Some(root) = Root::hold(mount) else { return Ok(Outcome::Left) };
    if root.has_files() {
        return Ok(Outcome::Left);
    }
    let mut links = bpf::attach(&Kind::ALL)?;
    let Some(_lock) = root.lock() else { return Ok(Outcome::Busy) };
    if root.has_files() {
        return Ok(Outcome::Left);
    }
    if let Err(error) = pin(&root, mount, &mut links) {
        // One that is mounted read-only, say. The next may be another.
        umd::log(&error);
        return Ok(Outcome::Left);
    }
    Ok(Outcome::Served)
}

fn pin(root: &Root, mount: &Mount, links: &mut [(Kind, Link)]) -> Result<()> {
    let stage = Stage::new(&root.path().join(STAGE), links, &Access::Private)?;
    directory::move_files(stage.dir(), &root.path(), RenameFlags::NOREPLACE)
        .map_err(|error| Error::path("cannot pin in", &mount.point, error))
}

/// The root of a mounted bpffs, held by a mount of our own that is nowhere: who unmounts the other
/// one finds it not busy.
struct Root(OwnedFd);

impl Root {
    /// `None` when the mount is gone, or another lies over it.
    fn hold(mount: &Mount) -> Option<Self> {
        let flags = OpenTreeFlags::OPEN_TREE_CLONE
            | OpenTreeFlags::OPEN_TREE_CLOEXEC
            | OpenTreeFlags::AT_NO_AUTOMOUNT
            | OpenTreeFlags::AT_SYMLINK_NOFOLLOW;
        let root = rustix::mount::open_tree(CWD, &mount.point, flags).ok()?;
        let device = rustix::fs::fstat(&root).ok()?.st_dev;
        let is_it = mount.device == (rustix::fs::major(device), rustix::fs::minor(device));
        (is_it && crate::source::is_bpffs(&root)).then_some(Self(root))
    }

    fn path(&self) -> PathBuf {
        Path::new("/proc/self/fd").join(self.0.as_raw_fd().to_string())
    }

    /// Whether a file of any kind is listed: a live one, or one of the kernel's own that is dead
    /// and cannot be replaced.
    fn has_files(&self) -> bool {
        Kind::ALL.iter().any(|kind| state::is_listed(&self.path().join(kind.file_name())))
    }

    /// Keeps others out who install into this bpffs; `None` while one of them does.
    fn lock(&self) -> Option<OwnedFd> {
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
        let root = rustix::fs::openat(&self.0, ".", flags, Mode::empty()).ok()?;
        rustix::fs::flock(&root, FlockOperation::NonBlockingLockExclusive).ok()?;
        Some(root)
    }
}
