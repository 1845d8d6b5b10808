//! The kernel's call of modprobe for `bpf_preload`, made for every new bpffs.
//!
//! A line in modprobe.d makes modprobe run bpfdbg. The mount waits until bpfdbg exits and is in no
//! mount table before, so a second process waits for it to appear and pins the files into it.
//! bpfdbg mounts no bpffs itself: the kernel would call modprobe again while it holds a lock.

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
/// How long to wait for a mount. It appears within milliseconds, or never if it is in another mount
/// namespace.
const PATIENCE: Duration = Duration::from_secs(5);
/// When to give up in any case, in seconds.
const LIFETIME: u32 = 60;
/// Whether modprobe runs this process instead of loading the module. A kernel that speaks the
/// driver's protocol passes no environment and two pipes.
pub(super) fn is_caller() -> bool {
    fn is_pipe(fd: impl AsFd) -> bool {
        rustix::fs::fstat(fd)
            .is_ok_and(|stat| FileType::from_raw_mode(stat.st_mode) == FileType::Fifo)
    }
    env::var_os("MODPROBE_MODULE").is_some_and(|module| module == MODULE)
        && !(is_pipe(rustix::stdio::stdin()) && is_pipe(rustix::stdio::stdout()))
}

/// Exits at once, so that the mount goes on, leaving a second process.
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

/// A watch for new mounts.
///
/// Nothing tells which call of modprobe a mount belongs to. So each process serves whatever mounts
/// it finds and exits after the first; if that was another process's, that process serves this
/// one's.
struct Watch {
    mounts: Mounts,
    /// Mounts that were there before, or have been handled.
    known: Vec<DeviceNumber>,
}

impl Watch {
    /// Populates every new mount, until one has its files or the time is up.
    ///
    /// # Errors
    ///
    /// The iterators cannot be loaded, for this mount or any other.
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

    /// New mounts. Every process reads the table at every change, so it reads nothing else.
    fn appeared(&mut self) -> Result<Vec<Mount>> {
        let now = self.mounts.bpffs()?;
        // The kernel reuses the device number of an unmounted file system.
        self.known.retain(|device| now.iter().any(|mount| mount.device == *device));
        Ok(now.into_iter().filter(|mount| !self.known.contains(&mount.device)).collect())
    }

    /// New mounts without files of ours or the kernel's.
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

    /// Loads the iterators once for all mounts present; false if another process has served them
    /// all.
    fn populate_all(&mut self) -> Result<bool> {
        // Processes take turns by the lock, as installers do; of fifty, one populates most mounts.
        // Without a lock file, they run at the same time.
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
                // It may be mounted read-only, for example; others may work.
                Err(error) => log(&error),
            }
        }
        Ok(served)
    }
}

/// Opens the roots of mounts without ever making them busy for umount(2): paths are looked up in a
/// private copy of the mount namespace, which ends at once.
fn hold(mounts: Vec<Mount>) -> Result<Vec<(DeviceNumber, Option<Root>)>> {
    if mounts.is_empty() {
        return Ok(Vec::new());
    }
    super::mount::aside(|| {
        // A mount counts as busy if one that it propagates to is.
        let private = MountPropagationFlags::PRIVATE | MountPropagationFlags::REC;
        let _ = mount_change("/", private);
        mounts.into_iter().map(|mount| (mount.device, Root::hold(mount))).collect()
    })
}

/// The root of a mounted bpffs, held by a detached mount.
struct Root {
    mount: Mount,
    dir: Dir,
    _tree: OwnedFd,
}

impl Root {
    /// `None` if the mount is gone, is hidden by another, or does not belong to root.
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

    /// Pins the files; false if there are any already.
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
