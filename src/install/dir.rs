//! Directories that only root can replace.
//!
//! A path is walked once, from the root down, without following symbolic links. Each directory on
//! the way must belong to root, and nobody else may rename root's entries in it. All later
//! operations use the descriptor, and so act on what was checked.

use std::ffi::{OsStr, OsString};
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::os::unix::ffi::{OsStrExt as _, OsStringExt as _};
use std::path::{Component, Path, PathBuf};

use rustix::fs::{
    AtFlags, CWD, FileType, Gid, Mode, OFlags, RenameFlags, Stat, StatxAttributes, StatxFlags,
};
use rustix::io::Errno;

use crate::error::{Error, Result};
use crate::model::{Kind, quoted_path};
use crate::source::in_bpffs;
use crate::sys::path_of;

/// Flags to open a directory for reading and fchmod(2).
const FLAGS: OFlags =
    OFlags::RDONLY.union(OFlags::DIRECTORY).union(OFlags::NOFOLLOW).union(OFlags::CLOEXEC);

/// A directory, open and checked.
#[derive(Debug)]
pub(super) struct Dir {
    fd: OwnedFd,
    path: PathBuf,
}

impl Dir {
    /// Opens a directory and checks every directory above it.
    ///
    /// # Errors
    ///
    /// One of them is not there, is a symbolic link, is not root's, or may be changed by others.
    pub(super) fn open(path: &Path) -> Result<Self> {
        let root = Path::new("/");
        let fd = rustix::fs::openat(CWD, root, FLAGS, Mode::empty());
        let mut dir = Self::checked(fd.map_err(failed("cannot open", root))?, root.to_owned())?;
        for name in names(path) {
            let path = dir.path.join(name);
            dir = dir.child(name)?.ok_or_else(|| Error::path("cannot open", path, Errno::NOENT))?;
        }
        Ok(dir)
    }

    /// Opens a directory in this one; `None` where there is nothing of that name.
    ///
    /// # Errors
    ///
    /// As [`Dir::open`].
    pub(super) fn child(&self, name: &OsStr) -> Result<Option<Self>> {
        let path = self.path.join(name);
        match rustix::fs::openat(&self.fd, name, FLAGS, Mode::empty()) {
            Ok(fd) => Self::checked(fd, path).map(Some),
            // A bpffs answers EPERM for a name with a dot that does not exist.
            Err(Errno::NOENT | Errno::PERM) => Ok(None),
            Err(Errno::NOTDIR | Errno::LOOP) if self.is_link(name) => Err(Error::Other(format!(
                "'{}' is a symbolic link, which is not followed; name the directory that it leads to",
                quoted_path(&path)
            ))),
            Err(error) => Err(Error::path("cannot open", path, error)),
        }
    }

    fn is_link(&self, name: &OsStr) -> bool {
        rustix::fs::readlinkat(&self.fd, name, Vec::new()).is_ok()
    }

    /// Takes a descriptor of a directory, and checks the directory alone.
    ///
    /// # Errors
    ///
    /// It is not root's, or may be changed by others.
    pub(super) fn checked(fd: OwnedFd, path: PathBuf) -> Result<Self> {
        let stat = rustix::fs::fstat(&fd).map_err(failed("cannot look at", &path))?;
        let mode = stat.st_mode & 0o7777;
        // In a sticky directory, others cannot rename or remove root's entries.
        let is_open = mode & 0o022 != 0 && mode & 0o1000 == 0;
        let why = match stat.st_uid {
            0 if is_open => format!("can be written to by others than root (mode {mode:04o})"),
            0 => return Ok(Self { fd, path }),
            uid => format!("belongs to uid {uid}, not to root"),
        };
        let path = quoted_path(&path);
        Err(Error::Other(format!("'{path}' {why}: nothing is installed or removed there")))
    }

    /// Opens a directory for reading only, whoever may change it.
    pub(super) fn unchecked(path: &Path) -> rustix::io::Result<Self> {
        let fd = rustix::fs::openat(CWD, path, FLAGS, Mode::empty())?;
        Ok(Self { fd, path: path.to_owned() })
    }

    /// Makes a directory in this one, with mode 0.
    pub(super) fn make(&self, name: &OsStr) -> rustix::io::Result<Self> {
        rustix::fs::mkdirat(&self.fd, name, Mode::empty())?;
        let fd = rustix::fs::openat(&self.fd, name, FLAGS, Mode::empty())?;
        // In a set-group-id directory it has that bit.
        rustix::fs::fchmod(&fd, Mode::empty())?;
        Ok(Self { fd, path: self.path.join(name) })
    }

    /// Its path, to be shown.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Mode, owner and group.
    pub(super) fn stat(&self) -> rustix::io::Result<Stat> {
        rustix::fs::fstat(&self.fd)
    }

    /// Mode, owner and group of an entry; symbolic links are not followed.
    pub(super) fn stat_of(&self, name: impl rustix::path::Arg) -> rustix::io::Result<Stat> {
        rustix::fs::statat(&self.fd, name, AtFlags::SYMLINK_NOFOLLOW)
    }

    /// Changes its mode.
    pub(super) fn chmod(&self, mode: Mode) -> rustix::io::Result<()> {
        rustix::fs::fchmod(&self.fd, mode)
    }

    /// Sets group and mode; the mode last, since it grants access.
    pub(super) fn permit(&self, group: Gid, mode: Mode) -> Result<()> {
        let path = &self.path;
        rustix::fs::fchown(&self.fd, None, Some(group))
            .map_err(failed("cannot change the group of", path))?;
        self.chmod(mode).map_err(failed("cannot change the mode of", path))
    }

    /// The names of all entries.
    ///
    /// # Errors
    ///
    /// It cannot be read, which is not to be empty.
    pub(super) fn names(&self) -> rustix::io::Result<Vec<OsString>> {
        // A new descriptor, since a duplicated one would share the directory offset.
        let fd = rustix::fs::openat(&self.fd, ".", FLAGS, Mode::empty())?;
        let entries = rustix::fs::Dir::new(fd)?.collect::<rustix::io::Result<Vec<_>>>()?;
        let names =
            entries.iter().map(|entry| OsString::from_vec(entry.file_name().to_bytes().to_vec()));
        Ok(names.filter(|name| name != "." && name != "..").collect())
    }

    /// Whether an entry of this name is listed, whatever open(2) says of it.
    ///
    /// # Errors
    ///
    /// As [`Dir::names`].
    pub(super) fn lists(&self, name: &str) -> Result<bool> {
        let names = self.names().map_err(failed("cannot read", &self.path))?;
        Ok(names.iter().any(|entry| entry.as_bytes() == name.as_bytes()))
    }

    /// Opens an entry that is about to be removed; `None` if there is none.
    pub(super) fn entry(&self, name: &str) -> Option<Entry> {
        let flags = OFlags::PATH | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        rustix::fs::openat(&self.fd, name, flags, Mode::empty()).ok().map(Entry)
    }

    /// Removes an entry that is no directory, and revokes access to the file.
    ///
    /// # Errors
    ///
    /// That of unlinkat(2).
    pub(super) fn unlink(&self, name: &str) -> rustix::io::Result<()> {
        let entry = self.entry(name);
        rustix::fs::unlinkat(&self.fd, name, AtFlags::empty())?;
        if let Some(entry) = entry {
            entry.shut();
        }
        Ok(())
    }

    /// Removes the files of these kinds, if they exist.
    pub(super) fn unpin(&self, kinds: &[Kind]) -> rustix::io::Result<()> {
        kinds.iter().try_for_each(|kind| match self.unlink(kind.file_name()) {
            // A bpffs answers EPERM for a name with a dot that is not there.
            Err(Errno::NOENT | Errno::PERM) => Ok(()),
            result => result,
        })
    }

    /// Removes an empty directory.
    pub(super) fn rmdir(&self, name: &OsStr) -> rustix::io::Result<()> {
        rustix::fs::unlinkat(&self.fd, name, AtFlags::REMOVEDIR)
    }

    /// Moves an entry to another directory.
    pub(super) fn rename(
        &self,
        name: &OsStr,
        to: &Dir,
        to_name: &OsStr,
        flags: RenameFlags,
    ) -> rustix::io::Result<()> {
        if flags.is_empty() {
            return rustix::fs::renameat(&self.fd, name, &to.fd, to_name);
        }
        rustix::fs::renameat_with(&self.fd, name, &to.fd, to_name, flags)
    }

    /// Whether it is the root of a mount.
    ///
    /// # Errors
    ///
    /// That of statx(2): what cannot be told is neither.
    pub(super) fn is_mount_root(&self) -> Result<bool> {
        let stat = rustix::fs::statx(&self.fd, "", AtFlags::EMPTY_PATH, StatxFlags::MODE)
            .map_err(failed("cannot look at", &self.path))?;
        Ok(stat.stx_attributes.contains(StatxAttributes::MOUNT_ROOT))
    }

    /// Whether it lies in a bpffs.
    ///
    /// # Errors
    ///
    /// That of fstatfs(2).
    pub(super) fn is_bpffs(&self) -> Result<bool> {
        in_bpffs(&self.fd).map_err(failed("cannot look at", &self.path))
    }
}

impl AsFd for Dir {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.fd.as_fd()
    }
}

/// The file behind an entry of a directory, independent of its name.
pub(super) struct Entry(OwnedFd);

impl Entry {
    /// Clears the mode bits of root's file after its removal: anyone with a descriptor of it, even
    /// an `O_PATH` one, could otherwise reopen it through /proc.
    pub(super) fn shut(self) {
        let is_file = |stat: &Stat| FileType::from_raw_mode(stat.st_mode).is_file();
        if rustix::fs::fstat(&self.0).is_ok_and(|stat| is_file(&stat) && stat.st_uid == 0) {
            // fchmod(2) rejects O_PATH descriptors, and fchmodat2(2) came with 6.6.
            let _ = rustix::fs::chmod(path_of(&self.0), Mode::empty());
        }
    }
}

/// The components from the root down. Symbolic links are not followed, so `..` cancels the
/// component before it.
fn names(path: &Path) -> Vec<&OsStr> {
    let mut names = Vec::new();
    for component in path.components() {
        match component {
            Component::Normal(name) => names.push(name),
            Component::ParentDir => drop(names.pop()),
            Component::RootDir | Component::CurDir | Component::Prefix(_) => {}
        }
    }
    names
}

/// A path without `.` and `..`.
pub(super) fn normal(path: &Path) -> PathBuf {
    Path::new("/").join(names(path).iter().collect::<PathBuf>())
}

fn failed(action: &'static str, path: &Path) -> impl FnOnce(Errno) -> Error {
    move |error| Error::path(action, path, error)
}
