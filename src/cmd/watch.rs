//! `--watch`: one look after the other, and what has changed in between.

use std::fmt::Write as _;
use std::io::Write as _;
use std::time::{Duration, Instant};

use super::output::screen;
use super::query::{Joined, Noun, Plan, Selected as _, Snapshot};
use super::terminal::{AlternateScreen, InterruptibleStdout, Signals, Wake};
use crate::error::{Error, Result};
use crate::view::{self, Column, Context, EVENT, Event, OutputFormat, Value};

/// Lists at a pace until somebody wants an end.
///
/// # Errors
///
/// Those of a listing. A file that another installation replaces is opened anew at every look; one
/// that is gone for good, with no other in its place, ends the watch.
pub(super) fn watch<L: Noun>(plan: &Plan<'_, L>, every: Duration) -> Result<()> {
    if !matches!(plan.format, OutputFormat::Table | OutputFormat::Ndjson) {
        return Err(Error::Usage("--watch shows a table, or a stream with --format ndjson".into()));
    }
    let mut place = None;
    let mut now = Snapshot::take(plan, &mut place)?;
    now.choose(plan, true)?;
    let mut before: Option<Snapshot> = None;
    // Only now, so that a start that takes long can be ended as usual, and an error leaves the
    // terminal alone.
    let mut stage = Frames::new(plan, every)?;
    stage.note(&mut now);
    let mut next = Instant::now() + every;
    let mut text = Vec::new();
    loop {
        text.clear();
        let counts = draw(plan, before.as_ref(), &now, &mut text)?;
        stage.show(counts, &text)?;
        match stage.wait(next) {
            Wake::End => return stage.end(),
            Wake::Redraw => continue,
            Wake::Time => {}
        }
        let mut look = Snapshot::take(plan, &mut place)?;
        look.follows(&now);
        look.choose(plan, false)?;
        stage.note(&mut look);
        before = Some(std::mem::replace(&mut now, look));
        // A look that took too long is not made up for.
        next = (next + every).max(Instant::now());
    }
}

/// Where frames are shown.
struct Frames<'p, L: Noun> {
    plan: &'p Plan<'p, L>,
    every: Duration,
    signals: Signals,
    /// `None` where frames follow each other.
    screen: Option<AlternateScreen>,
    is_first: bool,
    /// How many rows of the last look could not be read, beside those shown.
    unread: usize,
    /// What was wrong in the first look in which something was.
    fault: Option<Error>,
}

impl<'p, L: Noun> Frames<'p, L> {
    fn new(plan: &'p Plan<'p, L>, every: Duration) -> Result<Self> {
        let signals = Signals::new()?;
        let screen = (plan.format == OutputFormat::Table).then(AlternateScreen::enter).flatten();
        Ok(Self { plan, every, signals, screen, is_first: true, unread: 0, fault: None })
    }

    /// Takes note of what was wrong in a look. It is told at once, and once; where the screen is ours,
    /// when it is no more.
    fn note(&mut self, look: &mut Snapshot) {
        let faults = std::mem::take(look.faults());
        self.unread = faults.count();
        if self.fault.is_none() {
            let result = if self.screen.is_some() { faults.result() } else { faults.tell() };
            self.fault = result.err();
        }
    }

    /// Ends the watch.
    ///
    /// # Errors
    ///
    /// What was wrong, if anything was.
    fn end(self) -> Result<()> {
        self.fault.map_or(Ok(()), Err)
    }

    /// Shows a frame: over the last one on a screen, else behind it.
    fn show(&mut self, counts: Counts, text: &[u8]) -> Result<()> {
        let is_first = std::mem::take(&mut self.is_first);
        let text = match &self.screen {
            Some(screen) => {
                let mut frame = Vec::new();
                if !self.plan.global.no_header {
                    frame.extend_from_slice(
                        counts.status(self.plan, self.every, self.unread).as_bytes(),
                    );
                }
                frame.extend_from_slice(text);
                screen.frame(&frame, |more| format!("+{more} more"))
            }
            None if self.plan.format == OutputFormat::Table && !is_first => [b"\n", text].concat(),
            None => text.to_vec(),
        };
        InterruptibleStdout(&self.signals).write_all(&text).map_err(Error::Output)
    }

    /// Waits for the next look, or what comes before it.
    fn wait(&self, until: Instant) -> Wake {
        loop {
            match self.signals.wait(until, self.screen.as_ref()) {
                // What went to a file or a pipe stays as it is.
                Wake::Redraw if self.screen.is_none() => {}
                wake => return wake,
            }
        }
    }
}

/// What a frame is about, for its first line.
#[derive(Clone, Copy, Debug, Default)]
struct Counts {
    rows: usize,
    added: usize,
    removed: usize,
}

impl Counts {
    fn note(&mut self, event: Event) {
        match event {
            Event::Added => self.added += 1,
            Event::Removed => self.removed += 1,
            Event::Same | Event::Changed => {}
        }
        self.rows += usize::from(event != Event::Removed);
    }

    /// One line.
    fn status<L: Noun>(self, plan: &Plan<'_, L>, every: Duration, unread: usize) -> String {
        let mut text = format!("{} {}", self.rows, plan.kind.plural());
        if self.added > 0 {
            let _ = write!(text, ", {} new", self.added);
        }
        if self.removed > 0 {
            let _ = write!(text, ", {} gone", self.removed);
        }
        if unread > 0 {
            let _ = write!(text, ", {unread} unreadable");
        }
        let _ = writeln!(text, "; every {}s", every.as_secs_f64());
        text
    }
}

/// A row of one of two looks.
struct Seen<'a, L: Noun> {
    row: L::Row<'a>,
    event: Event,
}

/// Writes the rows of a look, and those that are gone since the one before; to a stream, only what
/// has changed.
fn draw<L: Noun>(
    plan: &Plan<'_, L>,
    before: Option<&Snapshot>,
    now: &Snapshot,
    text: &mut Vec<u8>,
) -> Result<Counts> {
    let (joined, joined_before) = (now.joined(), before.map(Snapshot::joined));
    let nothing = Joined::default();
    let context = now.context(&joined);
    let context_before = match (before, &joined_before) {
        (Some(before), Some(joined)) => before.context(joined),
        _ => nothing.context(),
    };
    let old = before.map(Snapshot::shown::<L>).unwrap_or_default();
    let is_stream = plan.format == OutputFormat::Ndjson;
    let event = |row: &L::Row<'_>| match old.binary_search_by_key(&row.id(), |row| row.id()) {
        Ok(i) if is_stream && differs(plan, (&old[i], &context_before), (row, &context)) => {
            Event::Changed
        }
        Ok(_) => Event::Same,
        // To a person who has just come, all is new, and nothing is worth a mark.
        Err(_) if before.is_none() && !is_stream => Event::Same,
        Err(_) => Event::Added,
    };
    let mut seen: Vec<Seen<'_, L>> = Vec::new();
    for row in now.shown::<L>() {
        let event = event(&row);
        seen.push(Seen { row, event });
    }
    let gone = old.into_iter().filter(|row| !now.shows(row.id()));
    seen.extend(gone.map(|row| Seen { row, event: Event::Removed }));

    let beside = |seen: &Seen<'_, L>| match seen.event {
        Event::Removed => context_before,
        _ => context,
    };
    seen.sort_by_key(|seen| seen.row.id());
    if let Some(order) = plan.order {
        seen.sort_by(|a, b| Plan::compare(order, (&a.row, &beside(a)), (&b.row, &beside(b))));
    }
    let heads = std::iter::once(EVENT).chain(plan.columns.iter().map(|column| column.head));
    let mut view =
        view::view(plan.format, heads.collect(), screen(plan.global, plan.format), Box::new(text));
    let mut counts = Counts::default();
    for seen in &seen {
        counts.note(seen.event);
        if is_stream && seen.event == Event::Same {
            continue;
        }
        let context = beside(seen);
        let cells = plan.columns.iter().map(|column| (column.get)(&seen.row, &context));
        let cells: Vec<_> = std::iter::once(Value::Event(seen.event)).chain(cells).collect();
        view.row(&cells).map_err(Error::Output)?;
    }
    view.end().map_err(Error::Output)?;
    Ok(counts)
}

/// Whether a row is shown otherwise than before.
fn differs<L: Noun>(
    plan: &Plan<'_, L>,
    (before, beside_before): (&L::Row<'_>, &Context<'_>),
    (now, beside_now): (&L::Row<'_>, &Context<'_>),
) -> bool {
    let differs = |column: &&'static Column<L>| {
        (column.get)(before, beside_before) != (column.get)(now, beside_now)
    };
    plan.columns.iter().any(differs)
}
