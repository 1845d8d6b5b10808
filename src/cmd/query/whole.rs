//! A text that is read whole, to be held against others.

use std::path::{Path, PathBuf};

use super::faults::Faults;
use crate::cmd::shown;
use crate::error::{Error, Result};
use crate::model::Kind;
use crate::parse::{self, Cuts, Format, Row};
use crate::source::Reader;

/// A text as it was read, with a header that is known.
pub(in crate::cmd) struct Whole {
    pub(in crate::cmd) kind: Kind,
    pub(in crate::cmd) path: PathBuf,
    file: Vec<u8>,
    /// The header and how long it is; `None` for a file without a byte.
    header: Option<(Format, usize)>,
}

impl Whole {
    /// Reads a text to its end, if it begins as one of that kind.
    ///
    /// # Errors
    ///
    /// The read(2) that failed, and a header that is none.
    pub(in crate::cmd) fn read(kind: Kind, mut reader: Reader) -> Result<Self> {
        let path = reader.path().to_owned();
        let Some(file) = reader.next_piece()? else {
            return Ok(Self { kind, path, file: Vec::new(), header: None });
        };
        let header = Format::of(kind, &file)
            .map_err(|source| Error::Parse { path: path.clone(), source })?;
        let file = reader.whole(file)?;
        Ok(Self { kind, path, file, header: Some(header) })
    }

    /// What its header says; `None` for a file without a byte.
    pub(in crate::cmd) fn format(&self) -> Option<&Format> {
        self.header.as_ref().map(|(format, _)| format)
    }

    /// What is below the header.
    pub(in crate::cmd) fn below(&self) -> &[u8] {
        &self.file[self.header.as_ref().map_or(0, |(_, len)| *len)..]
    }

    /// What it leaves out, each in a sentence. Programs and maps have no targets.
    pub(in crate::cmd) fn cuts(&self) -> impl Iterator<Item = String> + use<> {
        let has_targets = !matches!(self.kind, Kind::Progs | Kind::Maps);
        let cuts = if has_targets { Cuts::of(self.below()) } else { Cuts::default() };
        cut_notes(&self.path, cuts)
    }

    /// The rows that can be read; each that cannot is a fault.
    pub(in crate::cmd) fn rows<'a, R: Row<'a>>(&'a self, faults: &mut Faults) -> Vec<R> {
        let bad = |error| faults.row(&self.path, error);
        // The header is known.
        parse::good_rows(&self.file, bad).unwrap_or_default()
    }
}

/// What to tell of a text that leaves something out.
pub(in crate::cmd) fn cut_notes(path: &Path, cuts: Cuts) -> impl Iterator<Item = String> + use<> {
    let path = path.to_string_lossy();
    let path = shown(&path);
    let missing = (cuts.missing > 0)
        .then(|| format!("'{path}' does not have all: there is more than the kernel could tell"));
    let rows = (cuts.rows > 0)
        .then(|| format!("'{path}' has {} targets that are too long to be told whole", cuts.rows));
    [missing, rows].into_iter().flatten()
}
