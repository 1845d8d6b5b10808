//! The objects of a machine as a tree: programs below their targets, maps below the programs that
//! use them.
//!
//! Rows make a graph, which may have cycles and dangling references: texts are read one after the
//! other, and a capture may hold anything. The tree is a walk through the graph.

mod graph;
mod place;
mod rows;
#[cfg(test)]
mod tests;
mod walk;

use super::{Attachment, Holder, Map, Name, Prog, ProgAttachments, WaySet};
pub use place::Place;
pub use rows::TreeRows;

/// What stands at one place of a tree.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Node<'a> {
    /// A place that programs are attached to.
    Place(Place<'a>),
    /// A function of the program above it, which others are attached to.
    Function(Name<'a>),
    /// A program.
    Prog(&'a Prog<'a>),
    /// A map, and the number of programs that use it.
    Map(&'a Map<'a>, usize),
    /// The processes that hold what is below.
    Processes(&'a [Holder<'a>]),
    /// A link of which neither a program nor a map is known, so that nothing stands below it.
    Nothing,
    /// Programs that are attached to nothing.
    Unattached,
    /// Programs of which no attachment is known, and the ways of attaching them that were not read.
    Unknown(WaySet),
    /// Maps that no program uses, as far as the text tells.
    Unused,
}

/// How a program is attached to what stands above it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Hook<'a> {
    /// By a link or without one.
    Attachment(Attachment<'a, 'a>),
    /// As its own row has it; see [`ProgAttachments::loaded_alone`].
    Loaded(ProgAttachments<'a>),
    /// As the function of this name of a struct that a map holds.
    Member(Name<'a>),
}

/// Whether an object is shown for the first time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Turn {
    /// It is, and what belongs to it stands below.
    First,
    /// It stands somewhere above, with what belongs to it.
    Above,
    /// The tree is deep enough here: it stands further below, as a root.
    Below,
}

/// One line of a tree.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Entry<'a> {
    /// The number of lines above it that it belongs to, less than [`MAX_DEPTH`].
    pub depth: usize,
    /// Whether it is the last of those that belong to the same line.
    pub last: bool,
    /// A number that entries share if, and only if, they are of the same object.
    pub id: usize,
    /// How it is attached to what it belongs to.
    pub hook: Option<Hook<'a>>,
    /// What it is.
    pub node: Node<'a>,
    /// Whether it is there for the first time.
    pub turn: Turn,
}

/// A tree is no deeper. Kernels nest programs once or twice; each time takes two lines.
pub const MAX_DEPTH: usize = 24;

/// What to show of all the objects; without either, everything.
#[derive(Clone, Copy, Default)]
pub struct Pick<'p> {
    /// Programs, where they are attached, and what belongs to them.
    pub prog: Option<&'p dyn Fn(&Prog<'_>) -> bool>,
    /// Of these programs, or of all, no other attachments than these.
    pub hook: Option<&'p dyn Fn(&Hook<'_>) -> bool>,
}

/// The lines of a tree from the top; each stands below the one that it belongs to.
pub fn tree<'a>(rows: &'a TreeRows<'a>, pick: &Pick<'_>) -> Vec<Entry<'a>> {
    let graph = graph::Graph::new(rows);
    walk::walk(&graph, pick)
}
