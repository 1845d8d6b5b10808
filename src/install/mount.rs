//! A bpffs of our own, which becomes visible with all its files at once.
//!
//! The files are pinned in a detached mount, so that a kill at any moment discards it; one
//! move_mount(2) then attaches the finished directory. What is attached is a directory below the
//! root of the bpffs, since some kernels put files of their own, even dead ones, into every root.

use std::ffi::OsString;
use std::fs;
use std::os::fd::OwnedFd;
use std::path::Path;

use libbpf_rs::Link;
use rustix::fs::{AtFlags, CWD, Mode, StatxFlags};
use rustix::io::Errno;
use rustix::mount::{
    FsMountFlags, FsOpenFlags, MountAttrFlags, MountPropagationFlags, MoveMountFlags,
    OpenTreeFlags, UnmountFlags,
};
use rustix::thread::UnshareFlags;

use super::apart::apart;
use super::dir::Dir;
use super::{Access, stage};
use crate::error::{Error, Result};
use crate::model::{Kind, quoted_path};
use crate::source::OWN;
use crate::source::mounts::{TABLE, root_of};

/// The mount point of the unfinished bpffs. It is a mount itself, so that it can be made private
/// and nothing propagates from it; in a chroot, / need not be a mount.
const WORKSHOP: &str = "/proc";
/// The directory that is attached; its name ends in the number of the mount namespace. In the mount
/// table, that tells a mount of this namespace from a copy of another's, which has the same files.
const NAME: &str = "bpfdbg-";
/// The directory of older versions, for any namespace.
const OLD_NAME: &str = "bpfdbg";

/// Where the bpffs is mounted.
pub(super) struct Point {
    above: Dir,
    dir: Option<Dir>,
}

impl Point {
    /// Finds it.
    ///
    /// # Errors
    ///
    /// Others than root can replace it.
    pub(super) fn find() -> Result<Self> {
        let own = Path::new(OWN);
        let above = Dir::open(own.parent().unwrap_or(own))?;
        let dir = above.child(own.file_name().unwrap_or_default())?;
        Ok(Self { above, dir })
    }

    /// The directory, or what is mounted upon it.
    pub(super) fn dir(&self) -> Option<&Dir> {
        self.dir.as_ref()
    }

    /// Whether an installation of this mount namespace is there, with files or without.
    ///
    /// # Errors
    ///
    /// That cannot be told.
    pub(super) fn is_ours(&self) -> Result<bool> {
        self.dir.as_ref().map_or(Ok(false), |dir| Ok(Mounted::at(dir)? == Mounted::Here))
    }

    /// Mounts a new directory of files over whatever is mounted.
    pub(super) fn publish(&self, links: &[(Kind, Link)], access: &Access) -> Result<()> {
        let made;
        let target = match &self.dir {
            Some(dir) => dir,
            None => {
                made = self.make()?;
                &made
            }
        };
        let before = Mounted::at(target)?;
        let tree = staged(links, access)?;
        let by_descriptors =
            MoveMountFlags::MOVE_MOUNT_F_EMPTY_PATH | MoveMountFlags::MOVE_MOUNT_T_EMPTY_PATH;
        // The new mount hides the old one. Unmounting the old one first would leave a gap; emptied,
        // it holds no program, and uninstall removes it.
        apart("cannot mount at", Path::new(OWN), || {
            rustix::mount::move_mount(&tree, "", target, "", by_descriptors)?;
            if before == Mounted::Here {
                let _ = target.unpin(&Kind::ALL);
            }
            Ok(())
        })
    }

    /// Makes the directory. It is never removed: rmdir(2) would unmount the installations of other
    /// mount namespaces there.
    fn make(&self) -> Result<Dir> {
        let name = Path::new(OWN).file_name().unwrap_or_default();
        match rustix::fs::mkdirat(&self.above, name, Mode::from_raw_mode(0o755)) {
            Ok(()) | Err(Errno::EXIST) => {}
            Err(error) => return Err(Error::path("cannot make directory", OWN, error)),
        }
        let made = self.above.child(name)?;
        made.ok_or_else(|| Error::path("cannot open", OWN, Errno::NOENT))
    }
}

/// A detached mount of the finished directory.
fn staged(links: &[(Kind, Link)], access: &Access) -> Result<OwnedFd> {
    let failed = |action| move |error: Errno| Error::path(action, "bpffs", error);
    let fs =
        rustix::mount::fsopen("bpf", FsOpenFlags::FSOPEN_CLOEXEC).map_err(failed("cannot open"))?;
    rustix::mount::fsconfig_create(&fs).map_err(failed("cannot create"))?;
    let attributes = MountAttrFlags::MOUNT_ATTR_NOSUID
        | MountAttrFlags::MOUNT_ATTR_NODEV
        | MountAttrFlags::MOUNT_ATTR_NOEXEC;
    let mount = rustix::mount::fsmount(&fs, FsMountFlags::FSMOUNT_CLOEXEC, attributes)
        .map_err(failed("cannot mount"))?;
    let root = Dir::checked(mount, "bpffs".into())?;
    let name = OsString::from(format!("{NAME}{}", namespace()?));
    let dir = root.make(&name).map_err(failed("cannot make a directory in a"))?;
    stage::fill(&dir, links, access)?;
    // Before 6.15, only an attached mount can be copied.
    aside(|| {
        let by_descriptor = MoveMountFlags::MOVE_MOUNT_F_EMPTY_PATH;
        rustix::mount::move_mount(&root, "", CWD, WORKSHOP, by_descriptor)
            .map_err(|error| Error::path("cannot mount at", WORKSHOP, error))?;
        let flags = OpenTreeFlags::OPEN_TREE_CLONE
            | OpenTreeFlags::OPEN_TREE_CLOEXEC
            | OpenTreeFlags::AT_EMPTY_PATH;
        rustix::mount::open_tree(&dir, "", flags)
            .map_err(|error| Error::path("cannot open", dir.path(), error))
    })?
}

/// Runs `work` in a mount namespace of its own, where it may mount upon [`WORKSHOP`]; in a thread,
/// which ends with it.
pub(super) fn aside<T: Send>(work: impl FnOnce() -> T + Send) -> Result<T> {
    std::thread::scope(|scope| {
        let thread = std::thread::Builder::new().spawn_scoped(scope, || {
            #[allow(deprecated)] // It is unsafe for CLONE_FILES only.
            rustix::thread::unshare(UnshareFlags::NEWNS)
                .map_err(|error| Error::path("cannot leave the mount namespace of", "/", error))?;
            rustix::mount::mount_change(WORKSHOP, MountPropagationFlags::PRIVATE)
                .map_err(|error| Error::path("cannot make private", WORKSHOP, error))?;
            Ok(work())
        });
        let thread =
            thread.map_err(|error| Error::path("cannot start a thread for", OWN, error))?;
        thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
    })
}

/// The number of this process's mount namespace.
fn namespace() -> Result<u64> {
    const FILE: &str = "/proc/self/ns/mnt";
    let stat =
        rustix::fs::stat(FILE).map_err(|error| Error::path("cannot look at", FILE, error))?;
    Ok(stat.st_ino)
}

/// What is mounted at a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mounted {
    /// Nothing of ours.
    Other,
    /// An installation of this mount namespace.
    Here,
    /// A copy of what another mount namespace has.
    Elsewhere,
}

impl Mounted {
    /// Looks at the mount that a directory is the root of.
    ///
    /// # Errors
    ///
    /// That cannot be told.
    fn at(dir: &Dir) -> Result<Self> {
        if !dir.is_mount_root()? || !dir.is_bpffs()? {
            return Ok(Self::Other);
        }
        let stat = rustix::fs::statx(dir, "", AtFlags::EMPTY_PATH, StatxFlags::MNT_ID)
            .map_err(|error| Error::path("cannot look at", dir.path(), error))?;
        let table = fs::read(TABLE).map_err(|error| Error::path("cannot read", TABLE, error))?;
        let root = root_of(&table, stat.stx_mnt_id);
        let here = format!("{NAME}{}", namespace()?);
        Ok(match root.as_deref().and_then(|root| root.strip_prefix(b"/")) {
            Some(root) if root == OLD_NAME.as_bytes() || root == here.as_bytes() => Self::Here,
            Some(root) if root.starts_with(NAME.as_bytes()) => Self::Elsewhere,
            _ => Self::Other,
        })
    }
}

/// Unmounts what [`Point::publish`] mounted; false if there was nothing. A copy from another mount
/// namespace is unmounted here, and its files stay.
pub(super) fn remove() -> Result<bool> {
    let mut removed = false;
    // Every upgrade has added a mount.
    loop {
        let point = Point::find()?;
        let Some(dir) = point.dir() else { return Ok(removed) };
        match Mounted::at(dir)? {
            Mounted::Other => return Ok(removed),
            Mounted::Here => {
                // Copies in other mount namespaces must not keep the programs loaded.
                apart("cannot remove what is in", dir.path(), || dir.unpin(&Kind::ALL))?;
                let names = dir.names();
                let names = names.map_err(|error| Error::path("cannot read", dir.path(), error))?;
                if let [name, ..] = &*names {
                    return Err(Error::Other(format!(
                        "'{}' is not bpfdbg's, or cannot be removed, and stays",
                        quoted_path(&dir.path().join(name))
                    )));
                }
            }
            Mounted::Elsewhere => {}
        }
        // Only root can replace it.
        rustix::mount::unmount(OWN, UnmountFlags::DETACH | UnmountFlags::NOFOLLOW)
            .map_err(|error| Error::path("cannot unmount", OWN, error))?;
        removed = true;
    }
}
