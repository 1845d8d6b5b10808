//! How rows and trees are shown. Views of rows know values and columns, never objects.

mod attach;
mod column;
mod columns;
mod csv;
mod exposition;
mod format;
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

use std::io;

pub use column::{Align, Column, Columns, Context, EVENT, Head, Json, Unit, choose, find};
pub use columns::{ColumnHelp, Described};
pub use exposition::{Family, MetricType, MetricsFormat, SampleValue, Samples};
pub use format::{OutputFormat, view, write_tree};
pub use json::{escape as json_text, plain as plain_json};
pub use links::Links;
pub use maps::Maps;
pub use order::compare;
pub use progs::Progs;
pub use value::{Event, Value};

/// A size for people, `4.0K`, or its bytes.
pub fn size_text(bytes: u64, exact: bool) -> String {
    human::bytes(bytes, exact)
}

/// What JSON is at its top.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Shape {
    /// An array, whatever is in it.
    #[default]
    Array,
    /// An object, if there is one and no more, as bpftool has it for what a selector names.
    Object,
}

/// How output looks, as far as its format leaves a choice.
#[derive(Clone, Copy, Debug, Default)]
pub struct ViewOptions {
    /// Cut the lines of a table or tree to so many columns.
    pub width: Option<usize>,
    /// Use colour.
    pub color: bool,
    /// Draw trees with ASCII, where the terminal has nothing else.
    pub ascii: bool,
    /// Leave out the header.
    pub no_header: bool,
    /// Sizes and durations as exact numbers.
    pub exact: bool,
    /// JSON indented by four blanks, as bpftool does.
    pub pretty: bool,
    /// Whether a JSON object may stand alone.
    pub shape: Shape,
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
