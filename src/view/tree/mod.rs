//! A tree, one file a format. The formats know labels and fields, never objects.

pub(super) mod dot;
pub(super) mod json;
mod label;
pub(super) mod mermaid;
#[cfg(test)]
mod tests;
pub(super) mod text;

use crate::model::tree::{Entry, Node, Turn};
use label::Labels;

/// An object in a graph.
struct Vertex<'t> {
    /// No other has this number.
    id: usize,
    node: Node<'t>,
    label: String,
}

/// An arrow of a graph.
struct Arrow {
    from: usize,
    to: usize,
    /// How what it points to is attached, and what holds it.
    label: String,
}

/// The vertices of a graph and the arrows between them.
fn graph<'t>(tree: &[Entry<'t>]) -> (Vec<Vertex<'t>>, Vec<Arrow>) {
    let labels = Labels::new(tree);
    let (mut vertices, mut arrows, mut above) = (Vec::new(), Vec::new(), Vec::new());
    for entry in tree {
        above.truncate(entry.depth);
        // A group needs no vertex: its members are the vertices without arrows.
        let is_group = |node: &Node<'_>| matches!(node, Node::Unattached | Node::Unused);
        // A node whose children are shown elsewhere gets its vertex there.
        if entry.turn == Turn::First && !is_group(&entry.node) {
            vertices.push(Vertex {
                id: entry.id,
                node: entry.node,
                label: labels.node(entry).to_string(),
            });
        }
        if let Some((from, _)) = above.last().copied().filter(|(_, node)| !is_group(node)) {
            let label = match labels.hook(entry) {
                Some((how, Some(held))) => format!("{how}, {held}"),
                Some((how, None)) => how,
                None => String::new(),
            };
            arrows.push(Arrow { from, to: entry.id, label });
        }
        above.push((entry.id, entry.node));
    }
    (vertices, arrows)
}
