//! Install, upgrade and uninstall are killed at any moment: what was there before is there, or what
//! was to be, and nothing is in the way of the next one.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::thread;
use std::time::{Duration, Instant};

use crate::bed::{Bed, OWN};
use crate::outcome::{Result, Tally};
use crate::random::Random;
use crate::snapshot::{self, Snapshot};

/// A place to install in.
pub(super) struct Place {
    pub(super) dir: PathBuf,
    /// What says so on the command line.
    args: Vec<String>,
    /// The directory in which no other entry may be left.
    above: Option<PathBuf>,
}

impl Place {
    /// A bpffs of bpfdbg's own.
    pub(super) fn own() -> Self {
        Self { dir: OWN.into(), args: Vec::new(), above: None }
    }

    /// A directory in a bpffs.
    pub(super) fn below(bpffs: &Path) -> Self {
        let dir = bpffs.join("mine");
        let args = vec!["--bpffs".into(), dir.to_string_lossy().into_owned()];
        Self { dir, args, above: Some(bpffs.into()) }
    }

    /// A command line for this place.
    pub(super) fn line<'a>(&'a self, args: &[&'a str]) -> Vec<&'a str> {
        args.iter().copied().chain(self.args.iter().map(|arg| &**arg)).collect()
    }

    /// What is left of an installation that was taken away.
    pub(super) fn left(&self) -> Vec<String> {
        let mut left: Vec<_> = self.above.iter().flat_map(|dir| snapshot::others(dir)).collect();
        let mounts = std::fs::read_to_string("/proc/self/mountinfo").unwrap_or_default();
        left.extend(
            mounts.lines().filter(|line| line.contains(" /run/bpfdbg ")).map(str::to_owned),
        );
        left.retain(|name| !self.dir.ends_with(name) || !Snapshot::of(&self.dir).is_empty());
        left
    }
}

/// The two accesses between which an upgrade goes.
const ACCESSES: [&str; 2] = ["--public", "--group=65534"];

/// A place, and what a complete installation of each access looks like there.
struct Known {
    place: Place,
    whole: [Snapshot; 2],
    took: Duration,
}

impl Known {
    fn learn(bed: &Bed, place: Place) -> Result<Self> {
        let mut took = Duration::ZERO;
        let mut whole = [Snapshot::default(), Snapshot::default()];
        for (access, whole) in ACCESSES.iter().zip(&mut whole) {
            let ran = bed.must(&place.line(&["install", access]))?;
            took = took.max(ran.took);
            *whole = Snapshot::of(&place.dir);
        }
        bed.must(&place.line(&["uninstall"]))?;
        Ok(Self { place, whole, took })
    }
}

pub(super) fn run(bed: &Bed) -> Result {
    let (mut tally, mut random) = (Tally::default(), bed.random());
    let bpffs = bed.bpffs("bpf")?;
    let places = [Known::learn(bed, Place::own())?, Known::learn(bed, Place::below(&bpffs))?];
    let mut killed = 0;
    let mut round = 0;
    while bed.goes_on(tally.attempts) {
        let known = &places[round % 2];
        let what = ["install", "upgrade", "uninstall"][(round / 2) % 3];
        round += 1;
        tally.attempts += 1;
        let (was_killed, problem) = attempt(bed, known, what, &mut random)?;
        killed += u64::from(was_killed);
        tally.bad_if(problem);
    }
    tally.note(format!("{killed} killed before their end"));
    Ok(tally)
}

fn attempt(
    bed: &Bed,
    known: &Known,
    what: &str,
    random: &mut Random,
) -> Result<(bool, Option<String>)> {
    let Known { place, whole: [public, group], took } = known;
    let (args, before, after) = match what {
        "install" => (["install", ACCESSES[1]].as_slice(), &Snapshot::default(), group),
        "upgrade" => (["install", ACCESSES[1]].as_slice(), public, group),
        _ => (["uninstall"].as_slice(), public, &Snapshot::default()),
    };
    if what != "install" {
        bed.must(&place.line(&["install", ACCESSES[0]]))?;
    }
    let mut command = bed.root(&place.line(args));
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    let mut child = command.spawn()?;
    let most = took.as_micros() as usize;
    thread::sleep(Duration::from_micros(random.below(most) as u64));
    let was_killed = child.try_wait()?.is_none();
    child.kill()?;
    child.wait()?;

    let is = settle(&place.dir, |is| same(is, before) || same(is, after));
    let mut problem = (!same(&is, before) && !same(&is, after))
        .then(|| format!("{what} in '{}' was killed, and left {is:?}", place.dir.display()));
    // The next one is not in trouble, and leaves nothing.
    for (args, expected) in
        [(&["install", ACCESSES[1]][..], group), (&["uninstall"], &Snapshot::default())]
    {
        let ran = bed.ran(&place.line(args))?;
        let is = Snapshot::of(&place.dir);
        if ran.code != Some(0) || !same(&is, expected) {
            let line = args.join(" ");
            problem
                .get_or_insert(format!("'{line}' after a killed {what}: {}, {is:?}", ran.told()));
        }
    }
    let left = place.left();
    if !left.is_empty() {
        problem.get_or_insert(format!("a killed {what} left {left:?}"));
    }
    Ok((was_killed, problem))
}

/// An empty directory is as good as none.
fn same(is: &Snapshot, expected: &Snapshot) -> bool {
    is == expected || (is.is_empty() && expected.is_empty())
}

/// What a killed one leaves to a second process is done within seconds.
fn settle(dir: &Path, good: impl Fn(&Snapshot) -> bool) -> Snapshot {
    let until = Instant::now() + Duration::from_secs(3);
    loop {
        let is = Snapshot::of(dir);
        if good(&is) || Instant::now() > until {
            return is;
        }
        thread::sleep(Duration::from_millis(10));
    }
}
