//! An installation is repeated without a word about access, whole or with a file missing: who could
//! read before can read after, and nobody else.

use std::fs;

use super::kills::Place;
use crate::bed::Bed;
use crate::outcome::{Result, Tally};
use crate::snapshot::Snapshot;

const FIRST: &[&[&str]] = &[
    &["install"],
    &["install", "--holders"],
    &["install", "--public"],
    &["install", "--public", "--holders"],
    &["install", "--group=65534"],
    &["install", "--group=65534", "--holders"],
];

pub(super) fn run(bed: &Bed) -> Result {
    let mut tally = Tally::default();
    let bpffs = bed.bpffs("bpf")?;
    let places = [Place::own(), Place::below(&bpffs)];
    for (round, first) in (0..).flat_map(|round| FIRST.iter().map(move |first| (round, first))) {
        if !bed.goes_on(tally.attempts) {
            break;
        }
        let place = &places[round % 2];
        bed.must(&place.line(first))?;
        let before = Snapshot::of(&place.dir);
        let names: Vec<_> = before.files.keys().cloned().collect();
        let missing = [Vec::new()]
            .into_iter()
            // Without holders.debug, nothing tells that it was wanted.
            .chain(
                names.iter().filter(|name| *name != "holders.debug").map(|name| vec![name.clone()]),
            );
        for missing in missing {
            for name in &missing {
                fs::remove_file(place.dir.join(name))?;
            }
            tally.attempts += 1;
            let ran = bed.ran(&place.line(&["install"]))?;
            let is = Snapshot::of(&place.dir);
            tally.bad_if(ran.fault());
            tally.hold(ran.code == Some(0) && is == before, || {
                let first = first.join(" ");
                format!("'{first}', less {missing:?}, then 'install': {is:?}; {}", ran.told())
            });
            if is != before {
                bed.must(&place.line(first))?;
            }
        }
        tally.attempts += 1;
        let ran = bed.ran(&place.line(&["install", "--private"]))?;
        let is = Snapshot::of(&place.dir);
        let private = is.files.values().all(|file| *file == (0o400, 0))
            && is.dir == Some((0o700, 0))
            && is.has_files_of(&before);
        tally.hold(ran.code == Some(0) && private, || {
            format!("'{}', then 'install --private': {is:?}; {}", first.join(" "), ran.told())
        });
        bed.must(&place.line(&["uninstall"]))?;
    }
    Ok(tally)
}
