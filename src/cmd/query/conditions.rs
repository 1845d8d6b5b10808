//! Which rows were asked for, held against the texts at hand.

use std::path::Path;

use super::filter::{Filter, Filtered, Filters, Targets};
use super::selector::{Selected, Selector};
use crate::error::Result;
use crate::model::{BootTime, Joined};
use crate::parse::Format;
use crate::source::since_boot;
use crate::view::Context;

/// A selector and filters. Names and times are looked up in the texts at hand, so each reading of
/// these has conditions of its own.
#[derive(Clone, Debug)]
pub(in crate::cmd) struct Conditions<'p> {
    selector: &'p Selector,
    filters: Filters,
}

impl<'p> Conditions<'p> {
    /// Takes what was asked for.
    pub(in crate::cmd) fn new(selector: &'p Selector, filters: &Filters) -> Self {
        Self { selector, filters: filters.clone() }
    }

    /// Makes sure that the rows' own text can answer.
    ///
    /// # Errors
    ///
    /// A column or a date that it does not have.
    pub(in crate::cmd) fn check<R: Filtered>(
        &mut self,
        format: &Format,
        path: &Path,
        boot_time: Option<BootTime>,
    ) -> Result<()> {
        self.filters.check::<R>(format, path, boot_time.map(|_| since_boot()))
    }

    /// Makes sure that the texts beside can answer; returns what they may not know.
    ///
    /// # Errors
    ///
    /// A text that a condition cannot do without.
    pub(in crate::cmd) fn join<R: Filtered>(
        &mut self,
        joined: &Joined<'_>,
        path: &Path,
    ) -> Result<Option<String>> {
        self.filters.join::<R>(joined, path)
    }

    /// Whether a row is one that was asked for, whatever it has to meet beside that.
    pub(in crate::cmd) fn name(&self, row: &(impl Selected + Filtered)) -> bool {
        row.is_taken_by(self.selector) && self.filters.names(row.id())
    }

    /// Whether a row passes.
    pub(in crate::cmd) fn take(
        &self,
        row: &(impl Selected + Filtered),
        context: &Context<'_>,
    ) -> bool {
        self.name(row) && self.meets(row, context)
    }

    /// Whether a row that was asked for meets all else.
    pub(in crate::cmd) fn meets(&self, row: &impl Filtered, context: &Context<'_>) -> bool {
        self.filters.iter().all(|filter: &Filter| row.passes(filter, context))
    }

    /// What one attachment of several has to meet, beside the program.
    pub(in crate::cmd) fn targets(&self) -> Option<&Targets> {
        self.filters.targets()
    }

    /// What was asked for by name, as an error has it; `None` where nothing was.
    pub(in crate::cmd) fn explicit(&self) -> Option<String> {
        self.selector.describe().or(self.filters.describe())
    }

    /// Whether every row passes.
    pub(in crate::cmd) fn are_none(&self) -> bool {
        self.explicit().is_none() && self.filters.is_none()
    }
}
