//! `--watch`: snapshots in a row, and the changes between them.

use std::fmt::Write as _;
use std::io::Write as _;
use std::time::{Duration, Instant};

use super::layout::RowLayout;
use super::query::{Doubts, Faults, Look, Noun, Plan, Selected as _, Selection, Snapshot};
use super::terminal::{AlternateScreen, InterruptibleStdout, Signals, Wake};
use crate::error::{Error, Result};
use crate::model::Kind;
use crate::view::{Column, Context, EVENT, Event, OutputFormat, Value};

/// Lists periodically until a signal ends it.
///
/// # Errors
///
/// Those of a listing. Files are opened anew for every snapshot, so an upgrade does not end the
/// watch; a file that is gone does.
pub(super) fn watch<L: Noun>(
    plan: &Plan<'_>,
    layout: &RowLayout<'_, L>,
    every: Duration,
) -> Result<()> {
    if !matches!(layout.format, OutputFormat::Table | OutputFormat::Ndjson) {
        return Err(Error::Usage("--watch shows a table, or a stream with --format ndjson".into()));
    }
    let (mut dir, mut text) = (None, Vec::new());
    let mut before: Option<Snapshot<'_>> = None;
    let mut frames: Option<Frames> = None;
    let mut next: Option<Instant> = None;
    loop {
        let mut faults = Faults::default();
        let look = if before.is_none() { Look::First } else { Look::Silent };
        let mut now = Snapshot::take::<L::Row<'static>>(plan, look, &mut dir, &mut faults)?;
        before.iter().for_each(|before| now.follows(before));
        let shown = LookRows::new(&now, &mut faults)?;
        if look == Look::First {
            shown.selection.tell_notes();
            shown.doubts.tell(&shown.selection.joined);
        }
        let old = before.as_ref().map(|before| LookRows::new(before, &mut Faults::default()));
        let old = old.transpose()?;
        // Only after the first snapshot, so that signals end a slow start as usual, and an error
        // leaves the terminal alone.
        let frames = match &mut frames {
            Some(frames) => frames,
            none => none.insert(Frames::new(layout.format, every)?),
        };
        frames.note(faults);
        // Snapshots that were missed are not made up for.
        let time = Instant::now();
        let until = next.map_or(time + every, |next| (next + every).max(time));
        next = Some(until);
        loop {
            text.clear();
            let counts = draw(layout, old.as_ref(), &shown, &mut text)?;
            frames.show(plan, counts, &text)?;
            match frames.wait(until) {
                Wake::End => return frames.end(),
                Wake::Redraw => {}
                Wake::Time => break,
            }
        }
        drop((old, shown));
        before = Some(now);
    }
}

/// Where frames are shown.
struct Frames {
    format: OutputFormat,
    every: Duration,
    signals: Signals,
    /// `None` if frames are printed one after the other.
    screen: Option<AlternateScreen>,
    is_first: bool,
    /// How many rows of the last snapshot could not be read.
    unread: usize,
    /// The fault of the first snapshot that had one.
    fault: Option<Error>,
}

impl Frames {
    fn new(format: OutputFormat, every: Duration) -> Result<Self> {
        let signals = Signals::new()?;
        let screen = (format == OutputFormat::Table).then(AlternateScreen::enter).flatten();
        Ok(Self { format, every, signals, screen, is_first: true, unread: 0, fault: None })
    }

    /// Keeps the first faults, and prints them once: now, or after leaving the alternate screen.
    fn note(&mut self, faults: Faults) {
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
    fn end(&mut self) -> Result<()> {
        self.fault.take().map_or(Ok(()), Err)
    }

    /// Shows a frame: over the last one on a screen, else after it.
    fn show(&mut self, plan: &Plan<'_>, counts: Counts, text: &[u8]) -> Result<()> {
        let is_first = std::mem::take(&mut self.is_first);
        let text = match &self.screen {
            Some(screen) => {
                let mut frame = Vec::new();
                if !plan.global.no_header {
                    let status = counts.status(plan.kind, self.every, self.unread);
                    frame.extend_from_slice(status.as_bytes());
                }
                frame.extend_from_slice(text);
                screen.frame(&frame, |more| format!("+{more} more"))
            }
            None if self.format == OutputFormat::Table && !is_first => [b"\n", text].concat(),
            None => text.to_vec(),
        };
        InterruptibleStdout(&self.signals).write_all(&text).map_err(Error::Output)
    }

    /// Waits for the next snapshot, or an earlier event.
    fn wait(&self, until: Instant) -> Wake {
        loop {
            match self.signals.wait(until, self.screen.as_ref()) {
                // Output to a file or pipe is not redrawn.
                Wake::Redraw if self.screen.is_none() => {}
                wake => return wake,
            }
        }
    }
}

/// The counts in a frame's status line.
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
    fn status(self, kind: Kind, every: Duration, unread: usize) -> String {
        let mut text = format!("{} {}", self.rows, kind.plural());
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

/// The rows of a snapshot that pass, and their context.
struct LookRows<'s, L: Noun> {
    selection: Selection<'s, 's>,
    /// The rows that pass, in the order of their ids.
    rows: Vec<L::Row<'s>>,
    /// Programs that may be attached, if others are asked for.
    doubts: Doubts,
}

impl<'s, L: Noun> LookRows<'s, L> {
    fn new(snapshot: &'s Snapshot<'s>, faults: &mut Faults) -> Result<Self> {
        let mut rows: Vec<L::Row<'s>> = snapshot.own.rows(faults);
        let selection = snapshot.around.select::<L::Row<'static>>(faults)?;
        let context = selection.context();
        let mut doubts = Doubts::default();
        rows.retain(|row| {
            let takes = selection.conditions.take(row, &context);
            if !takes {
                doubts.add(selection.conditions.doubts(row, &context));
            }
            takes
        });
        rows.sort_by_key(|row| row.id());
        Ok(Self { selection, rows, doubts })
    }

    fn of(&self, id: u32) -> Option<&L::Row<'s>> {
        self.rows.binary_search_by_key(&id, |row| row.id()).ok().map(|at| &self.rows[at])
    }
}

/// A row of either snapshot, in its context.
struct Seen<'r, 's, L: Noun> {
    row: &'r L::Row<'s>,
    context: Context<'r>,
    event: Event,
}

/// Writes the rows of a snapshot and those removed since the previous one; to a stream, only
/// changes.
fn draw<'s, L: Noun>(
    layout: &RowLayout<'_, L>,
    before: Option<&LookRows<'s, L>>,
    now: &LookRows<'s, L>,
    text: &mut Vec<u8>,
) -> Result<Counts> {
    let context = now.selection.context();
    let is_stream = layout.format == OutputFormat::Ndjson;
    let seen = now.rows.iter().map(|row| {
        let event = match before.map(|before| (before.of(row.id()), before.selection.context())) {
            Some((Some(old), beside))
                if is_stream && differs(layout, (old, &beside), (row, &context)) =>
            {
                Event::Changed
            }
            Some((Some(_), _)) => Event::Same,
            // In the first frame of a table, nothing is marked as new.
            None if !is_stream => Event::Same,
            _ => Event::Added,
        };
        Seen { row, context, event }
    });
    let mut seen: Vec<Seen<'_, '_, L>> = seen.collect();
    if let Some(before) = before {
        let context = before.selection.context();
        let gone = before.rows.iter().filter(|row| now.of(row.id()).is_none());
        seen.extend(gone.map(|row| Seen { row, context, event: Event::Removed }));
    }
    seen.sort_by_key(|seen| seen.row.id());
    if let Some(order) = layout.order {
        seen.sort_by(|a, b| RowLayout::compare(order, (a.row, &a.context), (b.row, &b.context)));
    }
    let mut view = layout.view(Some(EVENT), text)?;
    let mut counts = Counts::default();
    for Seen { row, context, event } in &seen {
        counts.note(*event);
        if is_stream && *event == Event::Same {
            continue;
        }
        let cells = layout.columns.iter().map(|column| (column.get)(row, context));
        let cells: Vec<_> = std::iter::once(Value::Event(*event)).chain(cells).collect();
        view.row(&cells).map_err(Error::Output)?;
    }
    view.end().map_err(Error::Output)?;
    Ok(counts)
}

/// Whether a row is shown otherwise than before.
fn differs<L: Noun>(
    layout: &RowLayout<'_, L>,
    (before, beside_before): (&L::Row<'_>, &Context<'_>),
    (now, beside_now): (&L::Row<'_>, &Context<'_>),
) -> bool {
    let differs = |column: &&'static Column<L>| {
        (column.get)(before, beside_before) != (column.get)(now, beside_now)
    };
    layout.columns.iter().any(differs)
}
