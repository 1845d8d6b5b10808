//! A text that is read whole, to be held against others.

use std::path::PathBuf;

use super::faults::Faults;
use crate::error::{Error, Result};
use crate::model::Kind;
use crate::parse::{self, Row, Text};
use crate::source::Reader;

/// A text as it was read, with a header that is known.
pub(super) struct Whole {
    pub(super) kind: Kind,
    pub(super) path: PathBuf,
    file: Vec<u8>,
    /// The header and how long it is; `None` for a file without a byte.
    header: Option<(Text, usize)>,
}

impl Whole {
    /// Reads a text to its end, if it begins as one of that kind.
    ///
    /// # Errors
    ///
    /// The read(2) that failed, and a header that is none.
    pub(super) fn read(kind: Kind, mut reader: Reader) -> Result<Self> {
        let path = reader.path().to_owned();
        let Some(file) = reader.next_piece()? else {
            return Ok(Self { kind, path, file: Vec::new(), header: None });
        };
        let header =
            Text::of(kind, &file).map_err(|source| Error::Parse { path: path.clone(), source })?;
        let file = reader.whole(file)?;
        Ok(Self { kind, path, file, header: Some(header) })
    }

    /// What its header says; `None` for a file without a byte.
    pub(super) fn text(&self) -> Option<&Text> {
        self.header.as_ref().map(|(text, _)| text)
    }

    /// What is below the header.
    pub(super) fn below(&self) -> &[u8] {
        &self.file[self.header.as_ref().map_or(0, |(_, len)| *len)..]
    }

    /// The rows that can be read; each that cannot is a fault.
    pub(super) fn rows<'a, R: Row<'a>>(&'a self, faults: &mut Faults) -> Vec<R> {
        let bad = |error| faults.row(&self.path, error);
        // The header is known.
        parse::good_rows(&self.file, bad).unwrap_or_default()
    }
}
