//! Where and how rows are shown: what the flags, the terminal and the environment say of it.

use std::io::{self, IsTerminal as _, Write};

use crate::cli::{ColorWhen, FormatName, Global};
use crate::error::{Error, Result};
use crate::view::{Column, Columns, OutputFormat, Screen, Shape, choose};

/// Standard output, unbuffered: `std`'s own would write at every newline.
pub(super) struct UnbufferedStdout;

impl Write for UnbufferedStdout {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        Ok(rustix::io::write(rustix::stdio::stdout(), bytes)?)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// A column to sort by, and whether the largest comes first.
pub(super) type Order<L> = (&'static Column<L>, bool);

/// The format that the flags ask for; `shape` is for JSON.
///
/// # Errors
///
/// A format that lists do not have.
pub(super) fn format(global: &Global, shape: Shape) -> Result<OutputFormat> {
    Ok(match global.format {
        _ if global.pretty => OutputFormat::Json { pretty: true, shape },
        _ if global.json => OutputFormat::Json { pretty: false, shape },
        Some(FormatName::Json) => OutputFormat::Json { pretty: false, shape },
        Some(FormatName::Ndjson) => OutputFormat::Ndjson,
        Some(FormatName::Csv) => OutputFormat::Csv,
        Some(FormatName::Raw) => OutputFormat::Raw,
        Some(FormatName::Table) | None => OutputFormat::Table,
        Some(FormatName::Dot | FormatName::Mermaid) => {
            return Err(Error::Usage("a list is no graph; 'bpfdbg tree' has this format".into()));
        }
    })
}

/// The column of that name, as `--sort` takes it, and whether the largest value comes first.
///
/// # Errors
///
/// A name that is no column.
pub(super) fn order<L: Columns>(name: &str) -> Result<Order<L>> {
    let (name, descending) = match name.strip_prefix('-') {
        Some(name) => (name, true),
        None => (name, false),
    };
    let column = choose::<L>(Some(name), false, &[]).map_err(Error::Usage)?;
    match column[..] {
        [column] => Ok((column, descending)),
        _ => Err(Error::Usage("--sort takes one column".into())),
    }
}

/// What the terminal, the environment and the flags say of the table's looks.
pub(super) fn screen(global: &Global, format: OutputFormat) -> Screen {
    let terminal = io::stdout().is_terminal();
    let color = match global.color {
        ColorWhen::Always => true,
        ColorWhen::Never => false,
        ColorWhen::Auto => {
            let set = |name| std::env::var_os(name).filter(|value| !value.is_empty());
            terminal && set("NO_COLOR").is_none() && set("TERM").is_none_or(|term| term != "dumb")
        }
    };
    let width = || terminal_size::terminal_size_of(io::stdout()).map(|(width, _)| width.0.into());
    Screen {
        width: if terminal && format == OutputFormat::Table { width() } else { None },
        color,
        no_header: global.no_header,
        exact: global.bytes,
    }
}
