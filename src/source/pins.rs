//! Pinned objects: resolving one path, and finding all pins.

use std::collections::HashSet;
use std::fs;
use std::io;
use std::os::fd::{AsFd as _, AsRawFd as _, OwnedFd};
use std::path::{Path, PathBuf};

use libbpf_rs::query::LinkInfo;
use rustix::fs::{Mode, OFlags};

use super::mounts::{TABLE, bpffs};
use crate::error::{Error, Result};
use crate::model::{Kind, Name, Pin, Pins};
use crate::sys;

/// What is pinned at a path.
///
/// # Errors
///
/// What bpf(2) says of it: there is no file, it is no pin, or it may not be had.
pub fn at(path: &Path) -> Result<(Kind, u32)> {
    let fd = sys::get_pinned(path).map_err(|e| Error::path("cannot get the object at", path, e))?;
    identify(&fd)
        .map_err(|error| Error::path("cannot tell what is pinned at", path, error))?
        .ok_or_else(|| {
            let path = Name::new(path.as_os_str().as_encoded_bytes()).to_string();
            Error::Other(format!("'{path}' is neither a program nor a map nor a link"))
        })
}

/// All pins in every bpffs that this process sees, and the first error on the way.
pub fn all() -> (Pins, Option<Error>) {
    let mut walk = PinWalk::default();
    match fs::read(TABLE) {
        Ok(table) => {
            // A mount that is covered by another cannot be seen.
            let mut seen = HashSet::new();
            for mount in bpffs(&table).filter(|mount| seen.insert(mount.point.clone())) {
                walk.mount(&mount.point);
            }
        }
        Err(error) => walk.refused(Error::path("cannot read", TABLE, error)),
    }
    (Pins::new(walk.pins), walk.refusal)
}

#[derive(Default)]
struct PinWalk {
    pins: Vec<Pin>,
    refusal: Option<Error>,
}

impl PinWalk {
    /// Looks at all below a mount. A list of what is left, and no recursion: whoever may write to a bpffs
    /// says how deep it is.
    fn mount(&mut self, point: &Path) {
        let mut left = vec![point.to_owned()];
        while let Some(dir) = left.pop() {
            left.extend(self.directory(&dir));
        }
    }

    /// Looks at the files of a directory, and gives those in it. Links lead to what is pinned elsewhere,
    /// and mounts are in the table by themselves.
    fn directory(&mut self, path: &Path) -> Vec<PathBuf> {
        let mut dirs = Vec::new();
        match fs::read_dir(path) {
            Ok(entries) => {
                for entry in entries.flatten() {
                    let path = entry.path();
                    match entry.file_type() {
                        Ok(kind) if kind.is_dir() => dirs.push(path),
                        Ok(kind) if kind.is_file() => self.file(path),
                        _ => {}
                    }
                }
            }
            Err(error) => self.refused(Error::path("cannot list", path, error)),
        }
        dirs
    }

    fn file(&mut self, path: PathBuf) {
        match pinned(&path).and_then(|fd| identify(&fd)) {
            Ok(Some((kind, id))) => self.pins.push(Pin { kind, id, path }),
            Ok(None) => {}
            // One of the kernel's own files that has nothing behind it.
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => self.refused(Error::path("cannot get the object at", path, error)),
        }
    }

    /// The first will do: there is one line for it.
    fn refused(&mut self, error: Error) {
        self.refusal.get_or_insert(error);
    }
}

/// What is pinned at a path, were it not a link by now, which would lead to a pin elsewhere.
fn pinned(path: &Path) -> io::Result<OwnedFd> {
    let flags = OFlags::PATH | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    let file = rustix::fs::open(path, flags, Mode::empty())?;
    sys::get_pinned(&sys::path_of(&file))
}

/// The kind and id of an object. The kernel tells them of a descriptor without a right, and most
/// simply in its fdinfo; but that of a link of kprobes without cookies crashes a kernel of 6.18.
fn identify(fd: &OwnedFd) -> io::Result<Option<(Kind, u32)>> {
    let name = fs::read_link(sys::path_of(fd))?;
    let (kind, key) = match name.as_os_str().as_encoded_bytes() {
        b"anon_inode:bpf-prog" => (Kind::Progs, "prog_id:"),
        b"anon_inode:bpf-map" => (Kind::Maps, "map_id:"),
        b"anon_inode:bpf-link" => {
            let info = LinkInfo::from_fd(fd.as_fd()).map_err(io::Error::other)?;
            return Ok(Some((Kind::Links, info.id)));
        }
        _ => return Ok(None),
    };
    let text = fs::read_to_string(format!("/proc/self/fdinfo/{}", fd.as_raw_fd()))?;
    Ok(number_in(&text, key).map(|id| (kind, id)))
}

/// The number behind a key in the text of such a file.
pub(crate) fn number_in(fdinfo: &str, key: &str) -> Option<u32> {
    fdinfo.lines().find_map(|line| line.strip_prefix(key)?.trim().parse().ok())
}
