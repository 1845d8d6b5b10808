//! Notes on standard error.

use std::io::{self, Write as _};

/// Prints a note on standard error.
pub(super) fn note(text: &str) {
    // stderr is gone; nothing to do.
    let _ = writeln!(io::stderr(), "bpfdbg: note: {text}");
}
