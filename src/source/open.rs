//! Opening texts. A path is looked up once; all checks and reads use the descriptor.

use std::fs::File;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::path::{Path, PathBuf};

use rustix::fs::{CWD, FileType, Mode, OFlags, Stat, fstat, openat};
use rustix::io::Errno;
use rustix::process::geteuid;

use super::place::is_bpffs;
use super::trust;
use crate::error::{Error, Result};
use crate::model::Kind;
use crate::sys;

/// The limit for captures in bytes, some hundred times the size of a large machine's. Texts of a
/// kernel have no limit.
pub const MAX_CAPTURE: u64 = 256 << 20;

/// The origin of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// This machine's kernel.
    Kernel,
    /// This machine's kernel, by a program that this user pinned.
    User(u32),
    /// A regular file, of any machine, with any content.
    Capture,
}

/// A text that is open, and whose it is.
#[derive(Debug)]
pub struct TextFile {
    /// The file, of which nothing has been read.
    pub file: File,
    /// Whose text it is.
    pub origin: Origin,
    stat: Stat,
}

impl TextFile {
    /// Opens a file in a directory: a regular one, or one of a bpffs. What else may lie there is not
    /// opened: a pipe would wait, and a device may act upon it.
    ///
    /// # Errors
    ///
    /// open(2)'s, what is no file, and a capture that is too large.
    fn open_at(dir: BorrowedFd<'_>, name: &Path, path: &Path, flags: OFlags) -> Result<Self> {
        let refused = |error: Errno| Error::path("cannot open", path, error);
        let no_file = |what| Error::NoFile { path: path.into(), what };
        let found = openat(dir, name, flags | OFlags::PATH | OFlags::CLOEXEC, Mode::empty());
        let found = found.map_err(refused)?;
        let stat = fstat(&found).map_err(refused)?;
        if let Some(what) = kind_of(&stat) {
            return Err(no_file(what));
        }
        // By the descriptor, so that it is what was looked at.
        let flags = OFlags::RDONLY | OFlags::NONBLOCK | OFlags::CLOEXEC | OFlags::NOCTTY;
        let fd = openat(CWD, sys::path_of(&found), flags, Mode::empty()).map_err(refused)?;
        let origin = match (is_bpffs(&fd), stat.st_uid) {
            (false, _) => Origin::Capture,
            (true, uid) if uid == geteuid().as_raw() || trust::is_root(uid) => Origin::Kernel,
            (true, uid) => Origin::User(uid),
        };
        if origin == Origin::Capture && u64::try_from(stat.st_size).unwrap_or(0) > MAX_CAPTURE {
            return Err(Error::TooLarge { path: path.into(), limit: MAX_CAPTURE });
        }
        Ok(Self { file: fd.into(), origin, stat })
    }

    /// How much of it is read at most, in bytes.
    pub fn limit(&self) -> Option<u64> {
        (self.origin == Origin::Capture).then_some(MAX_CAPTURE)
    }
}

/// What is no file that has a text, in a word or two.
fn kind_of(stat: &Stat) -> Option<&'static str> {
    match FileType::from_raw_mode(stat.st_mode) {
        FileType::RegularFile => None,
        FileType::Directory => Some("a directory"),
        FileType::Symlink => Some("a symbolic link, which root does not follow"),
        FileType::Fifo => Some("a FIFO"),
        FileType::Socket => Some("a socket"),
        FileType::CharacterDevice | FileType::BlockDevice => Some("a device"),
        _ => Some("no file"),
    }
}

/// A directory of texts, held open.
#[derive(Debug)]
pub struct TextDir {
    path: PathBuf,
    fd: OwnedFd,
    /// Whether the user named it: if not, root reads nothing there that another user may change.
    is_named: bool,
}

impl TextDir {
    /// Opens a directory.
    ///
    /// # Errors
    ///
    /// open(2)'s; for root, a directory that another user may change, unless it `is_named`.
    pub fn open(path: &Path, is_named: bool) -> Result<Self> {
        let flags = OFlags::PATH | OFlags::DIRECTORY | OFlags::CLOEXEC;
        let fd = openat(CWD, path, flags, Mode::empty())
            .map_err(|error| Error::path("cannot open", path, error))?;
        let dir = Self { path: path.into(), fd, is_named };
        match dir.is_trusted_only().then(|| trust::directory(dir.fd.as_fd())) {
            Some(Err(why)) => Err(Error::Distrusted { path: path.into(), why }),
            _ => Ok(dir),
        }
    }

    /// Whether only what is root's is read.
    fn is_trusted_only(&self) -> bool {
        !self.is_named && geteuid().is_root()
    }

    /// Whether it is root's, in a bpffs, so that root needs no capability to open a file in it.
    pub(super) fn is_roots(&self) -> bool {
        is_bpffs(&self.fd) && fstat(&self.fd).is_ok_and(|stat| stat.st_uid == 0)
    }

    /// The path of the file of a kind.
    pub(super) fn path(&self, kind: Kind) -> PathBuf {
        self.path.join(kind.file_name())
    }

    /// Opens the file of a kind.
    ///
    /// # Errors
    ///
    /// open(2)'s, what is no file, and a capture that is too large; for root, a link, and a file that
    /// another user may change, unless the directory was named.
    pub fn text(&self, kind: Kind) -> Result<TextFile> {
        let path = self.path(kind);
        // Whoever can write here could make a link to any file of root's, to be shown its contents.
        let flags = if geteuid().is_root() { OFlags::NOFOLLOW } else { OFlags::empty() };
        let text = TextFile::open_at(self.fd.as_fd(), kind.file_name().as_ref(), &path, flags)?;
        match self.is_trusted_only().then(|| trust::file(&text.stat)) {
            Some(Err(why)) => Err(Error::Distrusted { path, why }),
            _ => Ok(text),
        }
    }

    /// The same, where the directory's files may have been replaced since: by others at its path.
    pub(super) fn text_again(&self, kind: Kind) -> Result<TextFile> {
        self.text(kind).or_else(|error| match Self::open(&self.path, self.is_named) {
            Ok(dir) => dir.text(kind),
            Err(_) => Err(error),
        })
    }
}
