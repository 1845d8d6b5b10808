//! How rows and trees are shown. Views of rows know values and columns, never objects.

mod attach;
mod column;
mod columns;
mod csv;
mod funcs;
mod human;
mod json;
mod keys;
mod links;
mod maps;
mod named;
mod order;
mod progs;
mod raw;
mod table;
mod tree;
mod value;

use std::io::{self, Write};

pub use column::{Align, Column, Columns, Context, EVENT, Head, Json, Unit, choose, find};
pub use columns::{ColumnHelp, Described};
pub use json::{escape as json_text, plain as plain_json};
pub use links::Links;
pub use maps::Maps;
pub use order::compare;
pub use progs::Progs;
pub use tree::{TreeFormat, write_tree};
pub use value::{Event, Value};

/// A way to show rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OutputFormat {
    /// Columns for people.
    Table,
    /// One JSON array, pretty or not.
    Json {
        /// Indented by four blanks, as bpftool does.
        pretty: bool,
        /// Whether an object may stand alone.
        shape: Shape,
    },
    /// One JSON object a line.
    Ndjson,
    /// Comma-separated values as in RFC 4180, with a header.
    Csv,
    /// One blank between cells, none within.
    Raw,
}

/// What JSON is at its top.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// An array, whatever is in it.
    Array,
    /// An object, if there is one and no more, as bpftool has it for what a selector names.
    Object,
}

/// What a table may do on the terminal that it is written to.
#[derive(Clone, Copy, Debug, Default)]
pub struct Screen {
    /// Cut lines to so many columns.
    pub width: Option<usize>,
    /// Use colour.
    pub color: bool,
    /// Leave out the header.
    pub no_header: bool,
    /// Sizes and durations as exact numbers.
    pub exact: bool,
}

/// Takes rows and writes them.
pub trait View {
    /// Takes one row, a value for every column.
    ///
    /// # Errors
    ///
    /// The writer's.
    fn row(&mut self, cells: &[Value<'_>]) -> io::Result<()>;

    /// Writes what is left. A view that must not write a part has written nothing before.
    ///
    /// # Errors
    ///
    /// The writer's.
    fn end(&mut self) -> io::Result<()>;
}

/// A view of the format on `out`, for these columns.
pub fn view<'o>(
    format: OutputFormat,
    heads: Vec<Head>,
    screen: Screen,
    out: Box<dyn Write + 'o>,
) -> Box<dyn View + 'o> {
    match format {
        OutputFormat::Table => Box::new(table::Table::new(heads, screen, out)),
        OutputFormat::Json { pretty, shape } => {
            Box::new(json::Array::new(heads, pretty, shape, out))
        }
        OutputFormat::Ndjson => Box::new(json::NdJson::new(heads, out)),
        OutputFormat::Csv => Box::new(csv::Csv::new(heads, screen, out)),
        OutputFormat::Raw => Box::new(raw::Raw::new(heads, screen, out)),
    }
}
