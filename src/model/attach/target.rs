//! What a row says of the place where a program is attached.

use super::AttachPoint;

/// The place where a program is attached, and the fields common to all kinds of places.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Target<'a> {
    /// The place.
    pub point: AttachPoint<'a>,
    /// The BPF cookie.
    pub cookie: Option<u64>,
    /// The descriptor that attaches it.
    pub descriptor: Option<Descriptor>,
    /// Whether the target is gone while the link still exists.
    pub detached: bool,
    /// Whether the target was truncated.
    pub cut: bool,
}

/// A descriptor of a process.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Descriptor {
    /// The process.
    pub pid: u32,
    /// The number of the descriptor.
    pub fd: u32,
}
