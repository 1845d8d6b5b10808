//! What came of an attack.

use serde::{Deserialize, Serialize};

/// How many of the bad things are told in full.
const EXAMPLES: usize = 6;

/// The counts of one attack.
#[derive(Debug, Default, Deserialize, Serialize)]
pub(crate) struct Tally {
    /// What was tried.
    pub(crate) attempts: u64,
    /// How often something happened that must not.
    pub(crate) bad: u64,
    /// The first of those.
    pub(crate) examples: Vec<String>,
    /// Further counts, such as `312 refused`.
    pub(crate) notes: Vec<String>,
}

impl Tally {
    /// Counts a thing that must not happen.
    pub(crate) fn bad(&mut self, what: impl Into<String>) {
        self.bad += 1;
        if self.examples.len() < EXAMPLES {
            self.examples.push(what.into());
        }
    }

    /// Counts it where it is there.
    pub(crate) fn bad_if(&mut self, what: Option<String>) {
        if let Some(what) = what {
            self.bad(what);
        }
    }

    /// Counts it unless something holds.
    pub(crate) fn hold(&mut self, holds: bool, otherwise: impl FnOnce() -> String) {
        if !holds {
            self.bad(otherwise());
        }
    }

    /// Adds a count that explains the others.
    pub(crate) fn note(&mut self, note: impl Into<String>) {
        self.notes.push(note.into());
    }
}

/// Why an attack came to no counts.
#[derive(Debug, Deserialize, Serialize)]
pub(crate) enum Stop {
    /// It could not be carried out as it must be.
    Failed(String),
    /// This machine cannot be attacked so.
    Skip(String),
}

impl<M: ToString> From<M> for Stop {
    fn from(message: M) -> Self {
        Self::Failed(message.to_string())
    }
}

/// What an attack returns.
pub(crate) type Result<T = Tally> = std::result::Result<T, Stop>;

/// Ends an attack that this machine does not allow.
pub(crate) fn skip<T>(reason: impl ToString) -> Result<T> {
    Err(Stop::Skip(reason.to_string()))
}
