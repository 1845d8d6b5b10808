//! Comma-separated values, as RFC 4180 has them, with plain newlines. Numbers are exact.

use std::io::{self, Write};

use memchr::memchr2;

use super::column::Head;
use super::value::{Value, put};
use super::{Screen, View};

/// Writes rows as they come.
pub(super) struct Csv<'o> {
    heads: Vec<Head>,
    header: bool,
    line: String,
    out: Box<dyn Write + 'o>,
}

impl<'o> Csv<'o> {
    pub(super) fn new(heads: Vec<Head>, screen: Screen, out: Box<dyn Write + 'o>) -> Self {
        Self { heads, header: !screen.no_header, line: String::new(), out }
    }

    fn header(&mut self) -> io::Result<()> {
        if std::mem::take(&mut self.header) {
            let names: Vec<_> = self.heads.iter().map(|head| head.key).collect();
            writeln!(self.out, "{}", names.join(","))?;
        }
        Ok(())
    }
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
                Value::Absent | Value::Zero => {}
                Value::Bool(_) | Value::Number(_) | Value::Word(_) | Value::Tag(_) => {
                    cell.put(line);
                }
                // Only the others can hold a comma; a quote can stand in an escaped path alone.
                _ => {
                    cell.put(line);
                    if memchr2(b',', b'"', &line.as_bytes()[start..]).is_some() {
                        let text = line.split_off(start).replace('"', "\"\"");
                        put(line, format_args!("\"{text}\""));
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
