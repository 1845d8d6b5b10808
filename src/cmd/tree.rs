//! `tree`: programs, maps and links of one machine, put together.

use std::io;

use super::output::{UnbufferedStdout, options, tree_format};
use super::query::{Doubts, Faults, Look, Plan, Snapshot, Unmet};
use super::total::Total;
use crate::cli::{Global, Listing};
use crate::error::{Error, Result};
use crate::model::tree::{Hook, Pick, TreeRows, tree};
use crate::model::{Kind, Prog};
use crate::view::write_tree;

/// Shows the tree.
pub(super) fn show(listing: &Listing, global: &Global) -> Result<()> {
    let mut plan = Plan::new::<Prog<'static>>(listing, global)?;
    plan.take_all(&[Kind::Maps, Kind::Links, Kind::Attached, Kind::Descriptors, Kind::Holders]);
    let format = tree_format(global)?;
    let mut total = Total::new(global, Kind::Progs, format, true)?;
    let mut faults = Faults::default();
    let snapshot = Snapshot::take::<Prog<'static>>(&plan, Look::Last, &mut None, &mut faults)?;
    let progs = snapshot.own.rows(&mut faults);
    let selection = snapshot.around.select::<Prog<'static>>(&mut faults)?;
    selection.tell_notes();
    let (conditions, context) = (&selection.conditions, selection.context());
    let rows = TreeRows::new(progs, &selection.joined);

    let is_named = |prog: &Prog<'_>| conditions.name(prog);
    let takes_prog = |prog: &Prog<'_>| conditions.take(prog, &context);
    let takes_hook = |hook: &Hook<'_>| {
        conditions.targets().is_some_and(|targets| match hook {
            Hook::Attachment(attachment) => targets.takes(*attachment),
            Hook::Loaded(attached) => targets.takes_attached(attached),
            // The struct is attached, not its members.
            Hook::Member(_) => false,
        })
    };
    let explicit = conditions.explicit();
    if let (false, Some(selector)) = (rows.progs().iter().any(is_named), &explicit) {
        let _ = faults.tell();
        return Err(Error::NoSuch { kind: Kind::Progs, selector: selector.clone() });
    }
    let pick = Pick {
        prog: (!conditions.are_none()).then_some(&takes_prog),
        hook: conditions.targets().is_some().then_some(&takes_hook),
    };
    let tree = tree(&rows, &pick);
    if let Some(total) = &mut total {
        for entry in &tree {
            total.add_node(&entry.node);
        }
    }
    let mut out = io::BufWriter::with_capacity(64 << 10, UnbufferedStdout);
    write_tree(&tree, format, &options(global, format), &mut out).map_err(Error::Output)?;
    drop(out);
    total.iter().try_for_each(Total::print)?;
    let (mut unmet, mut doubts) = (Unmet::default(), Doubts::default());
    for prog in rows.progs().iter().filter(|prog| is_named(prog)) {
        unmet.add(conditions.unmet(prog, &context));
        doubts.add(conditions.doubts(prog, &context));
    }
    if !doubts.tell(&selection.joined) {
        unmet.tell(conditions, Kind::Progs);
    }
    faults.result()
}
