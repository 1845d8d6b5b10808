//! The commands `columns`, `version` and `completions`.

use std::io::{self, Write as _};

use serde_json::json;

use super::output::{UnbufferedStdout, format, list_format, options, order};
use crate::cli::{Global, ListingName, Shell};
use crate::error::{Error, Result};
use crate::view::{
    self, ColumnHelp, Columns as _, Context, Described, Links, Maps, OutputFormat, Progs,
};

/// The version of the JSON schema: raised when a key changes its meaning or is removed, not when
/// one is added.
const JSON_SCHEMA: u32 = 1;

/// Lists the columns of a listing, or of all.
pub(super) fn columns(noun: Option<ListingName>, global: &Global) -> Result<()> {
    let format = list_format(global)?;
    let all = global.output_all || format != OutputFormat::Table && global.output.is_none();
    let mut columns =
        view::choose::<ColumnHelp>(global.output.as_deref(), all, ColumnHelp::DEFAULT)
            .map_err(Error::Usage)?;
    if noun.is_some() && global.output.is_none() && format == OutputFormat::Table {
        columns.retain(|column| column.head.name != "noun");
    }
    let mut rows: Vec<_> = ListingName::ALL
        .into_iter()
        .filter(|one| noun.is_none_or(|noun| noun == *one))
        .flat_map(|noun| match noun {
            ListingName::Progs => Described::all::<Progs>("progs").collect::<Vec<_>>(),
            ListingName::Maps => Described::all::<Maps>("maps").collect(),
            ListingName::Links => Described::all::<Links>("links").collect(),
        })
        .collect();
    let context = Context::default();
    if let Some((column, descending)) =
        global.sort.as_deref().map(order::<ColumnHelp>).transpose()?
    {
        rows.sort_by(|a, b| {
            let order = view::compare(&(column.get)(a, &context), &(column.get)(b, &context));
            if descending { order.reverse() } else { order }
        });
    }
    let heads = columns.iter().map(|column| column.head).collect();
    let out = Box::new(io::BufWriter::new(UnbufferedStdout));
    let mut view =
        view::view(format, heads, options(global, format), out).map_err(Error::Output)?;
    for row in &rows {
        let cells: Vec<_> = columns.iter().map(|column| (column.get)(row, &context)).collect();
        view.row(&cells).map_err(Error::Output)?;
    }
    view.end().map_err(Error::Output)
}

/// Tells the version, of the iterators too.
pub(super) fn version(global: &Global) -> Result<()> {
    let (version, producer) = (env!("CARGO_PKG_VERSION"), crate::bpf::PRODUCER);
    let json = json!({ "version": version, "producer": producer, "json_schema": JSON_SCHEMA });
    let text = if global.pretty {
        format!("{json:#}\n")
    } else if format(global) == OutputFormat::Json {
        format!("{json}\n")
    } else {
        format!("bpfdbg {version}\niterators {producer}\njson_schema {JSON_SCHEMA}\n")
    };
    io::stdout().write_all(text.as_bytes()).map_err(Error::Output)
}

/// Prints the completions for a shell.
pub(super) fn completions(shell: Shell) -> Result<()> {
    let text = match shell {
        Shell::Bash => include_str!("../../completions/bpfdbg.bash"),
        Shell::Zsh => include_str!("../../completions/_bpfdbg"),
        Shell::Fish => include_str!("../../completions/bpfdbg.fish"),
    };
    io::stdout().write_all(text.as_bytes()).map_err(Error::Output)
}
