//! How the rows of a listing are laid out: columns, order and format.

use std::cmp::Ordering;
use std::io::Write;

use super::output::{Order, list_format, options, order};
use super::query::{Noun, Plan, choose_pins};
use crate::cli::Global;
use crate::error::{Error, Result};
use crate::view::{self, Column, Context, Head, OutputFormat, Shape, View, ViewOptions};

/// What a listing shows of its rows, and how.
pub(super) struct RowLayout<'g, L: Noun> {
    global: &'g Global,
    pub(super) format: OutputFormat,
    shape: Shape,
    pub(super) columns: Vec<&'static Column<L>>,
    pub(super) order: Option<Order<L>>,
}

impl<'g, L: Noun> RowLayout<'g, L> {
    /// Reads the display options, and adds the texts that the columns need to the plan.
    ///
    /// # Errors
    ///
    /// Columns and formats that are none.
    pub(super) fn new(plan: &mut Plan<'g>) -> Result<Self> {
        let global = plan.global;
        let (format, shape) = (list_format(global)?, plan.selector.shape());
        let all = global.output_all || format != OutputFormat::Table && global.output.is_none();
        let runs = L::RUNS.filter(|_| global.stats.is_some());
        let usual = runs.map_or(L::DEFAULT, |(columns, _)| columns);
        let mut columns =
            view::choose::<L>(global.output.as_deref(), all, usual).map_err(Error::Usage)?;
        if let Some(total) = L::TOTAL.filter(|_| global.total && global.output.is_none()) {
            let of_total = view::find::<L>(total)
                .filter(|column| !columns.iter().any(|other| std::ptr::eq(*other, *column)));
            columns.extend(of_total);
        }
        plan.shows_pins = choose_pins(&mut columns, global)?;
        let order = match (global.sort.as_deref(), runs) {
            (None, Some((_, column))) if format == OutputFormat::Table => {
                Some(order::<L>(&format!("-{column}"))?)
            }
            (Some(name), _) => Some(order::<L>(name)?),
            (None, _) => None,
        };
        plan.sorts = order.is_some();

        let is_of_runs = |column: &&Column<L>| column.is_of_runs;
        plan.shows_runs = global.output.is_some() && columns.iter().any(is_of_runs)
            || order.is_some_and(|(column, _)| column.is_of_runs);

        // Unusual texts are read if a file has them, but their iterators run in this process only
        // on request. A column with several sources makes do with the others.
        let is_asked_for = global.output.is_some();
        let beside = columns.iter().flat_map(|column| {
            let is_all = is_asked_for && column.needs.len() == 1;
            column.needs.iter().filter(move |kind| is_all || kind.is_usual())
        });
        let of_order = order.iter().flat_map(|(column, _)| column.needs);
        let beside = beside.chain(of_order.filter(|kind| kind.is_usual()));
        let needs = columns.iter().flat_map(|column| column.needs);
        let of_all = columns.iter().chain(order.iter().map(|(column, _)| column));
        let of_all = of_all.filter(|column| column.is_of_all).flat_map(|column| column.needs);
        plan.of_all.extend(of_all);
        plan.need(needs.copied(), beside.copied());
        Ok(Self { global, format, shape, columns, order })
    }

    /// A view of rows, with `first` in front of the columns.
    ///
    /// # Errors
    ///
    /// None: [`RowLayout::new`] has checked the format.
    pub(super) fn view<'o>(
        &self,
        first: Option<Head>,
        out: impl Write + 'o,
    ) -> Result<Box<dyn View + 'o>> {
        let heads = first.into_iter().chain(self.columns.iter().map(|column| column.head));
        let options = ViewOptions { shape: self.shape, ..options(self.global, self.format) };
        view::view(self.format, heads.collect(), options, Box::new(out)).map_err(Error::Output)
    }

    /// Compares two rows, each in its own context.
    pub(super) fn compare(
        (column, descending): Order<L>,
        (a, beside_a): (&L::Row<'_>, &Context<'_>),
        (b, beside_b): (&L::Row<'_>, &Context<'_>),
    ) -> Ordering {
        let (a, b) = ((column.get)(a, beside_a), (column.get)(b, beside_b));
        // Unknown values stay last in either direction.
        if descending && !a.is_none() && !b.is_none() {
            view::compare(&b, &a)
        } else {
            view::compare(&a, &b)
        }
    }
}
