//! What is installed where.

use std::fs::{self, File};
use std::io::Read as _;
use std::os::fd::OwnedFd;
use std::path::Path;

use rustix::fs::{AtFlags, CWD, StatxAttributes, StatxFlags};

use super::Access;
use crate::bpf;
use crate::error::Error;
use crate::model::Kind;
use crate::parse::Text;
use crate::source::TextFile;
pub(super) use crate::source::is_listed;

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
        /// The text, `None` for an empty file.
        text: Option<Text>,
    },
    /// It can be opened, but is no text that bpfdbg reads; with the reason.
    Unreadable(String),
}

impl State {
    /// Looks at the file of a kind in a directory.
    pub fn of(dir: &Path, kind: Kind) -> Self {
        let path = dir.join(kind.file_name());
        match TextFile::open(&path) {
            Ok(text) => Self::of_open(text.file, kind),
            Err(Error::Path { source, .. }) => match source.raw_os_error() {
                Some(libc::EACCES) => Self::NotPermitted,
                _ if is_listed(&path) => Self::Dead,
                _ => Self::Absent,
            },
            Err(error) => Self::Unreadable(error.to_string()),
        }
    }

    fn of_open(file: File, kind: Kind) -> Self {
        let mut head = Vec::new();
        // One read(2) of the kernel's makes at least the header and a row.
        match file.take(4096).read_to_end(&mut head) {
            Err(error) => Self::Unreadable(error.to_string()),
            Ok(0) => Self::Readable { text: None },
            Ok(_) => match Text::of(kind, &head) {
                Ok((text, _)) => Self::Readable { text: Some(text) },
                Err(error) => Self::Unreadable(error.to_string()),
            },
        }
    }

    /// What wrote it, `bpfdbg/VERSION+STATE`, where that is known.
    pub fn producer(&self) -> Option<&str> {
        match self {
            Self::Readable { text: Some(text) } => text.producer(),
            _ => None,
        }
    }
}

/// Whether a file was made by a bpfdbg, of whatever version.
pub(super) fn is_ours(path: &Path) -> bool {
    let kind = Kind::ALL.into_iter().find(|kind| path.ends_with(kind.file_name()));
    let dir = path.parent();
    kind.zip(dir).is_some_and(|(kind, dir)| State::of(dir, kind).producer().is_some())
}

/// Whether `dir` has the files of these very iterators and no others of ours, with the modes that
/// `access` asks for.
pub(super) fn is_installed(dir: &Path, kinds: &[Kind], access: &Access) -> bool {
    let has = |path: &Path, mode: rustix::fs::Mode| {
        rustix::fs::stat(path).is_ok_and(|stat| {
            stat.st_mode & 0o7777 == mode.as_raw_mode() && stat.st_gid == access.group().as_raw()
        })
    };
    kinds.iter().all(|&kind| {
        State::of(dir, kind).producer() == Some(bpf::PRODUCER)
            && has(&dir.join(kind.file_name()), access.file_mode(kind))
    }) && !others(kinds).any(|kind| is_ours(&dir.join(kind.file_name())))
        && (is_shared(dir) || has(dir, access.dir_mode()))
}

/// The kinds that are not among these.
pub(super) fn others(kinds: &[Kind]) -> impl Iterator<Item = Kind> {
    Kind::ALL.into_iter().filter(|kind| !kinds.contains(kind))
}

/// Whether the directory's own mode is somebody else's business.
fn is_shared(dir: &Path) -> bool {
    dir != Path::new(crate::source::OWN) && (is_mount_root(dir) || !holds_ours_only(dir))
}

/// Whether a directory holds our files and nothing else.
pub(super) fn holds_ours_only(dir: &Path) -> bool {
    !is_mount_root(dir)
        && fs::read_dir(dir)
            .is_ok_and(|entries| entries.flatten().all(|entry| is_ours(&entry.path())))
}

/// Whether a directory is the root of a mount.
pub(super) fn is_mount_root(dir: &Path) -> bool {
    rustix::fs::statx(CWD, dir, AtFlags::SYMLINK_NOFOLLOW, StatxFlags::MODE)
        .is_ok_and(|stat| stat.stx_attributes.contains(StatxAttributes::MOUNT_ROOT))
}

/// Holds the bpffs that is mounted at `dir`, if one is.
pub(super) fn open_own_mount(dir: &Path) -> Option<OwnedFd> {
    let fd = super::mount::hold(dir).ok()?;
    (is_mount_root(dir) && crate::source::is_bpffs(&fd)).then_some(fd)
}
