//! What was asked, and what the texts answer: read, checked, joined and filtered, once for lists,
//! watches and trees, which only draw.

mod conditions;
mod doubts;
mod faults;
mod filter;
mod pinned;
mod plan;
mod selector;
mod snapshot;
mod text;
mod texts;
mod unmet;

use crate::parse::Row;
use crate::view::Columns;

pub(super) use doubts::Doubts;
pub(super) use faults::Faults;
pub(crate) use filter::{glob_takes, nanoseconds};
pub(super) use pinned::choose as choose_pins;
pub(super) use plan::{Plan, places};
pub(super) use selector::{Selected, Selector};
pub(super) use snapshot::{Look, Selection, Snapshot};
pub(super) use unmet::Unmet;

use self::filter::Filtered;

/// A row that can be selected and filtered.
pub(super) trait NounRow: Row<'static> + Selected + Filtered {}

impl<R: Row<'static> + Selected + Filtered> NounRow for R {}

/// A kind of row that can be listed, too.
pub(super) trait Noun: for<'a> Columns<Row<'a>: Row<'a> + Selected + Filtered> {}

impl<L: for<'a> Columns<Row<'a>: Row<'a> + Selected + Filtered>> Noun for L {}
