//! The objects of a kind at one moment: the texts, kept to be held against those of the next.

use std::time::Instant;

use super::Noun;
use super::conditions::Conditions;
use super::faults::Faults;
use super::join::{Joined, Texts};
use super::plan::Plan;
use super::selector::Selected as _;
use super::whole::Whole;
use crate::cmd::{give_up_privileges, note, places};
use crate::error::Result;
use crate::model::{BootTime, Kind, Prog, RunsBefore};
use crate::parse::Row;
use crate::source::{Source, SourceDir};
use crate::view::Context;

/// The texts at one moment. They are all that is kept: rows are read from them anew.
pub(in crate::cmd) struct Snapshot {
    own: Whole,
    texts: Texts,
    boot_time: Option<BootTime>,
    /// What whoever asked should know of where the texts come from.
    notes: Vec<String>,
    faults: Faults,
    at: Instant,
    /// What programs had run at the look before.
    before: Option<RunsBefore>,
    /// The ids of the rows that pass, in their order.
    shown: Vec<u32>,
}

impl Snapshot {
    /// Reads the texts; `place` is where the last look found them.
    ///
    /// # Errors
    ///
    /// As [`Source::open`], the read(2) that failed, and a header that is none.
    pub(in crate::cmd) fn take<L: Noun>(
        plan: &Plan<'_, L>,
        place: &mut Option<SourceDir>,
    ) -> Result<Self> {
        let (kind, places) = (plan.kind, places(plan.global));
        let mut source = Source::open_again(kind, &plan.beside, &places, place.take())?;
        let (boot_time, notes) = (source.boot_time, std::mem::take(&mut source.notes));
        let (reader, found) = source.into_parts();
        // Pins are looked for at the end, which takes them.
        if !plan.shows_pins {
            give_up_privileges(&found, &plan.needs, true);
        }
        let at = Instant::now();
        let own = Whole::read(kind, reader)?;
        let needs = own.format().map(|format| plan.worth_reading(format, &[own.below()]));
        let mut faults = Faults::default();
        let texts = Texts::read(&needs.unwrap_or_default(), &found, &mut faults);
        *place = Some(found);
        Ok(Self { own, texts, boot_time, notes, faults, at, before: None, shown: Vec::new() })
    }

    /// Takes note of what came before, which the numbers of runs are to be held against.
    pub(in crate::cmd) fn follows(&mut self, before: &Snapshot) {
        if self.own.kind == Kind::Progs {
            self.before = Some(before.runs_until(self.at));
        }
    }

    /// What programs had run, for somebody who looks now.
    pub(in crate::cmd) fn runs(&self) -> RunsBefore {
        self.runs_until(Instant::now())
    }

    fn runs_until(&self, now: Instant) -> RunsBefore {
        let elapsed = u64::try_from((now - self.at).as_nanos()).unwrap_or(u64::MAX);
        RunsBefore::new(self.rows::<Prog<'_>>(), elapsed)
    }

    /// What was wrong in the texts, as far as rows have been chosen from them.
    pub(in crate::cmd) fn faults(&mut self) -> &mut Faults {
        &mut self.faults
    }

    /// What the texts beside say.
    pub(in crate::cmd) fn joined(&self) -> Joined<'_> {
        self.texts.joined(&mut Faults::default())
    }

    /// What getters need.
    pub(in crate::cmd) fn context<'j>(&'j self, joined: &'j Joined<'_>) -> Context<'j> {
        Context { boot_time: self.boot_time, before: self.before.as_ref(), ..joined.context() }
    }

    /// The rows; those that cannot be read were told of when rows were chosen.
    fn rows<'a, R: Row<'a>>(&'a self) -> Vec<R> {
        self.own.rows(&mut Faults::default())
    }

    /// Finds the rows that pass; says what cannot be told where it `is_first`.
    ///
    /// # Errors
    ///
    /// A filter that the texts cannot answer.
    pub(in crate::cmd) fn choose<L: Noun>(
        &mut self,
        plan: &Plan<'_, L>,
        is_first: bool,
    ) -> Result<()> {
        let mut faults = std::mem::take(&mut self.faults);
        self.shown = self.passing(plan, is_first, &mut faults)?;
        self.faults = faults;
        Ok(())
    }

    fn passing<L: Noun>(
        &self,
        plan: &Plan<'_, L>,
        is_first: bool,
        faults: &mut Faults,
    ) -> Result<Vec<u32>> {
        let rows = self.own.rows::<L::Row<'_>>(faults);
        let joined = self.texts.joined(faults);
        let mut conditions = Conditions::new(&plan.selector, &plan.filters);
        let path = &self.own.path;
        if let Some(format) = self.own.format() {
            conditions.check::<L::Row<'static>>(format, path, self.boot_time)?;
        }
        let missing = conditions.join::<L::Row<'static>>(&joined, path)?;
        if is_first {
            let missing = [missing, plan.missing(&joined, path)];
            let notes = self.notes.iter().chain(missing.iter().flatten());
            notes.for_each(|missing| note(missing));
            self.own.cuts().chain(self.texts.cuts()).for_each(|cut| note(&cut));
        }
        let context = self.context(&joined);
        let passes = |row: &&L::Row<'_>| conditions.take(*row, &context);
        let mut shown: Vec<_> = rows.iter().filter(passes).map(|row| row.id()).collect();
        shown.sort_unstable();
        Ok(shown)
    }

    /// Whether a row is one of those that pass.
    pub(in crate::cmd) fn shows(&self, id: u32) -> bool {
        self.shown.binary_search(&id).is_ok()
    }

    /// The rows that pass, in the order of their ids.
    pub(in crate::cmd) fn shown<L: Noun>(&self) -> Vec<L::Row<'_>> {
        let mut rows = self.rows::<L::Row<'_>>();
        rows.retain(|row| self.shows(row.id()));
        rows.sort_by_key(|row| row.id());
        rows
    }
}
