//! The tree as a flowchart in the language of Mermaid.

use std::io::{self, Write};

use super::{Vertex, graph};
use crate::model::tree::{Entry, Node};

pub(in crate::view) fn write(tree: &[Entry<'_>], to: &mut dyn Write) -> io::Result<()> {
    let (vertices, arrows) = graph(tree);
    writeln!(to, "flowchart LR")?;
    for Vertex { id, node, label } in vertices {
        let (open, close) = match node {
            Node::Prog(_) | Node::Function(_) | Node::Nothing => ("[", "]"),
            Node::Map(..) => ("[(", ")]"),
            _ => ("(", ")"),
        };
        writeln!(to, "    n{id}{open}\"{}\"{close}", quoted(&label))?;
    }
    for arrow in arrows {
        write!(to, "    n{} -->", arrow.from)?;
        match arrow.label.as_str() {
            "" => writeln!(to, " n{}", arrow.to)?,
            label => writeln!(to, "|\"{}\"| n{}", quoted(label), arrow.to)?,
        }
    }
    Ok(())
}

/// The inside of a quoted string. Mermaid looks for Markdown, HTML, comments and directives in
/// there, so that whatever is not known to be harmless is written as the number of its character.
fn quoted(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            'a'..='z' | 'A'..='Z' | '0'..='9' | ' ' | '_' | '-' | '.' | ',' | '/' | ':' | '+' => {
                quoted.push(c);
            }
            '(' | ')' | '@' | '=' => quoted.push(c),
            _ => quoted += &format!("#{};", u32::from(c)),
        }
    }
    quoted
}
