//! The kernel's call of modprobe for `bpf_preload`, made for every new bpffs.
//!
//! With a line in modprobe.d it runs bpfdbg. The mount is held up until bpfdbg leaves, and is in no
//! table before that: so a second process waits for it to appear, and pins the files into it.
//! It mounts no bpffs itself, for which it would be called again, while the kernel has a lock.

use std::env;
use std::os::fd::{AsFd, OwnedFd};
use std::time::{Duration, Instant};

use libbpf_rs::Link;
use rustix::fs::{CWD, FileType, Mode, OFlags, RenameFlags};
use rustix::io::Errno;
use rustix::mount::{MountPropagationFlags, OpenTreeFlags, mount_change};

use super::dir::Dir;
use super::kmsg::log;
use super::lock::Lock;
use super::mounts::{DeviceNumber, Mount, Mounts};
use super::stage::Stage;
use super::{Access, directory};
use crate::bpf;
use crate::error::{Error, Result};
use crate::model::Kind;
use crate::sys::{self, Fork};

/// The module that the kernel asks for.
const MODULE: &str = "bpf_preload";
/// How long to wait for a mount. It appears within milliseconds, and never in here when it is made
/// in another mount namespace.
const PATIENCE: Duration = Duration::from_secs(5);
/// When to end in any case, in seconds.
const LIFETIME: u32 = 60;
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
    let known = mounts.bpffs()?.into_iter().map(|mount| mount.device).collect();
    let failed = |error| Error::path("cannot fork for", MODULE, error);
    match sys::fork().map_err(failed)? {
        Fork::Parent(_) => Ok(()),
        Fork::Child => {
            sys::detach();
            sys::end_after(LIFETIME);
            let result = Watch { mounts, known }.serve().inspect_err(log);
            std::process::exit(result.map_or_else(|error| error.exit_code(), |()| 0).into())
        }
    }
}

/// A look at the mounts that appear.
///
/// A mount has no name by which it could be told whose call made it. So each process serves what it
/// finds, and ends when it has served one; where it served another's, the process that was started
/// for that one is there for its own.
struct Watch {
    mounts: Mounts,
    /// Those that were there before, or have been dealt with.
    known: Vec<DeviceNumber>,
}

impl Watch {
    /// Populates every mount that appears, until one has its files, or the time is up.
    ///
    /// # Errors
    ///
    /// The iterators cannot be loaded: not for this mount, and not for the next.
    fn serve(mut self) -> Result<()> {
        let end = Instant::now() + PATIENCE;
        loop {
            if !self.appeared()?.is_empty() && self.populate_all()? {
                return Ok(());
            }
            let left = end.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Ok(());
            }
            self.mounts.wait(left);
        }
    }

    /// What has appeared. Only the table is read for that, by each of all the processes, at each change.
    fn appeared(&mut self) -> Result<Vec<Mount>> {
        let now = self.mounts.bpffs()?;
        // The kernel gives the number of a file system that is gone to the next one.
        self.known.retain(|device| now.iter().any(|mount| mount.device == *device));
        Ok(now.into_iter().filter(|mount| !self.known.contains(&mount.device)).collect())
    }

    /// What has appeared and has no file of ours or the kernel's.
    fn unpopulated(&mut self) -> Result<Vec<Root>> {
        let mut found = Vec::new();
        for (device, root) in hold(self.appeared()?)? {
            match root {
                Some(root) if !root.has_files() => found.push(root),
                _ => self.known.push(device),
            }
        }
        Ok(found)
    }

    /// Loads the iterators, once for all mounts that are there by then; false where another process
    /// has served them all.
    fn populate_all(&mut self) -> Result<bool> {
        // One process at a time looks at mounts, and loads: of fifty, one loads for most. Installers wait
        // as well. Where there is nothing to wait on, all may.
        let _lock = Lock::wait();
        if self.unpopulated()?.is_empty() {
            return Ok(false);
        }
        let links = super::attach(&bpf::kinds())?.links;
        let mut served = false;
        for root in self.unpopulated()? {
            self.known.push(root.mount.device);
            match root.populate(&links) {
                Ok(populated) => served |= populated,
                // One that is mounted read-only, say. The next may be another.
                Err(error) => log(&error),
            }
        }
        Ok(served)
    }
}

/// Holds mounts, so that who unmounts one finds it not busy, not even while its name is looked up:
/// that is done in a copy of the mount namespace, which is private, and ends at once.
fn hold(mounts: Vec<Mount>) -> Result<Vec<(DeviceNumber, Option<Root>)>> {
    if mounts.is_empty() {
        return Ok(Vec::new());
    }
    super::mount::aside(|| {
        // A mount is busy where one that it propagates to is.
        let private = MountPropagationFlags::PRIVATE | MountPropagationFlags::REC;
        let _ = mount_change("/", private);
        mounts.into_iter().map(|mount| (mount.device, Root::hold(mount))).collect()
    })
}

/// The root of a mounted bpffs, held by a mount of our own that is nowhere.
struct Root {
    mount: Mount,
    dir: Dir,
    _tree: OwnedFd,
}

impl Root {
    /// `None` when the mount is gone, or another lies over it, or it is not root's.
    fn hold(mount: Mount) -> Option<Self> {
        let flags = OpenTreeFlags::OPEN_TREE_CLONE
            | OpenTreeFlags::OPEN_TREE_CLOEXEC
            | OpenTreeFlags::AT_NO_AUTOMOUNT
            | OpenTreeFlags::AT_SYMLINK_NOFOLLOW;
        let tree = rustix::mount::open_tree(CWD, &mount.point, flags).ok()?;
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
        let fd = rustix::fs::openat(&tree, ".", flags, Mode::empty()).ok()?;
        let device = rustix::fs::fstat(&fd).ok()?.st_dev;
        let is_it = mount.device == (rustix::fs::major(device), rustix::fs::minor(device));
        let dir = Dir::checked(fd, mount.point.clone()).inspect_err(log).ok()?;
        (is_it && dir.is_bpffs().unwrap_or(false)).then_some(Self { mount, dir, _tree: tree })
    }

    /// Whether a file of any kind is listed: a live one, or one of the kernel's own that is dead
    /// and cannot be replaced.
    fn has_files(&self) -> bool {
        Kind::ALL.iter().any(|kind| self.dir.lists(kind.file_name()).unwrap_or(true))
    }

    /// Pins the files; false where there are some already, whosever they are.
    fn populate(&self, links: &[(Kind, Link)]) -> Result<bool> {
        if self.has_files() {
            return Ok(false);
        }
        let stage = Stage::new(&self.dir, links, &Access::Private)?;
        match directory::move_files(stage.dir(), &self.dir, RenameFlags::NOREPLACE) {
            Ok(()) => Ok(true),
            Err(Errno::EXIST) => Ok(false),
            Err(error) => Err(Error::path("cannot pin in", &self.mount.point, error)),
        }
    }
}
