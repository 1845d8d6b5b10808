//! A directory in a bpffs that somebody else mounted.

use std::ffi::OsString;
use std::path::Path;

use libbpf_rs::Link;
use rustix::fs::{Mode, RenameFlags};
use rustix::io::Errno;

use super::apart::apart;
use super::dir::Dir;
use super::stage::{self, Stage};
use super::{Access, say, state};
use crate::error::{Error, Result};
use crate::model::{Kind, quoted_path};

/// Directories cannot be exchanged: the bpffs of 5.10 does not support it.
const NO_EXCHANGE: Errno = Errno::INVAL;

/// Where files are, or are to be, installed.
pub(super) enum InstallDir {
    /// A directory that can be replaced as a whole, or does not exist yet, with its parent in the
    /// same bpffs.
    Entry { above: Dir, name: OsString, dir: Option<Dir> },
    /// A directory that must stay: the root of a mount.
    Root(Dir),
}

impl InstallDir {
    /// Finds out which; `None` where it is in no bpffs.
    ///
    /// # Errors
    ///
    /// Others than root can replace it.
    pub(super) fn find(path: &Path) -> Result<Option<Self>> {
        let path = super::dir::normal(path);
        let (Some(above), Some(name)) = (path.parent(), path.file_name()) else {
            return Ok(None);
        };
        if stage::is_stage(name) {
            return Err(Error::Other(format!(
                "'{}' has the name of an installation that is not complete; choose another name",
                quoted_path(&path)
            )));
        }
        let above = Dir::open(above)?;
        let dir = above.child(name)?;
        Ok(match dir {
            Some(dir) if !dir.is_bpffs()? => None,
            Some(dir) if dir.is_mount_root()? => Some(Self::Root(dir)),
            dir if above.is_bpffs()? => Some(Self::Entry { above, name: name.to_owned(), dir }),
            _ => None,
        })
    }

    /// The directory, where it is there.
    pub(super) fn dir(&self) -> Option<&Dir> {
        match self {
            Self::Entry { dir, .. } => dir.as_ref(),
            Self::Root(dir) => Some(dir),
        }
    }

    /// Where to stage: beside the directory, or in it.
    fn stage_dir(&self) -> &Dir {
        match self {
            Self::Entry { above, .. } => above,
            Self::Root(dir) => dir,
        }
    }

    /// Installs, replacing the whole directory if possible.
    pub(super) fn publish(&self, links: &[(Kind, Link)], access: &Access) -> Result<()> {
        let stage = Stage::new(self.stage_dir(), links, access)?;
        let dir = match self {
            Self::Root(dir) => return each_file(stage.dir(), dir, links, access),
            Self::Entry { above, name, dir } => {
                // One rename(2) replaces a directory that is missing or empty.
                match above.rename(stage.name(), above, name, RenameFlags::empty()) {
                    Ok(()) => {
                        stage.keep();
                        return Ok(());
                    }
                    Err(Errno::NOTEMPTY | Errno::EXIST | Errno::BUSY) => {}
                    Err(error) => {
                        let path = above.path().join(name);
                        return Err(Error::path("cannot replace", path, error));
                    }
                }
                let Some(dir) = dir else {
                    return Err(Error::path(
                        "cannot replace",
                        above.path().join(name),
                        Errno::EXIST,
                    ));
                };
                // A directory with an older installation and nothing else is exchanged with the new
                // one. Its files are removed at once, since they may be readable by users whom the
                // new ones exclude.
                if state::holds_ours_only(dir)? {
                    let exchange = || {
                        let flags = RenameFlags::EXCHANGE;
                        above.rename(stage.name(), above, name, flags).or(Err(NO_EXCHANGE))?;
                        dir.unpin(&Kind::ALL)
                    };
                    match apart("cannot remove what was in", dir.path(), exchange) {
                        Err(Error::Path { source, .. })
                            if source.raw_os_error() == Some(NO_EXCHANGE.raw_os_error()) => {}
                        result => return result,
                    }
                }
                dir
            }
        };
        each_file(stage.dir(), dir, links, access)
    }

    /// Removes our files, and the directory if it is empty then; false if there was nothing of
    /// ours.
    pub(super) fn remove(&self) -> Result<bool> {
        stage::clear_all(self.stage_dir());
        let Some(dir) = self.dir() else { return Ok(false) };
        let mut ours = Vec::new();
        for kind in Kind::ALL {
            ours.extend(state::is_ours(dir, kind)?.then_some(kind));
        }
        if ours.is_empty() {
            return Ok(false);
        }
        apart("cannot remove what is in", dir.path(), || dir.unpin(&ours))?;
        if let Self::Entry { above, name, .. } = self {
            let _ = above.rmdir(name);
        }
        Ok(true)
    }
}

/// Replaces the files one by one in a directory that must stay: the root of a mount, or one with
/// other files.
fn each_file(stage: &Dir, dir: &Dir, links: &[(Kind, Link)], access: &Access) -> Result<()> {
    for kind in Kind::ALL {
        if dir.lists(kind.file_name())? && !state::is_ours(dir, kind)? {
            return Err(Error::Other(format!(
                "'{}' is not bpfdbg's, and stays; install into a directory below",
                quoted_path(&dir.path().join(kind.file_name()))
            )));
        }
    }
    let is_ours = !dir.is_mount_root()? && state::holds_ours_only(dir)?;
    apart("cannot pin in", dir.path(), || move_files(stage, dir, RenameFlags::empty()))?;
    // Files of an older installation that this one does not have.
    for kind in Kind::ALL.into_iter().filter(|kind| links.iter().all(|(of, _)| of != kind)) {
        if state::is_ours(dir, kind)? {
            let name = kind.file_name();
            let failed = |error| Error::path("cannot remove", dir.path().join(name), error);
            dir.unlink(name).map_err(failed)?;
        }
    }
    if is_ours {
        return dir.permit(access.group(), access.dir_mode());
    }
    if let Ok(stat) = dir.stat()
        && Mode::from_raw_mode(stat.st_mode).intersection(access.dir_mode()) != access.dir_mode()
    {
        say(format_args!(
            "'{}' has mode {:04o}, which keeps out some who may read the files",
            quoted_path(dir.path()),
            stat.st_mode & 0o7777
        ));
    }
    Ok(())
}

/// Moves all files, or none if one is new to the directory: bpffs accepts a new name with a dot
/// only while the directory has no mode bits.
pub(super) fn move_files(stage: &Dir, dir: &Dir, flags: RenameFlags) -> Result<(), Errno> {
    // Not every kernel has every kind.
    let (from, before) = (stage.names()?, dir.names()?);
    let mode = Mode::from_raw_mode(dir.stat()?.st_mode);
    dir.chmod(Mode::empty())?;
    let mut moved = Vec::new();
    let kinds =
        Kind::ALL.into_iter().filter(|kind| from.iter().any(|name| name == kind.file_name()));
    let result = kinds.into_iter().try_for_each(|kind| {
        let name = kind.file_name();
        let old = dir.entry(name);
        stage.rename(name.as_ref(), dir, name.as_ref(), flags)?;
        if let Some(old) = old {
            old.shut();
        }
        moved.extend((!before.iter().any(|entry| entry == name)).then_some(name));
        Ok(())
    });
    if result.is_err() {
        for name in moved {
            let _ = dir.unlink(name);
        }
    }
    dir.chmod(mode)?;
    result
}
