//! The mounts of this process's mount namespace, and a look at each when they change.

use std::fs::File;
use std::io::{Read as _, Seek as _};
use std::os::unix::ffi::OsStringExt as _;
use std::path::PathBuf;
use std::time::Duration;

use rustix::event::{PollFd, PollFlags, Timespec, poll};

use crate::error::{Error, Result};
use crate::model::Name;

const TABLE: &str = "/proc/self/mountinfo";

/// A mount of a bpffs by its root.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Mount {
    /// The file system's number: one for all mounts of it, and another's once the last is gone.
    pub(super) device: Device,
    /// Where it is mounted.
    pub(super) point: PathBuf,
}

/// Major and minor number.
pub(super) type Device = (u32, u32);

/// The open table.
pub(super) struct Mounts {
    table: File,
}

impl Mounts {
    /// Opens the table. What changes in it from now on ends a [`Mounts::wait`].
    pub(super) fn open() -> Result<Self> {
        let table = File::open(TABLE).map_err(|error| Error::path("cannot open", TABLE, error))?;
        Ok(Self { table })
    }

    /// All bpffs that are mounted by their root: a directory in one is no place for files that the
    /// kernel would have put into the root.
    pub(super) fn bpffs(&mut self) -> Result<Vec<Mount>> {
        // Some mount waits for the process that reads this, so it is read in few calls.
        let mut text = Vec::with_capacity(32 << 10);
        self.table
            .rewind()
            .and_then(|()| self.table.read_to_end(&mut text))
            .map_err(|error| Error::path("cannot read", TABLE, error))?;
        Ok(text.split(|byte| *byte == b'\n').filter_map(bpffs).collect())
    }

    /// Waits until the table has changed since it was opened or last waited for, or `time` is up.
    pub(super) fn wait(&self, time: Duration) {
        let mut fds = [PollFd::new(&self.table, PollFlags::PRI)];
        // An error is a wait that ends early; the caller has a time of its own.
        let _ = poll(&mut fds, Timespec::try_from(time).ok().as_ref());
    }
}

/// A line of the table, `36 35 0:33 / /mnt rw,noatime master:1 - bpf bpf rw,mode=700`; see proc(5).
fn bpffs(line: &[u8]) -> Option<Mount> {
    let mut words = line.split(|byte| *byte == b' ');
    let device = std::str::from_utf8(words.nth(2)?).ok()?;
    let (major, minor) = device.split_once(':')?;
    if words.next()? != b"/" {
        return None;
    }
    let point = Name::new(words.next()?).bytes().into_owned();
    // Optional words come in between, and end with this one.
    words.find(|word| *word == b"-")?;
    (words.next()? == b"bpf").then_some(())?;
    Some(Mount {
        device: (major.parse().ok()?, minor.parse().ok()?),
        point: std::ffi::OsString::from_vec(point).into(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bpffs_is_known_by_its_type_and_its_root() {
        let mount = |point: &str| Some(Mount { device: (0, 33), point: point.into() });
        for (line, expected) in [
            (&b"36 35 0:33 / /mnt rw - bpf bpf rw,mode=700"[..], mount("/mnt")),
            (b"36 35 0:33 / /a\\040b\\012 rw shared:1 master:2 - bpf none rw", mount("/a b\n")),
            (b"36 35 0:33 /dir /mnt rw - bpf bpf rw", None),
            (b"36 35 0:33 / /bpf rw - tmpfs bpf rw", None),
            (b"36 35 0:33 / /mnt rw", None),
            (b"", None),
        ] {
            assert_eq!(bpffs(line), expected, "{}", String::from_utf8_lossy(line));
        }
    }
}
