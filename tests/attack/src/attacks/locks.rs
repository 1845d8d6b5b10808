//! A stranger holds a lock on every file and directory that he can open. Nobody has to wait for him.

use std::path::Path;
use std::time::Duration;

use crate::bed::{Bed, OWN};
use crate::outcome::{Result, Tally};
use crate::ran;

pub(super) fn run(bed: &Bed) -> Result {
    let mut tally = Tally::default();
    let bpffs = bed.bpffs("bpf")?;
    let dir = bpffs.join("mine").to_string_lossy().into_owned();
    let bpffs = bpffs.to_string_lossy();
    let holder = bed.stranger("lock", &["/run", "/tmp", &bpffs])?.ready()?;
    let mut slowest = Duration::ZERO;
    while bed.goes_on(tally.attempts) {
        for args in [
            &["install", "--public"][..],
            &["install", "--group=65534"],
            &["uninstall"],
            &["install", "--public", "--bpffs", &dir],
            &["install", "--group=65534", "--bpffs", &dir],
            &["uninstall", "--bpffs", &dir],
        ] {
            tally.attempts += 1;
            // What is missing leaves all the rest to be tried without waiting as long again.
            let ran = ran::run(&mut bed.root(args), bed.patience(15))?;
            tally.bad_if(ran.fault());
            let ended = ran.in_time && ran.code != Some(0);
            tally.bad_if(ended.then(|| format!("'{}': {}", args.join(" "), ran.told())));
            slowest = slowest.max(ran.took);
        }
        if tally.bad > 6 {
            break;
        }
    }
    tally.note(format!("{} locks held", holder.finish()?.trim()));
    tally.note(format!("the slowest took {:.2} s", slowest.as_secs_f64()));
    tally.hold(!Path::new(OWN).join("progs.debug").exists(), || "files are left".into());
    Ok(tally)
}
