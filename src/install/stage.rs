//! A directory of pins that nobody sees before it is complete.

use std::path::{Path, PathBuf};

use libbpf_rs::Link;
use rustix::fs::{AtFlags, CWD, Mode};

use super::Access;
use crate::error::{Error, Result};
use crate::model::Kind;

/// The staging directory; dropped before it is [kept](Stage::keep), it is removed with its pins.
pub(super) struct Stage {
    dir: PathBuf,
    kept: bool,
}

impl Stage {
    /// Makes `dir` in a bpffs, pins the links in it under their kinds' names, and then lets in
    /// whom `access` names.
    pub(super) fn new(dir: &Path, links: &[(Kind, Link)], access: &Access) -> Result<Self> {
        clear(dir);
        // A bpffs takes a name with a dot in a directory without any mode bit, and in no other.
        rustix::fs::mkdir(dir, Mode::empty())
            .map_err(|error| Error::path("cannot make directory", dir, error))?;
        let stage = Self { dir: dir.to_owned(), kept: false };
        for (kind, link) in links {
            let path = dir.join(kind.file_name());
            crate::sys::pin(link, &path)
                .map_err(|error| Error::path("cannot pin", &path, error))?;
            permit(&path, access, access.file_mode(*kind))?;
        }
        permit(dir, access, access.dir_mode())?;
        Ok(stage)
    }

    /// The directory.
    pub(super) fn dir(&self) -> &Path {
        &self.dir
    }

    /// Leaves the directory to whoever published it.
    pub(super) fn keep(mut self) {
        self.kept = true;
    }
}

impl Drop for Stage {
    fn drop(&mut self) {
        if !self.kept {
            clear(&self.dir);
        }
    }
}

/// Sets group and mode, the mode last: it is what lets others in.
pub(super) fn permit(path: &Path, access: &Access, mode: Mode) -> Result<()> {
    rustix::fs::chownat(CWD, path, None, Some(access.group()), AtFlags::empty())
        .map_err(|error| Error::path("cannot change the group of", path, error))?;
    rustix::fs::chmod(path, mode)
        .map_err(|error| Error::path("cannot change the mode of", path, error))
}

/// Removes a staging directory that is complete or not, this one's or one of a killed installer.
pub(super) fn clear(dir: &Path) {
    for kind in Kind::ALL {
        let _ = rustix::fs::unlink(dir.join(kind.file_name()));
    }
    let _ = rustix::fs::rmdir(dir);
}
