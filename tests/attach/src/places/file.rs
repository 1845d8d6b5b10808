//! Files for user probes.

use std::path::{Path, PathBuf};
use std::{env, fs};

use super::{is_alive, pid_of, unique_path};
use crate::error::{Doing, Result};

/// How long the file is: a user probe must lie within it.
const LENGTH: usize = 0x4000;

/// A file that nobody runs, removed when this is dropped.
///
/// A user probe belongs to an inode and an offset; the kernel does not ask for an ELF file.
pub(crate) struct ProbedFile {
    path: PathBuf,
}

impl ProbedFile {
    /// A new file whose name ends with `suffix`.
    pub(crate) fn new(suffix: &str) -> Result<ProbedFile> {
        let mut path = unique_path().into_os_string();
        path.push(suffix);
        let file = ProbedFile { path: PathBuf::from(path) };
        fs::write(&file.path, [0x90; LENGTH])
            .doing(|| format!("write '{}'", file.path.display()))?;
        Ok(file)
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }
}

impl Drop for ProbedFile {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.path);
    }
}

/// Removes files and empty directories of processes that are gone.
pub(crate) fn sweep() {
    for entry in fs::read_dir(env::temp_dir()).into_iter().flatten().flatten() {
        let name = entry.file_name();
        if pid_of(&name.to_string_lossy()).is_some_and(|pid| !is_alive(pid)) {
            let path = entry.path();
            let _ = crate::sys::unmount(&path);
            let _ = fs::remove_file(&path).or_else(|_| fs::remove_dir(&path));
        }
    }
}
