//! What is installed where.

use std::fs::File;
use std::io::Read as _;
use std::path::Path;

use rustix::fs::{FileType, Mode, OFlags};

use super::Access;
use super::dir::Dir;
use crate::bpf;
use crate::error::Error;
use crate::model::Kind;
use crate::parse::Format;
use crate::source::{TextFile, is_listed};

/// What a file of a kind is found to be.
#[derive(Debug)]
pub enum State {
    /// It is not there.
    Absent,
    /// It is there, or may be, and this user may not know more.
    NotPermitted,
    /// It is listed, yet cannot be opened: the kernel's own, without a program behind it.
    Dead,
    /// It can be read.
    Readable {
        /// The format, `None` for an empty file.
        format: Option<Format>,
    },
    /// It can be opened, but is no text that bpfdbg reads; with the reason.
    Unreadable(String),
}

/// A file that is open, of which nothing has been read; or why it is not.
#[derive(Debug)]
pub struct Opened(Kind, Result<File, State>);

impl Opened {
    /// Opens the file of a kind in a directory.
    pub fn in_dir(dir: &Path, kind: Kind) -> Self {
        let path = dir.join(kind.file_name());
        let file = TextFile::open(&path).map(|text| text.file).map_err(|error| match error {
            Error::Path { source, .. } => match source.raw_os_error() {
                Some(libc::EACCES) => State::NotPermitted,
                _ if is_listed(&path) => State::Dead,
                _ => State::Absent,
            },
            error => State::Unreadable(error.to_string()),
        });
        Self(kind, file)
    }

    /// Reads what it is.
    pub fn state(self) -> State {
        let Self(kind, file) = self;
        file.map_or_else(|state| state, |file| State::of_open(file, kind))
    }
}

impl State {
    fn of_open(file: File, kind: Kind) -> Self {
        let mut head = Vec::new();
        // One read(2) of the kernel's makes at least the header and a row.
        match file.take(4096).read_to_end(&mut head) {
            Err(error) => Self::Unreadable(error.to_string()),
            Ok(0) => Self::Readable { format: None },
            Ok(_) => match Format::of(kind, &head) {
                Ok((format, _)) => Self::Readable { format: Some(format) },
                Err(error) => Self::Unreadable(error.to_string()),
            },
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

/// A file of ours in a directory.
struct Ours {
    kind: Kind,
    mode: u32,
    gid: u32,
    /// Whether it is of these very iterators.
    is_current: bool,
}

/// What is installed in a directory.
pub(super) struct Installed {
    files: Vec<Ours>,
    /// Mode and group of the directory, where these are ours to set.
    dir: Option<(u32, u32)>,
}

impl Installed {
    /// Looks at the files in a directory.
    pub(super) fn in_dir(dir: &Dir) -> Self {
        let files: Vec<_> =
            Kind::ALL.into_iter().filter_map(|kind| Ours::in_dir(dir, kind)).collect();
        let is_own = dir.path() == Path::new(crate::source::OWN)
            || !dir.is_mount_root() && holds_ours_only(dir);
        let dir = dir.stat().ok().filter(|_| is_own);
        Self { files, dir: dir.map(|stat| (stat.st_mode & 0o7777, stat.st_gid)) }
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

    /// Whether that includes who holds what.
    pub(super) fn has_holders(&self) -> bool {
        self.files.iter().any(|file| file.kind == Kind::Holders)
    }

    /// Whether it is the files of these very iterators and no others of ours, with the modes that
    /// `access` asks for.
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
    fn in_dir(dir: &Dir, kind: Kind) -> Option<Self> {
        let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
        let file = rustix::fs::openat(dir, kind.file_name(), flags, Mode::empty()).ok()?;
        let stat = rustix::fs::fstat(&file).ok()?;
        // Only what root has made is read.
        let is_file = FileType::from_raw_mode(stat.st_mode) == FileType::RegularFile;
        (is_file && stat.st_uid == 0).then_some(())?;
        let state = State::of_open(file.into(), kind);
        let producer = state.producer()?;
        let is_current = producer == bpf::PRODUCER;
        Some(Self { kind, mode: stat.st_mode & 0o7777, gid: stat.st_gid, is_current })
    }
}

/// Whether a file was made by a bpfdbg, of whatever version.
pub(super) fn is_ours(dir: &Dir, kind: Kind) -> bool {
    Ours::in_dir(dir, kind).is_some()
}

/// Whether a directory holds our files and nothing else.
pub(super) fn holds_ours_only(dir: &Dir) -> bool {
    dir.names().iter().all(|name| {
        let kind = Kind::ALL.into_iter().find(|kind| name == kind.file_name());
        kind.is_some_and(|kind| is_ours(dir, kind))
    })
}
