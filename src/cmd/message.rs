//! Notes on standard error, and words of the command line in messages.

use std::io::{self, Write as _};

use crate::model::Quoted;

/// Prints a note on standard error.
pub(super) fn note(text: &str) {
    // stderr is gone; nothing to do.
    let _ = writeln!(io::stderr(), "bpfdbg: note: {text}");
}

/// A word of the command line, between quotes.
pub(super) fn shown(word: &str) -> Quoted<'_> {
    Quoted(word.as_bytes())
}
