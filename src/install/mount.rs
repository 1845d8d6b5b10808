//! A bpffs of our own, which appears with all its files in it.
//!
//! The files are pinned in a mount namespace that only this process is in, so that a kill at any
//! moment takes the unfinished mount with it; one move_mount(2) then puts the finished directory
//! into place. It is a directory below the root of the bpffs that is shown, for some kernels put
//! files of their own, dead ones too, into every root.

use std::fs::File;
use std::os::fd::{AsFd, OwnedFd};
use std::path::Path;

use libbpf_rs::Link;
use rustix::fs::{AtFlags, CWD, Mode, OFlags};
use rustix::io::Errno;
use rustix::mount::{
    FsMountFlags, FsOpenFlags, MountAttrFlags, MountPropagationFlags, MoveMountFlags,
    OpenTreeFlags, UnmountFlags,
};
use rustix::thread::{LinkNameSpaceType, UnshareFlags};

use super::stage::Stage;
use super::{Access, state};
use crate::error::{Error, Result};
use crate::model::Kind;

/// What the unfinished bpffs is mounted upon. It is a mount itself, which can be made private, so
/// that what is mounted upon it appears nowhere else; in a chroot, / need not be one.
const WORKSHOP: &str = "/proc";

/// Puts a new directory of files over whatever is mounted at `dir`.
pub(super) fn publish(dir: &Path, links: &[(Kind, Link)], access: &Access) -> Result<()> {
    match rustix::fs::mkdir(dir, Mode::from_raw_mode(0o755)) {
        Ok(()) | Err(Errno::EXIST) => {}
        Err(error) => return Err(Error::path("cannot make directory", dir, error)),
    }
    let failed = |error| Error::path("cannot mount at", dir, error);
    let old = state::open_own_mount(dir);
    // Held, not named: back from the other namespace, a chroot is left, and names mean others.
    let target = hold(dir).map_err(failed)?;
    let tree = in_private_namespace(|| staged(links, access))??;
    let by_descriptors =
        MoveMountFlags::MOVE_MOUNT_F_EMPTY_PATH | MoveMountFlags::MOVE_MOUNT_T_EMPTY_PATH;
    rustix::mount::move_mount(&tree, "", &target, "", by_descriptors).map_err(failed)?;
    // The new mount hides the old one. To unmount the old one would show nothing for a moment;
    // without its files it holds no program, and uninstall takes it away.
    if let Some(old) = old {
        unpin(&old);
    }
    Ok(())
}

/// A mount of the finished directory that is nowhere yet.
fn staged(links: &[(Kind, Link)], access: &Access) -> Result<OwnedFd> {
    let failed = |action| move |error: Errno| Error::path(action, "bpffs", error);
    let fs =
        rustix::mount::fsopen("bpf", FsOpenFlags::FSOPEN_CLOEXEC).map_err(failed("cannot open"))?;
    rustix::mount::fsconfig_create(&fs).map_err(failed("cannot create"))?;
    let mount = rustix::mount::fsmount(&fs, FsMountFlags::FSMOUNT_CLOEXEC, MountAttrFlags::empty())
        .map_err(failed("cannot mount"))?;
    rustix::mount::move_mount(&mount, "", CWD, WORKSHOP, MoveMountFlags::MOVE_MOUNT_F_EMPTY_PATH)
        .map_err(|error| Error::path("cannot mount at", WORKSHOP, error))?;
    let stage = Stage::new(&Path::new(WORKSHOP).join("bpfdbg"), links, access)?;
    let tree = rustix::mount::open_tree(
        CWD,
        stage.dir(),
        OpenTreeFlags::OPEN_TREE_CLONE | OpenTreeFlags::OPEN_TREE_CLOEXEC,
    )
    .map_err(|error| Error::path("cannot open", stage.dir(), error))?;
    stage.keep();
    Ok(tree)
}

/// Runs `work` in a mount namespace of its own, where it may mount upon [`WORKSHOP`], and comes back.
pub(super) fn in_private_namespace<T>(work: impl FnOnce() -> T) -> Result<T> {
    const HERE: &str = "/proc/self/ns/mnt";
    let here = File::open(HERE).map_err(|error| Error::path("cannot open", HERE, error))?;
    #[allow(deprecated)] // It is unsafe for CLONE_FILES only.
    rustix::thread::unshare(UnshareFlags::NEWNS)
        .map_err(|error| Error::path("cannot leave the mount namespace", HERE, error))?;
    let result = rustix::mount::mount_change(WORKSHOP, MountPropagationFlags::PRIVATE)
        .map_err(|error| Error::path("cannot make private", WORKSHOP, error))
        .map(|()| work());
    rustix::thread::move_into_link_name_space(here.as_fd(), Some(LinkNameSpaceType::Mount))
        .map_err(|error| Error::path("cannot return to the mount namespace", HERE, error))?;
    result
}

/// Unmounts what [`publish`] mounted; false where there was nothing.
pub(super) fn remove(dir: &Path) -> Result<bool> {
    let mut removed = false;
    // One mount for every upgrade.
    while let Some(mount) = state::open_own_mount(dir) {
        // Another mount namespace may keep the mount; it shall not keep the programs.
        unpin(&mount);
        rustix::mount::unmount(dir, UnmountFlags::DETACH | UnmountFlags::NOFOLLOW)
            .map_err(|error| Error::path("cannot unmount", dir, error))?;
        removed = true;
    }
    match rustix::fs::rmdir(dir) {
        Ok(()) => Ok(true),
        Err(Errno::NOENT | Errno::NOTEMPTY) => Ok(removed),
        Err(error) => Err(Error::path("cannot remove directory", dir, error)),
    }
}

fn unpin(dir: &impl AsFd) {
    for kind in Kind::ALL {
        let _ = rustix::fs::unlinkat(dir, kind.file_name(), AtFlags::empty());
    }
}

/// How a directory is opened to be held, not read.
pub(super) fn hold(dir: &Path) -> rustix::io::Result<OwnedFd> {
    rustix::fs::open(
        dir,
        OFlags::PATH | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC,
        Mode::empty(),
    )
}
