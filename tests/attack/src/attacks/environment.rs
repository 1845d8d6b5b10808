//! A stranger offers root texts of his own: by the variable, by a link, by a file in a directory that
//! everybody may write to.

use std::fs;
use std::os::unix::fs::chown;
use std::path::{Path, PathBuf};

use crate::bed::{Bed, NOBODY};
use crate::outcome::{Result, Tally};
use crate::ran;
use crate::texts::CAPTURES;

/// A name that only the forged text has.
const FORGED: &str = "forged_by_a_stranger";

pub(super) fn run(bed: &Bed) -> Result {
    let mut tally = Tally::default();
    let offers = offers(bed)?;
    for installed in [false, true] {
        if installed {
            bed.must(&["install", "--public"])?;
        }
        for (what, dir) in &offers {
            for noun in ["progs", "maps", "links", "tree", "status"] {
                tally.attempts += 1;
                let mut command = bed.root(&[noun]);
                let ran = ran::run(command.env("BPFDBG_BPFFS", dir), bed.patience(15))?;
                tally.bad_if(ran.fault());
                let out = String::from_utf8_lossy(&ran.out);
                let believed = out.contains(FORGED);
                tally.hold(!believed, || {
                    let where_ = if installed { "installed" } else { "not installed" };
                    format!("'{noun}' as root, {where_}, lists what is in {what}")
                });
            }
            // Named by root, it is read; and it is not of this machine, which is said.
            tally.attempts += 1;
            let ran = bed.ran(&["--bpffs", &dir.to_string_lossy(), "progs"])?;
            let listed = String::from_utf8_lossy(&ran.out).contains(FORGED);
            tally.hold(!listed || !ran.err.is_empty(), || {
                format!("'--bpffs' with {what} is listed as if it were this machine's")
            });
        }
    }
    bed.must(&["uninstall"])?;
    Ok(tally)
}

fn offers(bed: &Bed) -> Result<Vec<(&'static str, PathBuf)>> {
    let nobodys = bed.scratch("nobodys");
    bed.nobodys_dir(&nobodys, 0o755)?;
    forge(&nobodys)?;
    // What a stranger can put into /tmp, which is root's.
    let sticky = bed.scratch("sticky");
    fs::create_dir(&sticky)?;
    rustix::fs::chmod(&sticky, rustix::fs::Mode::from_raw_mode(0o1777))?;
    forge(&sticky)?;
    let link = bed.scratch("link");
    bed.nobodys_link(&nobodys, &link)?;
    let through = bed.scratch("through");
    bed.nobodys_dir(&through, 0o755)?;
    let below = through.join("roots");
    fs::create_dir(&below)?;
    forge(&below)?;
    Ok(vec![
        ("a stranger's directory", nobodys),
        ("a directory of root's that everybody may write to", sticky),
        ("what a stranger's link leads to", link),
        ("a directory below a stranger's", below),
    ])
}

fn forge(dir: &Path) -> Result<()> {
    for (name, text) in CAPTURES[0].files {
        let text = String::from_utf8_lossy(text);
        let (header, _) = text.split_once('\n').unwrap_or_default();
        // Where the program's name is, or the map's.
        let column = if name.starts_with("progs") || name.starts_with("maps") { 1 } else { 3 };
        let row = text.lines().nth(1).unwrap_or_default();
        let mut row: Vec<&str> = row.split_whitespace().collect();
        row[column] = FORGED;
        let row = row.join(" ");
        let file = dir.join(name);
        fs::write(&file, format!("{header}\n{row}\n"))?;
        chown(&file, Some(NOBODY), Some(NOBODY))?;
    }
    Ok(())
}
