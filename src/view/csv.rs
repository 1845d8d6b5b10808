//! Comma-separated values, as RFC 4180 has them, with plain newlines. Numbers are exact.

use std::io::{self, Write};

use super::column::Head;
use super::value::Value;
use super::{Screen, View};

/// Writes rows as they come.
pub(super) struct Csv<'o> {
    heads: Vec<Head>,
    header: bool,
    out: Box<dyn Write + 'o>,
}

impl<'o> Csv<'o> {
    pub(super) fn new(heads: Vec<Head>, screen: Screen, out: Box<dyn Write + 'o>) -> Self {
        Self { heads, header: !screen.no_header, out }
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
        for (i, cell) in cells.iter().enumerate() {
            if i > 0 {
                self.out.write_all(b",")?;
            }
            match cell {
                Value::Absent => {}
                // Only these can hold a comma; a quote can stand in an escaped path alone.
                Value::Ids(_)
                | Value::Text(_)
                | Value::Attached(_)
                | Value::Link(_)
                | Value::Users(_)
                | Value::Holders(_)
                | Value::Name(_) => {
                    let text = cell.to_string();
                    if text.contains([',', '"']) {
                        write!(self.out, "\"{}\"", text.replace('"', "\"\""))?;
                    } else {
                        self.out.write_all(text.as_bytes())?;
                    }
                }
                _ => write!(self.out, "{cell}")?,
            }
        }
        self.out.write_all(b"\n")
    }

    fn end(&mut self) -> io::Result<()> {
        self.header()?;
        self.out.flush()
    }
}
