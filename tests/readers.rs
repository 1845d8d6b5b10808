//! Readers of attached.debug among others, who read slowly, leave in the middle, or never end.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{BufRead as _, BufReader, ErrorKind, Read as _};
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use bpfdbg::model::DirectAttachment;
use bpfdbg::parse;
use bpfdbg_attach::crowd::Mass;
use libtest_mimic::Trial;
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

use crate::sandbox::{NOBODY, Sandbox, mode, ran, sandbox};
use crate::support::{Result, check, in_machine, kernel, program, skip, times, trial};

const FILE: &str = "/run/bpfdbg/attached.debug";

/// The argument that makes this binary a reader of so many files who ends none.
pub(crate) const HOLDER: &str = "--hold-readers";

pub(crate) fn trials() -> Vec<Trial> {
    vec![
        trial("a reader goes on where it was, whoever reads meanwhile", || long_text(paused)),
        trial("every read is complete beside users who begin and never end one", || {
            long_text(strangers)
        }),
        trial("a user who fills his share with reads is told so, and nobody else is", || {
            long_text(full_share)
        }),
        trial("seventeen users who fill their shares leave root, and any other, his own", || {
            long_text(many_shares)
        }),
        trial(
            "a root without capabilities, as in a container, takes nothing of root's share",
            || long_text(powerless_root),
        ),
        trial("a file that nobody can read any more is narrowed and removed nevertheless", || {
            long_text(unreadable)
        }),
    ]
}

/// Runs a test where the text takes several reads.
fn long_text(test: impl FnOnce(&Sandbox, &Mass) -> Result + Send) -> Result {
    sandbox(|sandbox| {
        sandbox.public()?;
        // The kernel's buffer is eight pages, and a reader has a place to keep where one is not enough.
        let pages = rustix::param::page_size() / 4096;
        match Mass::new(16, times(30, 15) * pages) {
            Ok(mass) => test(sandbox, &mass),
            Err(reason) => skip(reason),
        }
    })
}

/// Each attachment of the mass once: by program, hook and place. Others come and go.
fn rows_of(text: &[u8], mass: &Mass) -> Result {
    let progs: BTreeSet<_> = mass.prog_ids.iter().copied().collect();
    let rows: Vec<DirectAttachment<'_>> = parse::rows(text)?;
    let mut seen = BTreeSet::new();
    let mut count = 0;
    for row in rows.iter().filter(|row| progs.contains(&row.prog_id)) {
        seen.insert((row.prog_id, row.attach_type, row.target.point));
        count += 1;
    }
    check(seen.len() == mass.len() && count == mass.len(), || {
        format!("{count} rows, {} of them different, of {}", seen.len(), mass.len())
    })
}

/// Opens, reads so much as to be in the middle, and leaves.
fn begin() -> std::io::Result<File> {
    begin_at(FILE.as_ref())
}

fn begin_at(path: &Path) -> std::io::Result<File> {
    let mut file = File::open(path)?;
    file.read_exact(&mut [0; 16])?;
    Ok(file)
}

fn paused(_: &Sandbox, mass: &Mass) -> Result {
    rows_of(&fs::read(FILE)?, mass)?;
    let mut readers: Vec<_> =
        (0..3).map(|_| Ok((File::open(FILE)?, Vec::new()))).collect::<Result<_>>()?;
    let mut held = Vec::new();
    let mut is_open = true;
    while is_open {
        is_open = false;
        for (file, text) in &mut readers {
            let mut piece = vec![0; 32 << 10];
            let n = file.read(&mut piece)?;
            text.extend_from_slice(&piece[..n]);
            is_open |= n > 0;
        }
        // More than any table of a few places has room for.
        for i in 0..150 {
            let stranger = begin()?;
            if i % 3 == 0 {
                held.push(stranger);
            }
        }
    }
    readers.iter().try_for_each(|(_, text)| rows_of(text, mass))
}

fn strangers(sandbox: &Sandbox, mass: &Mass) -> Result {
    let (stop, begun) = (AtomicBool::new(false), AtomicUsize::new(0));
    let begun_at_least = times(2000, 100);
    let start = Instant::now();
    // So long, and longer where the machine is busy.
    let is_over = || {
        start.elapsed() > Duration::from_secs(times(4, 8))
            && begun.load(Ordering::Relaxed) > begun_at_least
            || start.elapsed() > Duration::from_secs(60)
    };
    let stranger = || {
        while !stop.load(Ordering::Relaxed) {
            // Whether there is room for it is its own affair.
            let _ = begin();
            begun.fetch_add(1, Ordering::Relaxed);
        }
    };
    let reader = || {
        let mut reads = 0;
        while !is_over() {
            rows_of(&fs::read(FILE)?, mass)?;
            reads += 1;
        }
        Result::Ok(reads)
    };
    let reads = std::thread::scope(|scope| {
        let strangers: Vec<_> = (0..6).map(|_| scope.spawn(stranger)).collect();
        let readers: Vec<_> = (0..times(20, 4)).map(|_| scope.spawn(reader)).collect();
        let reads = readers.into_iter().map(|reader| reader.join().expect("no panic"));
        let reads = reads.collect::<Vec<Result<usize>>>();
        let listed = ran(&mut sandbox.nobody(&["progs", "-j"]));
        stop.store(true, Ordering::Relaxed);
        strangers.into_iter().for_each(|stranger| stranger.join().expect("no panic"));
        let listed = listed?;
        check(listed.stderr.is_empty(), || format!("progs said: {}", listed.stderr))?;
        listed.ok()?;
        reads.into_iter().sum::<Result<usize>>()
    });
    // More than a user's share: what is left behind must be taken away.
    let (reads, begun) = (reads?, begun.into_inner());
    check(reads > times(20, 4) && begun > begun_at_least, || {
        format!("only {reads} reads beside {begun} that never ended")
    })?;
    (0..times(1500, 200)).try_for_each(|_| begin().map(drop))?;
    rows_of(&fs::read(FILE)?, mass)
}

/// Begins as many reads of a file as are more than a share, tells how many there was room for, and waits
/// for standard input to be closed.
pub(crate) fn hold(path: &str) -> ! {
    let limit = getrlimit(Resource::Nofile);
    let _ = setrlimit(Resource::Nofile, Rlimit { current: limit.maximum, ..limit });
    let mut held = Vec::new();
    let mut refused = 0;
    for _ in 0..BEGUN {
        match begin_at(path.as_ref()) {
            Ok(file) => held.push(file),
            Err(error) if error.kind() == ErrorKind::WouldBlock => refused += 1,
            Err(error) => panic!("after {}: {error}", held.len()),
        }
    }
    println!("{} {refused}", held.len());
    let _ = std::io::stdin().lines().last();
    std::process::exit(0)
}

/// Another user, with whom those of this test share nothing.
const OTHER: u32 = 40_000;

/// As many reads as a user of these tests begins; more than his share.
const BEGUN: usize = 1200;

/// A user in the middle of as many reads as he may be, until this is dropped.
struct Full {
    child: Child,
    held: usize,
}

impl Full {
    fn start(uid: u32) -> Result<Self> {
        Self::begin(Command::new("/proc/self/exe").uid(uid).gid(uid), FILE)
    }

    /// Has a command, which may go on to the one that its arguments are, begin reads of a file.
    fn begin(command: &mut Command, file: &str) -> Result<Self> {
        if getrlimit(Resource::Nofile).maximum.is_some_and(|most| most < BEGUN as u64 + 50) {
            return skip("few descriptors may be open here");
        }
        let mut child =
            command.args([HOLDER, file]).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
        let mut line = String::new();
        BufReader::new(child.stdout.take().ok_or("no pipe")?).read_line(&mut line)?;
        let mut full = Self { child, held: 0 };
        let numbers: Vec<usize> = line.split_whitespace().flat_map(str::parse).collect();
        let [held, more] = numbers[..] else { return Err(format!("said '{line}'").into()) };
        full.held = held;
        check(held + more == BEGUN && (900..BEGUN).contains(&held), || {
            format!("{held} reads had room, and {more} had not")
        })?;
        Ok(full)
    }
}

impl Drop for Full {
    fn drop(&mut self) {
        drop(self.child.stdin.take());
        let _ = self.child.wait();
    }
}

/// As a process of so many users that no table of theirs has room for all.
fn many_shares(sandbox: &Sandbox, mass: &Mass) -> Result {
    if in_machine() {
        return skip("a machine has no memory for so many open files");
    }
    let full = (0..17).map(|n| Full::start(OTHER + n)).collect::<Result<Vec<_>>>()?;
    rows_of(&fs::read(FILE)?, mass)?;
    // Of the first one's, by a remainder of the numbers that a table of shares may have.
    for uid in [NOBODY, OTHER + 63, OTHER + 64, OTHER + 1024] {
        let listed = ran(sandbox.root(&["progs", "-j"]).uid(uid).gid(uid))?;
        check(listed.stderr.is_empty(), || format!("{uid}: {}", listed.stderr))?;
    }
    check(full.iter().all(|user| user.held > 0), || "no share was filled".into())
}

fn full_share(sandbox: &Sandbox, mass: &Mass) -> Result {
    let full = Full::start(OTHER)?;
    let refused = ran(sandbox.root(&["progs", "-j"]).uid(OTHER).gid(OTHER));
    let listed = ran(&mut sandbox.nobody(&["progs", "-j"]));
    let complete = fs::read(FILE).map(|text| rows_of(&text, mass));
    drop(full);
    complete??;
    check(listed?.stderr.is_empty(), || "another user is told, too".into())?;
    let refused = refused?;
    // Where there is no iterator over links, theirs is read in the same way.
    let files = if kernel() == "5.10" {
        &["links.debug", "attached.debug"][..]
    } else {
        &["attached.debug"]
    };
    let note = |file: &&str| {
        format!(
            "bpfdbg: note: cannot read '/run/bpfdbg/{file}': Resource temporarily unavailable (os error 11); it is left out\n"
        )
    };
    let said: String = files.iter().map(note).collect();
    check(refused.code == Some(0) && refused.stderr == said, || {
        format!("exit code {:?}, stderr: {}", refused.code, refused.stderr)
    })?;
    // What was begun has ended with the process.
    let after = ran(sandbox.root(&["progs", "-j"]).uid(OTHER).gid(OTHER))?;
    check(after.stderr.is_empty(), || after.stderr.clone())
}

fn powerless_root(sandbox: &Sandbox, mass: &Mass) -> Result {
    if in_machine() {
        return skip("a machine has no setpriv");
    }
    let mut setpriv = Command::new(program("setpriv")?);
    setpriv.args(["--bounding-set", "-all", "--inh-caps", "-all"]).arg(std::env::current_exe()?);
    let full = Full::begin(&mut setpriv, FILE)?;
    let refused = fs::read(FILE);
    rows_of(&refused?, mass)?;
    let listed = ran(&mut sandbox.root(&["progs", "-j"]))?;
    check(full.held < BEGUN && listed.stderr.is_empty(), || listed.stderr.clone())
}

/// Root has begun as many reads as may be, and so cannot tell by its text whose the file is.
fn unreadable(sandbox: &Sandbox, _: &Mass) -> Result {
    let dir = Path::new("/sys/fs/bpf/dir");
    let file = dir.join("attached.debug");
    let at = |args: &[&str]| ran(sandbox.root(args).arg("--bpffs").arg(dir));
    at(&["install", "--public"])?.ok()?;
    let fill = || Full::begin(&mut Command::new("/proc/self/exe"), &file.to_string_lossy());
    for (command, left) in
        [(&["install", "--private"][..], Some((0o400, 0))), (&["uninstall"], None)]
    {
        let full = fill()?;
        let read = fs::read(&file).map_err(|error| error.kind());
        check(read == Err(ErrorKind::WouldBlock), || "it can be read".into())?;
        at(command)?.ok()?;
        drop(full);
        check(mode(&file).ok() == left, || format!("{command:?}: {:?}", mode(&file)))?;
    }
    Ok(())
}
