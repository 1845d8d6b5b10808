//! Rows and texts that could not be read. The rest is shown, and these are reported at the end.

use std::io::{self, Write as _};
use std::path::Path;

use crate::error::{Error, Result};
use crate::parse::ParseError;

/// How many are reported one by one.
const TOLD: usize = 10;

/// The faults so far: the first are kept, the others counted.
#[derive(Debug, Default)]
pub(in crate::cmd) struct Faults {
    first: Vec<Error>,
    more: usize,
}

impl Faults {
    /// Adds a fault.
    pub(in crate::cmd) fn add(&mut self, error: Error) {
        if self.first.len() < TOLD {
            self.first.push(error);
        } else {
            self.more += 1;
        }
    }

    /// Adds a line that could not be parsed.
    pub(in crate::cmd) fn row(&mut self, path: &Path, source: ParseError) {
        if self.first.len() < TOLD {
            self.first.push(Error::Parse { path: path.to_owned(), source });
        } else {
            self.more += 1;
        }
    }

    /// How many there are.
    pub(in crate::cmd) fn count(&self) -> usize {
        self.first.len() + self.more
    }

    /// The error to end with, after all the rest has been shown.
    ///
    /// # Errors
    ///
    /// If anything was wrong.
    pub(in crate::cmd) fn result(self) -> Result<()> {
        let Self { first, more } = self;
        if first.is_empty() { Ok(()) } else { Err(Error::Parts { first, more }) }
    }

    /// Prints them now, before another error or while a watch goes on; the returned error prints
    /// nothing more.
    pub(in crate::cmd) fn tell(self) -> Result<()> {
        self.result().map_err(|error| {
            // stderr is gone; nothing to do.
            let _ = io::stderr().write_all(error.report(false).as_bytes());
            Error::Told
        })
    }
}
