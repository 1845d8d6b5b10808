//! A stranger reaches for more than reading, and a watcher looks at every mode while root installs.

use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;

use super::kills::Place;
use crate::bed::{Bed, OWN};
use crate::outcome::{Result, Tally};

/// What the flags give: the bits that a file and a directory may have at most.
const ACCESSES: &[(&[&str], u32, u32)] = &[
    (&["install", "--holders"], 0o600, 0o700),
    (&["install", "--group=65534", "--holders"], 0o640, 0o750),
    (&["install", "--public"], 0o644, 0o755),
];

pub(super) fn run(bed: &Bed) -> Result {
    let mut tally = Tally::default();
    let bpffs = bed.bpffs("bpf")?;
    let places = [Place::own(), Place::below(&bpffs)];
    let (mut looks, mut tries) = (0, 0);
    while bed.goes_on(tally.attempts) {
        for (place, (first, file, dir)) in
            places.iter().flat_map(|place| ACCESSES.iter().map(move |access| (place, access)))
        {
            tally.attempts += 1;
            let watch = Watch {
                roots: vec![OWN.into(), bpffs.clone()],
                most: (*file, *dir),
                ..Watch::default()
            };
            thread::scope(|scope| {
                scope.spawn(|| watch.look());
                let installed = bed.must(&place.line(first)).and_then(|_| {
                    fs::remove_file(place.dir.join("maps.debug"))?;
                    bed.must(&place.line(first))
                });
                watch.over.store(true, Ordering::Relaxed);
                installed
            })?;
            looks += watch.looks.load(Ordering::Relaxed);
            if let Ok(wide) = watch.wide.lock() {
                wide.iter().for_each(|wide| tally.bad(format!("'{}': {wide}", first.join(" "))));
            }
            let grabber = bed.stranger("grab", &[&place.dir.to_string_lossy()])?.ready()?;
            for line in grabber.finish()?.lines() {
                match line.split_once(" tries") {
                    Some((number, _)) => tries += number.parse::<u64>().unwrap_or_default(),
                    None => tally.bad(format!("a stranger: {line}")),
                }
            }
            bed.must(&place.line(&["uninstall"]))?;
        }
    }
    tally.note(format!("{looks} looks at every mode, {tries} tries of a stranger"));
    Ok(tally)
}

/// Looks at all modes until it is over.
#[derive(Default)]
struct Watch {
    roots: Vec<PathBuf>,
    most: (u32, u32),
    over: AtomicBool,
    looks: AtomicU64,
    wide: Mutex<Vec<String>>,
}

impl Watch {
    fn look(&self) {
        while !self.over.load(Ordering::Relaxed) {
            for root in &self.roots {
                self.looks.fetch_add(1, Ordering::Relaxed);
                // The bpffs is everybody's; what is in it is not.
                if root == Path::new(OWN) {
                    self.check(root);
                }
                self.below(root);
            }
        }
    }

    fn below(&self, dir: &Path) {
        for entry in fs::read_dir(dir).into_iter().flatten().flatten() {
            self.check(&entry.path());
            if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
                self.below(&entry.path());
            }
        }
    }

    fn check(&self, path: &Path) {
        let Ok(stat) = fs::symlink_metadata(path) else { return };
        // The empty directory that is mounted upon, before, is like any other in /run.
        let is_mount_point =
            path == Path::new(OWN) && fs::metadata("/run").is_ok_and(|run| run.dev() == stat.dev());
        let most = if stat.is_dir() { self.most.1 } else { self.most.0 };
        let mode = stat.mode() & 0o7777;
        // The kernel's own, on a machine that lists them everywhere.
        let dead = path.parent().is_some_and(|dir| self.roots.contains(&dir.to_owned()))
            && fs::File::open(path).is_err();
        if (mode & !most != 0 || stat.uid() != 0) && !is_mount_point && !dead {
            let what = format!("'{}' had mode {mode:04o}, owner {}", path.display(), stat.uid());
            if let Ok(mut wide) = self.wide.lock()
                && !wide.contains(&what)
            {
                wide.push(what);
            }
        }
    }
}
