//! Notes on standard error, and words of the command line in messages.

use std::io::{self, Write as _};

use crate::model::Shown;

/// Prints a note on standard error.
pub(super) fn note(text: &str) {
    // stderr is gone; nothing to do.
    let _ = writeln!(io::stderr(), "bpfdbg: note: {text}");
}

/// A word of the command line, escaped for a terminal.
pub(super) fn shown(word: &str) -> Shown<'_> {
    Shown(word.as_bytes())
}
