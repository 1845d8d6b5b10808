//! Many install and uninstall at once, in one place.

use std::fs::File;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use super::kills::Place;
use crate::bed::Bed;
use crate::outcome::{Result, Tally};
use crate::ran::{self, Ran};
use crate::random::Random;
use crate::snapshot::Snapshot;

const INSTALL: &[&[&str]] =
    &[&["install", "--public"], &["install", "--group=65534"], &["install"]];
const ALL: &[&[&str]] = &[
    &["install", "--public"],
    &["uninstall"],
    &["install", "--group=65534"],
    &["uninstall"],
    &["install"],
];

pub(super) fn run(bed: &Bed) -> Result {
    let (mut tally, mut random) = (Tally::default(), bed.random());
    let bpffs = bed.bpffs("bpf")?;
    let places = [Place::own(), Place::below(&bpffs)];
    let many = bed.times(50, 8);
    let (mut waves, mut gave_up, mut looks) = (0, 0, 0);
    while bed.goes_on(tally.attempts) {
        let place = &places[waves % 2];
        bed.must(&place.line(&["install", "--public"]))?;
        let whole = Snapshot::of(&place.dir);
        // In every other pair of waves nobody uninstalls: then the files are there at every moment.
        let stays = (waves / 2) % 2 == 0;
        let (all, missed, looked) = wave(bed, place, many, stays, &mut random)?;
        looks += looked;
        if stays {
            tally.hold(missed == 0, || {
                format!(
                    "programs could not be read in {missed} of {looked} looks while others upgraded"
                )
            });
        }
        for ran in all {
            tally.attempts += 1;
            tally.bad_if(ran.fault());
            // One may give up after a while, and says so.
            let waited =
                ["another", "waiting", "holds", "lock"].iter().any(|word| ran.err.contains(word));
            match ran.code {
                Some(0) => {}
                Some(1) if waited => gave_up += 1,
                Some(_) => tally.bad(ran.told()),
                None => {}
            }
        }
        let is = Snapshot::of(&place.dir);
        let good = is.has_files_of(&whole) || (!stays && is.is_empty());
        tally.hold(good && of_one_access(&is), || format!("many left {is:?}"));
        let ran = bed.ran(&place.line(&["uninstall"]))?;
        tally.hold(ran.code == Some(0), || format!("uninstall after many: {}", ran.told()));
        let left = place.left();
        tally.hold(left.is_empty(), || format!("many left {left:?}"));
        waves += 1;
    }
    tally.note(format!(
        "{waves} waves of {many}, {gave_up} gave up waiting, {looks} looks meanwhile"
    ));
    Ok(tally)
}

/// What became of each, and of the looks of somebody who reads meanwhile: missed, and all.
fn wave(
    bed: &Bed,
    place: &Place,
    many: usize,
    stays: bool,
    random: &mut Random,
) -> Result<(Vec<Ran>, u64, u64)> {
    let file = place.dir.join("progs.debug");
    let over = AtomicBool::new(false);
    thread::scope(|scope| {
        let looking = scope.spawn(|| look(&file, &over));
        let threads: Vec<_> = (0..many)
            .map(|_| {
                let line = place.line(random.pick(if stays { INSTALL } else { ALL }));
                scope.spawn(move || ran::run(&mut bed.root(&line), bed.patience(60)))
            })
            .collect();
        let all = threads.into_iter().map(|thread| match thread.join() {
            Ok(ran) => ran,
            Err(_) => Err("a thread panicked".into()),
        });
        let all = all.collect::<Result<Vec<_>>>();
        over.store(true, Ordering::Relaxed);
        let (missed, looked) = looking.join().unwrap_or_default();
        Ok((all?, missed, looked))
    })
}

fn look(file: &Path, over: &AtomicBool) -> (u64, u64) {
    let (mut missed, mut looked) = (0, 0);
    while !over.load(Ordering::Relaxed) {
        looked += 1;
        missed += u64::from(File::open(file).is_err());
        thread::sleep(std::time::Duration::from_micros(200));
    }
    (missed, looked)
}

/// Files of two installations would differ in who may read them.
fn of_one_access(is: &Snapshot) -> bool {
    let mut modes = is.files.values();
    let first = modes.next();
    modes.all(|mode| Some(mode) == first)
}
