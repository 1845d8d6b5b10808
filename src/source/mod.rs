//! Where the text comes from: a pinned file, or the iterator run in this process.

mod place;
mod text;

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use rustix::io::Errno;

use crate::bpf;
use crate::error::{Error, Result};
use crate::model::{BootTime, Kind};
pub use place::{OWN, Places, boot_time, is_bpffs, is_listed};
pub use text::Reader;

/// A text that is open for reading, and how to name it.
pub struct Source {
    /// The file, or `iterator` for one that runs in this process.
    pub path: PathBuf,
    /// When the machine that wrote the text booted; `None` for a capture, whose machine is not known.
    pub boot_time: Option<BootTime>,
    read: Box<dyn Read>,
}

/// Where texts of one machine lie side by side.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// In a directory.
    Dir(PathBuf),
    /// Nowhere: the iterators run in this process.
    Process,
}

impl Place {
    /// The text of a kind in the same place; `None` where there is none that can be read.
    pub fn open(&self, kind: Kind) -> Option<Source> {
        match self {
            Self::Dir(dir) => {
                let path = dir.join(kind.file_name());
                File::open(&path).ok().map(|file| Source::file(path, file))
            }
            Self::Process => Source::iterator(kind).ok(),
        }
    }
}

impl Source {
    /// Opens the text of a kind: the first place that holds a readable file, else the iterator.
    ///
    /// # Errors
    ///
    /// `NothingToRead` where there is neither; the error of a file that is there and may not be
    /// read, or is dead, where no other place has one.
    pub fn open(kind: Kind, places: &Places) -> Result<Self> {
        let mut refused = None;
        for place in places.iter() {
            let path = place.join(kind.file_name());
            match File::open(&path) {
                Ok(file) => return Ok(Self::file(path, file)),
                Err(error) => refused = refused.or(refusal(path, error)),
            }
        }
        if places.is_explicit() {
            return Err(refused.unwrap_or_else(|| nothing(kind, places, None)));
        }
        if let (None, Some(why)) = (&refused, bpf::lack(kind)) {
            return Err(Error::Unsupported(why.into()));
        }
        match Self::iterator(kind) {
            Ok(source) => Ok(source),
            Err(error) => Err(match refused {
                Some(refused) => refused,
                None if error.exit_code() == crate::error::DENIED => nothing(kind, places, None),
                None => nothing(kind, places, Some(Box::new(error))),
            }),
        }
    }

    fn file(path: PathBuf, file: File) -> Self {
        let boot_time = place::is_bpffs(&file).then(boot_time);
        Self { path, boot_time, read: Box::new(file) }
    }

    /// Runs the iterator in this process: nothing is pinned, and nothing outlives the process.
    fn iterator(kind: Kind) -> Result<Self> {
        let links = bpf::attach(&[kind])?;
        let iter = libbpf_rs::Iter::new(&links[0].1).map_err(|source| Error::Bpf {
            action: format!("cannot run the iterator of {}", kind.plural()),
            source,
            log: String::new(),
        })?;
        Ok(Self { path: "iterator".into(), boot_time: Some(boot_time()), read: Box::new(iter) })
    }

    /// Where the text lies.
    pub fn place(&self) -> Place {
        match self.path.parent() {
            Some(dir) if !dir.as_os_str().is_empty() => Place::Dir(dir.to_owned()),
            _ => Place::Process,
        }
    }

    /// The text, in pieces that end where a row ends.
    pub fn pieces(self) -> Reader {
        Reader::new(self.path, self.read)
    }
}

fn nothing(kind: Kind, places: &Places, source: Option<Box<Error>>) -> Error {
    Error::NothingToRead { kind, places: places.iter().map(Path::to_owned).collect(), source }
}

/// Why a file that is there cannot be had; `None` for one that is not there.
///
/// A bpffs answers EPERM, not ENOENT, for a name with a dot that does not exist; and a file of the
/// kernel's own that is dead is listed, yet opening it gives ENOENT.
fn refusal(path: PathBuf, error: io::Error) -> Option<Error> {
    match error.raw_os_error().map(Errno::from_raw_os_error) {
        Some(Errno::NOENT | Errno::PERM) => is_listed(&path).then_some(Error::Dead(path)),
        Some(Errno::NOTDIR) => None,
        _ => Some(Error::path("cannot open", path, error)),
    }
}
