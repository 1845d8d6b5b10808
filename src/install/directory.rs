//! A directory in a bpffs that somebody else mounted.

use std::path::{Path, PathBuf};

use libbpf_rs::Link;
use rustix::fs::{CWD, Mode, RenameFlags};
use rustix::io::Errno;

use super::stage::{self, Stage};
use super::{Access, path_shown, say, state};
use crate::error::{Error, Result};
use crate::model::Kind;
use crate::sys::{Fork, fork};

/// The name of the staging directory. The lock sees to it that there is one at a time, so that
/// one that is there belongs to an installer that was killed.
const STAGE: &str = "bpfdbg-new";

/// Installs into `dir`, which is replaced as a whole where it can be.
pub(super) fn publish(dir: &Path, links: &[(Kind, Link)], access: &Access) -> Result<()> {
    let stage = Stage::new(&stage_of(dir)?, links, access)?;
    // A directory that is not there, or empty, is replaced by one call.
    match rustix::fs::rename(stage.dir(), dir) {
        Ok(()) => {
            stage.keep();
            return Ok(());
        }
        Err(Errno::NOTEMPTY | Errno::EXIST | Errno::BUSY | Errno::INVAL | Errno::XDEV) => {}
        Err(error) => return Err(Error::path("cannot replace", dir, error)),
    }
    // One that holds an older installation and nothing else changes places with the new one;
    // dropped, the stage then takes the old files with it. 5.10 cannot do that.
    let is_ours = state::holds_ours_only(dir);
    if is_ours
        && rustix::fs::renameat_with(CWD, stage.dir(), CWD, dir, RenameFlags::EXCHANGE).is_ok()
    {
        return Ok(());
    }
    each_file(stage.dir(), dir)?;
    let kinds: Vec<_> = links.iter().map(|(kind, _)| *kind).collect();
    // What an older installation had, and this one has not.
    for path in state::others(&kinds).map(|kind| dir.join(kind.file_name())) {
        if state::is_ours(&path) {
            rustix::fs::unlink(&path)
                .map_err(|error| Error::path("cannot remove", &path, error))?;
        }
    }
    if is_ours {
        return stage::permit(dir, access, access.dir_mode());
    }
    if let Ok(stat) = rustix::fs::stat(dir)
        && Mode::from_raw_mode(stat.st_mode).intersection(access.dir_mode()) != access.dir_mode()
    {
        say(format_args!(
            "'{}' has mode {:04o}, which keeps out some who may read the files",
            path_shown(dir),
            stat.st_mode & 0o7777
        ));
    }
    Ok(())
}

/// Where to stage: beside `dir`, or in it where it is the root of its bpffs.
fn stage_of(dir: &Path) -> Result<PathBuf> {
    let above = dir.parent().unwrap_or(dir);
    let is_bpffs =
        |dir: &Path| super::mount::hold(dir).is_ok_and(|fd| crate::source::is_bpffs(&fd));
    match (is_bpffs(dir), is_bpffs(above)) {
        (true, true) if !state::is_mount_root(dir) => Ok(above.join(STAGE)),
        (true, _) => Ok(dir.join(STAGE)),
        (false, true) if !dir.exists() => Ok(above.join(STAGE)),
        _ => Err(Error::Other(format!(
            "'{0}' is not in a bpffs; mount one with: mount -t bpf bpf '{0}'",
            path_shown(dir)
        ))),
    }
}

/// Moves the files one by one into a directory that must stay, be it a root or not ours alone.
///
/// Where a name is new, the directory must lose its mode bits for a moment, or the bpffs refuses
/// the dot in it. A second process does this, which a kill of the first one does not reach.
fn each_file(stage: &Path, dir: &Path) -> Result<()> {
    for kind in Kind::ALL {
        let path = dir.join(kind.file_name());
        if state::is_listed(&path) && !state::is_ours(&path) {
            return Err(Error::Other(format!(
                "'{}' is not bpfdbg's, and stays; install into a directory below",
                path_shown(&path)
            )));
        }
    }
    match fork().map_err(|error| Error::path("cannot fork for", dir, error))? {
        Fork::Child => {
            let _ = rustix::process::setsid();
            let code = match move_files(stage, dir, RenameFlags::empty()) {
                Ok(()) => 0,
                Err(errno) => errno.raw_os_error(),
            };
            std::process::exit(code)
        }
        Fork::Parent(child) => {
            let status =
                rustix::process::waitpid(Some(child), rustix::process::WaitOptions::empty())
                    .map_err(|error| Error::path("cannot wait for", dir, error))?;
            match status.and_then(|(_, status)| status.exit_status()) {
                Some(0) => Ok(()),
                Some(errno) => {
                    Err(Error::path("cannot pin in", dir, Errno::from_raw_os_error(errno)))
                }
                None => {
                    Err(Error::Other(format!("installing in '{}' was killed", path_shown(dir))))
                }
            }
        }
    }
}

/// Moves all files, or none where a name is new.
pub(super) fn move_files(stage: &Path, dir: &Path, flags: RenameFlags) -> Result<(), Errno> {
    let stat = rustix::fs::stat(dir)?;
    let mode = Mode::from_raw_mode(stat.st_mode);
    rustix::fs::chmod(dir, Mode::empty())?;
    let mut moved = Vec::new();
    // Not every kernel has every kind.
    let kinds =
        Kind::ALL.into_iter().filter(|kind| state::is_listed(&stage.join(kind.file_name())));
    let result = kinds.into_iter().try_for_each(|kind| {
        let path = dir.join(kind.file_name());
        let is_new = !state::is_listed(&path);
        rustix::fs::renameat_with(CWD, stage.join(kind.file_name()), CWD, &path, flags)?;
        moved.extend(is_new.then_some(path));
        Ok(())
    });
    if result.is_err() {
        for path in moved {
            let _ = rustix::fs::unlink(path);
        }
    }
    rustix::fs::chmod(dir, mode)?;
    result
}

/// Removes our files from `dir`, and the directory where nothing is left in it; false where there
/// was nothing of ours.
pub(super) fn remove(dir: &Path) -> Result<bool> {
    if let Ok(stage) = stage_of(dir) {
        stage::clear(&stage);
    }
    let mut removed = false;
    for kind in Kind::ALL {
        let path = dir.join(kind.file_name());
        if state::is_ours(&path) {
            rustix::fs::unlink(&path)
                .map_err(|error| Error::path("cannot remove", &path, error))?;
            removed = true;
        }
    }
    if removed && !state::is_mount_root(dir) {
        let _ = rustix::fs::rmdir(dir);
    }
    Ok(removed)
}
