//! A file that is replaced as a whole: whoever reads it sees the old text or the new one.
//!
//! Its directory may be one that others can write to. So the directory is opened once, by a path in
//! which no link of theirs is followed, and all that follows is done in it: a file that was not there
//! is written, and renamed to the place of the old one, of which nothing is opened.

use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io::{self, Write as _};
use std::os::fd::OwnedFd;
use std::os::unix::ffi::OsStringExt as _;
use std::path::{Component, Path, PathBuf};

use rustix::fs::{AtFlags, CWD, FileType, Mode, OFlags};
use rustix::fs::{fchmod, fstat, openat, readlinkat, renameat, statat, unlinkat};
use rustix::io::Errno;
use rustix::process::geteuid;

use crate::error::{CANNOT_WRITE, Error, Result};
use crate::model::quoted_path;
use crate::sys;

/// The mode of the file: everybody may read it.
const MODE: Mode = Mode::from_raw_mode(0o644);

/// Writes a file in place of the one at `path`, or where there is none.
///
/// # Errors
///
/// What the system refuses, a link of another user on the way, and something at `path` that is no
/// regular file.
pub(super) fn replace(path: &Path, text: &[u8]) -> Result<()> {
    let refused = |error: io::Error| Error::path(CANNOT_WRITE, path, error);
    let Some(name) = path.file_name() else {
        return Err(Error::Usage(format!("'{}' is no path of a file", quoted_path(path))));
    };
    let dir = open_dir(path)?;
    let is_regular = match statat(&dir, name, AtFlags::SYMLINK_NOFOLLOW) {
        Ok(stat) => FileType::from_raw_mode(stat.st_mode) == FileType::RegularFile,
        Err(Errno::NOENT) => true,
        Err(error) => return Err(refused(error.into())),
    };
    if !is_regular {
        return Err(Error::Other(format!("'{}' is no regular file: it stays", quoted_path(path))));
    }
    let (new, mut file) = create(&dir).map_err(|error| refused(error.into()))?;
    let written = fchmod(&file, MODE).map_err(io::Error::from);
    let written = written.and_then(|()| file.write_all(text));
    let renamed = written.and_then(|()| Ok(renameat(&dir, &new, &dir, name)?));
    renamed.map_err(|error| {
        // What is left is in nobody's way.
        let _ = unlinkat(&dir, &new, AtFlags::empty());
        refused(error)
    })
}

/// How many random names are tried for the new file.
const TRIES: usize = 16;

/// Makes a file that was not there, in an open directory.
fn create(dir: &OwnedFd) -> rustix::io::Result<(String, File)> {
    let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    for _ in 0..TRIES {
        // Its end is not one that node_exporter reads.
        let name = format!(".bpfdbg-{:016x}", sys::unguessable());
        match openat(dir, &name, flags, Mode::RUSR | Mode::WUSR) {
            Err(Errno::EXIST) => {}
            made => return Ok((name, made?.into())),
        }
    }
    Err(Errno::EXIST)
}

/// How many links a path may lead over, as in the kernel.
const LINKS: usize = 40;

/// Opens the directory that a file is in. Links that root or this user made are followed: those of
/// others may be changed at any time, to lead elsewhere.
fn open_dir(path: &Path) -> Result<OwnedFd> {
    let refused = |error: Errno| Error::path(CANNOT_WRITE, path, error);
    let open = |dir: &OwnedFd, name: &OsStr, flags| {
        openat(dir, name, OFlags::PATH | OFlags::CLOEXEC | flags, Mode::empty()).map_err(refused)
    };
    let start = |path: &Path| {
        let start = if path.is_absolute() { "/" } else { "." };
        openat(CWD, start, OFlags::PATH | OFlags::DIRECTORY | OFlags::CLOEXEC, Mode::empty())
            .map_err(refused)
    };
    let mut dir = start(path)?;
    let mut left = names(path.parent().unwrap_or(path));
    let mut links = 0;
    while let Some(name) = left.pop() {
        let found = open(&dir, &name, OFlags::NOFOLLOW)?;
        let stat = fstat(&found).map_err(refused)?;
        if FileType::from_raw_mode(stat.st_mode) != FileType::Symlink {
            dir = found;
            continue;
        }
        if stat.st_uid != 0 && stat.st_uid != geteuid().as_raw() {
            let (path, name, uid) = (quoted_path(path), quoted_path(&name), stat.st_uid);
            let why = format!("'{name}' is a symbolic link of user {uid}, which is not followed");
            return Err(Error::Other(format!("cannot write '{path}': {why}")));
        }
        links += 1;
        if links > LINKS {
            return Err(refused(Errno::LOOP));
        }
        let target = readlinkat(&found, "", Vec::new()).map_err(refused)?;
        let target = PathBuf::from(OsString::from_vec(target.into_bytes()));
        if target.is_absolute() {
            dir = start(&target)?;
        }
        left.extend(names(&target));
    }
    Ok(dir)
}

/// The names that a path leads over, the last first.
fn names(path: &Path) -> Vec<OsString> {
    let name = |component: Component<'_>| match component {
        Component::Normal(name) => Some(name.to_owned()),
        Component::ParentDir => Some("..".into()),
        Component::RootDir | Component::CurDir | Component::Prefix(_) => None,
    };
    path.components().rev().filter_map(name).collect()
}
