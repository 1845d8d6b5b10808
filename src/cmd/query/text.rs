//! A text as read: its format, and pieces that end at the end of a row.

use std::path::PathBuf;

use super::faults::Faults;
use crate::error::{Error, Result};
use crate::model::{Kind, quoted_path};
use crate::parse::{Cuts, Format, Position, Row, Rows};
use crate::source::Reader;

/// A text, as far as it has been read.
pub(in crate::cmd) struct Text {
    pub(in crate::cmd) kind: Kind,
    pub(in crate::cmd) path: PathBuf,
    /// Its format; `None` for an empty file.
    format: Option<Format>,
    /// What was read below the header.
    pieces: Vec<Vec<u8>>,
    /// The reader, unless the end was reached.
    reader: Option<Reader>,
    cuts: Cuts,
}

impl Text {
    /// Reads the start of a text, if it begins as one of that kind.
    ///
    /// # Errors
    ///
    /// The read(2) that failed, and a header that is none.
    pub(in crate::cmd) fn open(kind: Kind, mut reader: Reader) -> Result<Self> {
        let path = reader.path().to_owned();
        let Some(mut piece) = reader.next_piece()? else {
            let (pieces, cuts) = (Vec::new(), Cuts::default());
            return Ok(Self { kind, path, format: None, pieces, reader: None, cuts });
        };
        let (format, header) = Format::of(kind, &piece)
            .map_err(|source| Error::Parse { path: path.clone(), source })?;
        piece.drain(..header);
        let (format, reader) = (Some(format), Some(reader));
        let mut text =
            Self { kind, path, format, pieces: Vec::new(), reader, cuts: Cuts::default() };
        text.count(&piece);
        text.pieces.push(piece);
        Ok(text)
    }

    /// Reads a text to its end.
    ///
    /// # Errors
    ///
    /// As [`Text::open`].
    pub(in crate::cmd) fn read(kind: Kind, reader: Reader) -> Result<Self> {
        let mut text = Self::open(kind, reader)?;
        text.read_rest()?;
        Ok(text)
    }

    /// Reads what is left.
    ///
    /// # Errors
    ///
    /// The read(2) that failed.
    pub(in crate::cmd) fn read_rest(&mut self) -> Result<()> {
        while let Some(piece) = self.next_piece()? {
            self.pieces.push(piece);
        }
        Ok(())
    }

    fn next_piece(&mut self) -> Result<Option<Vec<u8>>> {
        let Some(reader) = &mut self.reader else { return Ok(None) };
        let piece = reader.next_piece()?;
        match &piece {
            Some(piece) => self.count(piece),
            None => self.reader = None,
        }
        Ok(piece)
    }

    /// Counts the cut rows of a piece. Programs and maps have no targets to cut.
    fn count(&mut self, piece: &[u8]) {
        if !matches!(self.kind, Kind::Progs | Kind::Maps) {
            self.cuts.add(piece);
        }
    }

    /// What its header says; `None` for a file without a byte.
    pub(in crate::cmd) fn format(&self) -> Option<&Format> {
        self.format.as_ref()
    }

    /// The pieces that were read.
    pub(in crate::cmd) fn pieces(&self) -> &[Vec<u8>] {
        &self.pieces
    }

    /// Whether it was read to its end, and no rows are missing.
    pub(in crate::cmd) fn tells_all(&self) -> bool {
        self.reader.is_none() && self.cuts.missing == 0
    }

    /// Notes on what it leaves out, as far as it was read.
    pub(in crate::cmd) fn cuts(&self) -> impl Iterator<Item = String> + use<> {
        let (path, cuts) = (quoted_path(&self.path), self.cuts);
        let missing = (cuts.missing > 0).then(|| {
            format!("'{path}' does not have all: there is more than the kernel could tell")
        });
        let rows = (cuts.rows > 0).then(|| {
            format!("'{path}' has {} targets that are too long to be told whole", cuts.rows)
        });
        [missing, rows].into_iter().flatten()
    }

    /// The rows that were read; a line that is no row is a fault.
    pub(in crate::cmd) fn rows<'a, R: Row<'a>>(&'a self, faults: &mut Faults) -> Vec<R> {
        let Some(format) = &self.format else { return Vec::new() };
        let (mut rows, mut at) = (Vec::new(), Position::default());
        for piece in &self.pieces {
            let mut of_piece = Rows::new(format, piece, at);
            for row in &mut of_piece {
                match row {
                    Ok(row) => rows.push(row),
                    Err(error) => faults.row(&self.path, error),
                }
            }
            at = of_piece.into_position();
        }
        rows
    }

    /// Calls `each` for every piece, reading on as needed; returns notes on what the text leaves
    /// out. A piece is freed after its call, so that output can reuse its memory.
    ///
    /// # Errors
    ///
    /// A failed read(2), and those of `each`, which gets where a piece begins and returns where
    /// it ends.
    pub(in crate::cmd) fn drain(
        mut self,
        mut each: impl FnMut(&Format, &[u8], Position) -> Result<Position>,
    ) -> Result<Vec<String>> {
        if let Some(format) = self.format.take() {
            let mut at = Position::default();
            for piece in std::mem::take(&mut self.pieces) {
                at = each(&format, &piece, at)?;
            }
            while let Some(piece) = self.next_piece()? {
                at = each(&format, &piece, at)?;
            }
        }
        Ok(self.cuts().collect())
    }
}
