//! Few descriptors, little memory: an installation is whole, or there is an error and what was there
//! before.

use super::kills::Place;
use crate::bed::Bed;
use crate::outcome::{Result, Tally};
use crate::ran;
use crate::snapshot::Snapshot;
use crate::sys::{self, Limit};

pub(super) fn run(bed: &Bed) -> Result {
    let (mut tally, mut random) = (Tally::default(), bed.random());
    let bpffs = bed.bpffs("bpf")?;
    let places = [Place::own(), Place::below(&bpffs)];
    let mut complete = Vec::new();
    for place in &places {
        bed.must(&place.line(&["install", "--public"]))?;
        complete.push(Snapshot::of(&place.dir));
    }
    let (mut whole, mut refused) = (0, 0);
    while bed.goes_on(tally.attempts) {
        let index = random.below(places.len());
        let (place, complete) = (&places[index], &complete[index]);
        // Where an installation needs a few more, it is most likely to have some and not all.
        let (limits, shown): (Vec<Limit>, _) = if !random.once_in(3) {
            let count = 5 + random.below(24) as u64;
            (vec![(libc::RLIMIT_NOFILE, count)], format!("{count} descriptors"))
        } else {
            let mebibytes = 3 + random.below(60) as u64;
            (vec![(libc::RLIMIT_AS, mebibytes << 20)], format!("{mebibytes} MiB"))
        };
        let fresh = random.once_in(3);
        if fresh {
            bed.must(&place.line(&["uninstall"]))?;
        } else if Snapshot::of(&place.dir) != *complete {
            bed.must(&place.line(&["install", "--public"]))?;
        }
        let former = Snapshot::of(&place.dir);
        tally.attempts += 1;
        let line = place.line(&["install", "--group=65534"]);
        let ran = ran::run(sys::limit(&mut bed.root(&line), &limits), bed.patience(30))?;
        let is = Snapshot::of(&place.dir);
        let what = if fresh { "install" } else { "upgrade" };
        if ran.code == Some(0) {
            whole += 1;
            tally.hold(is.has_files_of(complete) && is != former, || {
                format!("{what} with {shown} said it was done: {is:?}; {}", ran.said())
            });
        } else {
            refused += 1;
            tally.hold(is == former || (fresh && is.is_empty()), || {
                format!("{what} with {shown} failed, {is:?} was left of {former:?}; {}", ran.told())
            });
            // Memory that is refused may end a process; a descriptor may not.
            let few = limits[0].0 == libc::RLIMIT_NOFILE;
            tally.hold(!ran.err.contains("panicked") && (ran.signal.is_none() || !few), || {
                format!("{what} with {shown}: {}", ran.told())
            });
            tally.hold(ran.in_time, || format!("{what} with {shown}: {}", ran.told()));
        }
    }
    tally.note(format!("{whole} whole, {refused} refused"));
    Ok(tally)
}
