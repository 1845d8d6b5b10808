//! What is wrong in texts that are shown otherwise: each bad row costs itself, and is told of.

use std::io::{self, Write as _};
use std::path::Path;

use crate::error::{Error, Result};
use crate::parse::ParseError;

/// How many are told of one by one.
const TOLD: usize = 10;

/// What was wrong so far. The first are kept, the others counted.
#[derive(Debug, Default)]
pub(in crate::cmd) struct Faults {
    first: Vec<Error>,
    more: usize,
}

impl Faults {
    /// Takes note of one.
    pub(in crate::cmd) fn add(&mut self, error: Error) {
        if self.first.len() < TOLD {
            self.first.push(error);
        } else {
            self.more += 1;
        }
    }

    /// Takes note of a line of a file that is no row.
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

    /// The error that a command ends with which has shown all the rest.
    ///
    /// # Errors
    ///
    /// If anything was wrong.
    pub(in crate::cmd) fn result(self) -> Result<()> {
        let Self { first, more } = self;
        if first.is_empty() { Ok(()) } else { Err(Error::Parts { first, more }) }
    }

    /// Tells of them now, beside another error, or of what goes on; the error that is left to end with
    /// says nothing more.
    pub(in crate::cmd) fn tell(self) -> Result<()> {
        self.result().map_err(|error| {
            // stderr is gone; nothing to do.
            let _ = io::stderr().write_all(error.report(false).as_bytes());
            Error::Told
        })
    }
}
