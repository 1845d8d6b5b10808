//! A stranger who owns DIR, in a bpffs that everybody may write to, has it and a link change places
//! while root installs into it.

use std::fs;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use crate::bed::Bed;
use crate::outcome::{Result, Tally};

/// A file or directory of root's that no installation has to do with.
pub(super) struct Victim {
    path: PathBuf,
    mode: u32,
}

impl Victim {
    pub(super) fn file(path: PathBuf) -> Result<Self> {
        fs::write(&path, "secret\n")?;
        Self::of(path, 0o600)
    }

    pub(super) fn dir(path: PathBuf) -> Result<Self> {
        fs::create_dir(&path)?;
        Self::of(path, 0o700)
    }

    fn of(path: PathBuf, mode: u32) -> Result<Self> {
        fs::set_permissions(&path, fs::Permissions::from_mode(mode))?;
        Ok(Self { path, mode })
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// What has become of it, where something has; and has it as it was.
    pub(super) fn harm(&self) -> Result<Option<String>> {
        let stat = fs::metadata(&self.path)?;
        let is = (stat.mode() & 0o7777, stat.uid(), stat.gid());
        if is == (self.mode, 0, 0) {
            return Ok(None);
        }
        fs::set_permissions(&self.path, fs::Permissions::from_mode(self.mode))?;
        std::os::unix::fs::chown(&self.path, Some(0), Some(0))?;
        let (mode, uid, gid) = is;
        let name = self.path.file_name().unwrap_or_default().display();
        Ok(Some(format!("the {name} of mode {:04o} had {mode:04o}, {uid}:{gid}", self.mode)))
    }
}

pub(super) fn run(bed: &Bed) -> Result {
    let bpffs = bed.bpffs("bpf")?;
    let victims = [Victim::file(bed.scratch("file"))?, Victim::dir(bed.scratch("directory"))?];
    let mut swappers = Vec::new();
    let mut dirs = Vec::new();
    for (number, victim) in victims.iter().enumerate() {
        let dir = bpffs.join(format!("dir{number}"));
        let link = bpffs.join(format!("link{number}"));
        bed.nobodys_dir(&dir, 0o777)?;
        // With something in it, it is not replaced as a whole.
        bed.nobodys_dir(&dir.join("keep"), 0o755)?;
        bed.nobodys_link(victim.path(), &link)?;
        let [dir, link] = [dir, link].map(|path| path.to_string_lossy().into_owned());
        swappers.push(bed.stranger("swap", &[&dir, &link])?.ready()?);
        dirs.push(dir);
    }

    const ACCESSES: [&[&str]; 3] = [&[], &["--public"], &["--group=65534"]];
    let (mut tally, mut random) = (Tally::default(), bed.random());
    let mut done = 0;
    while bed.goes_on(tally.attempts) {
        let dir = &*dirs[random.below(dirs.len())];
        let access = random.pick(&ACCESSES);
        tally.attempts += 1;
        for args in [&["install", "--bpffs", dir][..], &["uninstall", "--bpffs", dir]] {
            let is_install = args[0] == "install";
            let args = [args, if is_install { access } else { &[] }].concat();
            let ran = bed.ran(&args)?;
            tally.bad_if(ran.fault().map(|fault| format!("'{}' {fault}", args.join(" "))));
            done += u64::from(is_install && ran.code == Some(0));
            for victim in &victims {
                let harm = victim.harm()?;
                tally.bad_if(harm.map(|harm| format!("'{}': {harm}", args.join(" "))));
            }
        }
    }
    tally.note(format!("{done} installed, {} refused", tally.attempts - done));
    for swapper in swappers {
        tally.note(format!("{} swaps", swapper.finish()?.trim()));
    }
    Ok(tally)
}
