//! The tree as a graph in the language of Graphviz.

use std::io::{self, Write};

use super::{Vertex, graph};
use crate::model::tree::{Entry, Node};

pub(in crate::view) fn write(tree: &[Entry<'_>], to: &mut dyn Write) -> io::Result<()> {
    let (vertices, arrows) = graph(tree);
    writeln!(to, "digraph bpf {{")?;
    writeln!(to, "    rankdir=LR")?;
    writeln!(to, "    node [shape=box]")?;
    for Vertex { id, node, label } in vertices {
        let shape = match node {
            Node::Prog(_) | Node::Function(_) | Node::Nothing => "",
            Node::Map(..) => ", shape=cylinder",
            _ => ", style=rounded",
        };
        writeln!(to, "    n{id} [label=\"{}\"{shape}]", quoted(&label))?;
    }
    for arrow in arrows {
        write!(to, "    n{} -> n{}", arrow.from, arrow.to)?;
        match arrow.label.as_str() {
            "" => writeln!(to)?,
            label => writeln!(to, " [label=\"{}\"]", quoted(label))?,
        }
    }
    writeln!(to, "}}")
}

/// The inside of a quoted string. Beside the quote, a backslash may begin an escape, and an
/// ampersand the name of a character.
fn quoted(text: &str) -> String {
    text.replace('&', "&amp;").replace('\\', "\\\\").replace('"', "\\\"")
}
