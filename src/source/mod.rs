//! Where the text comes from: a pinned file, or the iterator run in this process.

pub mod mounts;
pub mod pins;
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

/// Where texts of one machine lie side by side: in a directory, and in this process.
#[derive(Debug)]
pub struct Place {
    dir: Option<PathBuf>,
    /// The iterators that run in this process: all of them, where there is no directory.
    links: Vec<(Kind, Link)>,
}

impl Place {
    fn link(&self, kind: Kind) -> Option<&Link> {
        self.links.iter().find(|(of, _)| *of == kind).map(|(_, link)| link)
    }

    /// The text of a kind in the same place; `None` where there is none that can be read.
    pub fn open(&self, kind: Kind) -> Option<Reader> {
        if let Some(link) = self.link(kind) {
            return run(kind, link).ok().map(|iter| Reader::new(ITERATOR.into(), iter));
        }
        let path = self.dir.as_ref()?.join(kind.file_name());
        File::open(&path).ok().map(|file| Reader::new(path, Box::new(file)))
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
        let links = match place {
            Some(place) if place.link(kind).is_some() => return Self::run(kind, place),
            place => place.map(|place| place.links),
        };
        let mut refused = None;
        for dir in places.iter() {
            let path = dir.join(kind.file_name());
            match File::open(&path) {
                Ok(file) => {
                    let links = links.unwrap_or_else(|| unusual(beside, dir, places));
                    return Ok(Self::file(path, file, Place { dir: Some(dir.to_owned()), links }));
                }
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

    fn file(path: PathBuf, file: File, place: Place) -> Self {
        let boot_time = place::is_bpffs(&file).then(boot_time);
        Self { path, boot_time, place, read: Box::new(file) }
    }

    /// Loads all iterators at once, as loading is what takes time.
    fn iterators(kind: Kind, beside: &[Kind]) -> Result<Self> {
        let mut kinds = vec![kind];
        kinds.extend(beside.iter().filter(|kind| bpf::lack(**kind).is_none()));
        // What can be done without must not stand in the way.
        let links = match bpf::attach_some(&kinds)? {
            links if links.iter().any(|(of, _)| *of == kind) => links,
            _ => bpf::attach(&[kind])?,
        };
        Self::run(kind, Place { dir: None, links })
    }

    /// Runs the iterator of a kind, which the place has.
    fn run(kind: Kind, place: Place) -> Result<Self> {
        let link = place.link(kind);
        let link = link.ok_or_else(|| Error::Other(format!("no iterator of {}", kind.plural())))?;
        let read = run(kind, link)?;
        Ok(Self { path: ITERATOR.into(), boot_time: Some(boot_time()), place, read })
    }

    /// The text, in pieces that end where a row ends, and where it lies.
    pub fn into_parts(self) -> (Reader, Place) {
        (Reader::new(self.path, self.read), self.place)
    }
}

/// The iterators of kinds that an installation need not have, where they are asked for and a
/// directory has no such file; none, where the caller may not run them.
fn unusual(kinds: &[Kind], dir: &Path, places: &Places) -> Vec<(Kind, Link)> {
    let is_missing =
        |kind: &Kind| !kind.is_usual() && File::open(dir.join(kind.file_name())).is_err();
    let kinds: Vec<_> = kinds.iter().copied().filter(is_missing).collect();
    if kinds.is_empty() || places.is_explicit() {
        return Vec::new();
    }
    bpf::attach(&kinds).unwrap_or_default()
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
