//! The table of mounts: which of them are of a bpffs.

use std::os::unix::ffi::OsStringExt as _;
use std::path::PathBuf;

use crate::model::Name;

/// The table of this process's mount namespace.
pub const TABLE: &str = "/proc/self/mountinfo";

/// A mount of a bpffs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mount {
    /// The file system's number: one for all mounts of it, and another's once the last is gone.
    pub device: DeviceNumber,
    /// Where it is mounted.
    pub point: PathBuf,
    /// Whether its root is what is mounted there, and not a directory in it.
    pub is_whole: bool,
}

/// Major and minor number.
pub type DeviceNumber = (u32, u32);

/// All mounts of a bpffs in a table.
pub fn bpffs(table: &[u8]) -> impl Iterator<Item = Mount> {
    table.split(|byte| *byte == b'\n').filter_map(line)
}

/// The directory of a bpffs that is the root of a mount, by the mount's number.
pub fn root_of(table: &[u8], id: u64) -> Option<Vec<u8>> {
    let id = id.to_string();
    let line = table
        .split(|byte| *byte == b'\n')
        .find(|line| line.split(|byte| *byte == b' ').next() == Some(id.as_bytes()))?;
    self::line(line)?;
    Some(Name::new(line.split(|byte| *byte == b' ').nth(3)?).bytes().into_owned())
}

/// A line of the table, `36 35 0:33 / /mnt rw,noatime master:1 - bpf bpf rw,mode=700`; see proc(5).
fn line(line: &[u8]) -> Option<Mount> {
    let mut words = line.split(|byte| *byte == b' ');
    let device = std::str::from_utf8(words.nth(2)?).ok()?;
    let (major, minor) = device.split_once(':')?;
    let is_whole = words.next()? == b"/";
    let point = Name::new(words.next()?).bytes().into_owned();
    // Optional words come in between, and end with this one.
    words.find(|word| *word == b"-")?;
    (words.next()? == b"bpf").then_some(())?;
    Some(Mount {
        device: (major.parse().ok()?, minor.parse().ok()?),
        point: std::ffi::OsString::from_vec(point).into(),
        is_whole,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bpffs_is_known_by_its_type_wherever_its_root_is() {
        let mount =
            |point: &str, is_whole| Some(Mount { device: (0, 33), point: point.into(), is_whole });
        for (text, expected) in [
            (&b"36 35 0:33 / /mnt rw - bpf bpf rw,mode=700"[..], mount("/mnt", true)),
            (
                b"36 35 0:33 / /a\\040b\\012 rw shared:1 master:2 - bpf none rw",
                mount("/a b\n", true),
            ),
            (b"36 35 0:33 /dir /mnt rw - bpf bpf rw", mount("/mnt", false)),
            (b"36 35 0:33 / /bpf rw - tmpfs bpf rw", None),
            (b"36 35 0:33 / /mnt rw", None),
            (b"", None),
        ] {
            assert_eq!(line(text), expected, "{}", String::from_utf8_lossy(text));
        }
    }

    #[test]
    fn the_root_of_a_mount_is_found_by_the_mounts_number() {
        const TABLE: &[u8] = b"36 35 0:33 /a\\040b /mnt rw - bpf bpf rw\n\
                               37 36 0:34 / /run rw - tmpfs tmpfs rw\n";
        assert_eq!(root_of(TABLE, 36), Some(b"/a b".to_vec()));
        assert_eq!(root_of(TABLE, 37), None);
        assert_eq!(root_of(TABLE, 3), None);
    }
}
