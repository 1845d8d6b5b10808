//! What was asked: which rows, which columns, which texts it takes, and how it is shown.

use std::cmp::Ordering;
use std::collections::BTreeSet;
use std::path::Path;

use super::filter::Filters;
use super::join::Joined;
use super::selector::{Selected, Selector};
use super::{Noun, pinned};
use crate::cli::{Global, Listing};
use crate::cmd::output::{Order, format, order};
use crate::cmd::shown;
use crate::error::{Error, Result};
use crate::model::Kind;
use crate::parse::{Format, Row};
use crate::view::{self, Column, Context, OutputFormat};

/// What the arguments mean, for one listing or many.
pub(in crate::cmd) struct Plan<'g, L: Noun> {
    pub(in crate::cmd) kind: Kind,
    pub(in crate::cmd) global: &'g Global,
    pub(in crate::cmd) format: OutputFormat,
    pub(in crate::cmd) columns: Vec<&'static Column<L>>,
    pub(in crate::cmd) order: Option<Order<L>>,
    pub(in crate::cmd) selector: Selector,
    pub(in crate::cmd) filters: Filters,
    /// The kinds whose texts say more of the rows.
    pub(in crate::cmd) needs: Vec<Kind>,
    /// Those of them that are made in this process where no file has them.
    pub(in crate::cmd) beside: Vec<Kind>,
    /// Whether somebody asked where the objects are pinned.
    pub(in crate::cmd) shows_pins: bool,
}

impl<'g, L: Noun> Plan<'g, L> {
    /// Reads the command line.
    ///
    /// # Errors
    ///
    /// Words, columns and values that are none, and what rows of this kind do not have.
    pub(in crate::cmd) fn new(listing: &Listing, global: &'g Global) -> Result<Self> {
        let kind = <L::Row<'static> as Row<'static>>::KIND;
        let selector = Selector::new(&listing.words)?;
        if matches!(selector, Selector::Tag(_)) && !<L::Row<'static> as Selected>::HAS_TAG {
            return Err(Error::Usage(format!("a {} has no tag", kind.singular())));
        }
        let mut filters = Filters::new::<L::Row<'static>>(&global.filters, kind)?;
        filters.resolve(global.filters.pinned.iter().chain(selector.path()), kind)?;
        let format = format(global, selector.shape())?;
        let all = global.output_all || format != OutputFormat::Table && global.output.is_none();
        let runs = L::RUNS.filter(|_| global.stats.is_some());
        let usual = runs.map_or(L::DEFAULT, |(columns, _)| columns);
        let mut columns =
            view::choose::<L>(global.output.as_deref(), all, usual).map_err(Error::Usage)?;
        let shows_pins = pinned::choose(&mut columns, global)?;
        let order = match (global.sort.as_deref(), runs) {
            (None, Some((_, column))) if format == OutputFormat::Table => {
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

    /// The kinds whose texts may say more of these rows, and those that a filter asks for.
    pub(in crate::cmd) fn worth_reading(
        &self,
        format: &Format,
        pieces: &[impl AsRef<[u8]>],
    ) -> Vec<Kind> {
        let asked: Vec<_> = self.filters.needs::<L::Row<'static>>().collect();
        let (mut types, mut last) = (BTreeSet::new(), None);
        for number in pieces.iter().flat_map(|piece| format.types(piece.as_ref())) {
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
    pub(in crate::cmd) fn missing(&self, joined: &Joined<'_>, path: &Path) -> Option<String> {
        let kind = self.beside.iter().find(|kind| !kind.is_usual() && !joined.has(**kind))?;
        let (kind, file) = (kind.plural(), kind.file_name());
        let path = path.to_string_lossy();
        Some(format!("no {kind} are known: no readable {file} beside '{}'", shown(&path)))
    }

    /// Which of two rows comes first, each with what there is beside it.
    pub(in crate::cmd) fn compare(
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
