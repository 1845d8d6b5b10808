//! The directories that are searched for texts, and the clocks of this machine.

use std::ffi::OsString;
use std::fs;
use std::os::fd::AsFd;
use std::path::{Path, PathBuf};

use rustix::time::{ClockId, clock_gettime};

use crate::model::BootTime;

/// The directory that `bpfdbg install` makes.
pub const OWN: &str = "/run/bpfdbg";
/// Where systems mount the first bpffs.
pub(super) const SYSTEM: &str = "/sys/fs/bpf";

/// The magic number of a bpffs, `BPF_FS_MAGIC`.
const BPF_FS_MAGIC: u64 = 0xcafe_4a11;

/// The directories to look at, in order.
#[derive(Clone, Debug)]
pub struct Places {
    dirs: Vec<PathBuf>,
    explicit: bool,
}

impl Places {
    /// `option` is `--bpffs`, a demand: no other place is looked at. `variable` is
    /// `$BPFDBG_BPFFS`, a preference: it comes first.
    pub fn new(option: Option<PathBuf>, variable: Option<OsString>) -> Self {
        if let Some(dir) = option {
            return Self { dirs: vec![dir], explicit: true };
        }
        let preferred = variable.filter(|dir| !dir.is_empty()).map(PathBuf::from);
        let dirs = preferred.into_iter().chain([OWN.into(), SYSTEM.into()]).collect();
        Self { dirs, explicit: false }
    }

    /// The directories, the first to look at first.
    pub fn iter(&self) -> impl Iterator<Item = &Path> {
        self.dirs.iter().map(PathBuf::as_path)
    }

    /// Whether the user named the one directory to look at.
    pub fn is_explicit(&self) -> bool {
        self.explicit
    }
}

/// Whether a file or directory lies in a bpffs, which is of the running kernel; a capture is not.
///
/// # Errors
///
/// That of fstatfs(2).
pub fn in_bpffs(file: impl AsFd) -> rustix::io::Result<bool> {
    rustix::fs::fstatfs(file).map(|fs| fs.f_type as u64 == BPF_FS_MAGIC)
}

/// The same, where a capture is the safe thing to take for what cannot be told.
pub fn is_bpffs(file: impl AsFd) -> bool {
    in_bpffs(file) == Ok(true)
}

/// Whether the directory of `path` lists its name, whatever open(2) says of it.
pub fn is_listed(path: &Path) -> bool {
    let (Some(dir), Some(name)) = (path.parent(), path.file_name()) else { return false };
    fs::read_dir(dir).is_ok_and(|entries| entries.flatten().any(|entry| entry.file_name() == name))
}

/// When this machine booted, by its clocks of now.
pub fn boot_time() -> BootTime {
    let (real, boot) = (clock_gettime(ClockId::Realtime), clock_gettime(ClockId::Boottime));
    BootTime { seconds: real.tv_sec - boot.tv_sec, nanoseconds: real.tv_nsec - boot.tv_nsec }
}

/// Nanoseconds since this machine booted, as the kernel counts them.
pub fn since_boot() -> u64 {
    let time = clock_gettime(ClockId::Boottime);
    // Neither is below zero.
    time.tv_sec.cast_unsigned() * 1_000_000_000 + time.tv_nsec.cast_unsigned()
}
