//! Sources of texts: pinned files, or iterators that run in this process.

pub mod accounts;
pub mod mounts;
mod open;
pub mod pins;
mod place;
mod text;
pub(crate) mod trust;

use std::cell::RefCell;
use std::io::Read;
use std::path::{Path, PathBuf};

use libbpf_rs::Link;
use rustix::io::Errno;
use rustix::thread::CapabilitySet;

use crate::bpf;
use crate::error::{Error, Result};
use crate::model::{BootTime, Kind, quoted_path};
pub use open::{MAX_CAPTURE, Origin, TextDir, TextFile};
pub use place::{OWN, Places, boot_time, in_bpffs, is_bpffs, is_listed, since_boot};
pub use text::Reader;

/// A text that is open for reading, and how to name it.
pub struct Source {
    /// The file, or `iterator` for one that runs in this process.
    pub path: PathBuf,
    /// When the machine that wrote the text booted; `None` for a capture, whose machine is not known.
    pub boot_time: Option<BootTime>,
    /// Notes for the user on the origin of the text.
    pub notes: Vec<String>,
    place: SourceDir,
    read: Box<dyn Read>,
    /// How much of it is read at most, in bytes.
    limit: Option<u64>,
}

/// The source of all texts of one machine: a directory, and iterators in this process.
#[derive(Debug)]
pub struct SourceDir {
    dir: Option<TextDir>,
    /// The iterators that run in this process: all of them, where there is no directory.
    links: Vec<(Kind, Link)>,
    /// Texts that are open, and have not been asked for yet.
    ahead: RefCell<Vec<(Kind, Reader)>>,
}

impl SourceDir {
    fn new(dir: Option<TextDir>, links: Vec<(Kind, Link)>) -> Self {
        Self { dir, links, ahead: RefCell::default() }
    }

    /// Opens texts that may be needed after capabilities are dropped.
    pub fn open_ahead(&self, kinds: &[Kind]) {
        let texts = kinds.iter().filter_map(|kind| Some((*kind, self.open_now(*kind)?)));
        *self.ahead.borrow_mut() = texts.collect();
    }

    /// The capabilities needed to open the texts `again`, and to rerun an iterator whose text was
    /// lost, which takes a capability before 5.19.
    pub fn capabilities(&self, again: bool) -> CapabilitySet {
        let mut needed = CapabilitySet::empty();
        needed.set(CapabilitySet::BPF, !self.links.is_empty());
        let others = self.dir.as_ref().is_some_and(|dir| !dir.is_roots());
        needed.set(CapabilitySet::DAC_READ_SEARCH, again && others);
        needed
    }

    fn link(&self, kind: Kind) -> Option<&Link> {
        self.links.iter().find(|(of, _)| *of == kind).map(|(_, link)| link)
    }

    /// The text of a kind in the same place; `None` where there is none that can be read.
    pub fn open(&self, kind: Kind) -> Option<Reader> {
        let mut ahead = self.ahead.borrow_mut();
        match ahead.iter().position(|(of, _)| *of == kind) {
            Some(at) => Some(ahead.swap_remove(at).1),
            None => self.open_now(kind),
        }
    }

    fn open_now(&self, kind: Kind) -> Option<Reader> {
        if let Some(link) = self.link(kind) {
            return run(kind, link).ok().map(|iter| Reader::new(ITERATOR.into(), iter, None));
        }
        let dir = self.dir.as_ref()?;
        let text = dir.text_again(kind).ok()?;
        let limit = text.limit();
        Some(Reader::new(dir.path(kind), Box::new(text.file), limit))
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
        place: Option<SourceDir>,
    ) -> Result<Self> {
        let links = match place {
            Some(place) if place.link(kind).is_some() => return Self::run(kind, place),
            place => place.map(|place| place.links),
        };
        let (mut refused, mut notes) = (None, Vec::new());
        for place in places.iter() {
            let open = || {
                let dir = TextDir::open(place, places.is_explicit())?;
                let text = dir.text(kind)?;
                Ok((dir, text))
            };
            match open() {
                Ok((dir, text)) => {
                    let links = links.unwrap_or_else(|| unusual(beside, &dir, places));
                    return Ok(Self::file(kind, dir, text, links, notes));
                }
                Err(error) => {
                    // Skipping a directory must not look as if it did not exist.
                    if let Error::Distrusted { .. } = error {
                        notes.push(error.to_string());
                    }
                    refused = refused.or_else(|| refusal(place.join(kind.file_name()), error));
                }
            }
        }
        if places.is_explicit() {
            return Err(refused.unwrap_or_else(|| nothing(kind, places, None)));
        }
        if let (None, Some(why)) = (&refused, bpf::unsupported_reason(kind)) {
            return Err(Error::Unsupported(why.into()));
        }
        match Self::iterators(kind, beside) {
            Ok(source) => Ok(Self { notes, ..source }),
            Err(error) => Err(match refused {
                Some(refused) => refused,
                None if error.exit_code() == crate::error::DENIED => nothing(kind, places, None),
                None => nothing(kind, places, Some(Box::new(error))),
            }),
        }
    }

    fn file(
        kind: Kind,
        dir: TextDir,
        text: TextFile,
        links: Vec<(Kind, Link)>,
        mut notes: Vec<String>,
    ) -> Self {
        let path = dir.path(kind);
        let shown = || quoted_path(&path);
        match text.origin {
            Origin::Kernel => {}
            Origin::User(uid) => notes.push(format!("'{}' is what user {uid} pinned", shown())),
            Origin::Capture => {
                notes.push(format!("'{}' is a capture, not this machine's kernel", shown()));
            }
        }
        Self {
            boot_time: (text.origin != Origin::Capture).then(boot_time),
            notes,
            limit: text.limit(),
            place: SourceDir::new(Some(dir), links),
            read: Box::new(text.file),
            path,
        }
    }

    /// Loads all iterators at once, as loading is what takes time.
    fn iterators(kind: Kind, beside: &[Kind]) -> Result<Self> {
        let mut kinds = vec![kind];
        kinds.extend(beside.iter().filter(|kind| bpf::unsupported_reason(**kind).is_none()));
        // Other kinds may fail without failing this one.
        let mut attached = bpf::attach_some(&kinds)?;
        match attached.refused.iter().position(|(of, _)| *of == kind) {
            Some(at) => Err(attached.refused.remove(at).1),
            None => Self::run(kind, SourceDir::new(None, attached.links)),
        }
    }

    /// Runs the iterator of a kind, which the place has.
    fn run(kind: Kind, place: SourceDir) -> Result<Self> {
        let link = place.link(kind);
        let link = link.ok_or_else(|| Error::Other(format!("no iterator of {}", kind.plural())))?;
        let read = run(kind, link)?;
        let (path, notes) = (ITERATOR.into(), Vec::new());
        Ok(Self { path, boot_time: Some(boot_time()), notes, place, read, limit: None })
    }

    /// The text, in pieces that end where a row ends, and where it lies.
    pub fn into_parts(self) -> (Reader, SourceDir) {
        (Reader::new(self.path, self.read, self.limit), self.place)
    }
}

/// The iterators of optional kinds that are requested and that the directory has no file of; none
/// if the caller may not load them.
fn unusual(kinds: &[Kind], dir: &TextDir, places: &Places) -> Vec<(Kind, Link)> {
    let is_missing = |kind: &Kind| !kind.is_usual() && dir.text(*kind).is_err();
    let kinds: Vec<_> = kinds.iter().copied().filter(is_missing).collect();
    if kinds.is_empty() || places.is_explicit() {
        return Vec::new();
    }
    bpf::attach(&kinds).unwrap_or_default()
}

fn nothing(kind: Kind, places: &Places, source: Option<Box<Error>>) -> Error {
    Error::NothingToRead {
        kind,
        places: places.iter().map(Path::to_owned).collect(),
        source,
        next: None,
    }
}

/// Why a file that is there cannot be had; `None` for one that is not there.
///
/// A bpffs answers EPERM, not ENOENT, for a name with a dot that does not exist; and a file of the
/// kernel's own that is dead is listed, yet opening it gives ENOENT.
fn refusal(path: PathBuf, error: Error) -> Option<Error> {
    let Error::Path { source, .. } = &error else { return Some(error) };
    match source.raw_os_error().map(Errno::from_raw_os_error) {
        Some(Errno::NOENT | Errno::PERM) => is_listed(&path).then_some(Error::Dead(path)),
        Some(Errno::NOTDIR) => None,
        // If the directory may not be entered, the error names the file that was asked for.
        _ => match error {
            Error::Path { source, .. } => Some(Error::path("cannot open", path, source)),
            error => Some(error),
        },
    }
}
