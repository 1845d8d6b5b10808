//! `--watch`: what changes between two looks, held against what the loader does in between; and how a
//! watch ends.

use std::fs::File;
use std::io::{BufRead as _, BufReader, Read as _};
use std::os::fd::OwnedFd;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant};

use bpfdbg_attach::flood::Flood;
use libtest_mimic::Trial;
use rustix::process::{Pid, Signal, kill_process};
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{Winsize, tcsetwinsize};
use serde_json::Value;

use crate::sandbox::{Sandbox, ran, sandbox};
use crate::support::{self, CHEAPEST, Result, check, only_on, source_tree, trial};

/// How long anything may take on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);

pub(crate) fn trials() -> Vec<Trial> {
    vec![
        trial("a stream tells of programs that come and go, and of nothing else", || {
            sandbox(|s| stream(s, "progs"))
        }),
        trial("a stream tells of maps that come and go, and of nothing else", || {
            sandbox(|s| stream(s, "maps"))
        }),
        trial("a stream tells of a row that is other than it was", changed),
        trial("tables on a pipe stand one below the other, with marks", tables),
        trial("a terminal's screen is drawn over, and given back at the end", terminal),
        trial("a signal ends a watch quietly, also while nobody reads", signals),
        trial("a reader that has left ends a watch in which nothing changes", reader_left),
        trial("a watch goes on over an upgrade, and says so when the file is gone", || {
            sandbox(upgrade)
        }),
        trial("other formats, and no number of seconds, are exit code 2", usage),
    ]
}

/// A watch that runs; dropped, it is killed.
pub(crate) struct Watch {
    child: Child,
    lines: Receiver<String>,
}

impl Watch {
    pub(crate) fn start(command: &mut Command) -> Result<Self> {
        let command = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn()?;
        let stdout = child.stdout.take().ok_or("no output")?;
        let (to, lines) = channel();
        std::thread::spawn(move || {
            let mut lines = BufReader::new(stdout).lines().map_while(std::result::Result::ok);
            lines.try_for_each(|line| to.send(line))
        });
        Ok(Self { child, lines })
    }

    pub(crate) fn line(&mut self) -> Result<String> {
        match self.lines.recv_timeout(PATIENCE) {
            Ok(line) => Ok(line),
            Err(RecvTimeoutError::Timeout) => Err("no line in all the time".into()),
            Err(error) => Err(format!("no line: {error}; {:?}", self.ended()?).into()),
        }
    }

    /// The next event that is about the object with this id.
    fn event(&mut self, id: u32) -> Result<Value> {
        loop {
            let event: Value = serde_json::from_str(&self.line()?)?;
            if event["id"] == id {
                return Ok(event);
            }
        }
    }

    /// Sends a signal; the exit code and standard error.
    pub(crate) fn end(mut self, signal: Signal) -> Result<(Option<i32>, String)> {
        kill_process(Pid::from_child(&self.child), signal)?;
        self.ended()
    }

    fn ended(&mut self) -> Result<(Option<i32>, String)> {
        let start = Instant::now();
        while start.elapsed() < PATIENCE {
            if let Some(status) = self.child.try_wait()? {
                let mut text = String::new();
                self.child.stderr.take().ok_or("no stderr")?.read_to_string(&mut text)?;
                return Ok((status.code(), text));
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        Err("it does not end".into())
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn stream(sandbox: &Sandbox, noun: &str) -> Result {
    sandbox.public()?;
    let args = [noun, "--watch=0.1", "--format", "ndjson"];
    let mut watch = Watch::start(&mut sandbox.nobody(&args))?;
    // The first events are those of a listing; another one may run at the same time.
    watch.line()?;
    let mut flood = Flood::new();
    let ids = match noun {
        "progs" => flood.add_programs(3).map(|()| &flood.program_ids)?,
        _ => flood.add_maps(3).map(|()| &flood.map_ids)?,
    };
    let id = ids[2];
    let mut added = watch.event(id)?;
    let listed = ran(&mut sandbox.nobody(&[noun, "--json", "--id", &id.to_string()]))?.json()?;
    check(added["event"] == "added", || format!("{added}"))?;
    without_looks(&mut added);
    // What compares two looks aside, the event has the keys of a listing.
    check(listed.as_array().is_some_and(|rows| rows.contains(&added)), || {
        format!("{added} is not in {listed}")
    })?;
    drop(flood);
    let mut removed = watch.event(id)?;
    check(removed["event"] == "removed", || format!("{removed}"))?;
    without_looks(&mut removed);
    check(removed == added, || format!("{removed} in place of {added}"))?;
    let (code, stderr) = watch.end(Signal::TERM)?;
    check(code == Some(0) && stderr.is_empty(), || format!("{code:?} {stderr}"))
}

/// Holds a watch of a capture to a quiet end: it has said once what it reads, and nothing more.
fn of_capture(code: Option<i32>, stderr: &str) -> Result {
    let is_note = stderr.ends_with("/maps.debug' is a capture, not this machine's kernel\n")
        && stderr.lines().count() == 1;
    check(code == Some(0) && is_note, || format!("{code:?} {stderr}"))
}

/// Takes away what a listing that looks once does not have.
fn without_looks(event: &mut Value) {
    if let Some(keys) = event.as_object_mut() {
        for key in ["event", "runs_per_second", "ns_per_run", "run_ns_per_second"] {
            keys.remove(key);
        }
    }
}

/// The columns of maps that the tests below write by themselves.
const HEADER: &str = "id name max_entries cur_entries bpfdbg/9\n";

/// A watch of a directory whose file the test writes.
fn watch_of(text: &str, args: &[&str]) -> Result<(tempfile::TempDir, Command)> {
    let dir = tempfile::tempdir()?;
    write(&dir, text)?;
    let mut command = support::bpfdbg();
    let pace = if args.iter().any(|arg| arg.starts_with("-W=")) { None } else { Some("-W=0.1") };
    command.args(["maps", "-o", "id,name,cur_entries", "--bpffs"]).arg(dir.path());
    command.args(pace).args(args).env("TERM", "xterm").env_remove("NO_COLOR");
    Ok((dir, command))
}

/// Replaces the file as a whole, so that no look finds half of it.
fn write(dir: &tempfile::TempDir, text: &str) -> Result {
    let (new, file) = (dir.path().join("new"), dir.path().join("maps.debug"));
    std::fs::write(&new, format!("{HEADER}{text}"))?;
    Ok(std::fs::rename(new, file)?)
}

fn changed() -> Result {
    let (dir, mut command) = watch_of("1 a 5 0\n2 b 5 0\n", &["--format", "ndjson"])?;
    let mut watch = Watch::start(&mut command)?;
    let mut expect = |expected: &str| -> Result {
        let line = watch.line()?;
        check(line == expected, || format!("{line} in place of {expected}"))
    };
    expect(r#"{"event":"added","id":1,"name":"a","cur_entries":0}"#)?;
    expect(r#"{"event":"added","id":2,"name":"b","cur_entries":0}"#)?;
    // What is not shown is no change.
    write(&dir, "1 a 6 0\n2 b 6 0\n")?;
    std::thread::sleep(Duration::from_millis(300));
    write(&dir, "1 a 6 0\n2 b 6 3\n3 c 6 0\n")?;
    expect(r#"{"event":"changed","id":2,"name":"b","cur_entries":3}"#)?;
    expect(r#"{"event":"added","id":3,"name":"c","cur_entries":0}"#)?;
    // The kernel may give the id to another: for a reader it is the same row.
    write(&dir, "2 B 6 3\n3 c 6 0\n")?;
    expect(r#"{"event":"removed","id":1,"name":"a","cur_entries":0}"#)?;
    expect(r#"{"event":"changed","id":2,"name":"B","cur_entries":3}"#)
}

fn tables() -> Result {
    let (dir, mut command) = watch_of("1 a 5 0\n2 b 5 0\n", &["-x", "-cur_entries"])?;
    let mut watch = Watch::start(&mut command)?;
    let mut table = || -> Result<Vec<String>> {
        let lines = std::iter::from_fn(|| watch.line().ok()).take_while(|line| !line.is_empty());
        Ok(lines.collect())
    };
    let heading = "   ID  NAME  CUR_ENTRIES";
    let expected = [heading, "    1  a               0", "    2  b               0"];
    check(table()? == expected, || "the first table differs".into())?;
    write(&dir, "2 b 5 0\n3 c 5 7\n")?;
    let changed = [
        heading,
        "+   3  c               7",
        "-   1  a               0",
        "    2  b               0",
    ];
    let settled = [heading, "    3  c               7", "    2  b               0"];
    for wanted in [&changed[..], &settled[..]] {
        let start = Instant::now();
        loop {
            let found = table()?;
            if found == wanted {
                break;
            }
            // Looks that came before the change, or before the marks have gone.
            check(found == expected || found == changed, || format!("{found:#?}"))?;
            check(start.elapsed() < PATIENCE, || "nothing changes".into())?;
        }
    }
    let (code, stderr) = watch.end(Signal::INT)?;
    of_capture(code, &stderr)
}

/// A new terminal: the end for a person, and that for a program.
fn terminal_pair(rows: u16, columns: u16) -> Result<(File, OwnedFd)> {
    let person = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY)?;
    grantpt(&person)?;
    unlockpt(&person)?;
    let name = ptsname(&person, Vec::new())?;
    let flags = rustix::fs::OFlags::RDWR | rustix::fs::OFlags::NOCTTY;
    let program = rustix::fs::open(name.as_c_str(), flags, rustix::fs::Mode::empty())?;
    let size = Winsize { ws_row: rows, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0 };
    tcsetwinsize(&program, size)?;
    Ok((File::from(person), program))
}

fn terminal() -> Result {
    let (dir, mut command) = watch_of("1 a 5 0\n2 b 5 0\n", &[])?;
    let (mut person, program) = terminal_pair(4, 24)?;
    let mut child = command.stdin(Stdio::null()).stdout(program.try_clone()?).spawn()?;
    let mut seen = String::new();
    let mut see = |wanted: &str| -> Result {
        let start = Instant::now();
        let mut bytes = [0; 4096];
        while !seen.contains(wanted) {
            check(start.elapsed() < PATIENCE, || format!("no {wanted:?} in {seen:?}"))?;
            let n = person.read(&mut bytes)?;
            seen += &String::from_utf8_lossy(&bytes[..n]);
        }
        seen = seen.split_off(seen.find(wanted).unwrap_or_default() + wanted.len());
        Ok(())
    };
    // The alternate screen, no cursor, and as many lines as there are, the last without an end.
    see("\x1b[?1049h\x1b[?25l")?;
    see("\x1b[H\x1b[K2 maps; every 0.1s\r\r\n")?;
    see("\x1b[K\x1b[1m   ID  NAME  CUR_ENTRIES\x1b[0m")?;
    see("    2  b               0")?;
    write(&dir, "1 a 5 0\n2 b 5 0\n3 c 5 0\n")?;
    see("\x1b[H\x1b[K3 maps, 1 new; every 0.1s")?;
    see("+2 more")?;
    // A terminal of another size gets another picture at once.
    tcsetwinsize(&program, Winsize { ws_row: 9, ws_col: 40, ws_xpixel: 0, ws_ypixel: 0 })?;
    kill_process(Pid::from_child(&child), Signal::WINCH)?;
    see("    3  c               0")?;
    write(&dir, "1 a 5 0\n2 b 5 0\n")?;
    see("2 maps, 1 gone; every 0.1s")?;
    see("\x1b[31m-   3  c               0\x1b[0m")?;
    kill_process(Pid::from_child(&child), Signal::HUP)?;
    see("\x1b[?25h\x1b[?1049l")?;
    let status = child.wait()?;
    check(status.code() == Some(0), || status.to_string())
}

fn signals() -> Result {
    for signal in [Signal::INT, Signal::TERM, Signal::HUP] {
        let (_dir, mut command) = watch_of("1 a 5 0\n", &["--format", "ndjson"])?;
        let mut watch = Watch::start(&mut command)?;
        watch.line()?;
        let (code, stderr) = watch.end(signal)?;
        of_capture(code, &stderr)?;
    }
    // More than a pipe takes: the watch waits for a reader when the signal comes.
    let rows: String = (1..5000).map(|id| format!("{id} a_name 5 0\n")).collect();
    let (_dir, mut command) = watch_of(&rows, &["--format", "ndjson"])?;
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()?;
    let mut first = [0; 1];
    let mut stdout = child.stdout.take().ok_or("no output")?;
    stdout.read_exact(&mut first)?;
    let mut watch = Watch { child, lines: channel().1 };
    std::thread::sleep(Duration::from_millis(100));
    kill_process(Pid::from_child(&watch.child), Signal::TERM)?;
    let (code, stderr) = watch.ended()?;
    of_capture(code, &stderr)
}

fn reader_left() -> Result {
    let (_dir, mut command) = watch_of("1 a 5 0\n", &["--format", "ndjson", "-W=3600"])?;
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()?;
    let mut stdout = BufReader::new(child.stdout.take().ok_or("no output")?);
    stdout.read_line(&mut String::new())?;
    drop(stdout);
    let mut watch = Watch { child, lines: channel().1 };
    let (code, stderr) = watch.ended()?;
    of_capture(code, &stderr)
}

fn upgrade(sandbox: &Sandbox) -> Result {
    only_on(&[CHEAPEST])?;
    sandbox.install_public()?;
    let args = ["maps", "-W=0.1", "--format", "ndjson", "-o", "id,name", "--bpffs", "/run/bpfdbg"];
    let mut watch = Watch::start(&mut sandbox.nobody(&args))?;
    watch.line()?;
    // Other modes make another installation of it.
    ran(&mut sandbox.root(&["install", "--group", "65534"]))?.ok()?;
    let mut flood = Flood::new();
    flood.add_maps(1)?;
    let event = watch.event(flood.map_ids[0])?;
    check(event["event"] == "added", || event.to_string())?;
    ran(&mut sandbox.root(&["uninstall"]))?.ok()?;
    let (code, stderr) = watch.ended()?;
    let expected = "bpfdbg: no readable maps.debug in '/run/bpfdbg'\n";
    check(code == Some(3) && stderr.starts_with(expected), || format!("{code:?} {stderr}"))
}

fn usage() -> Result {
    let capture = source_tree()?.join("tests/captures/6.12");
    for (args, expected) in [
        (&["maps", "-W", "--json"][..], "bpfdbg: --watch shows a table, or a stream with"),
        (&["maps", "-W", "--format", "csv"], "bpfdbg: --watch shows a table, or a stream with"),
        (&["status", "-W"], "bpfdbg: 'status' takes no --watch\n"),
        (&["tree", "--stats"], "bpfdbg: 'tree' takes no --stats\n"),
        (&["maps", "--watch=0"], "bpfdbg: '0' is no number of seconds from 0.1 to 86400\n"),
        (&["maps", "--watch=nan"], "bpfdbg: 'nan' is no number of seconds"),
        (&["maps", "--watch=1e99"], "bpfdbg: '1e99' is no number of seconds"),
        (&["maps", "--stats"], "bpfdbg: --stats is not for maps: only programs are run\n"),
        (&["links", "--stats=2"], "bpfdbg: --stats is not for links: only programs are run\n"),
    ] {
        let stderr = ran(support::bpfdbg().arg("--bpffs").arg(&capture).args(args))?.failed(2)?;
        check(stderr.starts_with(expected), || format!("{stderr} in place of {expected}"))?;
    }
    Ok(())
}
