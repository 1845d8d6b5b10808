//! What is installed in a directory.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, Read as _};
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;

/// The directory and its files, each with its mode and group; the same for equal installations.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Snapshot {
    /// Of the directory, unless it is not there.
    pub(crate) dir: Option<(u32, u32)>,
    /// Of each file of bpfdbg's by its name.
    pub(crate) files: BTreeMap<String, (u32, u32)>,
    /// Files that should be ours, and cannot be read as such.
    pub(crate) broken: Vec<String>,
}

impl Snapshot {
    /// Looks at a directory.
    pub(crate) fn of(dir: &Path) -> Self {
        let mut snapshot = Self::default();
        let Ok(stat) = fs::metadata(dir) else { return snapshot };
        snapshot.dir = Some((stat.mode() & 0o7777, stat.gid()));
        for entry in fs::read_dir(dir).into_iter().flatten().flatten() {
            let name = entry.file_name().to_string_lossy().into_owned();
            if !name.ends_with(".debug") {
                continue;
            }
            match (header(&entry.path()), fs::symlink_metadata(entry.path())) {
                (Ok(header), Ok(stat)) if header.contains(" bpfdbg/") => {
                    snapshot.files.insert(name, (stat.mode() & 0o7777, stat.gid()));
                }
                // The kernel's own, on a machine that lists them and refuses to open them.
                (Err(error), _) if error.kind() == io::ErrorKind::NotFound => {}
                (header, _) => snapshot.broken.push(format!("{name}: {header:?}")),
            }
        }
        snapshot
    }

    /// Whether nothing is installed.
    pub(crate) fn is_empty(&self) -> bool {
        self.files.is_empty() && self.broken.is_empty()
    }

    /// Whether it has the same files as another, of whatever access.
    pub(crate) fn has_files_of(&self, other: &Self) -> bool {
        self.broken.is_empty() && self.files.keys().eq(other.files.keys())
    }
}

/// The first line, of a file that must not be waited for.
fn header(path: &Path) -> io::Result<String> {
    if !fs::symlink_metadata(path)?.is_file() {
        return Err(io::Error::other("no regular file"));
    }
    // 5.10 has no links at times, and then prints no header: the programs are those that print.
    let mut bytes = vec![0; 1 << 16];
    let read = File::open(path)?.read(&mut bytes)?;
    let line = bytes[..read].split(|&byte| byte == b'\n').next().unwrap_or_default();
    Ok(String::from_utf8_lossy(line).into_owned())
}

/// What else is in a directory: what a killed installer may have left.
pub(crate) fn others(dir: &Path) -> Vec<String> {
    let entries = fs::read_dir(dir).into_iter().flatten().flatten();
    entries
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .filter(|name| !name.ends_with(".debug"))
        .collect()
}
