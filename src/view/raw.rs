//! Rows with one blank between cells and none within, for `read` and `awk`.

use std::io::{self, Write};

use memchr::memchr;

use super::column::Head;
use super::value::Value;
use super::{View, ViewOptions};

/// Writes rows as they come.
pub(super) struct Raw<'o> {
    heads: Vec<Head>,
    header: bool,
    line: String,
    out: Box<dyn Write + 'o>,
}

impl<'o> Raw<'o> {
    pub(super) fn new(heads: Vec<Head>, options: ViewOptions, out: Box<dyn Write + 'o>) -> Self {
        Self { heads, header: !options.no_header, line: String::new(), out }
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
        let line = &mut self.line;
        line.clear();
        for (i, cell) in cells.iter().enumerate() {
            if i > 0 {
                line.push(' ');
            }
            let start = line.len();
            cell.put(line);
            // Only what is made of words has a blank.
            if memchr(b' ', &line.as_bytes()[start..]).is_some() {
                let text = line.split_off(start);
                line.push_str(&text.replace(' ', "\\040"));
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
