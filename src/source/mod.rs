//! Where the text comes from: a pinned file, or the iterator run in this process.

mod place;
mod text;

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use libbpf_rs::Link;
use rustix::io::Errno;

use crate::bpf;
use crate::error::{Error, Result};
use crate::model::{BootTime, Kind};
pub use place::{OWN, Places, boot_time, is_bpffs, is_listed, since_boot};
pub use text::Reader;

/// A text that is open for reading, and how to name it.
pub struct Source {
    /// The file, or `iterator` for one that runs in this process.
    pub path: PathBuf,
    /// When the machine that wrote the text booted; `None` for a capture, whose machine is not known.
    pub boot_time: Option<BootTime>,
    place: Place,
    read: Box<dyn Read>,
}

/// Where texts of one machine lie side by side.
#[derive(Debug)]
pub enum Place {
    /// In a directory.
    Dir(PathBuf),
    /// Nowhere: these iterators run in this process.
    Process(Vec<(Kind, Link)>),
}

impl Place {
    /// The text of a kind in the same place; `None` where there is none that can be read.
    pub fn open(&self, kind: Kind) -> Option<Reader> {
        match self {
            Self::Dir(dir) => {
                let path = dir.join(kind.file_name());
                File::open(&path).ok().map(|file| Reader::new(path, Box::new(file)))
            }
            Self::Process(links) => {
                let (_, link) = links.iter().find(|(of, _)| *of == kind)?;
                run(kind, link).ok().map(|iter| Reader::new(ITERATOR.into(), iter))
            }
        }
    }
}

/// How a text is named that no file has.
const ITERATOR: &str = "iterator";

/// Runs an iterator in this process: nothing is pinned, and nothing outlives the process.
fn run(kind: Kind, link: &Link) -> Result<Box<dyn Read>> {
    let iter = libbpf_rs::Iter::new(link).map_err(|source| Error::Bpf {
        action: format!("cannot run the iterator of {}", kind.plural()),
        source,
        log: String::new(),
    })?;
    Ok(Box::new(iter))
}

impl Source {
    /// Opens the text of a kind: the first place that holds a readable file, else the iterator.
    /// Texts `beside` it may be asked for later, of its [place](Source::into_parts).
    ///
    /// # Errors
    ///
    /// `NothingToRead` where there is neither; the error of a file that is there and may not be
    /// read, or is dead, where no other place has one.
    pub fn open(kind: Kind, beside: &[Kind], places: &Places) -> Result<Self> {
        Self::open_again(kind, beside, places, None)
    }

    /// As [`Source::open`]; iterators that ran in this process at an earlier opening run again.
    ///
    /// # Errors
    ///
    /// As [`Source::open`].
    pub fn open_again(
        kind: Kind,
        beside: &[Kind],
        places: &Places,
        place: Option<Place>,
    ) -> Result<Self> {
        if let Some(Place::Process(links)) = place {
            return Self::run(kind, links);
        }
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
        match Self::iterators(kind, beside) {
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
        let place = Place::Dir(path.parent().map(Path::to_owned).unwrap_or_default());
        Self { path, boot_time, place, read: Box::new(file) }
    }

    /// Loads all iterators at once, as loading is what takes time.
    fn iterators(kind: Kind, beside: &[Kind]) -> Result<Self> {
        let mut kinds = vec![kind];
        kinds.extend(beside.iter().filter(|kind| bpf::lack(**kind).is_none()));
        // What can be done without must not stand in the way.
        let links = match bpf::attach(&kinds) {
            Err(_) if kinds.len() > 1 => bpf::attach(&[kind])?,
            links => links?,
        };
        Self::run(kind, links)
    }

    /// Runs the iterator of a kind, which is one of these.
    fn run(kind: Kind, links: Vec<(Kind, Link)>) -> Result<Self> {
        let link = links.iter().find(|(of, _)| *of == kind);
        let (_, link) =
            link.ok_or_else(|| Error::Other(format!("no iterator of {}", kind.plural())))?;
        let read = run(kind, link)?;
        let place = Place::Process(links);
        Ok(Self { path: ITERATOR.into(), boot_time: Some(boot_time()), place, read })
    }

    /// The text, in pieces that end where a row ends, and where it lies.
    pub fn into_parts(self) -> (Reader, Place) {
        (Reader::new(self.path, self.read), self.place)
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
