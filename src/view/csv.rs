//! Rows as comma-separated values (RFC 4180), with plain newlines. Numbers are exact.
//!
//! Spreadsheets run a cell that begins as a formula does, and names are chosen by whoever loads a
//! program. Such a cell gets an apostrophe in front, as OWASP has it ("CSV Injection"), and so does
//! one that begins with an apostrophe: taking away one gives the text back.

use std::io::{self, Write};

use memchr::memchr3;

use super::column::Head;
use super::value::{Value, put};
use super::{View, ViewOptions};

/// Writes rows as they come.
pub(super) struct Csv<'o> {
    heads: Vec<Head>,
    header: bool,
    line: String,
    out: Box<dyn Write + 'o>,
}

impl<'o> Csv<'o> {
    pub(super) fn new(heads: Vec<Head>, options: ViewOptions, out: Box<dyn Write + 'o>) -> Self {
        Self { heads, header: !options.no_header, line: String::new(), out }
    }

    fn header(&mut self) -> io::Result<()> {
        if std::mem::take(&mut self.header) {
            let names: Vec<_> = self.heads.iter().map(|head| head.key).collect();
            writeln!(self.out, "{}", names.join(","))?;
        }
        Ok(())
    }
}

/// Whether a cell that begins so is more than text to a spreadsheet.
fn begins_formula(first: &u8) -> bool {
    matches!(first, b'=' | b'+' | b'-' | b'@' | b'\t' | b'\r' | b'\'')
}

impl View for Csv<'_> {
    fn row(&mut self, cells: &[Value<'_>]) -> io::Result<()> {
        self.header()?;
        let line = &mut self.line;
        line.clear();
        for (i, cell) in cells.iter().enumerate() {
            if i > 0 {
                line.push(',');
            }
            let start = line.len();
            match cell {
                Value::Absent | Value::Zero | Value::Pins([]) => {}
                Value::Bool(_)
                | Value::Number(_)
                | Value::Signed(_)
                | Value::Percent(_)
                | Value::Flags(..)
                | Value::Word(_)
                | Value::Tag(_) => cell.put(line),
                // Only the others can hold a comma; a quote can stand in an escaped path alone. Some
                // spreadsheets take a semicolon for a comma.
                _ => {
                    cell.put(line);
                    let text = &line.as_bytes()[start..];
                    let is_formula = text.first().is_some_and(begins_formula);
                    if is_formula || memchr3(b',', b';', b'"', text).is_some() {
                        let text = line.split_off(start).replace('"', "\"\"");
                        let apostrophe = if is_formula { "'" } else { "" };
                        put(line, format_args!("\"{apostrophe}{text}\""));
                    }
                }
            }
        }
        line.push('\n');
        self.out.write_all(line.as_bytes())
    }

    fn end(&mut self) -> io::Result<()> {
        self.header()?;
        self.out.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Name;

    fn line(cells: &[Value<'_>]) -> String {
        let mut text = Vec::new();
        let options = ViewOptions { no_header: true, ..ViewOptions::default() };
        let mut csv = Csv::new(Vec::new(), options, Box::new(&mut text));
        csv.row(cells).unwrap();
        csv.end().unwrap();
        drop(csv);
        String::from_utf8(text).unwrap()
    }

    fn name(text: &str) -> Value<'_> {
        Value::Name(Name::new(text.as_bytes()))
    }

    #[test]
    fn no_cell_that_somebody_chose_begins_as_a_formula_does() {
        for (text, expected) in [
            ("plain", "plain\n"),
            ("=cmd|'/C_calc'!A0", "\"'=cmd|'/C_calc'!A0\"\n"),
            ("+1", "\"'+1\"\n"),
            ("-1", "\"'-1\"\n"),
            ("@SUM(A1)", "\"'@SUM(A1)\"\n"),
            ("'=1", "\"''=1\"\n"),
            ("=\"a\",b", "\"'=\"\"a\"\",b\"\n"),
            ("a=1", "a=1\n"),
            ("a;=1+1", "\"a;=1+1\"\n"),
            (r"\011=1", "\\011=1\n"),
        ] {
            assert_eq!(line(&[name(text)]), expected);
        }
    }

    #[test]
    fn a_number_below_zero_is_still_a_number_and_none_is_an_empty_cell() {
        assert_eq!(line(&[Value::Signed(-10), Value::Absent, Value::Pins(&[])]), "-10,,\n");
    }
}
