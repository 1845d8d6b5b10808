//! File systems that a test machine may not have mounted.

use std::fs;
use std::path::{Path, PathBuf};

use super::unique_path;
use crate::error::{Doing, Result};
use crate::sys;

/// A mount of our own, gone when this is dropped.
struct OwnMount {
    at: PathBuf,
}

impl Drop for OwnMount {
    fn drop(&mut self) {
        // Failures are ignored: there is nobody left to tell.
        let _ = sys::unmount(&self.at);
        let _ = fs::remove_dir(&self.at);
    }
}

/// A mounted file system, the machine's own or one mounted for the purpose.
pub(crate) struct Mount {
    root: PathBuf,
    _own: Option<OwnMount>,
}

impl Mount {
    /// The first mount of `fs_type` that this process sees, or else a new one.
    pub(crate) fn of(fs_type: &str) -> Result<Mount> {
        if let Some(root) = first_mount(fs_type) {
            return Ok(Mount { root, _own: None });
        }
        let at = unique_path();
        fs::create_dir(&at).doing(|| format!("create '{}'", at.display()))?;
        // Made before the mount, so that a failure removes the directory.
        let own = OwnMount { at: at.clone() };
        sys::mount(fs_type, &at).doing(|| format!("mount {fs_type}"))?;
        Ok(Mount { root: at, _own: Some(own) })
    }

    /// Its root directory.
    pub(crate) fn root(&self) -> &Path {
        &self.root
    }
}

/// The machine's own mount of a file system that is mounted once.
pub(crate) fn first_mount(fs_type: &str) -> Option<PathBuf> {
    let mounts = fs::read_to_string("/proc/self/mounts").ok()?;
    mounts.lines().find_map(|line| {
        let mut fields = line.split(' ');
        let (_, at, found) = (fields.next()?, fields.next()?, fields.next()?);
        (found == fs_type).then(|| PathBuf::from(at))
    })
}
