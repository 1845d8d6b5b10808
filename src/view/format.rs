//! Formats of the output, each declared once.

use std::io::{self, Write};

use super::column::Head;
use super::tree::{dot, mermaid, text};
use super::{View, ViewOptions, csv, json, raw, table, tree};
use crate::model::tree::Entry;

/// Makes a view of rows with these columns.
type RowsView = for<'o> fn(Vec<Head>, ViewOptions, Box<dyn Write + 'o>) -> Box<dyn View + 'o>;

/// Writes a tree.
type TreeWriter = fn(&[Entry<'_>], &ViewOptions, &mut dyn Write) -> io::Result<()>;

/// Declares the formats, in the order in which they are shown.
macro_rules! formats {
    ($($format:ident { name: $name:literal, help: $help:literal, rows: $rows:expr, tree: $tree:expr, })*) => {
        /// A format of the output.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum OutputFormat {
            $(#[doc = concat!($help, ".")] $format,)*
        }

        impl OutputFormat {
            /// Every format, in the order in which they are shown.
            pub const ALL: &'static [Self] = &[$(Self::$format),*];

            /// Its name, as `--format` takes it.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$format => $name,)* }
            }

            /// What it is, in some words.
            pub const fn help(self) -> &'static str {
                match self { $(Self::$format => $help,)* }
            }

            fn rows_view(self) -> Option<RowsView> {
                match self { $(Self::$format => $rows,)* }
            }

            fn tree_writer(self) -> Option<TreeWriter> {
                match self { $(Self::$format => $tree,)* }
            }
        }
    };
}

formats! {
    Table {
        name: "table",
        help: "Columns for people",
        rows: Some(|heads, options, out| Box::new(table::Table::new(heads, options, out))),
        tree: Some(text::write),
    }
    Json {
        name: "json",
        help: "One JSON array",
        rows: Some(|heads, options, out| Box::new(json::Array::new(heads, options, out))),
        tree: Some(tree::json::write),
    }
    Ndjson {
        name: "ndjson",
        help: "One JSON object a line",
        rows: Some(|heads, _, out| Box::new(json::NdJson::new(heads, out))),
        tree: None,
    }
    Csv {
        name: "csv",
        help: "Comma-separated values",
        rows: Some(|heads, options, out| Box::new(csv::Csv::new(heads, options, out))),
        tree: None,
    }
    Raw {
        name: "raw",
        help: "One blank between cells, none within",
        rows: Some(|heads, options, out| Box::new(raw::Raw::new(heads, options, out))),
        tree: None,
    }
    Dot {
        name: "dot",
        help: "A graph for Graphviz, of a tree",
        rows: None,
        tree: Some(|tree, _, to| dot::write(tree, to)),
    }
    Mermaid {
        name: "mermaid",
        help: "A flowchart for Mermaid, of a tree",
        rows: None,
        tree: Some(|tree, _, to| mermaid::write(tree, to)),
    }
}

impl OutputFormat {
    /// Whether rows can be shown in it.
    pub fn has_rows(self) -> bool {
        self.rows_view().is_some()
    }

    /// Whether a tree can be shown in it.
    pub fn has_tree(self) -> bool {
        self.tree_writer().is_some()
    }
}

/// A view of rows on `out`, for these columns.
///
/// # Errors
///
/// A format of trees alone; see [`OutputFormat::has_rows`].
pub fn view<'o>(
    format: OutputFormat,
    heads: Vec<Head>,
    options: ViewOptions,
    out: Box<dyn Write + 'o>,
) -> io::Result<Box<dyn View + 'o>> {
    let view = format.rows_view().ok_or(io::ErrorKind::Unsupported)?;
    Ok(view(heads, options, out))
}

/// Writes a tree.
///
/// # Errors
///
/// The writer's, and a format of rows alone; see [`OutputFormat::has_tree`].
pub fn write_tree(
    tree: &[Entry<'_>],
    format: OutputFormat,
    options: &ViewOptions,
    to: &mut dyn Write,
) -> io::Result<()> {
    let write = format.tree_writer().ok_or(io::ErrorKind::Unsupported)?;
    write(tree, options, to)?;
    to.flush()
}
