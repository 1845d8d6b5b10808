//! A stranger who owns the directory above DIR has a directory of links change places with whatever
//! appears beside DIR while root installs.

use std::fs;
use std::os::unix::fs::{PermissionsExt as _, chown};

use super::swap_dir::Victim;
use crate::bed::{Bed, NOBODY};
use crate::outcome::{Result, Tally};

pub(super) fn run(bed: &Bed) -> Result {
    let bpffs = bed.bpffs("bpf")?;
    let victim = Victim::file(bed.scratch("file"))?;
    let parent = bpffs.join("parent");
    bed.nobodys_dir(&parent, 0o755)?;
    let fake = parent.join("fake");
    // A bpffs takes a dot in a directory of mode 0 only; a stranger makes it in a user namespace.
    bed.nobodys_dir(&fake, 0)?;
    for kind in ["progs", "maps", "links", "attached", "holders"] {
        bed.nobodys_link(victim.path(), &fake.join(format!("{kind}.debug")))?;
    }
    fs::set_permissions(&fake, fs::Permissions::from_mode(0o755))?;
    chown(&fake, Some(NOBODY), Some(NOBODY))?;

    let dir = parent.join("x");
    let [parent, fake, target] = [&parent, &fake, &dir].map(|path| path.to_string_lossy());
    let swapper = bed.stranger("swap-new", &[&parent, &fake])?.ready()?;
    let mut tally = Tally::default();
    let mut done = 0;
    while bed.goes_on(tally.attempts) {
        tally.attempts += 1;
        for args in
            [&["install", "--public", "--bpffs", &target][..], &["uninstall", "--bpffs", &target]]
        {
            let ran = bed.ran(args)?;
            tally.bad_if(ran.fault().map(|fault| format!("'{}' {fault}", args.join(" "))));
            done += u64::from(args[0] == "install" && ran.code == Some(0));
            tally.bad_if(victim.harm()?.map(|harm| format!("'{}': {harm}", args.join(" "))));
        }
        // What was swapped into DIR's place stays there.
        let _ = fs::remove_dir_all(&dir);
    }
    tally.note(format!("{done} installed, {} refused", tally.attempts - done));
    tally.note(format!("{} swaps", swapper.finish()?.trim()));
    Ok(tally)
}
