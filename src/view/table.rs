//! Columns for people.

use std::io::{self, Write};

use comfy_table::{CellAlignment, ContentArrangement, Table as Grid, presets};

use super::column::{Align, Head};
use super::value::Value;
use super::{Screen, View, human};

/// Collects all rows, for a column is as wide as its widest cell.
pub(super) struct Table<'o> {
    heads: Vec<Head>,
    screen: Screen,
    grid: Grid,
    out: Box<dyn Write + 'o>,
}

impl<'o> Table<'o> {
    pub(super) fn new(heads: Vec<Head>, screen: Screen, out: Box<dyn Write + 'o>) -> Self {
        let mut grid = Grid::new();
        // A wrapped name is no name: a line that is too long is cut, and only on a terminal.
        grid.load_style(presets::NOTHING).set_content_arrangement(ContentArrangement::Disabled);
        if !screen.no_header {
            grid.set_header(heads.iter().map(|head| head.name.to_uppercase()));
        }
        Self { heads, screen, grid, out }
    }

    /// Aligns the columns, which the grid has once it has a row, and sets them apart by two blanks.
    fn arrange(&mut self) {
        for (column, head) in self.grid.column_iter_mut().zip(&self.heads) {
            column.set_padding((0, 2));
            column.set_cell_alignment(match head.align {
                Align::Left => CellAlignment::Left,
                Align::Right => CellAlignment::Right,
            });
        }
    }
}

impl View for Table<'_> {
    fn row(&mut self, cells: &[Value<'_>]) -> io::Result<()> {
        let (exact, brief) = (self.screen.exact, self.screen.width.is_some());
        self.grid.add_row(
            self.heads.iter().zip(cells).map(|(head, cell)| human::text(head, cell, exact, brief)),
        );
        Ok(())
    }

    fn end(&mut self) -> io::Result<()> {
        self.arrange();
        let has_header = !self.screen.no_header;
        for (i, line) in self.grid.lines().enumerate() {
            let line = fit(line.trim_end(), self.screen.width);
            if i == 0 && has_header && self.screen.color {
                writeln!(self.out, "\x1b[1m{line}\x1b[0m")?;
            } else {
                writeln!(self.out, "{line}")?;
            }
        }
        self.out.flush()
    }
}

/// Cuts a line to the width, and marks the cut. Every character of a cell is one column wide but
/// for some letters of other scripts, which a terminal may wrap.
fn fit(line: &str, width: Option<usize>) -> std::borrow::Cow<'_, str> {
    match width {
        Some(width) if line.chars().count() > width => {
            line.chars().take(width.saturating_sub(1)).chain(['…']).collect()
        }
        _ => line.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::fit;

    #[test]
    fn a_line_is_cut_only_where_it_does_not_fit() {
        assert_eq!(fit("abcdef", None), "abcdef");
        assert_eq!(fit("abcdef", Some(6)), "abcdef");
        assert_eq!(fit("abcdef", Some(5)), "abcd…");
    }
}
