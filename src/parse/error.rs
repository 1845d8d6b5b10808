//! Parse errors, with line, column and an excerpt.

use std::fmt;

use crate::model::Shown;

/// What a parser expected, and the unread rest of the line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Expected<'a> {
    rest: &'a [u8],
    what: &'static str,
}

impl<'a> Expected<'a> {
    /// `what` was expected where `rest` begins.
    pub const fn new(rest: &'a [u8], what: &'static str) -> Self {
        Self { rest, what }
    }

    /// Adds the place: `row` counts from 1, and `line` is what `rest` is the end of.
    pub(super) fn at(self, row: usize, line: &[u8]) -> ParseError {
        let at = line.len() - self.rest.len();
        let start = at.saturating_sub(EXCERPT);
        let around = &line[start..line.len().min(at + EXCERPT)];
        ParseError {
            row,
            column: at + 1,
            expected: self.what,
            found: self.rest.first().copied(),
            around: around.into(),
        }
    }
}

/// For nom's own failures; each parser here adds what it expected.
impl<'a> nom::error::ParseError<&'a [u8]> for Expected<'a> {
    fn from_error_kind(rest: &'a [u8], _: nom::error::ErrorKind) -> Self {
        Self::new(rest, "another byte")
    }

    fn append(_: &'a [u8], _: nom::error::ErrorKind, other: Self) -> Self {
        other
    }
}

/// A line that is no row. `Display` reads `3:22: expected max_entries, found 'x'`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParseError {
    /// The line, from 1.
    pub row: usize,
    /// The byte in the line, from 1.
    pub column: usize,
    expected: &'static str,
    found: Option<u8>,
    /// An excerpt of the line: lines may be long, and many of them bad.
    around: Box<[u8]>,
}

/// How many bytes of a line an excerpt shows on either side of the place.
const EXCERPT: usize = 36;

impl ParseError {
    /// The line with a caret below the place; a long line is cut on both sides.
    pub fn excerpt(&self) -> String {
        let at = (self.column - 1).min(EXCERPT);
        // One character a byte, so that the caret stays where the byte is.
        let plain = |b: &u8| if matches!(b, b' '..=b'~') { char::from(*b) } else { '.' };
        let line: String = self.around.iter().map(plain).collect();
        format!("  {line}\n  {:>width$}", '^', width = at + 1)
    }
}

impl fmt::Display for ParseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: expected {}, found ", self.row, self.column, self.expected)?;
        match self.found {
            Some(byte) => write!(f, "'{}'", Shown(&[byte])),
            None => f.write_str("the end of the line"),
        }
    }
}

impl std::error::Error for ParseError {}
