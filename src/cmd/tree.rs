//! `tree`: programs, maps and links of one machine, put together.

use std::io;

use super::output::{UnbufferedStdout, screen};
use super::query::{Faults, Look, Plan, Snapshot};
use crate::cli::{FormatName, Global, Listing};
use crate::error::{Error, Result};
use crate::model::tree::{Hook, Pick, TreeRows, tree};
use crate::model::{Kind, Prog};
use crate::view::{OutputFormat, TreeFormat, write_tree};

/// Shows the tree.
pub(super) fn show(listing: &Listing, global: &Global) -> Result<()> {
    let mut plan = Plan::new::<Prog<'static>>(listing, global)?;
    plan.take_all(&[Kind::Maps, Kind::Links, Kind::Attached, Kind::Holders]);
    let format = format(global)?;
    let mut faults = Faults::default();
    let snapshot = Snapshot::take::<Prog<'static>>(&plan, Look::Last, &mut None, &mut faults)?;
    let progs = snapshot.own.rows(&mut faults);
    let selection = snapshot.around.select::<Prog<'static>>(&mut faults)?;
    selection.tell_notes();
    let (conditions, context) = (&selection.conditions, selection.context());
    let rows = TreeRows::new(progs, &selection.joined);

    let is_named = |prog: &Prog<'_>| conditions.name(prog);
    let takes_prog = |prog: &Prog<'_>| conditions.take(prog, &context);
    let takes_hook = |hook: &Hook<'_>| {
        conditions.targets().is_some_and(|targets| match hook {
            Hook::Attachment(attachment) => targets.takes(*attachment),
            Hook::Loaded(attached) => targets.takes_attached(attached),
            // What is attached is the struct.
            Hook::Member(_) => false,
        })
    };
    let explicit = conditions.explicit();
    if let (false, Some(selector)) = (rows.progs().iter().any(is_named), &explicit) {
        let _ = faults.tell();
        return Err(Error::NoSuch { kind: Kind::Progs, selector: selector.clone() });
    }
    let pick = Pick {
        prog: (!conditions.are_none()).then_some(&takes_prog),
        hook: conditions.targets().is_some().then_some(&takes_hook),
    };
    let tree = tree(&rows, &pick);
    let mut out = io::BufWriter::with_capacity(64 << 10, UnbufferedStdout);
    write_tree(&tree, format, &mut out).map_err(Error::Output)?;
    faults.result()
}

fn format(global: &Global) -> Result<TreeFormat> {
    if global.output.is_some() || global.output_all || global.sort.is_some() {
        return Err(Error::Usage("a tree has no columns; --output and --sort are of lists".into()));
    }
    Ok(match global.format {
        _ if global.json || global.pretty => TreeFormat::Json { pretty: global.pretty },
        Some(FormatName::Json) => TreeFormat::Json { pretty: false },
        Some(FormatName::Dot) => TreeFormat::Dot,
        Some(FormatName::Mermaid) => TreeFormat::Mermaid,
        Some(FormatName::Table) | None => {
            let screen = screen(global, OutputFormat::Table);
            let ascii = !is_utf_8(|name| std::env::var(name).ok());
            TreeFormat::Text { ascii, width: screen.width, color: screen.color }
        }
        Some(FormatName::Ndjson | FormatName::Csv | FormatName::Raw) => {
            return Err(Error::Usage(
                "a tree has no such format; there are table, json, dot, mermaid".into(),
            ));
        }
    })
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
