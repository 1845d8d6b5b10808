//! `progs`, `maps`, `links`: the rows of a kind, once.

use std::io;
use std::os::fd::OwnedFd;
use std::path::Path;
use std::time::Duration;

use super::output::{Order, UnbufferedStdout, screen};
use super::query::{
    Conditions, Faults, Joined, Noun, Plan, Snapshot, Texts, cut_notes, look_for_pins,
};
use super::{give_up_privileges, note, places, shown, watch};
use crate::cli::{Global, Listing};
use crate::error::{COUNT_RUNS, Error, Result};
use crate::model::{BootTime, Kind, Pins, RunsBefore};
use crate::parse::{Cuts, Format, Row, Rows};
use crate::source::{Reader, Source, SourceDir};
use crate::sys;
use crate::view::{self, Context, Value, View};

/// Less than a piece of JSON has, which is written as it is.
const OUTPUT_BUFFER: usize = 32 << 10;

/// Lists the rows of a kind.
pub(super) fn list<L: Noun>(listing: &Listing, global: &Global) -> Result<()> {
    let plan = Plan::<L>::new(listing, global)?;
    let every = global.watch.as_deref().map(seconds).transpose()?;
    let counted = global.stats.as_deref().map(seconds).transpose()?;
    // Held as long as this lives; the kernel ends it with the process, whatever ends that.
    let _counting = counted.map(|_| count_runs(plan.kind)).transpose()?;
    match (every, counted) {
        (Some(every), _) => watch::watch(&plan, every),
        (None, Some(counted)) => {
            let mut place = None;
            let before = Snapshot::take(&plan, &mut place)?;
            std::thread::sleep(counted);
            once(&plan, Some(&before.runs()), place)
        }
        (None, None) => once(&plan, None, None),
    }
}

/// A number of seconds, which may have a fraction; often enough for people, and no load.
pub(crate) fn seconds(text: &str) -> Result<Duration> {
    let seconds: Option<f64> =
        text.parse().ok().filter(|seconds| (0.1..=86400.0).contains(seconds));
    seconds.map(Duration::from_secs_f64).ok_or_else(|| {
        Error::Usage(format!("'{}' is no number of seconds from 0.1 to 86400", shown(text)))
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

/// Lists once; `before` is what programs had run at an earlier look, which found the texts in
/// `place`.
fn once<L: Noun>(
    plan: &Plan<'_, L>,
    before: Option<&RunsBefore>,
    place: Option<SourceDir>,
) -> Result<()> {
    let source = Source::open_again(plan.kind, &plan.beside, &places(plan.global), place)?;
    source.notes.iter().for_each(|text| note(text));
    let pins = if plan.shows_pins { look_for_pins(&source) } else { None };
    let heads = plan.columns.iter().map(|column| column.head).collect();
    let out = io::BufWriter::with_capacity(OUTPUT_BUFFER, UnbufferedStdout);
    let mut lister = Lister {
        view: view::view(plan.format, heads, screen(plan.global, plan.format), Box::new(out)),
        plan,
        conditions: Conditions::new(&plan.selector, &plan.filters),
        boot_time: source.boot_time,
        pins: pins.as_ref(),
        before,
        found: false,
        faults: Faults::default(),
        cells: Vec::new(),
    };
    let (reader, place) = source.into_parts();
    give_up_privileges(&place, &plan.needs, false);
    lister.run(reader, &place)?;
    match (lister.found, lister.conditions.explicit()) {
        (false, Some(selector)) => {
            let _ = lister.faults.tell();
            Err(Error::NoSuch { kind: plan.kind, selector })
        }
        _ => {
            lister.view.end().map_err(Error::Output)?;
            lister.faults.result()
        }
    }
}

/// Shows rows as they come.
struct Lister<'o, L: Noun> {
    view: Box<dyn View + 'o>,
    plan: &'o Plan<'o, L>,
    conditions: Conditions<'o>,
    boot_time: Option<BootTime>,
    pins: Option<&'o Pins>,
    before: Option<&'o RunsBefore>,
    /// Whether a row is one that was asked for, whatever conditions it has to meet beside that.
    found: bool,
    faults: Faults,
    /// The values of one row; empty between two.
    cells: Vec<Value<'static>>,
}

impl<'o, L: Noun> Lister<'o, L> {
    /// Takes the text piece by piece; at once, where rows must be put in order first or wait for
    /// another text, which is to be read after theirs.
    fn run(&mut self, mut reader: Reader, place: &SourceDir) -> Result<()> {
        let path = reader.path().to_owned();
        let Some(mut piece) = reader.next_piece()? else { return Ok(()) };
        let (format, header) = Format::of(<L::Row<'static> as Row<'static>>::KIND, &piece)
            .map_err(|source| Error::Parse { path: path.clone(), source })?;
        piece.drain(..header);
        self.conditions.check::<L::Row<'static>>(&format, &path, self.boot_time)?;
        let mut row = 2;
        let mut cuts = Cuts::default();
        let has_targets = self.plan.kind == Kind::Links;
        if self.plan.order.is_none() && self.plan.needs.is_empty() {
            let nothing = Joined::default();
            loop {
                if has_targets {
                    cuts.add(&piece);
                }
                row = self.show(Rows::new(&format, &piece, row), &nothing, &path)?;
                match reader.next_piece()? {
                    Some(next) => piece = next,
                    None => break,
                }
            }
            cut_notes(&path, cuts).for_each(|cut| note(&cut));
            return Ok(());
        }
        let mut pieces = vec![piece];
        while let Some(piece) = reader.next_piece()? {
            pieces.push(piece);
        }
        let kinds = self.plan.worth_reading(&format, &pieces);
        let texts = Texts::read(&kinds, place, &mut self.faults);
        let joined = texts.joined(&mut self.faults);
        let missing = self.conditions.join::<L::Row<'static>>(&joined, &path)?;
        for missing in [missing, self.plan.missing(&joined, &path)].iter().flatten() {
            note(missing);
        }
        pieces.iter().filter(|_| has_targets).for_each(|piece| cuts.add(piece));
        cut_notes(&path, cuts).chain(texts.cuts()).for_each(|cut| note(&cut));
        if let Some(order) = self.plan.order {
            return self.sorted(&format, &pieces, order, &joined, &path);
        }
        // Each is freed when it is shown, so that what is shown takes its place.
        for piece in pieces {
            row = self.show(Rows::new(&format, &piece, row), &joined, &path)?;
        }
        Ok(())
    }

    /// Shows the rows of a piece; returns the number of the row behind it.
    fn show<'a>(
        &mut self,
        mut rows: Rows<'_, 'a, L::Row<'a>>,
        joined: &Joined<'_>,
        path: &Path,
    ) -> Result<usize> {
        let context = self.context(joined);
        let mut row = L::Row::default();
        while let Some(read) = rows.read(&mut row) {
            if let Err(error) = read {
                self.faults.row(path, error);
                continue;
            }
            if self.takes(&row, &context) {
                self.emit(&row, &context)?;
            }
        }
        Ok(rows.row())
    }

    fn sorted<'a>(
        &mut self,
        format: &Format,
        pieces: &'a [Vec<u8>],
        order: Order<L>,
        joined: &Joined<'_>,
        path: &Path,
    ) -> Result<()> {
        let mut rows = Vec::new();
        let mut row = 2;
        for piece in pieces {
            let mut of_piece = Rows::<L::Row<'a>>::new(format, piece, row);
            for row in &mut of_piece {
                match row {
                    Ok(row) => rows.push(row),
                    Err(error) => self.faults.row(path, error),
                }
            }
            row = of_piece.row();
        }
        let context = self.context(joined);
        rows.retain(|row| self.takes(row, &context));
        rows.sort_by(|a, b| Plan::compare(order, (a, &context), (b, &context)));
        rows.iter().try_for_each(|row| self.emit(row, &context))
    }

    fn context<'j>(&self, joined: &'j Joined<'_>) -> Context<'j>
    where
        'o: 'j,
    {
        Context {
            boot_time: self.boot_time,
            before: self.before,
            pins: self.pins,
            ..joined.context()
        }
    }

    fn takes(&mut self, row: &L::Row<'_>, context: &Context<'_>) -> bool {
        let is_named = self.conditions.name(row);
        self.found |= is_named;
        is_named && self.conditions.meets(row, context)
    }

    fn emit(&mut self, row: &L::Row<'_>, context: &Context<'_>) -> Result<()> {
        let mut cells: Vec<Value<'_>> = std::mem::take(&mut self.cells);
        cells.extend(self.plan.columns.iter().map(|column| (column.get)(row, context)));
        let shown = self.view.row(&cells).map_err(Error::Output);
        self.cells = emptied(cells);
        shown
    }
}

/// The same vector without its values, for values that borrow from another row: so there is one
/// allocation for all rows.
fn emptied<'b>(mut cells: Vec<Value<'_>>) -> Vec<Value<'b>> {
    cells.clear();
    cells.into_iter().map(|_| Value::Absent).collect()
}
