//! A snapshot: the texts of one moment, and what rows have to meet.

use std::path::PathBuf;
use std::time::Instant;

use super::NounRow;
use super::conditions::Conditions;
use super::faults::Faults;
use super::pinned;
use super::plan::{Plan, places};
use super::text::Text;
use super::texts::Texts;
use crate::cmd::message::note;
use crate::error::Result;
use crate::model::{BootTime, Counting, Joined, Kind, Pins, Prog, RunsBefore};
use crate::source::{Source, SourceDir};
use crate::sys;
use crate::view::Context;

/// The place of a snapshot in a series: it decides which rights are kept and what is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::cmd) enum Look {
    /// The only one, or the last: drops all rights.
    Last,
    /// The first of several: prints notes, keeps the rights to read again.
    First,
    /// One of several that prints no notes.
    Silent,
}

/// What was read at one moment.
pub(in crate::cmd) struct Snapshot<'p> {
    /// The rows' own text: all of it, unless the plan [streams](Plan::streams).
    pub(in crate::cmd) own: Text,
    /// Everything else that was read.
    pub(in crate::cmd) around: Around<'p>,
}

/// What was read beside the rows' own text.
pub(in crate::cmd) struct Around<'p> {
    plan: &'p Plan<'p>,
    /// That text.
    path: PathBuf,
    /// Whether it is empty, without even a header.
    is_empty: bool,
    texts: Texts,
    conditions: Conditions<'p>,
    boot_time: Option<BootTime>,
    pins: Option<Pins>,
    /// The run counters of the previous snapshot.
    before: Option<RunsBefore>,
    counting: Counting,
    at: Instant,
    /// Notes on what the texts leave out.
    cuts: Vec<String>,
}

impl<'p> Snapshot<'p> {
    /// Reads the texts; `dir` is where the last look found them.
    ///
    /// # Errors
    ///
    /// As [`Source::open`], the read(2) that failed, a header that is none, and a filter that the
    /// rows' own text cannot answer.
    pub(in crate::cmd) fn take<R: NounRow>(
        plan: &'p Plan<'p>,
        look: Look,
        dir: &mut Option<SourceDir>,
        faults: &mut Faults,
    ) -> Result<Self> {
        let mut source =
            Source::open_again(plan.kind, &plan.beside, &places(plan.global), dir.take())?;
        let (is_last, tells) = (look == Look::Last, look != Look::Silent);
        let notes = std::mem::take(&mut source.notes);
        notes.iter().filter(|_| tells).for_each(|text| note(text));
        let shows_pins = plan.shows_pins && is_last;
        let pins = if shows_pins { pinned::look(&source) } else { None };
        let boot_time = source.boot_time;
        let (reader, found) = source.into_parts();
        // Finding pins takes capabilities, and is up to the last snapshot.
        if is_last || !plan.shows_pins {
            give_up_privileges(&found, &plan.needs, !is_last);
        }
        let counting = counting(plan, boot_time.is_some());
        if tells && plan.shows_runs && counting == Counting::OnRequest {
            note(ON_REQUEST);
        }
        let at = Instant::now();
        let mut own = Text::open(plan.kind, reader)?;
        let mut conditions = Conditions::new(&plan.selector, &plan.filters);
        if let Some(format) = own.format() {
            conditions.check::<R>(format, &own.path, boot_time)?;
        }
        let mut cuts = Vec::new();
        if !(is_last && plan.streams()) {
            own.read_rest()?;
            cuts.extend(own.cuts());
        }
        let kinds = plan.worth_reading::<R>(own.format(), own.pieces());
        // A capture is of a machine of which nothing else is known.
        let hides_processes = boot_time.is_some() && !sys::sees_all_processes();
        let mut texts = Texts::read(&kinds, &found, hides_processes, faults);
        if plan.leaves_to_maps::<R>(&own, &texts) {
            texts.add_maps(&found, faults);
        }
        cuts.extend(texts.cuts());
        *dir = Some(found);
        let around = Around {
            plan,
            path: own.path.clone(),
            is_empty: own.format().is_none(),
            texts,
            conditions,
            boot_time,
            pins,
            before: None,
            counting,
            at,
            cuts,
        };
        Ok(Self { own, around })
    }

    /// Keeps the run counters of the previous snapshot, for rates.
    pub(in crate::cmd) fn follows(&mut self, before: &Self) {
        if self.own.kind == Kind::Progs {
            let elapsed = (self.around.at - before.around.at).as_nanos();
            let elapsed = u64::try_from(elapsed).unwrap_or(u64::MAX);
            let counting = [before, self].map(|look| look.around.counting);
            let mut runs = RunsBefore::new(before.progs(), elapsed, counting);
            runs.compare(self.progs(), counting);
            self.around.before = Some(runs);
        }
    }

    fn progs(&self) -> Vec<Prog<'_>> {
        self.own.rows(&mut Faults::default())
    }
}

/// What is known of the kernel's counting, of a text that is of this machine or not.
fn counting(plan: &Plan<'_>, is_of_this_machine: bool) -> Counting {
    match sys::always_counts_runs() {
        _ if !is_of_this_machine => Counting::Unknown,
        // A descriptor of this process makes it count.
        _ if plan.global.stats.is_some() => Counting::On,
        Some(true) => Counting::On,
        Some(false) => Counting::OnRequest,
        None => Counting::Unknown,
    }
}

/// The note where somebody asks for runs, which the kernel need not count.
const ON_REQUEST: &str = "kernel.bpf_stats_enabled is 0, so runs are counted only while a process \
                          such as --stats asks for it; 'sysctl kernel.bpf_stats_enabled=1' \
                          switches it on";

impl<'p> Around<'p> {
    /// Whether the kernel is known to count runs.
    fn counts_runs(&self) -> bool {
        let is_counted = self.before.as_ref().is_some_and(RunsBefore::is_counted);
        self.counting == Counting::On || is_counted
    }

    /// Joins the texts, and resolves the conditions.
    ///
    /// # Errors
    ///
    /// A filter that the texts cannot answer.
    pub(in crate::cmd) fn select<R: NounRow>(
        &self,
        faults: &mut Faults,
    ) -> Result<Selection<'_, 'p>> {
        let (joined, whole) = self.texts.join(faults);
        let (mut conditions, mut missing) = (self.conditions.clone(), Vec::new());
        if !self.is_empty || self.plan.takes_all {
            missing.extend(conditions.join::<R>(&joined, &self.path)?);
            missing.extend(self.plan.missing::<R>(&joined, &self.path));
        }
        Ok(Selection { joined, whole, conditions, missing, around: self })
    }
}

/// Drops the capabilities that are not needed any more, before any text is parsed. Texts of these
/// kinds are opened first; what must be opened `again` keeps its capability.
fn give_up_privileges(dir: &SourceDir, kinds: &[Kind], again: bool) {
    if sys::has_capabilities() {
        dir.open_ahead(kinds);
        sys::keep_capabilities(dir.capabilities(again));
    }
}

/// The joined texts of a snapshot, and the resolved conditions.
pub(in crate::cmd) struct Selection<'s, 'p> {
    pub(in crate::cmd) joined: Joined<'s>,
    /// The kinds of the texts that tell all.
    pub(in crate::cmd) whole: Vec<Kind>,
    pub(in crate::cmd) conditions: Conditions<'p>,
    /// Notes on texts that are missing.
    missing: Vec<String>,
    around: &'s Around<'p>,
}

impl Selection<'_, '_> {
    /// Prints notes on texts that are missing, and on what texts leave out.
    pub(in crate::cmd) fn tell_notes(&self) {
        self.missing.iter().chain(&self.around.cuts).for_each(|text| note(text));
    }

    /// The context of column getters.
    pub(in crate::cmd) fn context(&self) -> Context<'_> {
        Context {
            boot_time: self.around.boot_time,
            attachments: self.joined.attachments(),
            users: self.joined.users(),
            memory: self.joined.memory(),
            holders: self.joined.holders(),
            counts_runs: self.around.counts_runs(),
            before: self.around.before.as_ref(),
            pins: self.around.pins.as_ref(),
        }
    }
}
