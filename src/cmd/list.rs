//! `progs`, `maps`, `links`: source, parse, model and view in a row.

use std::cmp::Ordering;
use std::collections::BTreeSet;
use std::io;
use std::os::fd::OwnedFd;
use std::path::Path;
use std::time::Duration;

use super::faults::Faults;
use super::filter::{Filtered, Filters};
use super::join::{Joined, Texts};
use super::look::Look;
use super::output::{Order, Output, format, order, screen};
use super::selector::{Selected, Selector};
use super::whole::cut_notes;
use super::{note, pinned, places, shown, watch};
use crate::cli::{Global, Listing};
use crate::error::{Error, Result};
use crate::model::{BootTime, Kind, Pins, RunsBefore};
use crate::parse::{Cuts, Row, Rows, Text};
use crate::source::{Place, Reader, Source, since_boot};
use crate::sys;
use crate::view::{self, Column, Context, Format, Listed, Value, View};

/// Less than a piece of JSON has, which is written as it is.
const OUTPUT_BUFFER: usize = 32 << 10;

/// Lists the rows of a kind.
pub(super) fn list<L: Listed>(listing: &Listing, global: &Global) -> Result<()>
where
    for<'a> L::Row<'a>: Row<'a> + Selected + Filtered,
{
    let plan = Plan::<L>::new(listing, global)?;
    let every = global.watch.as_deref().map(seconds).transpose()?;
    let counted = global.stats.as_deref().map(seconds).transpose()?;
    // Held as long as this lives; the kernel ends it with the process, whatever ends that.
    let _counting = counted.map(|_| count_runs(plan.kind)).transpose()?;
    match (every, counted) {
        (Some(every), _) => watch::watch(&plan, every),
        (None, Some(counted)) => {
            let mut place = None;
            let look = Look::take(&plan, &mut place)?;
            std::thread::sleep(counted);
            plan.list(Some(&look.runs()), place)
        }
        (None, None) => plan.list(None, None),
    }
}

/// A number of seconds, which may have a fraction; often enough for people, and no load.
fn seconds(text: &str) -> Result<Duration> {
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
        action: "cannot have the kernel count runs".into(),
        source: source.into(),
        log: String::new(),
    })
}

/// What the arguments mean, for one listing or many.
pub(super) struct Plan<'g, L: Listed> {
    pub(super) kind: Kind,
    pub(super) global: &'g Global,
    pub(super) format: Format,
    pub(super) columns: Vec<&'static Column<L>>,
    pub(super) order: Option<Order<L>>,
    pub(super) selector: Selector,
    pub(super) filters: Filters,
    /// The kinds whose texts say more of the rows.
    pub(super) needs: Vec<Kind>,
    /// Those of them that are made in this process where no file has them.
    pub(super) beside: Vec<Kind>,
    /// Whether somebody asked where the objects are pinned.
    shows_pins: bool,
}

impl<'g, L: Listed> Plan<'g, L>
where
    for<'a> L::Row<'a>: Row<'a> + Selected + Filtered,
{
    fn new(listing: &Listing, global: &'g Global) -> Result<Self> {
        let kind = <L::Row<'static> as Row<'static>>::KIND;
        let selector = Selector::new(&listing.words)?;
        if matches!(selector, Selector::Tag(_)) && !<L::Row<'static> as Selected>::HAS_TAG {
            return Err(Error::Usage(format!("a {} has no tag", kind.singular())));
        }
        let mut filters = Filters::new::<L::Row<'static>>(&global.filters, kind)?;
        filters.resolve(global.filters.pinned.iter().chain(selector.path()), kind)?;
        let format = format(global, selector.shape())?;
        let all = global.output_all || format != Format::Table && global.output.is_none();
        let runs = L::RUNS.filter(|_| global.stats.is_some());
        let usual = runs.map_or(L::DEFAULT, |(columns, _)| columns);
        let mut columns =
            view::choose::<L>(global.output.as_deref(), all, usual).map_err(Error::Usage)?;
        let shows_pins = pinned::choose(&mut columns, global)?;
        let order = match (global.sort.as_deref(), runs) {
            (None, Some((_, column))) if format == Format::Table => {
                Some(order::<L>(&format!("-{column}"))?)
            }
            (Some(name), _) => Some(order::<L>(name)?),
            (None, _) => None,
        };

        let mut needs: Vec<Kind> =
            columns.iter().flat_map(|column| column.needs).copied().collect();
        // What is more than usual is read where it is at hand, and made in this process on request
        // only.
        let is_asked_for = global.output.is_some();
        let mut beside: Vec<Kind> = columns
            .iter()
            .flat_map(|column| {
                // Where other texts tell of it as well, those will do.
                let is_all = is_asked_for && column.needs.len() == 1;
                column.needs.iter().filter(move |kind| is_all || kind.is_usual())
            })
            .copied()
            .collect();
        beside.extend(
            order.iter().flat_map(|(column, _)| column.needs).filter(|kind| kind.is_usual()),
        );
        beside.extend(filters.needs::<L::Row<'static>>());
        needs.extend(&beside);
        needs.extend(filters.targets().map(|_| Kind::Holders));
        for kinds in [&mut needs, &mut beside] {
            kinds.sort();
            kinds.dedup();
        }
        Ok(Self {
            kind,
            global,
            format,
            columns,
            order,
            selector,
            filters,
            needs,
            beside,
            shows_pins,
        })
    }

    /// Lists once; `before` is what programs had run at an earlier look, which found the texts in
    /// `place`.
    fn list(&self, before: Option<&RunsBefore>, place: Option<Place>) -> Result<()> {
        let source = Source::open_again(self.kind, &self.beside, &places(self.global), place)?;
        source.notes.iter().for_each(|text| note(text));
        let pins = if self.shows_pins { pinned::look(&source) } else { None };
        let heads = self.columns.iter().map(|column| column.head).collect();
        let out = io::BufWriter::with_capacity(OUTPUT_BUFFER, Output);
        let mut lister = Lister {
            view: view::view(self.format, heads, screen(self.global, self.format), Box::new(out)),
            plan: self,
            filters: self.filters.clone(),
            boot_time: source.boot_time,
            pins: pins.as_ref(),
            before,
            found: false,
            faults: Faults::default(),
            cells: Vec::new(),
        };
        let (reader, place) = source.into_parts();
        lister.run(reader, &place)?;
        let explicit = self.selector.describe().or(self.filters.describe());
        match (lister.found, explicit) {
            (false, Some(selector)) => {
                let _ = lister.faults.tell();
                Err(Error::NoSuch { kind: self.kind, selector })
            }
            _ => {
                lister.view.end().map_err(Error::Output)?;
                lister.faults.result()
            }
        }
    }

    /// The kinds whose texts may say more of these rows, and those that a filter asks for.
    pub(super) fn worth_reading(&self, text: &Text, pieces: &[impl AsRef<[u8]>]) -> Vec<Kind> {
        let asked: Vec<_> = self.filters.needs::<L::Row<'static>>().collect();
        let (mut types, mut last) = (BTreeSet::new(), None);
        for number in pieces.iter().flat_map(|piece| text.types(piece.as_ref())) {
            // One after the other is often of the same type.
            if last != Some(number) {
                last = Some(number);
                types.insert(number);
            }
        }
        let is_worth = |kind: &Kind| {
            let may_be_in =
                |number: &Option<u32>| <L::Row<'static> as Selected>::may_be_in(*kind, *number);
            asked.contains(kind) || types.iter().any(may_be_in)
        };
        self.needs.iter().copied().filter(is_worth).collect()
    }

    /// What was asked for and cannot be told, where it has no text.
    pub(super) fn missing(&self, joined: &Joined<'_>, path: &Path) -> Option<String> {
        let kind = self.beside.iter().find(|kind| !kind.is_usual() && !joined.has(**kind))?;
        let (kind, file) = (kind.plural(), kind.file_name());
        let path = path.to_string_lossy();
        Some(format!("no {kind} are known: no readable {file} beside '{}'", shown(&path)))
    }

    /// Which of two rows comes first, each with what there is beside it.
    pub(super) fn compare(
        (column, descending): Order<L>,
        (a, beside_a): (&L::Row<'_>, &Context<'_>),
        (b, beside_b): (&L::Row<'_>, &Context<'_>),
    ) -> Ordering {
        let (a, b) = ((column.get)(a, beside_a), (column.get)(b, beside_b));
        // What is not known stays last in either direction.
        if descending && !a.is_none() && !b.is_none() {
            view::compare(&b, &a)
        } else {
            view::compare(&a, &b)
        }
    }
}

struct Lister<'o, L: Listed> {
    view: Box<dyn View + 'o>,
    plan: &'o Plan<'o, L>,
    filters: Filters,
    boot_time: Option<BootTime>,
    pins: Option<&'o Pins>,
    before: Option<&'o RunsBefore>,
    /// Whether a row is one that was asked for, whatever conditions it has to meet beside that.
    found: bool,
    faults: Faults,
    /// The values of one row; empty between two.
    cells: Vec<Value<'static>>,
}

impl<'o, L: Listed> Lister<'o, L>
where
    for<'a> L::Row<'a>: Row<'a> + Selected + Filtered,
{
    /// Takes the text piece by piece; at once, where rows must be put in order first or wait for
    /// another text, which is to be read after theirs.
    fn run(&mut self, mut reader: Reader, place: &Place) -> Result<()> {
        let path = reader.path().to_owned();
        let Some(mut piece) = reader.next_piece()? else { return Ok(()) };
        let (text, header) = Text::of(<L::Row<'static> as Row<'static>>::KIND, &piece)
            .map_err(|source| Error::Parse { path: path.clone(), source })?;
        piece.drain(..header);
        self.filters.check::<L::Row<'static>>(
            &text,
            &path,
            self.boot_time.map(|_| since_boot()),
        )?;
        let mut row = 2;
        let mut cuts = Cuts::default();
        let has_targets = self.plan.kind == Kind::Links;
        if self.plan.order.is_none() && self.plan.needs.is_empty() {
            let nothing = Joined::default();
            loop {
                if has_targets {
                    cuts.add(&piece);
                }
                row = self.show(Rows::new(&text, &piece, row), &nothing, &path)?;
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
        let kinds = self.plan.worth_reading(&text, &pieces);
        let texts = Texts::read(&kinds, place, &mut self.faults);
        let joined = texts.joined(&mut self.faults);
        let missing = self.filters.join::<L::Row<'static>>(&joined, &path)?;
        for missing in [missing, self.plan.missing(&joined, &path)].iter().flatten() {
            note(missing);
        }
        pieces.iter().filter(|_| has_targets).for_each(|piece| cuts.add(piece));
        cut_notes(&path, cuts).chain(texts.cuts()).for_each(|cut| note(&cut));
        if let Some(order) = self.plan.order {
            return self.sorted(&text, &pieces, order, &joined, &path);
        }
        // Each is freed when it is shown, so that what is shown takes its place.
        for piece in pieces {
            row = self.show(Rows::new(&text, &piece, row), &joined, &path)?;
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
        text: &Text,
        pieces: &'a [Vec<u8>],
        order: Order<L>,
        joined: &Joined<'_>,
        path: &Path,
    ) -> Result<()> {
        let mut rows = Vec::new();
        let mut row = 2;
        for piece in pieces {
            let mut of_piece = Rows::<L::Row<'a>>::new(text, piece, row);
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
        if !row.is_taken_by(&self.plan.selector) || !self.filters.names(row.id()) {
            return false;
        }
        self.found = true;
        self.filters.iter().all(|filter| row.passes(filter, context))
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
