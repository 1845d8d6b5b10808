//! `progs`, `maps`, `links`: the rows of a kind, once.

use std::io;
use std::os::fd::OwnedFd;
use std::path::Path;
use std::time::Duration;

use super::layout::RowLayout;
use super::message::note;
use super::output::UnbufferedStdout;
use super::query::{Doubts, Faults, Look, Noun, Plan, Selection, Snapshot, Unmet};
use super::total::Total;
use super::watch;
use crate::cli::{Global, Listing};
use crate::error::{COUNT_RUNS, Error, Result};
use crate::model::{Kind, quoted};
use crate::parse::{Position, Rows};
use crate::sys;
use crate::view::{Context, Value, View};

/// Smaller than a piece of JSON, so that pieces bypass the buffer.
const OUTPUT_BUFFER: usize = 32 << 10;

/// Lists the rows of a kind.
pub(super) fn list<L: Noun>(listing: &Listing, global: &Global) -> Result<()> {
    let mut plan = Plan::new::<L::Row<'static>>(listing, global)?;
    let layout = RowLayout::<L>::new(&mut plan)?;
    let total = Total::new(global, plan.kind, layout.format, L::TOTAL.is_some())?;
    let every = global.watch.as_deref().map(seconds).transpose()?;
    let counted = global.stats.as_deref().map(seconds).transpose()?;
    // The kernel counts while this descriptor is open, and stops when the process ends for any
    // reason.
    let _counting = counted.map(|_| count_runs(plan.kind)).transpose()?;
    match (every, counted) {
        (Some(every), _) => watch::watch(&plan, &layout, every),
        (None, counted) => once(&plan, &layout, counted, total),
    }
}

/// A number of seconds with an optional fraction; the lower limit keeps the load small.
pub(crate) fn seconds(text: &str) -> Result<Duration> {
    let seconds: Option<f64> =
        text.parse().ok().filter(|seconds| (0.1..=86400.0).contains(seconds));
    seconds.map(Duration::from_secs_f64).ok_or_else(|| {
        Error::Usage(format!("'{}' is no number of seconds from 0.1 to 86400", quoted(text)))
    })
}

/// Has the kernel count runs.
fn count_runs(kind: Kind) -> Result<OwnedFd> {
    if kind != Kind::Progs {
        let kind = kind.plural();
        return Err(Error::Usage(format!("--stats is not for {kind}: only programs are run")));
    }
    sys::count_runs().map_err(|source| Error::Bpf {
        action: COUNT_RUNS.into(),
        source: source.into(),
        log: String::new(),
    })
}

/// Lists once; if runs are counted, after a first snapshot and the given time.
fn once<L: Noun>(
    plan: &Plan<'_>,
    layout: &RowLayout<'_, L>,
    counted: Option<Duration>,
    total: Option<Total>,
) -> Result<()> {
    let (mut dir, mut faults) = (None, Faults::default());
    let mut take =
        |look, faults: &mut Faults| Snapshot::take::<L::Row<'static>>(plan, look, &mut dir, faults);
    let before = counted.map(|_| take(Look::Silent, &mut Faults::default())).transpose()?;
    counted.into_iter().for_each(std::thread::sleep);
    let mut snapshot = take(Look::Last, &mut faults)?;
    before.into_iter().for_each(|before| snapshot.follows(&before));
    let Snapshot { own, around } = snapshot;
    let selection = around.select::<L::Row<'static>>(&mut faults)?;
    selection.tell_notes();
    let mut lister = Lister {
        view: layout.view(None, io::BufWriter::with_capacity(OUTPUT_BUFFER, UnbufferedStdout))?,
        layout,
        selection: &selection,
        context: selection.context(),
        found: false,
        doubts: Doubts::default(),
        unmet: Unmet::default(),
        faults,
        total,
        cells: Vec::new(),
    };
    match layout.order {
        Some(order) => {
            let mut rows = own.rows(&mut lister.faults);
            let context = lister.context;
            rows.retain(|row| lister.takes(row));
            rows.sort_by(|a, b| RowLayout::compare(order, (a, &context), (b, &context)));
            rows.iter().try_for_each(|row| lister.emit(row))?;
        }
        None => {
            let path = own.path.clone();
            let cuts =
                own.drain(|format, piece, at| lister.show(Rows::new(format, piece, at), &path))?;
            // If the text was read whole, they have been told already.
            cuts.iter().filter(|_| plan.streams()).for_each(|cut| note(cut));
        }
    }
    match (lister.found, selection.conditions.explicit()) {
        (false, Some(selector)) => {
            let _ = lister.faults.tell();
            Err(Error::NoSuch { kind: plan.kind, selector })
        }
        _ => {
            lister.view.end().map_err(Error::Output)?;
            lister.total.iter().try_for_each(Total::print)?;
            if !lister.doubts.tell(&selection.joined) {
                lister.unmet.tell(&selection.conditions, plan.kind);
            }
            lister.faults.result()
        }
    }
}

/// Shows rows as they come.
struct Lister<'o, L: Noun> {
    view: Box<dyn View + 'o>,
    layout: &'o RowLayout<'o, L>,
    selection: &'o Selection<'o, 'o>,
    context: Context<'o>,
    /// Whether any row matched the selector, even if filters left it out.
    found: bool,
    /// Programs that may be attached, if others are asked for.
    doubts: Doubts,
    unmet: Unmet,
    faults: Faults,
    total: Option<Total>,
    /// A buffer for the values of one row.
    cells: Vec<Value<'static>>,
}

impl<L: Noun> Lister<'_, L> {
    /// Shows the rows of a piece; returns where it ends.
    fn show<'a>(&mut self, mut rows: Rows<'_, 'a, L::Row<'a>>, path: &Path) -> Result<Position> {
        let mut row = L::Row::default();
        while let Some(read) = rows.read(&mut row) {
            if let Err(error) = read {
                self.faults.row(path, error);
                continue;
            }
            if self.takes(&row) {
                self.emit(&row)?;
            }
        }
        Ok(rows.into_position())
    }

    fn takes(&mut self, row: &L::Row<'_>) -> bool {
        let is_named = self.selection.conditions.name(row);
        if !is_named {
            return false;
        }
        self.found = true;
        let unmet = self.selection.conditions.unmet(row, &self.context);
        self.unmet.add(unmet);
        if unmet.is_some() {
            self.doubts.add(self.selection.conditions.doubts(row, &self.context));
        }
        unmet.is_none()
    }

    fn emit(&mut self, row: &L::Row<'_>) -> Result<()> {
        if let Some(total) = &mut self.total {
            total.add(row, self.context.memory);
        }
        let mut cells: Vec<Value<'_>> = std::mem::take(&mut self.cells);
        cells.extend(self.layout.columns.iter().map(|column| (column.get)(row, &self.context)));
        let shown = self.view.row(&cells).map_err(Error::Output);
        self.cells = emptied(cells);
        shown
    }
}

/// The same allocation, emptied, for values that borrow from another row.
fn emptied<'b>(mut cells: Vec<Value<'_>>) -> Vec<Value<'b>> {
    cells.clear();
    cells.into_iter().map(|_| Value::Absent).collect()
}
