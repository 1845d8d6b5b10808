//! Two mount namespaces with the same /run: what one does there is not the other's affair.

use crate::bed::{BINARY, Bed, OWN, Stranger};
use crate::outcome::{Result, Tally};
use crate::snapshot::Snapshot;

pub(super) fn run(bed: &Bed) -> Result {
    let mut tally = Tally::default();
    while bed.goes_on(tally.attempts) {
        // The neighbour is there before, and has nothing of what is installed here.
        let before = bed.neighbour()?;
        bed.must(&["install", "--public"])?;
        let whole = Snapshot::of(OWN.as_ref());
        steps(bed, &before, &[&["install"], &["uninstall"], &["uninstall"]], &whole, &mut tally)?;
        drop(before);
        // It came after, and has a copy of the mount, which it takes away before.
        let after = bed.neighbour()?;
        let ran = bed.ran_in(&after, &["umount", OWN])?;
        if ran.code != Some(0) {
            return Err(format!("umount in a neighbour namespace: {}", ran.told()).into());
        }
        steps(bed, &after, &[&["install", "--public"], &["uninstall"]], &whole, &mut tally)?;
        drop(after);
        bed.must(&["uninstall"])?;

        // The other way round: the neighbour has an installation, and here it comes and goes.
        let other = bed.neighbour()?;
        bed.ran_in(&other, &[BINARY, "install", "--public"])?;
        for args in [&["install"][..], &["uninstall"]] {
            tally.attempts += 1;
            bed.must(args)?;
            let ran = bed.ran_in(&other, &[BINARY, "--bpffs", OWN, "progs", "--json"])?;
            tally.hold(ran.code == Some(0), || {
                format!("after '{}' here a neighbour reads: {}", args.join(" "), ran.told())
            });
        }
    }
    Ok(tally)
}

fn steps(
    bed: &Bed,
    neighbour: &Stranger,
    lines: &[&[&str]],
    whole: &Snapshot,
    tally: &mut Tally,
) -> Result<()> {
    for args in lines {
        tally.attempts += 1;
        let ran = bed.ran_in(neighbour, &[&[BINARY], *args].concat())?;
        tally.bad_if(ran.fault());
        tally.hold(ran.code == Some(0), || format!("in a neighbour: {}", ran.told()));
        let is = Snapshot::of(OWN.as_ref());
        tally.hold(is == *whole, || {
            format!("after '{}' in a neighbour, here is {is:?}", args.join(" "))
        });
        // For the next step to have something to break.
        if is != *whole {
            bed.must(&["install", "--public"])?;
        }
    }
    Ok(())
}
