//! The tree as lines of text.

use std::io::{self, Write};

use super::label::{Labels, prog_type};
use crate::model::tree::{Entry, Node, Turn};
use crate::view::ViewOptions;

/// What is drawn in front of a line, each four columns wide.
struct Lines {
    child: &'static str,
    last: &'static str,
    pass: &'static str,
    cut: char,
}

const BOX: Lines = Lines { child: "├── ", last: "└── ", pass: "│   ", cut: '…' };
const ASCII: Lines = Lines { child: "|-- ", last: "`-- ", pass: "|   ", cut: '~' };

pub(in crate::view) fn write(
    tree: &[Entry<'_>],
    options: &ViewOptions,
    to: &mut dyn Write,
) -> io::Result<()> {
    let ViewOptions { ascii, width, color, .. } = *options;
    let lines = if ascii { ASCII } else { BOX };
    let labels = Labels::new(tree);
    // Whether the line was the last of its kin, by depth.
    let mut last = Vec::new();
    for entry in tree {
        last.truncate(entry.depth);
        let mut line = String::new();
        for is_last in last.iter().skip(1) {
            line += if *is_last { "    " } else { lines.pass };
        }
        if entry.depth > 0 {
            line += if entry.last { lines.last } else { lines.child };
        }
        last.push(entry.last);
        line += &text(entry, &labels);
        if let Some(width) = width.filter(|width| line.chars().count() > *width) {
            line = line.chars().take(width.saturating_sub(1)).chain([lines.cut]).collect();
        }
        if color && entry.depth == 0 {
            writeln!(to, "\x1b[1m{line}\x1b[0m")?;
        } else {
            writeln!(to, "{line}")?;
        }
    }
    Ok(())
}

/// `tcx ingress: count_packets (21), link 4`.
fn text(entry: &Entry<'_>, labels: &Labels) -> String {
    let node = labels.node(entry);
    let text = match (labels.hook(entry), entry.node) {
        (Some((how, Some(held))), _) => format!("{how}: {node}, {held}"),
        (Some((how, None)), _) => format!("{how}: {node}"),
        (None, Node::Prog(prog)) => format!("{}: {node}", prog_type(prog)),
        (None, _) => node.to_string(),
    };
    text + match entry.turn {
        Turn::First => "",
        Turn::Above => " (see above)",
        Turn::Below => " (see below)",
    }
}
