//! The wide text of bpfdbg's own iterators: a header that names the columns, one token a field.
//!
//! Every field is one non-empty token, `-` when absent, so that blanks separate without doubt.
//! Columns are found by name: a column that this version does not know is skipped, one that an
//! older version did not write stays unknown.

use super::error::Expected;
use super::target::target;
use super::token::Tokens;
use super::value::{FromToken as _, What};
use crate::model::{Kind, Target};

/// The prefix of the header's last token, which names the producer and is no column.
const PRODUCER: &[u8] = b"bpfdbg/";

/// Where the tokens of a column go.
pub(super) enum To<T: TextTable + ?Sized> {
    /// One token, to a field of the row; a dash leaves it as it is.
    Field(for<'a> fn(&mut T::Row<'a>, &'a [u8]) -> Result<(), What>),
    /// The same, but a dash is no value.
    Key(for<'a> fn(&mut T::Row<'a>, &'a [u8]) -> Result<(), What>),
    /// All that is left of the line, in tokens `key=value`.
    Target(for<'a> fn(&mut T::Row<'a>, Target<'a>)),
}

/// The columns of a kind of text.
pub(super) trait TextTable: 'static {
    /// The row, which borrows from the text.
    type Row<'a>;

    /// The names of the columns that this version knows.
    const NAMES: &'static [&'static str];

    /// Where each of them goes.
    const COLUMNS: &'static [To<Self>];
}

/// The columns of a wide text, in their order, and who wrote it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Header {
    /// The columns of its kind that this version knows.
    names: &'static [&'static str],
    /// The place among them of each column of the text; none, of one that is not known.
    columns: Vec<Option<u8>>,
    producer: Option<String>,
}

impl Header {
    pub(super) fn producer(&self) -> Option<&str> {
        self.producer.as_deref()
    }

    /// The place of a column in the text; `None` if it is not there.
    pub(super) fn place_of(&self, column: &str) -> Option<usize> {
        let known = place(self.names, column.as_bytes())?;
        self.columns.iter().position(|column| *column == Some(known))
    }

    pub(super) fn has(&self, column: &str) -> bool {
        place(self.names, column.as_bytes())
            .is_some_and(|place| self.columns.contains(&Some(place)))
    }
}

/// The number at a place of a row, without parsing the rest; `None` if there is none.
pub(super) fn number(line: &[u8], place: usize) -> Option<u32> {
    let mut tokens = Tokens::new(line);
    u32::from_token(std::iter::from_fn(|| tokens.next()).nth(place)?).ok()
}

/// The place of a column among those that are known.
fn place(known: &[&str], name: &[u8]) -> Option<u8> {
    known.iter().position(|known| known.as_bytes() == name).and_then(|place| place.try_into().ok())
}

/// Parses the header line of a text; `known` are the columns that this version knows.
pub(super) fn header<'a>(
    kind: Kind,
    known: &'static [&'static str],
    line: &'a [u8],
) -> Result<Header, Expected<'a>> {
    let mut names = Tokens::new(line);
    let mut header = Header { names: known, columns: Vec::new(), producer: None };
    for first in kind.first_columns() {
        match names.next() {
            Some(name) if name == first.as_bytes() => {}
            Some(_) => return Err(Expected::new(names.since_last(), kind.header())),
            None => return Err(Expected::new(names.rest(), kind.header())),
        }
        header.columns.push(place(known, first.as_bytes()));
    }
    while let Some(name) = names.next() {
        if name.starts_with(PRODUCER) {
            header.producer = Some(String::from_utf8_lossy(name).into_owned());
        } else {
            header.columns.push(place(known, name));
        }
    }
    match names.rest() {
        [] => Ok(header),
        odd => Err(Expected::new(odd, "the name of a column")),
    }
}

/// Parses a row into `row`, which must be the default: absent values are left as they are.
pub(super) fn row<'a, T: TextTable>(
    header: &Header,
    line: &'a [u8],
    row: &mut T::Row<'a>,
) -> Result<(), Expected<'a>> {
    let mut tokens = Tokens::new(line);
    for column in &header.columns {
        let Some(token) = tokens.next() else {
            return Err(Expected::new(tokens.rest(), "a field for every column"));
        };
        let Some(column) = column.and_then(|place| T::COLUMNS.get(usize::from(place))) else {
            continue;
        };
        let read = match column {
            To::Field(_) if token == b"-" => Ok(()),
            To::Field(set) | To::Key(set) => set(row, token),
            To::Target(set) => {
                let text = tokens.since_last();
                tokens = Tokens::new(&[]);
                if text != b"-" {
                    set(row, target(text)?);
                }
                Ok(())
            }
        };
        read.map_err(|what| Expected::new(tokens.since_last(), what))?;
    }
    match tokens.rest() {
        [] => Ok(()),
        more => Err(Expected::new(more, "the end of the line")),
    }
}

#[cfg(test)]
mod tests {
    use super::super::rows;
    use crate::model::{AttachPoint, FdKind, Holder, Name, Prog, Tracepoint};

    const TEXT: &[u8] = b"  id name attached target future tag map_ids bpfdbg/9\n   7 abc - - ? 00ff00ff00ff00ff 1,2\n";

    #[test]
    fn columns_are_found_by_name_and_unknown_ones_are_skipped() {
        let prog = rows::<Prog<'_>>(TEXT).unwrap()[0];
        assert_eq!((prog.id, prog.attached, prog.uid), (7, None, None));
        assert_eq!(prog.tag, Some([0, 255, 0, 255, 0, 255, 0, 255]));
        assert_eq!(prog.map_ids.unwrap().as_str(), "1,2");
    }

    fn error(text: &[u8]) -> String {
        rows::<Prog<'_>>(text).unwrap_err().to_string()
    }

    #[test]
    fn a_descriptor_tells_of_process_and_object_and_of_the_event_that_it_is() {
        let text = b"pid comm fd held id target bpfdbg/9\n\
                     7 a\\012b 3 prog 21 -\n\
                     8 - 4 perf_event 22 category=sched tracepoint=sched_switch\n\
                     9 x 5 future 23 -\n";
        let rows = rows::<Holder<'_>>(text).unwrap();
        assert_eq!((rows[0].pid, rows[0].fd, rows[0].id), (7, 3, 21));
        assert_eq!(&*rows[0].comm.unwrap().bytes(), b"a\nb");
        let held: Vec<_> = rows.iter().map(|row| row.held).collect();
        assert_eq!(held, [Some(FdKind::Prog), Some(FdKind::PerfEvent), None]);
        let event = Tracepoint {
            category: Some(Name::new(b"sched")),
            name: Some(Name::new(b"sched_switch")),
        };
        assert_eq!(rows[1].target.point, AttachPoint::Tracepoint(event));
        assert_eq!(rows[1].comm, None);
    }

    #[test]
    fn a_file_that_is_cut_is_an_error_at_the_cut() {
        assert_eq!(
            error(&TEXT[..TEXT.len() - 1]),
            "2:36: expected a newline, found the end of the line"
        );
        assert_eq!(
            error(b"id name attached target uid\n7 abc - -\n"),
            "2:10: expected a field for every column, found the end of the line"
        );
    }

    #[test]
    fn a_token_that_is_no_value_is_an_error_at_its_first_byte() {
        assert_eq!(
            error(b"id name attached target uid\n7 abc - - 4294967296\n"),
            "2:11: expected a number below 2^32, found '4'"
        );
        assert_eq!(
            error(b"id name attached target\n- abc - -\n"),
            "2:1: expected a number below 2^32, found '-'"
        );
        assert_eq!(
            error(b"id name attached target\n7 a\x1bc - -\n"),
            "2:4: expected a field for every column, found '\\033'"
        );
    }

    #[test]
    fn a_header_of_another_kind_is_an_error() {
        assert_eq!(
            error(b"  id name             max_entries\n"),
            "1:23: expected a header of progs.debug, found 'm'"
        );
        assert_eq!(error(b"\x7fELF"), "1:1: expected a header of progs.debug, found '\\177'");
    }

    #[test]
    fn an_excerpt_puts_the_caret_below_the_place() {
        let error = rows::<Prog<'_>>(b"id name attached target uid\n7 abc - - x\n").unwrap_err();
        assert_eq!(error.excerpt(), "  7 abc - - x\n            ^");
    }

    #[test]
    fn an_empty_file_has_no_rows() {
        assert_eq!(rows::<Prog<'_>>(b""), Ok(vec![]));
    }
}
