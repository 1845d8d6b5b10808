//! From bytes to rows. Functions of bytes: no file, no panic on any input.
//!
//! A file is a header line and one line a row; a file without a byte has no row. The header alone
//! tells the texts apart, never the kernel's version:
//!
//! | header | text |
//! |---|---|
//! | `  id name             attached` | the kernel's `progs.debug` |
//! | `  id name            attached` | the same, as the commit that brought it shows it |
//! | `  id name             max_entries` | the kernel's `maps.debug` up to 6.5, "A" |
//! | `  id name             max_entries  cur_entries` | the kernel's `maps.debug` from 6.6 on, "B" |
//! | more columns, the last `bpfdbg/VERSION` | the wide text of bpfdbg's own iterators |
//!
//! Texts as people post them are read as well: lines may end in CR LF, and those of `progs.debug` may
//! have lost the blanks at their ends.

mod cut;

mod error;
mod kernel;
mod position;
mod table;
mod target;
mod token;
mod value;
mod wide;

pub use cut::Cuts;
use error::Expected;
pub use error::ParseError;
use memchr::{memchr, memchr_iter};
pub use position::Position;

use crate::model::Kind;

/// How long a line may be, in bytes without its end: twice what a kernel's iterator can print.
pub const MAX_LINE: usize = 64 << 10;

/// What a header says of the rows below it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Format {
    /// The kernel's `progs.debug`.
    KernelProgs,
    /// The same with names padded to 15, as the commit that brought it shows it.
    KernelProgs15,
    /// The kernel's `maps.debug`, without `cur_entries`.
    KernelMapsA,
    /// The kernel's `maps.debug` with `cur_entries`.
    KernelMapsB,
    /// The text of bpfdbg's iterators.
    Wide(wide::Header),
}

impl Format {
    /// The format that a file starts with, and how many bytes its header takes.
    ///
    /// # Errors
    ///
    /// A header never seen, or one of another kind of object, is an error at row 1.
    pub fn of(kind: Kind, file: &[u8]) -> Result<(Self, usize), ParseError> {
        let (line, len) = match memchr(b'\n', file) {
            Some(end) => (&file[..end], end + 1),
            None => (file, file.len()),
        };
        let line = without_cr(line);
        let format = match (kind, line) {
            (Kind::Progs, kernel::PROGS) => Ok(Self::KernelProgs),
            (Kind::Progs, kernel::PROGS_15) => Ok(Self::KernelProgs15),
            (Kind::Maps, kernel::MAPS_A) => Ok(Self::KernelMapsA),
            (Kind::Maps, kernel::MAPS_B) => Ok(Self::KernelMapsB),
            _ => wide::header(kind, table::names(kind), line).map(Self::Wide),
        };
        format.map(|format| (format, len)).map_err(|expected| expected.at(1, line))
    }

    /// The format in a word, as `status` shows it.
    pub fn name(&self) -> &'static str {
        match self {
            Self::KernelProgs | Self::KernelProgs15 => "kernel",
            Self::KernelMapsA => "kernel A",
            Self::KernelMapsB => "kernel B",
            Self::Wide(_) => "wide",
        }
    }

    /// Whether the text has a column, by its name in the wide text.
    pub fn has(&self, column: &str) -> bool {
        match self {
            Self::KernelProgs | Self::KernelProgs15 => {
                ["id", "name", "attached", "target"].contains(&column)
            }
            Self::KernelMapsA => ["id", "name", "max_entries"].contains(&column),
            Self::KernelMapsB => ["id", "name", "max_entries", "cur_entries"].contains(&column),
            Self::Wide(header) => header.has(column),
        }
    }

    /// The types of the rows of a piece; `None` for each whose type the text does not give.
    pub fn types<'a>(&'a self, piece: &'a [u8]) -> impl Iterator<Item = Option<u32>> {
        self.numbers("type", piece)
    }

    /// The numbers in a column of the rows of a piece, without parsing the rest; `None` for each row
    /// without one.
    pub fn numbers<'a>(
        &'a self,
        column: &str,
        piece: &'a [u8],
    ) -> impl Iterator<Item = Option<u32>> + use<'a> {
        let place = match self {
            Self::Wide(header) => header.place_of(column),
            _ => None,
        };
        let number_of = move |line| place.and_then(|place| wide::number(line, place));
        let mut start = 0;
        let lines = memchr_iter(b'\n', piece).chain([piece.len()]).map(move |end| {
            let line = &piece[start.min(end)..end];
            start = end + 1;
            line
        });
        lines.filter(|line| !line.is_empty()).map(number_of)
    }

    /// What wrote the text, `bpfdbg/VERSION`, where it says so.
    pub fn producer(&self) -> Option<&str> {
        match self {
            Self::Wide(header) => header.producer(),
            _ => None,
        }
    }
}

/// The columns of the texts of a kind that this version knows, by their names in the header.
pub const fn columns(kind: Kind) -> &'static [&'static str] {
    table::names(kind)
}

/// A row of a file.
pub trait Row<'a>: Default {
    /// The kind of object that the row tells of.
    const KIND: Kind;

    /// Parses one line, without its newline, into an existing row: rows are large, and moving one
    /// takes as long as parsing it.
    ///
    /// # Errors
    ///
    /// The place in the line, and what was expected there.
    fn parse(&mut self, format: &Format, line: &'a [u8]) -> Result<(), Expected<'a>>;

    /// The id of the object that the row is of; `None` where several rows may be of one.
    fn own_id(&self) -> Option<u32>;
}

/// The rows of a piece of a file that ends where a row ends.
pub struct Rows<'t, 'a, R> {
    format: &'t Format,
    rest: &'a [u8],
    at: Position,
    kind: std::marker::PhantomData<R>,
}

impl<'t, 'a, R: Row<'a>> Rows<'t, 'a, R> {
    /// Reads `piece`, whose first line lies where another piece has ended, or below the header.
    pub fn new(format: &'t Format, piece: &'a [u8], at: Position) -> Self {
        Self { format, rest: piece, at, kind: std::marker::PhantomData }
    }

    /// Where the next piece goes on.
    pub fn into_position(self) -> Position {
        self.at
    }
}

impl<'a, R: Row<'a>> Rows<'_, 'a, R> {
    /// Reads the next row in place of what `to` was; `None` at the end.
    pub fn read(&mut self, to: &mut R) -> Option<Result<(), ParseError>> {
        if self.rest.is_empty() {
            return None;
        }
        let row = self.at.row;
        self.at.row += 1;
        let end = memchr(b'\n', self.rest);
        let line = without_cr(&self.rest[..end.unwrap_or(self.rest.len())]);
        self.rest = &self.rest[end.map_or(self.rest.len(), |end| end + 1)..];
        let bad = |at: usize, what| Some(Err(Expected::new(&line[at..], what).at(row, line)));
        if line.len() > MAX_LINE {
            return bad(MAX_LINE, "the end of a line of 64 KiB at most");
        }
        if end.is_none() {
            // Every row ends in a newline; a line that has none was cut.
            return bad(line.len(), "a newline");
        }
        if let Err(expected) = to.parse(self.format, line) {
            return Some(Err(expected.at(row, line)));
        }
        match to.own_id() {
            Some(id) if !self.at.seen.insert(id) => {
                let blanks = line.iter().take_while(|byte| **byte == b' ').count();
                bad(blanks, "an id that no row above has")
            }
            _ => Some(Ok(())),
        }
    }
}

impl<'a, R: Row<'a>> Iterator for Rows<'_, 'a, R> {
    type Item = Result<R, ParseError>;

    fn next(&mut self) -> Option<Self::Item> {
        let mut row = R::default();
        self.read(&mut row).map(|read| read.map(|()| row))
    }
}

/// A line without the first half of CR LF. No name has such a byte: the kernel checks those in its own
/// texts, and those of bpfdbg escape it.
fn without_cr(line: &[u8]) -> &[u8] {
    line.strip_suffix(b"\r").unwrap_or(line)
}

/// All rows of a whole file; convenient where the file is small.
///
/// # Errors
///
/// The first line that is no row of the text that the header promises.
pub fn rows<'a, R: Row<'a>>(file: &'a [u8]) -> Result<Vec<R>, ParseError> {
    if file.is_empty() {
        return Ok(Vec::new());
    }
    let (format, header) = Format::of(R::KIND, file)?;
    Rows::new(&format, &file[header..], Position::default()).collect()
}

/// The rows of a whole file; `bad` is called for each that cannot be parsed, without effect on the
/// others.
///
/// # Errors
///
/// An unknown header, without which no row can be parsed.
pub fn good_rows<'a, R: Row<'a>>(
    file: &'a [u8],
    mut bad: impl FnMut(ParseError),
) -> Result<Vec<R>, ParseError> {
    if file.is_empty() {
        return Ok(Vec::new());
    }
    let (format, header) = Format::of(R::KIND, file)?;
    let rows = Rows::new(&format, &file[header..], Position::default());
    Ok(rows.filter_map(|row| row.map_err(&mut bad).ok()).collect())
}
