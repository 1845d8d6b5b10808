//! What is measured: how many objects there are, and which commands list them.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::hold::{Crowd, Held};
use crate::measure::{Measured, Result, Task, files_of, in_turns, median, read_in_turns};
use crate::targets::{Targets, number};

/// The commands that are measured.
pub(crate) struct Tools<'a> {
    /// bpfdbg without any library.
    pub(crate) of_static: &'a str,
    /// bpfdbg as distributions build it.
    pub(crate) of_dynamic: &'a str,
    /// bpftool, and what must stand in front of its arguments.
    pub(crate) bpftool: &'a [&'a str],
}

/// How often each command runs.
const ROUNDS: usize = 21;
/// In one of how many rounds bpftool does.
const SELDOM: usize = 10;

/// All scenes, in a directory of a bpffs.
pub(crate) struct Bench<'a> {
    tools: &'a Tools<'a>,
    dir: &'a Path,
    targets: Targets,
}

impl<'a> Bench<'a> {
    pub(crate) fn new(tools: &'a Tools<'a>, dir: &'a Path) -> Self {
        Self { tools, dir, targets: Targets::default() }
    }

    /// Measures and prints everything; returns what was missed.
    pub(crate) fn run(mut self) -> Result<Vec<String>> {
        println!("Kernel {}; {}.\n", said(&["uname", "-r"])?, self.bpftool_version()?);
        self.starts()?;
        self.install()?;
        let mut by_count = Vec::new();
        for programs in [10, 100, 1_000, 10_000, 50_000] {
            by_count.push((programs, self.programs(programs)?));
        }
        self.growth(&by_count);
        self.maps(10_000)?;
        self.links(10_000)?;
        println!("### Targets\n\n{}", self.targets.table());
        Ok(self.targets.missed())
    }

    fn bpftool_version(&self) -> Result<String> {
        let words: Vec<_> = self.tools.bpftool.iter().copied().chain(["version"]).collect();
        let version = said(&words)?;
        Ok(version.lines().next().unwrap_or_default().to_owned())
    }

    /// A listing by the static binary.
    fn bpfdbg(&self, arguments: &str) -> Task {
        self.listing(&format!("bpfdbg {arguments}"), self.tools.of_static, arguments)
    }

    fn listing(&self, name: &str, binary: &str, arguments: &str) -> Task {
        let dir = self.dir.display().to_string();
        let mut words = vec![binary, "--bpffs", &dir];
        words.extend(arguments.split(' '));
        Task::new(name, &words)
    }

    fn bpftool(&self, arguments: &str) -> Task {
        let mut words = self.tools.bpftool.to_vec();
        words.extend(arguments.split(' '));
        Task { every: SELDOM, ..Task::new(&format!("bpftool {arguments}"), &words) }
    }

    /// `cat` of the very files that a listing reads.
    fn cat(&self, listing: &Task) -> Result<Task> {
        let files = files_of(listing, self.dir)?;
        let names: Vec<_> = files.iter().filter_map(|file| file.rsplit('/').next()).collect();
        let mut words = vec!["cat"];
        words.extend(files.iter().map(String::as_str));
        Ok(Task::new(&format!("cat {}", names.join(" ")), &words))
    }

    fn measure(&self, title: &str, tasks: &[Task]) -> Result<Vec<Measured>> {
        let measured = in_turns(tasks, ROUNDS, self.dir)?;
        println!("### {title}\n");
        println!(
            "| command | ms | CPU ms | × {} | peak MiB | system calls | printed MB |",
            measured[0].name
        );
        println!("|---|--:|--:|--:|--:|--:|--:|");
        for of in &measured {
            println!(
                "| `{}` | {} | {} | {} | {} | {} | {:.2} |",
                of.name,
                number(of.wall()),
                number(of.cpu()),
                number(of.times(&measured[0])),
                number(of.peak as f64 / 1024.0),
                of.trace.calls,
                of.trace.printed as f64 / 1e6,
            );
        }
        println!();
        Ok(measured)
    }

    /// What a command takes that lists nothing.
    fn starts(&mut self) -> Result<()> {
        let empty = tempfile::tempdir().map_err(|error| error.to_string())?;
        for name in ["progs.debug", "maps.debug", "links.debug"] {
            fs::write(empty.path().join(name), "").map_err(|error| error.to_string())?;
        }
        let dir = empty.path().display().to_string();
        let file = empty.path().join("maps.debug").display().to_string();
        let Tools { of_static, of_dynamic, .. } = *self.tools;
        let tasks = [
            Task::new("true", &["/bin/true"]),
            Task::new("cat of an empty file", &["cat", &file]),
            Task::new("bpfdbg --help", &[of_static, "--help"]),
            Task::new("bpfdbg maps, of an empty file", &[of_static, "--bpffs", &dir, "maps"]),
            Task::new("bpfdbg --help, dynamic", &[of_dynamic, "--help"]),
            Task::new("bpfdbg maps, dynamic", &[of_dynamic, "--bpffs", &dir, "maps"]),
        ];
        let of = self.measure("Starts", &tasks)?;
        let floor = of[0].cpu() + of[1].cpu();
        self.targets.at_most("an empty listing / (true + cat)", of[3].cpu() / floor, 1.3);
        Ok(())
    }

    /// What `install` takes; leaves the files installed.
    fn install(&mut self) -> Result<()> {
        let (dir, binary) = (self.dir.display().to_string(), self.tools.of_static);
        // In turns, for what is installed already is not installed again.
        let install = [binary, "install", "--bpffs", &dir];
        let tasks = [
            Task::new("true", &["/bin/true"]),
            Task::new("bpfdbg install --public", &[&install[..], &["--public"]].concat()),
            Task::new("bpfdbg install", &install),
        ];
        let of = self.measure("Installs, each in place of the one before", &tasks)?;
        self.targets.at_most("CPU ms of an install", of[2].cpu(), 20.0);
        Ok(())
    }

    fn programs(&mut self, count: usize) -> Result<Vec<Measured>> {
        let _held = Held::new(Crowd { programs: count, ..Crowd::default() })?;
        let json = self.bpfdbg("progs --json");
        let brief = "progs --format csv -o id,type,name,uid,loaded_at";
        let mut tasks = vec![
            self.cat(&json)?,
            json,
            self.bpfdbg("progs"),
            self.bpfdbg("progs --format ndjson"),
            self.bpfdbg("progs --format csv"),
            self.bpfdbg("progs --format raw"),
            self.bpfdbg(brief),
            self.listing("bpfdbg progs --json, dynamic", self.tools.of_dynamic, "progs --json"),
        ];
        // Of more, it takes minutes.
        if count <= 10_000 {
            tasks.extend([self.bpftool("-j prog show"), self.bpftool("prog show")]);
        }
        let of = self.measure(&format!("{count} programs"), &tasks)?;
        if count >= 10_000 {
            for (i, bound) in [(1, 1.5), (2, 2.0)] {
                let (what, of_i) = (format!("{} of {count}", of[i].name), &of[i]);
                self.targets.at_most(format!("{what} / cat"), of_i.times(&of[0]), bound);
                if let Some(bpftool) = of.get(8) {
                    self.targets.at_least(format!("bpftool -j / {what}"), bpftool.times(of_i), 8.0);
                }
                let most = 4096.0 + 2.0 * of_i.trace.read as f64 / 1024.0;
                self.targets.counted(format!("peak KiB of {what}"), of_i.peak as f64, most);
            }
            self.reads(&of[1]);
        }
        if count == 10_000 {
            self.iterator()?;
        }
        Ok(of)
    }

    /// One read(2) takes all that the kernel's buffer holds: 32 KiB, but for the row that did not
    /// fit; one more tells the end of a file.
    fn reads(&mut self, of: &Measured) {
        let rows = 2 * (32 << 10) - 512;
        let least = of.trace.read as f64 * 2.0 / f64::from(rows);
        let most = least.ceil() + 2.0 * of.trace.files.len() as f64;
        self.targets.counted(format!("read(2) of {}", of.name), of.trace.reads as f64, most);
    }

    /// The iterator itself, beside the least that one can do.
    fn iterator(&mut self) -> Result<()> {
        let (own, floor) = (self.dir.join("progs.debug"), self.dir.join("one_byte"));
        bpfdbg_attach::walk::pin(&floor).map_err(|error| error.to_string())?;
        let times = read_in_turns(&[&own, &floor], 5 * ROUNDS)?;
        fs::remove_file(&floor).map_err(|error| error.to_string())?;
        let ratio = median(times[0].iter().zip(&times[1]).map(|(own, least)| own / least));
        let [own, least] = [0, 1].map(|i| median(times[i].iter().copied()));
        println!(
            "To read `progs.debug` takes {} ms, an iterator that writes one byte a program {} ms.\n",
            number(own),
            number(least)
        );
        self.targets.at_most("the iterator of programs / one byte a program", ratio, 8.0);
        Ok(())
    }

    /// What grows with the number of programs, and what does not.
    fn growth(&mut self, by_count: &[(usize, Vec<Measured>)]) {
        let of = |wanted| by_count.iter().find(|(count, _)| *count == wanted).map(|(_, of)| of);
        let (Some(start), Some(few), Some(many)) = (of(10), of(1_000), of(50_000)) else { return };
        // What a program more takes of 50,000, by what it takes of 1,000. The kernel itself gets slower,
        // for so many programs are in no cache: `cat` tells how much.
        let growth = |i: usize| {
            let each = |more: &[Measured], count: f64| (more[i].cpu() - start[i].cpu()) / count;
            each(many, 49_990.0) / each(few, 990.0)
        };
        println!("`cat` takes {} times as long a program of 50000.\n", number(growth(0)));
        for i in [1, 2] {
            let what = format!("growth of {} from 1000 to 50000 / of cat", many[i].name);
            self.targets.at_most(what, growth(i) / growth(0), 1.25);
        }
        // A child's peak begins with that of the bench: so does that of `cat`, which needs no more.
        let more = |i: usize| many[i].peak as f64 - few[i].peak as f64;
        let what = format!("KiB that `{}` of 50000 takes more than of 1000", few[6].name);
        self.targets.counted(what, more(6) - more(0), 256.0);
    }

    fn maps(&mut self, maps: usize) -> Result<()> {
        let _held = Held::new(Crowd { maps, ..Crowd::default() })?;
        let json = self.bpfdbg("maps --json");
        let tasks = [
            self.cat(&json)?,
            json,
            self.bpfdbg("maps"),
            self.bpftool("-j map show"),
            self.bpftool("map show"),
        ];
        self.measure(&format!("{maps} maps"), &tasks).map(drop)
    }

    fn links(&mut self, links: usize) -> Result<()> {
        let _held = Held::new(Crowd { links, ..Crowd::default() })?;
        let tasks = [
            self.cat(&self.bpfdbg("links"))?,
            self.bpfdbg("links --json"),
            self.bpfdbg("links"),
            self.bpftool("-j link show"),
        ];
        self.measure(&format!("{links} links"), &tasks)?;
        let json = self.bpfdbg("progs --json");
        let tasks = [self.cat(&json)?, json, self.bpfdbg("progs")];
        let of = self.measure(&format!("{links} programs, each with a link"), &tasks)?;
        for i in [1, 2] {
            let what = format!("{} of {links} with {links} links / cats", of[i].name);
            self.targets.at_most(what, of[i].times(&of[0]), 2.0);
        }
        Ok(())
    }
}

/// What a command prints, without the newline at its end.
fn said(words: &[&str]) -> Result<String> {
    let failed = |why: String| format!("'{}': {why}", words.join(" "));
    let output = Command::new(words[0]).args(&words[1..]).output();
    let output = output.map_err(|error| failed(error.to_string()))?;
    if !output.status.success() {
        return Err(failed(String::from_utf8_lossy(&output.stderr).trim_end().to_owned()));
    }
    Ok(String::from_utf8_lossy(&output.stdout).trim_end().to_owned())
}
