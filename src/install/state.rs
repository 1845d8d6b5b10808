//! What is installed where.

use std::fs::File;
use std::io::{self, Read as _};
use std::path::Path;

use rustix::fs::{FileType, Mode, OFlags};
use rustix::io::Errno;

use super::Access;
use super::dir::Dir;
use crate::bpf;
use crate::error::{Error, Result};
use crate::model::Kind;
use crate::parse::Format;
use crate::source::{TextDir, is_listed};
use crate::sys::path_of;

/// The state of a file.
#[derive(Debug)]
pub enum State {
    /// It is not there.
    Absent,
    /// It may be there, but this user has no permission to look.
    NotPermitted,
    /// It is listed but cannot be opened: one of the kernel's own, without a program behind it.
    Dead,
    /// It can be read.
    Readable {
        /// The format, `None` for an empty file.
        format: Option<Format>,
    },
    /// It can be opened but not parsed; with the reason.
    Unreadable(String),
    /// Somebody else may have put it there, so that root does not open it; with the reason.
    Distrusted(String),
}

/// A file that was opened but not read yet, or why it could not be opened.
#[derive(Debug)]
pub struct Opened(Kind, std::result::Result<File, State>);

impl Opened {
    /// Opens the files of all kinds in a directory, which the user has named or not.
    pub fn all_in(dir: &Path, is_named: bool) -> [Self; Kind::ALL.len()] {
        let texts = TextDir::open(dir, is_named);
        Kind::ALL.map(|kind| {
            let state = |error: &Error| State::of_error(error, &dir.join(kind.file_name()));
            let file = match &texts {
                Ok(texts) => texts.text(kind).map(|text| text.file).map_err(|error| state(&error)),
                Err(error) => Err(state(error)),
            };
            Self(kind, file)
        })
    }

    /// The kind of its text.
    pub fn kind(&self) -> Kind {
        self.0
    }

    /// Reads what it is.
    pub fn state(self) -> State {
        let Self(kind, file) = self;
        file.map_or_else(
            |state| state,
            |file| match head(&file) {
                Ok(head) => State::of_head(&head, kind),
                Err(error) => State::Unreadable(error.to_string()),
            },
        )
    }
}

impl State {
    /// What the file at a path is that cannot be opened.
    fn of_error(error: &Error, path: &Path) -> Self {
        match error {
            Error::Distrusted { why, .. } => Self::Distrusted(why.clone()),
            Error::Path { source, .. } => match source.raw_os_error() {
                Some(libc::EACCES) => Self::NotPermitted,
                _ if is_listed(path) => Self::Dead,
                _ => Self::Absent,
            },
            error => Self::Unreadable(error.to_string()),
        }
    }

    /// What the start of a file is.
    fn of_head(head: &[u8], kind: Kind) -> Self {
        if head.is_empty() {
            return Self::Readable { format: None };
        }
        match Format::of(kind, head) {
            Ok((format, _)) => Self::Readable { format: Some(format) },
            Err(error) => Self::Unreadable(error.to_string()),
        }
    }

    /// What wrote it, `bpfdbg/VERSION+STATE`, where that is known.
    pub fn producer(&self) -> Option<&str> {
        match self {
            Self::Readable { format: Some(format) } => format.producer(),
            _ => None,
        }
    }
}

/// The start of a file: one read(2) of the kernel's makes at least the header and a row.
fn head(file: &File) -> io::Result<Vec<u8>> {
    let mut head = Vec::new();
    file.take(4096).read_to_end(&mut head)?;
    Ok(head)
}

/// A file of ours in a directory.
struct Ours {
    kind: Kind,
    mode: u32,
    gid: u32,
    /// Whether its producer is this very build.
    is_current: bool,
}

/// What is installed in a directory.
pub(super) struct Installed {
    files: Vec<Ours>,
    /// Mode and group of the directory, if it is ours.
    dir: Option<(u32, u32)>,
}

impl Installed {
    /// Looks at the files in a directory.
    ///
    /// # Errors
    ///
    /// What is there cannot be told.
    pub(super) fn in_dir(dir: &Dir) -> Result<Self> {
        let files = Kind::ALL.into_iter().map(|kind| Ours::in_dir(dir, kind));
        let files = files.filter_map(Result::transpose).collect::<Result<_>>()?;
        let is_own = dir.path() == Path::new(crate::source::OWN)
            || !dir.is_mount_root()? && holds_ours_only(dir)?;
        let stat = dir.stat().map_err(|error| Error::path("cannot look at", dir.path(), error))?;
        let of_dir = is_own.then_some((stat.st_mode & 0o7777, stat.st_gid));
        Ok(Self { files, dir: of_dir })
    }

    /// Who may read it; `None` where nothing is installed.
    pub(super) fn access(&self) -> Option<Access> {
        // The holders are never public.
        let usual = self.files.iter().filter(|file| file.kind.is_usual());
        let usual = usual.map(|file| Access::of(file.mode, file.gid));
        let holders = || {
            let holders = self.files.iter().map(|file| Access::of(file.mode, file.gid));
            holders.reduce(Access::narrower)
        };
        let files = usual.reduce(Access::narrower).or_else(holders)?;
        Some(match self.dir {
            Some((mode, gid)) => files.narrower(Access::of(mode, gid)),
            None => files,
        })
    }

    /// Who may read by the directory alone, if it is ours.
    pub(super) fn access_of_dir(&self) -> Option<Access> {
        self.dir.map(|(mode, gid)| Access::of(mode, gid))
    }

    /// Whether the file of a kind is among them.
    pub(super) fn has(&self, kind: Kind) -> bool {
        self.files.iter().any(|file| file.kind == kind)
    }

    /// Whether it is exactly the files of this build, with the modes of `access`.
    pub(super) fn is(&self, kinds: &[Kind], access: &Access) -> bool {
        let gid = access.group().as_raw();
        self.files.len() == kinds.len()
            && self.files.iter().all(|file| {
                let mode = access.file_mode(file.kind).as_raw_mode();
                file.is_current
                    && kinds.contains(&file.kind)
                    && (file.mode, file.gid) == (mode, gid)
            })
            && self.dir.is_none_or(|dir| dir == (access.dir_mode().as_raw_mode(), gid))
    }
}

impl Ours {
    /// The file of a kind; `None` where there is none that a bpfdbg made.
    fn in_dir(dir: &Dir, kind: Kind) -> Result<Option<Self>> {
        let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
        let path = dir.path().join(kind.file_name());
        let file = match rustix::fs::openat(dir, kind.file_name(), flags, Mode::empty()) {
            // A bpffs answers EPERM for a name with a dot that is not there, and EIO for a pin that is
            // no iterator.
            Err(Errno::NOENT | Errno::PERM | Errno::IO | Errno::LOOP | Errno::NXIO) => {
                return Ok(None);
            }
            file => file.map_err(|error| Error::path("cannot open", &path, error))?,
        };
        let stat = rustix::fs::fstat(&file)
            .map_err(|error| Error::path("cannot look at", &path, error))?;
        // Only root's files are read.
        if FileType::from_raw_mode(stat.st_mode) != FileType::RegularFile || stat.st_uid != 0 {
            return Ok(None);
        }
        let file = File::from(file);
        let found = |is_current| {
            Some(Self { kind, mode: stat.st_mode & 0o7777, gid: stat.st_gid, is_current })
        };
        let failed = |error| Error::path("cannot read", &path, error);
        match head(&file) {
            // Readers have taken all room. Whose it is can be told all the same.
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                let is_ours = bpf::is_pinned_at(&path_of(&file)).map_err(failed)?;
                Ok(if is_ours { found(false) } else { None })
            }
            head => {
                let state = State::of_head(&head.map_err(failed)?, kind);
                Ok(state.producer().and_then(|producer| found(producer == bpf::PRODUCER)))
            }
        }
    }
}

/// Whether a file was made by a bpfdbg, of whatever version.
///
/// # Errors
///
/// The file cannot be looked at.
pub(super) fn is_ours(dir: &Dir, kind: Kind) -> Result<bool> {
    Ok(Ours::in_dir(dir, kind)?.is_some())
}

/// Whether a directory holds our files and nothing else.
///
/// # Errors
///
/// The directory cannot be read, or a file in it.
pub(super) fn holds_ours_only(dir: &Dir) -> Result<bool> {
    let names = dir.names().map_err(|error| Error::path("cannot read", dir.path(), error))?;
    for name in names {
        let kind = Kind::ALL.into_iter().find(|kind| name == kind.file_name());
        if !kind.map_or(Ok(false), |kind| is_ours(dir, kind))? {
            return Ok(false);
        }
    }
    Ok(true)
}
