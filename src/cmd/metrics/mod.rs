//! `metrics`: what is loaded and attached in numbers, for Prometheus.

mod families;

use std::collections::BTreeSet;
use std::io::Write as _;

use rustix::thread::CapabilitySet;

use self::families::{FAMILIES, Measured, Metric};
use super::output::UnbufferedStdout;
use super::query::{Faults, Look, Plan, Snapshot};
use super::replace::replace;
use crate::cli::{Global, Listing, Metrics};
use crate::error::{Error, Result};
use crate::model::{Kind, Link, Prog};
use crate::sys;
use crate::view::{Family, MetricsFormat, Samples};

/// Writes the metrics of one look. What cannot be read is told in a metric as well, so that an alert
/// may be raised; it ends the command with an error afterwards.
pub(super) fn metrics(options: &Metrics, global: &Global) -> Result<()> {
    let (families, result) = measure(options, global);
    let format = match options.openmetrics {
        true => MetricsFormat::OpenMetrics,
        false => MetricsFormat::Prometheus,
    };
    let mut text = Vec::new();
    format.write(&families, &mut text).map_err(Error::Output)?;
    match &options.out {
        Some(path) => {
            // They are left where reading failed early.
            sys::keep_capabilities(CapabilitySet::empty());
            replace(path, &text)?;
        }
        None => UnbufferedStdout.write_all(&text).map_err(Error::Output)?,
    }
    result
}

/// The families, and what was wrong.
fn measure(options: &Metrics, global: &Global) -> (Vec<(Family, Samples)>, Result<()>) {
    let mut faults = Faults::default();
    match look(options, global, &mut faults) {
        Ok(families) => (families, faults.result()),
        Err(error) => (families(options, &Measured::default()), Err(error)),
    }
}

/// The kinds whose texts are read beside that of programs.
const BESIDE: [Kind; 4] = [Kind::Maps, Kind::Links, Kind::Attached, Kind::Descriptors];

fn look(options: &Metrics, global: &Global, faults: &mut Faults) -> Result<Vec<(Family, Samples)>> {
    let listing = Listing::default();
    let mut plan = Plan::new::<Prog<'static>>(&listing, global)?;
    plan.take_all(&BESIDE);
    plan.shows_runs = options.by_id;
    let snapshot = Snapshot::take::<Prog<'static>>(&plan, Look::Last, &mut None, faults)?;
    let before = faults.count();
    let progs = snapshot.own.rows(faults);
    let is_whole = snapshot.own.tells_all() && faults.count() == before;
    let selection = snapshot.around.select::<Prog<'static>>(faults)?;
    selection.tell_notes();
    let context = selection.context();
    let mut whole = selection.whole.clone();
    whole.extend(is_whole.then_some(Kind::Progs));
    let has = |kind| selection.joined.has(kind);
    Ok(families(
        options,
        &Measured {
            progs: Some(&progs),
            maps: has(Kind::Maps).then(|| selection.joined.maps()),
            links: has(Kind::Links).then(|| links(context.attachments.links())),
            attachments: BESIDE.into_iter().all(has).then_some(context.attachments),
            counts_runs: context.counts_runs,
            looked_at: Kind::ALL.iter().copied().filter(|kind| kind.is_usual()).collect(),
            whole,
        },
    ))
}

/// Each link once: one of struct_ops stands with each of its programs.
fn links<'a>(links: &'a [Link<'a>]) -> Vec<&'a Link<'a>> {
    let mut ids = BTreeSet::new();
    links.iter().filter(|link| ids.insert(link.id)).collect()
}

/// The families that were asked for, each cut to the limit; the last tells what was cut.
fn families(options: &Metrics, measured: &Measured<'_>) -> Vec<(Family, Samples)> {
    let limit = usize::try_from(options.max_series).unwrap_or(usize::MAX);
    let mut dropped = 0;
    let metrics = FAMILIES.iter().filter(|metric| options.by_id || !metric.is_by_id);
    let mut families: Vec<_> = metrics
        .map(|Metric { family, samples, .. }| {
            let mut samples = samples(measured);
            dropped += samples.len().saturating_sub(limit);
            while samples.len() > limit {
                samples.pop_last();
            }
            (*family, samples)
        })
        .collect();
    families.push(families::dropped(dropped));
    families
}
