//! One look at the objects of a kind: the texts, kept to be held against those of the next look.

use std::path::PathBuf;
use std::time::Instant;

use super::filter::Filtered;
use super::join::{Joined, Texts};
use super::list::Plan;
use super::selector::Selected;
use super::{note, places};
use crate::error::{Error, Result};
use crate::model::{BootTime, Kind, Prog, RunsBefore};
use crate::parse::{self, Row, Text};
use crate::source::{Place, Source, since_boot};
use crate::view::{Context, Listed};

/// The texts at one moment. They are all that is kept: rows are read from them anew.
pub(super) struct Look {
    kind: Kind,
    path: PathBuf,
    file: Vec<u8>,
    texts: Texts,
    boot_time: Option<BootTime>,
    at: Instant,
    /// What programs had run at the look before.
    before: Option<RunsBefore>,
    /// The ids of the rows that pass, in their order.
    shown: Vec<u32>,
}

impl Look {
    /// Reads the texts; `place` is where the last look found them.
    ///
    /// # Errors
    ///
    /// As [`Source::open`], and the read(2) that failed.
    pub(super) fn take<L: Listed>(plan: &Plan<'_, L>, place: &mut Option<Place>) -> Result<Self>
    where
        for<'a> L::Row<'a>: Row<'a> + Selected + Filtered,
    {
        let (kind, places) = (plan.kind, places(plan.global));
        let source = Source::open_again(kind, &plan.beside, &places, place.take())?;
        let boot_time = source.boot_time;
        let (reader, found) = source.into_parts();
        let (path, at) = (reader.path().to_owned(), Instant::now());
        let file = reader.whole()?;
        let mut needs = Vec::new();
        if !file.is_empty() {
            let (text, header) = Text::of(kind, &file)
                .map_err(|source| Error::Parse { path: path.clone(), source })?;
            needs = plan.worth_reading(&text, &[&file[header..]]);
        }
        let texts = Texts::read(&needs, &found)?;
        *place = Some(found);
        Ok(Self { kind, path, file, texts, boot_time, at, before: None, shown: Vec::new() })
    }

    /// Takes note of what came before, which the numbers of runs are to be held against.
    pub(super) fn follows(&mut self, before: &Look) -> Result<()> {
        if self.kind == Kind::Progs {
            self.before = Some(before.runs_until(self.at)?);
        }
        Ok(())
    }

    /// What programs had run, for somebody who looks now.
    pub(super) fn runs(&self) -> Result<RunsBefore> {
        self.runs_until(Instant::now())
    }

    fn runs_until(&self, now: Instant) -> Result<RunsBefore> {
        let elapsed = u64::try_from((now - self.at).as_nanos()).unwrap_or(u64::MAX);
        Ok(RunsBefore::new(self.rows::<Prog<'_>>()?, elapsed))
    }

    /// What the texts beside say.
    pub(super) fn joined(&self) -> Result<Joined<'_>> {
        self.texts.joined()
    }

    /// What getters need.
    pub(super) fn context<'j>(&'j self, joined: &'j Joined<'_>) -> Context<'j> {
        Context { boot_time: self.boot_time, before: self.before.as_ref(), ..joined.context() }
    }

    fn rows<'a, R: Row<'a>>(&'a self) -> Result<Vec<R>> {
        parse::rows(&self.file).map_err(self.bad())
    }

    fn bad(&self) -> impl Fn(parse::Error) -> Error + use<> {
        let path = self.path.clone();
        move |source| Error::Parse { path: path.clone(), source }
    }

    /// Finds the rows that pass; says what cannot be told where it `is_first`.
    ///
    /// # Errors
    ///
    /// A line that is no row, and a filter that the texts cannot answer.
    pub(super) fn choose<L: Listed>(&mut self, plan: &Plan<'_, L>, is_first: bool) -> Result<()>
    where
        for<'a> L::Row<'a>: Row<'a> + Selected + Filtered,
    {
        self.shown = self.passing(plan, is_first)?;
        Ok(())
    }

    fn passing<L: Listed>(&self, plan: &Plan<'_, L>, is_first: bool) -> Result<Vec<u32>>
    where
        for<'a> L::Row<'a>: Row<'a> + Selected + Filtered,
    {
        let joined = self.joined()?;
        // Names and times are looked up in the texts at hand, so each look has its own.
        let mut filters = plan.filters.clone();
        if !self.file.is_empty() {
            let (text, _) = Text::of(self.kind, &self.file).map_err(self.bad())?;
            let now = self.boot_time.map(|_| since_boot());
            filters.check::<L::Row<'static>>(&text, &self.path, now)?;
        }
        let missing = filters.join::<L::Row<'static>>(&joined, &self.path)?;
        if is_first {
            let missing = [missing, plan.missing(&joined, &self.path)];
            missing.iter().flatten().for_each(|missing| note(missing));
        }
        let context = self.context(&joined);
        let passes = |row: &L::Row<'_>| {
            row.is_taken_by(&plan.selector)
                && filters.names(row.id())
                && filters.iter().all(|filter| row.passes(filter, &context))
        };
        let rows = self.rows::<L::Row<'_>>()?;
        let mut shown: Vec<_> = rows.iter().filter(|row| passes(row)).map(Selected::id).collect();
        shown.sort_unstable();
        Ok(shown)
    }

    /// Whether a row is one of those that pass.
    pub(super) fn shows(&self, id: u32) -> bool {
        self.shown.binary_search(&id).is_ok()
    }

    /// The rows that pass, in the order of their ids.
    ///
    /// # Errors
    ///
    /// A line that is no row.
    pub(super) fn shown<'a, L: Listed>(&'a self) -> Result<Vec<L::Row<'a>>>
    where
        L::Row<'a>: Row<'a> + Selected,
    {
        let mut rows = self.rows::<L::Row<'a>>()?;
        rows.retain(|row| self.shows(row.id()));
        rows.sort_by_key(Selected::id);
        Ok(rows)
    }
}
