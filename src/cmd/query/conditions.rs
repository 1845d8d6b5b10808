//! Selector and filters, resolved against the texts at hand.

use std::path::Path;

use super::filter::{Filter, Filtered, Filters, Targets};
use super::selector::{Selected, Selector};
use crate::error::Result;
use crate::model::{BootTime, Joined, WaySet};
use crate::parse::Format;
use crate::source::since_boot;
use crate::view::Context;

/// A selector and filters. Names and times are resolved against the texts, so each snapshot has its
/// own conditions.
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

    /// Checks that the rows' own text can answer, and resolves times.
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

    /// Checks that the other texts can answer, and resolves names; returns a note on what may be
    /// missing.
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

    /// Whether the selector and explicit ids take a row.
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

    /// Whether a row passes all filters.
    pub(in crate::cmd) fn meets(&self, row: &impl Filtered, context: &Context<'_>) -> bool {
        self.unmet(row, context).is_none()
    }

    /// The number of the first filter that leaves a row out.
    pub(in crate::cmd) fn unmet(
        &self,
        row: &impl Filtered,
        context: &Context<'_>,
    ) -> Option<usize> {
        self.filters.iter().position(|filter: &Filter| !row.passes(filter, context))
    }

    /// The options of the filters, in the order in which they are asked.
    pub(in crate::cmd) fn options(&self) -> Vec<&'static str> {
        self.filters.iter().map(Filter::option).collect()
    }

    /// The ways by which a row's program may be attached, if but for that `--unattached` would take
    /// it.
    pub(in crate::cmd) fn doubts(
        &self,
        row: &(impl Selected + Filtered),
        context: &Context<'_>,
    ) -> WaySet {
        let passes =
            |filter: &Filter| matches!(filter, Filter::Unattached) || row.passes(filter, context);
        let is_asked = self.filters.ask_unattached() && self.name(row);
        if is_asked && self.filters.iter().all(passes) { row.unread(context) } else { WaySet::NONE }
    }

    /// The filter that applies to single attachments, too.
    pub(in crate::cmd) fn targets(&self) -> Option<&Targets> {
        self.filters.targets()
    }

    /// The explicit selector, for an error; `None` if there is none.
    pub(in crate::cmd) fn explicit(&self) -> Option<String> {
        self.selector.describe().or(self.filters.describe())
    }

    /// Whether every row passes.
    pub(in crate::cmd) fn are_none(&self) -> bool {
        self.explicit().is_none() && self.filters.is_none()
    }
}
