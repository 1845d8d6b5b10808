//! Format and appearance of the output, from flags, terminal and environment.

use std::io::{self, IsTerminal as _, Write};

use crate::cli::{ColorWhen, Global};
use crate::error::{Error, Result};
use crate::view::{Column, Columns, OutputFormat, Shape, ViewOptions, choose};

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

/// The format that the flags ask for.
pub(super) fn format(global: &Global) -> OutputFormat {
    let json = (global.json || global.pretty).then_some(OutputFormat::Json);
    json.or(global.format).unwrap_or(OutputFormat::Table)
}

/// The same, of a list.
///
/// # Errors
///
/// A format that lists do not have.
pub(super) fn list_format(global: &Global) -> Result<OutputFormat> {
    let format = format(global);
    if format.has_rows() {
        return Ok(format);
    }
    Err(Error::Usage("a list is no graph; 'bpfdbg tree' has this format".into()))
}

/// The same, of a tree.
///
/// # Errors
///
/// A format that trees do not have.
pub(super) fn tree_format(global: &Global) -> Result<OutputFormat> {
    let format = format(global);
    if format.has_tree() {
        return Ok(format);
    }
    let formats = OutputFormat::ALL.iter().filter(|format| format.has_tree());
    let formats: Vec<_> = formats.map(|format| format.name()).collect();
    Err(Error::Usage(format!("a tree has no such format; there are {}", formats.join(", "))))
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

/// The view options, from terminal, environment and flags.
pub(super) fn options(global: &Global, format: OutputFormat) -> ViewOptions {
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
    ViewOptions {
        width: if terminal && format == OutputFormat::Table { width() } else { None },
        color,
        ascii: !is_utf_8(|name| std::env::var(name).ok()),
        no_header: global.no_header,
        exact: global.bytes,
        pretty: global.pretty,
        shape: Shape::Array,
    }
}

/// Whether the locale's characters are UTF-8, by the variables that setlocale(3) looks at.
fn is_utf_8(variable: impl Fn(&str) -> Option<String>) -> bool {
    let set = ["LC_ALL", "LC_CTYPE", "LANG"].into_iter().filter_map(variable);
    let locale = set.into_iter().find(|value| !value.is_empty()).unwrap_or_default();
    let codeset = locale.to_ascii_lowercase().replace('-', "");
    codeset.contains("utf8")
}

#[cfg(test)]
mod tests {
    use super::is_utf_8;

    #[test]
    fn the_first_variable_that_is_set_tells_the_codeset() {
        let locale = |set: &'static [(&str, &str)]| {
            is_utf_8(|name| {
                set.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned())
            })
        };
        assert!(locale(&[("LANG", "de_DE.UTF-8")]));
        assert!(locale(&[("LC_ALL", ""), ("LC_CTYPE", "C.utf8"), ("LANG", "C")]));
        assert!(!locale(&[("LC_ALL", "C"), ("LANG", "de_DE.UTF-8")]));
        assert!(!locale(&[]));
    }
}
