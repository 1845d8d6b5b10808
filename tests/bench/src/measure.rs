//! Runs commands in turns, and tells what each took.

use std::fs::File;
use std::io::{self, BufRead as _, BufReader, Read as _};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;

use crate::sys;

/// A result whose error is told to the one who runs the bench.
pub(crate) type Result<T> = std::result::Result<T, String>;

/// A command to be measured.
pub(crate) struct Task {
    /// How the table names it.
    pub(crate) name: String,
    /// The program and its arguments.
    pub(crate) words: Vec<String>,
    /// It runs in every so many rounds: what takes a hundred times as long needs fewer.
    pub(crate) every: usize,
}

impl Task {
    /// A command that runs in every round.
    pub(crate) fn new(name: &str, words: &[&str]) -> Self {
        let words = words.iter().map(|word| (*word).to_owned()).collect();
        Self { name: name.to_owned(), words, every: 1 }
    }

    fn command(&self) -> Command {
        let mut command = Command::new(&self.words[0]);
        command.args(&self.words[1..]).stdin(Stdio::null()).stderr(Stdio::null());
        command
    }

    fn failed(&self, why: impl std::fmt::Display) -> String {
        format!("'{}': {why}", self.words.join(" "))
    }

    /// Runs it once; its output goes to /dev/null.
    fn run(&self) -> Result<Cost> {
        let start = Instant::now();
        let child =
            self.command().stdout(Stdio::null()).spawn().map_err(|error| self.failed(error))?;
        let usage = sys::wait(&child).map_err(|error| self.failed(error))?;
        let wall = start.elapsed().as_secs_f64();
        if !usage.is_success {
            return Err(self.failed("failed"));
        }
        Ok(Cost { wall: wall * 1e3, cpu: usage.cpu * 1e3, peak: usage.peak })
    }

    /// Runs it once for the bytes that it prints. None are kept: a child's peak of memory begins with
    /// this process's.
    fn printed(&self) -> Result<u64> {
        let mut child =
            self.command().stdout(Stdio::piped()).spawn().map_err(|error| self.failed(error))?;
        let mut stdout = child.stdout.take().ok_or_else(|| self.failed("has no output"))?;
        let printed = io::copy(&mut stdout, &mut io::sink());
        let status = child.wait().map_err(|error| self.failed(error))?;
        if !status.success() {
            return Err(self.failed("failed"));
        }
        printed.map_err(|error| self.failed(error))
    }

    /// Runs it once for what it prints and what it asks of the kernel.
    fn trace(&self, dir: &Path) -> Result<Trace> {
        let mut trace = Trace { printed: self.printed()?, ..Trace::default() };
        let log = tempfile::NamedTempFile::new().map_err(|error| error.to_string())?;
        let traced = Command::new("strace")
            .args(["-f", "-qq", "-y", "-o"])
            .arg(log.path())
            .args(&self.words)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status();
        if !traced.map_err(|error| format!("strace: {error}"))?.success() {
            return Err(self.failed("failed under strace"));
        }
        let of_dir = format!("<{}/", dir.display());
        for line in BufReader::new(log).lines() {
            // "PID call(arguments) = result"
            let line = line.map_err(|error| self.failed(error))?;
            let call = line.trim_start_matches(|c: char| c.is_ascii_digit() || c == ' ');
            trace.calls += u64::from(call.contains('('));
            if call.starts_with("read(") && call.contains(&of_dir) {
                trace.reads += 1;
                let bytes = call.rsplit("= ").next().and_then(|bytes| bytes.trim().parse().ok());
                trace.read += bytes.unwrap_or(0u64);
            }
            let opened = call.split(&of_dir).nth(1).and_then(|rest| rest.split('>').next());
            if let Some(name) = opened.filter(|_| call.starts_with("openat(")) {
                trace.files.push(dir.join(name).display().to_string());
            }
        }
        Ok(trace)
    }
}

/// What one run took.
struct Cost {
    wall: f64,
    cpu: f64,
    peak: u64,
}

/// What a command asks of the kernel; the same at every run.
#[derive(Default)]
pub(crate) struct Trace {
    /// Bytes written to standard output.
    pub(crate) printed: u64,
    /// System calls, those of process start included.
    pub(crate) calls: u64,
    /// read(2) calls on the iterators' files, and the bytes that they gave.
    pub(crate) reads: u64,
    pub(crate) read: u64,
    /// The iterators' files that were opened.
    pub(crate) files: Vec<String>,
}

/// What a command took in all rounds.
pub(crate) struct Measured {
    /// How the table names it.
    pub(crate) name: String,
    /// Milliseconds from start to end, by round.
    walls: Vec<Option<f64>>,
    /// Milliseconds on a CPU, by round.
    cpus: Vec<Option<f64>>,
    /// The most memory of all runs, in KiB.
    pub(crate) peak: u64,
    /// What it asks of the kernel.
    pub(crate) trace: Trace,
}

impl Measured {
    /// The median of milliseconds from start to end.
    pub(crate) fn wall(&self) -> f64 {
        median(self.walls.iter().copied().flatten())
    }

    /// The median of milliseconds on a CPU.
    pub(crate) fn cpu(&self) -> f64 {
        median(self.cpus.iter().copied().flatten())
    }

    /// How many times as long as `other` it takes, on a CPU, which other processes change least: the
    /// median of what it is in each round, so that a machine that gets slower or faster meanwhile
    /// says nothing.
    pub(crate) fn times(&self, other: &Self) -> f64 {
        let pairs = self.cpus.iter().zip(&other.cpus);
        median(pairs.filter_map(|(own, other)| Some((*own)? / (*other)?)))
    }
}

/// The files that a command reads, for `cat` to read the same.
pub(crate) fn files_of(task: &Task, dir: &Path) -> Result<Vec<String>> {
    Ok(task.trace(dir)?.files)
}

/// Runs commands in turns: A B C, A B C.
pub(crate) fn in_turns(tasks: &[Task], rounds: usize, dir: &Path) -> Result<Vec<Measured>> {
    let mut measured = Vec::new();
    for task in tasks {
        // The first run finds nothing in caches.
        task.run()?;
        let trace = task.trace(dir)?;
        let (walls, cpus) = (Vec::new(), Vec::new());
        measured.push(Measured { name: task.name.clone(), walls, cpus, peak: 0, trace });
    }
    for round in 0..rounds {
        for (task, of) in tasks.iter().zip(&mut measured) {
            let cost = (round % task.every == 0).then(|| task.run()).transpose()?;
            of.walls.push(cost.as_ref().map(|cost| cost.wall));
            of.cpus.push(cost.as_ref().map(|cost| cost.cpu));
            of.peak = of.peak.max(cost.map_or(0, |cost| cost.peak));
        }
    }
    Ok(measured)
}

/// Reads files in turns in this very process, so that no process start counts; the milliseconds of
/// each, by round.
pub(crate) fn read_in_turns(files: &[impl AsRef<Path>], rounds: usize) -> Result<Vec<Vec<f64>>> {
    let mut buffer = vec![0; 64 << 10];
    let mut read = |path: &Path| {
        let start = Instant::now();
        let mut file = File::open(path)?;
        while file.read(&mut buffer)? > 0 {}
        Ok(start.elapsed().as_secs_f64() * 1e3)
    };
    let mut times = vec![Vec::new(); files.len()];
    for _ in 0..rounds {
        for (path, times) in files.iter().map(AsRef::as_ref).zip(&mut times) {
            let time = read(path)
                .map_err(|error: io::Error| format!("cannot read '{}': {error}", path.display()))?;
            times.push(time);
        }
    }
    Ok(times)
}

/// The one in the middle.
pub(crate) fn median(values: impl IntoIterator<Item = f64>) -> f64 {
    let mut values: Vec<_> = values.into_iter().collect();
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}
