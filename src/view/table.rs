//! Rows as a table.
//!
//! All cells are kept in two strings: a grid with a string per cell took several times as long as
//! the kernel takes to print the rows.

use std::io::{self, Write};

use unicode_width::{UnicodeWidthChar as _, UnicodeWidthStr as _};

use super::column::{Align, Head};
use super::value::{Event, Value};
use super::{View, ViewOptions, human};

/// What stands between columns.
const GAP: &str = "  ";

/// On a terminal, a column is not made narrower than this for the sake of others.
const NARROW: usize = 20;

/// The same for a name, which is of use as a whole only; and most are shorter.
const NARROW_NAME: usize = 40;

/// Where nothing is cut, cells are padded up to this width at most: one that is longer shifts its own
/// row, and no other.
const PADDED: usize = 64;

/// Collects all rows, for a column is as wide as its widest cell.
pub(super) struct Table<'o> {
    heads: Vec<Head>,
    options: ViewOptions,
    /// The events of rows that have one; they are all in the first column.
    events: Vec<Event>,
    /// All cells, row by row.
    text: String,
    /// Where each ends.
    ends: Vec<usize>,
    widths: Vec<usize>,
    out: Box<dyn Write + 'o>,
}

impl<'o> Table<'o> {
    pub(super) fn new(heads: Vec<Head>, options: ViewOptions, out: Box<dyn Write + 'o>) -> Self {
        let widths = vec![0; heads.len()];
        let (text, ends, events) = (String::new(), Vec::new(), Vec::new());
        let mut table = Self { heads, options, events, text, ends, widths, out };
        if !options.no_header {
            for i in 0..table.heads.len() {
                table.text += &table.heads[i].name.to_uppercase();
                table.end_cell(i);
            }
        }
        table
    }

    fn end_cell(&mut self, column: usize) {
        let start = self.ends.last().copied().unwrap_or_default();
        self.widths[column] = self.widths[column].max(width(&self.text[start..]));
        self.ends.push(self.text.len());
    }

    /// Takes from the widest columns what a line has too much, so that the others stay in sight: not
    /// from numbers, and from names last.
    fn narrow(&mut self, wide: usize) {
        let line: usize = self.widths.iter().map(|width| width + GAP.len()).sum();
        let mut over = line.saturating_sub(GAP.len() + wide);
        for (of_names, least) in [(false, NARROW), (true, NARROW_NAME)] {
            while over > 0 {
                let is_free = |i: &usize| {
                    let head = &self.heads[*i];
                    let is_name = head.name == "name";
                    head.align == Align::Left && is_name == of_names && self.widths[*i] > least
                };
                let free = (0..self.heads.len()).filter(is_free);
                let Some(widest) = free.max_by_key(|i| self.widths[*i]) else { break };
                let take = over.min(self.widths[widest] - least);
                self.widths[widest] -= take;
                over -= take;
            }
        }
    }
}

impl View for Table<'_> {
    fn row(&mut self, cells: &[Value<'_>]) -> io::Result<()> {
        let (exact, brief) = (self.options.exact, self.options.width.is_some());
        if let Some(Value::Event(event)) = cells.first() {
            self.events.push(*event);
        }
        for (i, cell) in cells.iter().enumerate() {
            human::put(&self.heads[i], cell, exact, brief, &mut self.text);
            self.end_cell(i);
        }
        Ok(())
    }

    fn end(&mut self) -> io::Result<()> {
        let is_cut = self.options.width.is_some();
        match self.options.width {
            Some(width) => self.narrow(width),
            None => self.widths.iter_mut().for_each(|width| *width = PADDED.min(*width)),
        }
        let last = self.heads.len().saturating_sub(1);
        let mut start = 0;
        let mut line = String::new();
        // Without a column there is no row either.
        for (i, ends) in self.ends.chunks(self.heads.len().max(1)).enumerate() {
            line.clear();
            for (column, ((end, head), wide)) in
                ends.iter().zip(&self.heads).zip(&self.widths).enumerate()
            {
                let cell = &self.text[start..*end];
                let taken = width(cell);
                let pad = wide.saturating_sub(taken);
                if head.align == Align::Right {
                    blanks(&mut line, pad);
                }
                if is_cut && taken > *wide {
                    let mut cell = cell.to_owned();
                    fit(&mut cell, *wide);
                    line += &cell;
                } else {
                    line += cell;
                }
                if column < last {
                    if head.align == Align::Left {
                        blanks(&mut line, pad);
                    }
                    line += GAP;
                }
                start = *end;
            }
            // Lines are never wrapped, which would break names: they are cut, and only on a
            // terminal.
            line.truncate(line.trim_end().len());
            if let Some(width) = self.options.width {
                fit(&mut line, width);
            }
            let style = match i.checked_sub(usize::from(!self.options.no_header)) {
                _ if !self.options.color => None,
                None => Some(BOLD),
                Some(row) => self.events.get(row).and_then(|event| style(*event)),
            };
            if let Some(style) = style {
                line = format!("\x1b[{style}m{line}\x1b[0m");
            }
            line.push('\n');
            self.out.write_all(line.as_bytes())?;
        }
        self.out.flush()
    }
}

/// The rendition of a header.
const BOLD: &str = "1";

/// The colour of a row: green where it is new, red where it is gone.
fn style(event: Event) -> Option<&'static str> {
    match event {
        Event::Added => Some("32"),
        Event::Removed => Some("31"),
        Event::Same | Event::Changed => None,
    }
}

/// The columns of a terminal that a text takes; of ASCII, those are its bytes.
fn width(text: &str) -> usize {
    if text.is_ascii() { text.len() } else { text.width() }
}

fn blanks(line: &mut String, count: usize) {
    line.extend(std::iter::repeat_n(' ', count));
}

/// Cuts a line to the width, and marks the cut.
fn fit(line: &mut String, wide: usize) {
    if width(line) <= wide {
        return;
    }
    let mut left = wide.saturating_sub(1);
    let is_over = |(_, c): &(usize, char)| {
        let width = c.width().unwrap_or_default();
        let is_over = width > left;
        left = left.saturating_sub(width);
        is_over
    };
    let cut = line.char_indices().find(is_over).map_or(line.len(), |(at, _)| at);
    line.truncate(cut);
    line.push('…');
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fitted(line: &str, width: usize) -> String {
        let mut line = line.to_owned();
        fit(&mut line, width);
        line
    }

    #[test]
    fn a_line_is_cut_only_where_it_does_not_fit() {
        assert_eq!(fitted("abcdef", 6), "abcdef");
        assert_eq!(fitted("abcdef", 5), "abcd…");
        assert_eq!(fitted("名前名前", 8), "名前名前");
        assert_eq!(fitted("名前名前", 6), "名前…", "a letter of two columns is not cut in half");
    }

    #[test]
    fn what_is_wide_gives_way_to_what_stands_behind_it_and_a_name_does_not() {
        let head = |name| super::super::column::find::<super::super::Progs>(name).unwrap().head;
        let heads = vec![head("name"), head("map_ids"), head("id")];
        let mut text = Vec::new();
        let options = ViewOptions { width: Some(60), ..ViewOptions::default() };
        let mut table = Table::new(heads, options, Box::new(&mut text));
        let ids = crate::model::Ids::new(b"1000,2000,3000,4000,5000,6000,7000,8000,9000").unwrap();
        let name = crate::model::Name::new(b"a_name_of_thirty_one_characters");
        table.row(&[Value::Name(name), Value::Ids(ids), Value::Number(7)]).unwrap();
        table.end().unwrap();
        drop(table);
        let text = String::from_utf8(text).unwrap();
        let row = text.lines().nth(1).unwrap();
        assert_eq!(row, "a_name_of_thirty_one_characters  1000,2000,3000,4000,50…   7");
        assert_eq!(width(row), 60);
    }

    #[test]
    fn a_cell_that_is_wider_than_its_bytes_say_keeps_the_columns_apart() {
        let head = |name| super::super::column::find::<super::super::Progs>(name).unwrap().head;
        let heads = vec![head("name"), head("id")];
        let mut text = Vec::new();
        let mut table = Table::new(heads, ViewOptions::default(), Box::new(&mut text));
        let name = crate::model::Name::new("名前é".as_bytes());
        table.row(&[Value::Name(name), Value::Number(7)]).unwrap();
        table.row(&[Value::Word("xdp"), Value::Number(100)]).unwrap();
        table.end().unwrap();
        drop(table);
        assert_eq!(String::from_utf8(text).unwrap(), "NAME    ID\n名前é    7\nxdp    100\n");
    }
}
