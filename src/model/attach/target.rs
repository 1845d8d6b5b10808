//! What a row says of the place where a program is attached.

use super::AttachPoint;

/// The place where a program is attached, and what any kind of attachment may have.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Target<'a> {
    /// The place.
    pub point: AttachPoint<'a>,
    /// What the program gets to tell its attachments apart.
    pub cookie: Option<u64>,
    /// The descriptor that attaches it.
    pub descriptor: Option<Descriptor>,
    /// Whether what it was attached to is gone, while the link is there still.
    pub detached: bool,
    /// Whether the kernel's text had no room for all of it.
    pub cut: bool,
}

/// A descriptor of a process.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Descriptor {
    /// The process.
    pub pid: u32,
    /// The number of the descriptor.
    pub fd: u32,
}
