//! A stranger takes names in a bpffs that everybody may write to, before and while root installs into
//! a directory of root's own there.

use std::fs;
use std::path::Path;

use crate::bed::Bed;
use crate::outcome::{Result, Tally};
use crate::ran;
use crate::snapshot::Snapshot;

pub(super) fn run(bed: &Bed) -> Result {
    let mut tally = Tally::default();
    let bpffs = bed.bpffs("bpf")?;
    let whole = complete(bed, &bpffs)?;
    let root = bpffs.to_string_lossy().into_owned();
    let squatter = bed.stranger("squat", &[&root, "mine"])?.ready()?;
    while bed.goes_on(tally.attempts) {
        tally.attempts += 1;
        let dir = bpffs.join(format!("mine{}", tally.attempts % 3));
        let target = dir.to_string_lossy().into_owned();
        for access in ["--public", "--group=65534"] {
            let ran = bed.ran(&["install", access, "--bpffs", &target])?;
            tally.bad_if(ran.fault());
            tally.hold(ran.code == Some(0), || format!("install in root's own: {}", ran.told()));
            let is = Snapshot::of(&dir);
            tally.hold(is.has_files_of(&whole), || format!("installed {is:?}"));
        }
        let ran = bed.ran(&["uninstall", "--bpffs", &target])?;
        tally.hold(ran.code == Some(0), || format!("uninstall: {}", ran.told()));
        let is = Snapshot::of(&dir);
        tally.hold(is.is_empty(), || format!("after uninstall: {is:?}"));
    }
    tally.note(format!("{} names taken", squatter.finish()?.trim()));
    links_to_pipes(bed, &mut tally)?;
    Ok(tally)
}

/// What a whole installation has.
pub(super) fn complete(bed: &Bed, bpffs: &Path) -> Result<Snapshot> {
    let dir = bpffs.join("whole");
    let target = dir.to_string_lossy().into_owned();
    bed.must(&["install", "--public", "--bpffs", &target])?;
    let whole = Snapshot::of(&dir);
    bed.must(&["uninstall", "--bpffs", &target])?;
    if whole.files.is_empty() || !whole.broken.is_empty() {
        return Err(format!("an installation is not complete: {whole:?}").into());
    }
    Ok(whole)
}

/// The names of the files, in the root of a bpffs, are links to a pipe that nobody writes to: no
/// command may follow them, or wait.
fn links_to_pipes(bed: &Bed, tally: &mut Tally) -> Result<()> {
    let bpffs = bed.bpffs("pipes")?;
    let pipe = bed.scratch("pipe");
    rustix::fs::mknodat(
        rustix::fs::CWD,
        &pipe,
        rustix::fs::FileType::Fifo,
        rustix::fs::Mode::from_raw_mode(0o666),
        0,
    )?;
    let stranger_dir = bpffs.join("links");
    bed.nobodys_dir(&stranger_dir, 0)?;
    for kind in ["progs", "maps", "links", "attached"] {
        bed.nobodys_link(&pipe, &stranger_dir.join(format!("{kind}.debug")))?;
    }
    rustix::fs::chmod(&stranger_dir, rustix::fs::Mode::from_raw_mode(0o755))?;
    let dir = stranger_dir.to_string_lossy().into_owned();
    for command in ["install", "status", "progs", "maps", "links", "tree", "uninstall"] {
        tally.attempts += 1;
        let mut line = bed.root(&[command, "--bpffs", &dir]);
        let ran = ran::run(&mut line, bed.patience(10))?;
        tally.bad_if(ran.fault().map(|fault| format!("'{command}' of links to a pipe {fault}")));
        let still = fs::symlink_metadata(stranger_dir.join("progs.debug"));
        tally.hold(still.is_ok_and(|stat| stat.is_symlink()), || {
            format!("'{command}' took a stranger's link away")
        });
    }
    Ok(())
}
