//! One blank between cells and none within, so that `read` and `awk` take them apart.

use std::io::{self, Write};

use super::column::Head;
use super::value::Value;
use super::{Screen, View};

/// Writes rows as they come.
pub(super) struct Raw<'o> {
    heads: Vec<Head>,
    header: bool,
    out: Box<dyn Write + 'o>,
}

impl<'o> Raw<'o> {
    pub(super) fn new(heads: Vec<Head>, screen: Screen, out: Box<dyn Write + 'o>) -> Self {
        Self { heads, header: !screen.no_header, out }
    }

    fn header(&mut self) -> io::Result<()> {
        if std::mem::take(&mut self.header) {
            let names: Vec<_> = self.heads.iter().map(|head| head.name.to_uppercase()).collect();
            writeln!(self.out, "{}", names.join(" "))?;
        }
        Ok(())
    }
}

impl View for Raw<'_> {
    fn row(&mut self, cells: &[Value<'_>]) -> io::Result<()> {
        self.header()?;
        for (i, cell) in cells.iter().enumerate() {
            if i > 0 {
                self.out.write_all(b" ")?;
            }
            match cell {
                // The values that are made of words.
                Value::Text(_)
                | Value::Attached(_)
                | Value::Link(_)
                | Value::Users(_)
                | Value::Holders(_) => {
                    self.out.write_all(cell.to_string().replace(' ', "\\040").as_bytes())?;
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
