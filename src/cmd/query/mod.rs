//! What was asked, and what the texts answer: read, checked, joined and filtered, once for lists,
//! watches and trees, which only draw.

mod conditions;
mod faults;
mod filter;
mod join;
mod pinned;
mod plan;
mod selector;
mod snapshot;
mod whole;

use crate::parse::Row;
use crate::view::Columns;

pub(super) use conditions::Conditions;
pub(super) use faults::Faults;
pub(super) use filter::Filters;
pub(crate) use filter::{glob_takes, nanoseconds};
pub(super) use join::{Joined, Texts};
pub(super) use pinned::look as look_for_pins;
pub(super) use plan::Plan;
pub(super) use selector::{Selected, Selector};
pub(super) use snapshot::Snapshot;
pub(super) use whole::{Whole, cut_notes};

use self::filter::Filtered;

/// A kind of row that can be listed, selected and filtered.
pub(super) trait Noun: for<'a> Columns<Row<'a>: Row<'a> + Selected + Filtered> {}

impl<L: for<'a> Columns<Row<'a>: Row<'a> + Selected + Filtered>> Noun for L {}
