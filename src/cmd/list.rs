//! `progs`, `maps`, `links`: source, parse, model and view in a row.

use std::io;

use super::filter::{Filtered, Filters};
use super::join::{Joined, Texts};
use super::output::{Order, Output, format, order, screen};
use super::selector::{Selected, Selector};
use super::{note, places};
use crate::cli::{Global, Listing};
use crate::error::{Error, Result};
use crate::model::{BootTime, Kind};
use crate::parse::{Row, Rows, Text};
use crate::source::{Place, Reader, Source, since_boot};
use crate::view::{self, Column, Context, Format, Listed, Value, View};

/// Lists the rows of a kind.
pub(super) fn list<L: Listed>(listing: &Listing, global: &Global) -> Result<()>
where
    for<'a> L::Row<'a>: Row<'a> + Selected + Filtered,
{
    let kind = <L::Row<'static> as Row<'static>>::KIND;
    let selector = Selector::new(&listing.words)?;
    if matches!(selector, Selector::Tag(_)) && !<L::Row<'static> as Selected>::HAS_TAG {
        return Err(Error::Usage(format!("a {} has no tag", kind.singular())));
    }
    let filters = Filters::new::<L::Row<'static>>(&global.filters, kind)?;
    let format = format(global, selector.shape())?;
    let all = global.output_all || format != Format::Table && global.output.is_none();
    let columns = view::choose::<L>(global.output.as_deref(), all).map_err(Error::Usage)?;
    let order = order::<L>(global)?;

    let mut needs: Vec<Kind> = columns.iter().filter_map(|column| column.needs).collect();
    // What is more than usual is read where it is at hand, and made in this process on request only.
    let is_asked_for = global.output.is_some();
    let mut beside: Vec<Kind> =
        needs.iter().copied().filter(|kind| is_asked_for || kind.is_usual()).collect();
    beside.extend(order.iter().filter_map(|(column, _)| column.needs));
    beside.extend(filters.needs::<L::Row<'static>>());
    needs.extend(&beside);
    for kinds in [&mut needs, &mut beside] {
        kinds.sort();
        kinds.dedup();
    }
    let source = Source::open(kind, &beside, &places(global))?;
    let heads = columns.iter().map(|column| column.head).collect();
    let out = io::BufWriter::with_capacity(64 << 10, Output);
    let mut lister = Lister::<L> {
        view: view::view(format, heads, screen(global, format), Box::new(out)),
        columns,
        order,
        selector,
        filters,
        needs,
        boot_time: source.boot_time,
        found: false,
    };
    let (reader, place) = source.into_parts();
    lister.run(reader, &place)?;
    let explicit = lister.selector.describe().or(lister.filters.describe());
    match (lister.found, explicit) {
        (false, Some(selector)) => Err(Error::NoSuch { kind, selector }),
        _ => lister.view.end().map_err(Error::Output),
    }
}

struct Lister<'o, L: Listed> {
    view: Box<dyn View + 'o>,
    columns: Vec<&'static Column<L>>,
    order: Order<L>,
    selector: Selector,
    filters: Filters,
    /// The kinds whose texts say more of the rows.
    needs: Vec<Kind>,
    boot_time: Option<BootTime>,
    /// Whether a row is one that was asked for, whatever conditions it has to meet beside that.
    found: bool,
}

impl<L: Listed> Lister<'_, L>
where
    for<'a> L::Row<'a>: Row<'a> + Selected + Filtered,
{
    /// Takes the text piece by piece; at once, where rows must be put in order first or wait for
    /// another text, which is to be read after theirs.
    fn run(&mut self, mut reader: Reader, place: &Place) -> Result<()> {
        let path = reader.path().to_owned();
        let bad = |source| Error::Parse { path: path.clone(), source };
        let Some(mut piece) = reader.next_piece()? else { return Ok(()) };
        let (text, header) =
            Text::of(<L::Row<'static> as Row<'static>>::KIND, &piece).map_err(bad)?;
        piece.drain(..header);
        self.filters.check::<L::Row<'static>>(
            &text,
            &path,
            self.boot_time.map(|_| since_boot()),
        )?;
        let mut row = 2;
        if self.order.is_none() && self.needs.is_empty() {
            let nothing = Joined::default();
            loop {
                row = self.show(Rows::new(&text, &piece, row), &nothing, bad)?;
                match reader.next_piece()? {
                    Some(next) => piece = next,
                    None => return Ok(()),
                }
            }
        }
        let mut pieces = vec![piece];
        while let Some(piece) = reader.next_piece()? {
            pieces.push(piece);
        }
        let texts = Texts::read(&self.needs, place)?;
        let joined = texts.joined()?;
        if let Some(missing) = self.filters.join::<L::Row<'static>>(&joined, &path)? {
            note(&missing);
        }
        if let Some(order) = self.order {
            return self.sorted(&text, &pieces, order, &joined, bad);
        }
        // Each is freed when it is shown, so that what is shown takes its place.
        for piece in pieces {
            row = self.show(Rows::new(&text, &piece, row), &joined, bad)?;
        }
        Ok(())
    }

    /// Shows the rows of a piece; returns the number of the row behind it.
    fn show<'a>(
        &mut self,
        mut rows: Rows<'_, 'a, L::Row<'a>>,
        joined: &Joined<'_>,
        bad: impl Fn(crate::parse::Error) -> Error,
    ) -> Result<usize> {
        let context = self.context(joined);
        for row in &mut rows {
            let row = row.map_err(&bad)?;
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
        (column, descending): (&Column<L>, bool),
        joined: &Joined<'_>,
        bad: impl Fn(crate::parse::Error) -> Error,
    ) -> Result<()> {
        let mut rows = Vec::new();
        let mut row = 2;
        for piece in pieces {
            let mut of_piece = Rows::<L::Row<'a>>::new(text, piece, row);
            for row in &mut of_piece {
                rows.push(row.map_err(&bad)?);
            }
            row = of_piece.row();
        }
        let context = self.context(joined);
        rows.retain(|row| self.takes(row, &context));
        rows.sort_by(|a, b| {
            let (a, b) = ((column.get)(a, &context), (column.get)(b, &context));
            // What is not known stays last in either direction.
            if descending && a != Value::Absent && b != Value::Absent {
                view::compare(&b, &a)
            } else {
                view::compare(&a, &b)
            }
        });
        rows.iter().try_for_each(|row| self.emit(row, &context))
    }

    fn context<'j>(&self, joined: &'j Joined<'_>) -> Context<'j> {
        Context { boot_time: self.boot_time, ..joined.context() }
    }

    fn takes(&mut self, row: &L::Row<'_>, context: &Context<'_>) -> bool {
        if !row.is_taken_by(&self.selector) || !self.filters.names(row.id()) {
            return false;
        }
        self.found = true;
        self.filters.iter().all(|filter| row.passes(filter, context))
    }

    fn emit(&mut self, row: &L::Row<'_>, context: &Context<'_>) -> Result<()> {
        // One allocation a row; a value may borrow from the row itself.
        let cells: Vec<_> = self.columns.iter().map(|column| (column.get)(row, context)).collect();
        self.view.row(&cells).map_err(Error::Output)
    }
}
