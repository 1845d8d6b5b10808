//! The plan of a query: which rows, and which texts are needed.

use std::collections::BTreeSet;
use std::path::Path;

use super::NounRow;
use super::filter::Filters;
use super::selector::Selector;
use super::text::Text;
use super::texts::Texts;
use crate::cli::{Global, Listing};
use crate::error::{Error, Result};
use crate::model::{Joined, Kind, quoted_path};
use crate::parse::Format;
use crate::source::Places;

/// What the arguments mean, for one look or many.
pub(in crate::cmd) struct Plan<'g> {
    pub(in crate::cmd) kind: Kind,
    pub(in crate::cmd) global: &'g Global,
    pub(in crate::cmd) selector: Selector,
    pub(in crate::cmd) filters: Filters,
    /// The kinds whose texts add to the rows.
    pub(in crate::cmd) needs: Vec<Kind>,
    /// Those of them whose iterators run in this process if there is no file.
    pub(in crate::cmd) beside: Vec<Kind>,
    /// Those of them that add to rows of every type.
    pub(in crate::cmd) of_all: Vec<Kind>,
    /// Whether all texts are read, whatever types the rows have.
    pub(in crate::cmd) takes_all: bool,
    /// Whether rows are sorted, so that all are read before one is shown.
    pub(in crate::cmd) sorts: bool,
    /// Whether pins are shown.
    pub(in crate::cmd) shows_pins: bool,
    /// Whether somebody asked for what the kernel counts of runs.
    pub(in crate::cmd) shows_runs: bool,
}

impl<'g> Plan<'g> {
    /// Reads selector and filters for rows of a kind.
    ///
    /// # Errors
    ///
    /// Invalid words and values, and filters that rows of this kind do not support.
    pub(in crate::cmd) fn new<R: NounRow>(listing: &Listing, global: &'g Global) -> Result<Self> {
        let kind = R::KIND;
        let selector = Selector::new(&listing.words)?;
        if matches!(selector, Selector::Tag(_)) && !R::HAS_TAG {
            return Err(Error::Usage(format!("a {} has no tag", kind.singular())));
        }
        let mut filters = Filters::new::<R>(&global.filters, kind)?;
        filters.resolve(global.filters.pinned.iter().chain(selector.path()), kind)?;
        let asked: Vec<Kind> = filters.needs::<R>().collect();
        let processes = filters.targets().map(|_| Kind::Holders);
        let mut plan = Self {
            kind,
            global,
            selector,
            filters,
            needs: Vec::new(),
            beside: Vec::new(),
            of_all: Vec::new(),
            takes_all: false,
            sorts: false,
            shows_pins: false,
            shows_runs: false,
        };
        plan.need(processes, asked);
        Ok(plan)
    }

    /// Adds kinds whose texts add to the rows; those `beside` run in this process if there is no
    /// file.
    pub(in crate::cmd) fn need(
        &mut self,
        needs: impl IntoIterator<Item = Kind>,
        beside: impl IntoIterator<Item = Kind>,
    ) {
        self.beside.extend(beside);
        self.needs.extend(needs.into_iter().chain(self.beside.iter().copied()));
        for kinds in [&mut self.needs, &mut self.beside] {
            kinds.sort();
            kinds.dedup();
        }
    }

    /// Adds kinds whose texts are read whatever types the rows have.
    pub(in crate::cmd) fn take_all(&mut self, kinds: &[Kind]) {
        self.takes_all = true;
        self.need([], kinds.iter().copied());
    }

    /// Whether rows can be shown as they are read.
    pub(in crate::cmd) fn streams(&self) -> bool {
        !self.sorts && self.needs.is_empty()
    }

    /// The kinds whose texts may add to these rows, by their types, and those that a filter needs.
    pub(in crate::cmd) fn worth_reading<R: NounRow>(
        &self,
        format: Option<&Format>,
        pieces: &[Vec<u8>],
    ) -> Vec<Kind> {
        if self.takes_all {
            return self.needs.clone();
        }
        let Some(format) = format else { return Vec::new() };
        let asked: Vec<_> = self.filters.needs::<R>().collect();
        let (mut types, mut last) = (BTreeSet::new(), None);
        for number in pieces.iter().flat_map(|piece| format.types(piece)) {
            // Consecutive rows often have the same type.
            if last != Some(number) {
                last = Some(number);
                types.insert(number);
            }
        }
        let is_worth = |kind: &Kind| {
            let may_be_in = |number: &Option<u32>| R::may_be_in(*kind, *number);
            asked.contains(kind) || self.of_all.contains(kind) || types.iter().any(may_be_in)
        };
        self.needs.iter().copied().filter(is_worth).collect()
    }

    /// Whether maps are worth reading after the other texts: some row has no attachment in those, and
    /// maps may decide that it has none at all. They take as long as programs do, and most programs
    /// are attached.
    pub(in crate::cmd) fn leaves_to_maps<R: NounRow>(&self, own: &Text, texts: &Texts) -> bool {
        let Some(format) = own.format().filter(|_| self.needs.contains(&Kind::Maps)) else {
            return false;
        };
        let Some(attached) = texts.attached_progs() else { return true };
        own.pieces().iter().any(|piece| {
            let mut rows = format.numbers("id", piece).zip(format.types(piece));
            rows.any(|(id, prog_type)| {
                R::may_be_decided_by_maps(prog_type)
                    && id.is_some_and(|id| attached.binary_search(&id).is_err())
            })
        })
    }

    /// A note on a text that was asked for and is missing.
    pub(in crate::cmd) fn missing<R: NounRow>(
        &self,
        joined: &Joined<'_>,
        path: &Path,
    ) -> Option<String> {
        // Filters tell by themselves.
        let asked: Vec<_> = self.filters.needs::<R>().collect();
        let is_missing =
            |kind: &&Kind| !kind.is_usual() && !joined.has(**kind) && !asked.contains(*kind);
        let kind = self.beside.iter().filter(|_| !self.takes_all).find(is_missing)?;
        let (kind, file) = (kind.plural(), kind.file_name());
        Some(format!("no {kind} are known: no readable {file} beside '{}'", quoted_path(path)))
    }
}

/// Where files are looked for, from the command line and the environment.
pub(in crate::cmd) fn places(global: &Global) -> Places {
    Places::new(global.bpffs.clone(), std::env::var_os("BPFDBG_BPFFS"))
}
