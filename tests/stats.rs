//! `--stats`: what the kernel counts, held against how often the loader had a program run, and
//! against the kernel's query API.

use std::fs;
use std::process::Command;
use std::sync::PoisonError;
use std::time::{Duration, Instant};

use bpfdbg_attach::flood::Flood;
use libbpf_rs::query::ProgInfoIter;
use libtest_mimic::Trial;
use rustix::process::Signal;
use serde_json::Value;

use crate::sandbox::{Sandbox, ran, sandbox};
use crate::support::{COUNTING, Result, check, in_machine, skip, trial};
use crate::watch::Watch;

pub(crate) fn trials() -> Vec<Trial> {
    let alone = |test: fn(&Sandbox) -> Result| {
        sandbox(|sandbox| {
            let _alone = COUNTING.lock().unwrap_or_else(PoisonError::into_inner);
            test(sandbox)
        })
    };
    vec![
        trial("run counts are those of the query api, and of the loader", move || alone(counts)),
        trial("a stream tells of runs a second, and of none when they end", move || alone(rates)),
        trial("what is not counted is absent, with a note, and not zero", move || alone(off)),
        trial("runs that another process has the kernel count are told of", move || alone(others)),
        trial("the sysctl switches runs on and off in the middle of a watch", move || {
            alone(sysctl)
        }),
        trial("the kernel stops to count when bpfdbg ends, by whatever end", move || alone(ends)),
        trial("a listing with --stats shows first what took most time", move || alone(order)),
        trial("a user without the right gets exit code 4", move || alone(no_right)),
    ]
}

/// A program, and a watch of it that has the kernel count.
fn counted(sandbox: &Sandbox) -> Result<(Flood, Watch)> {
    let mut flood = Flood::new();
    flood.add_programs(1)?;
    let id = flood.program_ids[0].to_string();
    let args = ["progs", "--stats", "-W=0.5", "--format", "ndjson", "--id", &id];
    let mut watch = Watch::start(&mut sandbox.root(&args))?;
    watch.line()?;
    Ok((flood, watch))
}

/// A program's counters as the query API has them: runs, nanoseconds, misses.
fn query(id: u32) -> Result<[u64; 3]> {
    let info = ProgInfoIter::default().find(|info| info.id == id).ok_or("no such program")?;
    Ok([info.run_cnt, info.run_time_ns, info.recursion_misses])
}

/// The same, as nobody reads them.
fn listed(sandbox: &Sandbox, id: u32) -> Result<[u64; 3]> {
    let args = ["progs", "id", &id.to_string(), "--format", "ndjson"];
    let row = ran(&mut sandbox.nobody(&args))?.json()?;
    // Zeros are left out.
    Ok(["run_cnt", "run_time_ns", "recursion_misses"].map(|key| row[key].as_u64().unwrap_or(0)))
}

fn counts(sandbox: &Sandbox) -> Result {
    sandbox.public()?;
    if listed_column(sandbox)?.is_none() {
        return skip("the kernel does not tell where its counters are");
    }
    let sysctl = || fs::read_to_string("/proc/sys/kernel/bpf_stats_enabled");
    let before = sysctl()?;
    let (flood, _watch) = counted(sandbox)?;
    let id = flood.program_ids[0];
    for (runs, sum) in [(1, 1), (999, 1000), (5000, 6000)] {
        flood.run_program(runs)?;
        let (found, expected) = (listed(sandbox, id)?, query(id)?);
        check(found == expected && found[0] == sum && found[1] > 0, || {
            format!("{found:?} in place of {expected:?}, after {sum} runs")
        })?;
    }
    check(before == sysctl()?, || "the sysctl was changed".into())
}

/// A cell of the column, where the kernel tells the counters.
fn listed_column(sandbox: &Sandbox) -> Result<Option<u64>> {
    // A zero is one only while the kernel counts.
    let args = ["progs", "--stats=0.1", "-n", "--format", "raw", "-o", "run_cnt"];
    let text = String::from_utf8(ran(&mut sandbox.root(&args))?.ok()?)?;
    Ok(text.lines().next().and_then(|line| line.parse().ok()))
}

fn rates(sandbox: &Sandbox) -> Result {
    sandbox.public()?;
    if listed_column(sandbox)?.is_none() {
        return skip("the kernel does not tell where its counters are");
    }
    let (flood, mut watch) = counted(sandbox)?;
    let runs: u64 = 3000;
    let start = Instant::now();
    flood.run_program(runs as u32)?;
    let mut most = 0;
    loop {
        let event: Value = serde_json::from_str(&watch.line()?)?;
        check(event["event"] == "changed", || event.to_string())?;
        let rate = event["runs_per_second"].as_u64().ok_or("no rate")?;
        most = most.max(rate);
        if rate > 0 {
            let (mean, load) = (event["ns_per_run"].as_u64(), event["run_ns_per_second"].as_u64());
            let product = mean.ok_or("no mean")? as f64 * rate as f64;
            let load = load.ok_or("no load")? as f64;
            // Both are rounded, and few nanoseconds are much of a short run.
            check((load - product).abs() <= load * 0.5 + 1e3, || event.to_string())?;
        } else if event["run_cnt"] == runs {
            break;
        }
    }
    // All of it was seen in one look or two, each half a second at least after the one before.
    let fastest = runs as f64 / 0.4;
    let slowest = runs as f64 / 2.0 / (start.elapsed().as_secs_f64() + 0.5);
    check((slowest..fastest).contains(&(most as f64)), || {
        format!("{most} runs a second, not between {slowest} and {fastest}")
    })
}

const SYSCTL: &str = "/proc/sys/kernel/bpf_stats_enabled";

/// The columns that are known only while the kernel counts.
const RUNS: &str = "id,run_cnt,run_time,run_avg,run_rate,run_mean,run_load";

/// Somebody else on a host may have the kernel count for a while.
fn only_uncounted(sandbox: &Sandbox) -> Result {
    sandbox.public()?;
    if listed_column(sandbox)?.is_none() {
        return skip("the kernel does not tell where its counters are");
    }
    if fs::read_to_string(SYSCTL)?.trim() != "0" {
        return skip("kernel.bpf_stats_enabled is on");
    }
    if in_machine() { Ok(()) } else { skip("others may have this kernel count") }
}

/// A watch of a program that runs, and its first two changes: the run counts of each.
fn off(sandbox: &Sandbox) -> Result {
    only_uncounted(sandbox)?;
    let mut flood = Flood::new();
    flood.add_programs(1)?;
    let id = flood.program_ids[0].to_string();
    flood.run_program(100)?;
    const NOTE: &str =
        "bpfdbg: note: kernel.bpf_stats_enabled is 0, so runs are counted only while";
    for (format, expected) in
        [("raw", format!("{id} - - - - - -\n")), ("csv", format!("{id},,,,,,\n"))]
    {
        let args = ["progs", "--id", &id, "-n", "--format", format, "-o", RUNS];
        let ran = ran(&mut sandbox.nobody(&args))?;
        let shown = String::from_utf8_lossy(&ran.stdout).into_owned();
        check(shown == expected && ran.stderr.starts_with(NOTE), || {
            format!("{shown}{}", ran.stderr)
        })?;
    }
    // It is said in one line, to those who ask for it.
    let asked = ran(&mut sandbox.nobody(&["progs", "-x", "-run_cnt"]))?.stderr;
    check(asked.starts_with(NOTE) && asked.lines().count() == 1, || asked.clone())?;
    for args in [&["progs"][..], &["progs", "-j"], &["progs", "-o", "id,name"]] {
        let said = ran(&mut sandbox.nobody(args))?.stderr;
        check(said.is_empty(), || said)?;
    }
    let args = ["progs", "-W=0.2", "--format", "ndjson", "-o", RUNS, "--id", &id];
    let mut watch = Watch::start(&mut sandbox.nobody(&args))?;
    let first = watch.line()?;
    check(first == format!("{{\"event\":\"added\",\"id\":{id}}}"), || first)?;
    flood.run_program(1000)?;
    std::thread::sleep(Duration::from_millis(700));
    // Once it is counted there is something to tell.
    let counting = ["progs", "--stats", "-W=0.2", "--format", "ndjson", "--id", &id];
    let mut other = Watch::start(&mut sandbox.root(&counting))?;
    other.line()?;
    flood.run_program(7)?;
    let event: Value = serde_json::from_str(&watch.line()?)?;
    check(event["event"] == "changed" && event["run_cnt"].as_u64() <= Some(7), || event.to_string())
}

fn others(sandbox: &Sandbox) -> Result {
    only_uncounted(sandbox)?;
    let (flood, mut other) = counted(sandbox)?;
    let id = flood.program_ids[0].to_string();
    let args = ["progs", "-W=0.3", "--format", "ndjson", "-o", RUNS, "--id", &id];
    let mut watch = Watch::start(&mut sandbox.nobody(&args))?;
    watch.line()?;
    // It has not run, and yet it is known to have been counted: the iterator itself runs.
    let idle: Value = serde_json::from_str(&watch.line()?)?;
    check(idle["runs_per_second"] == 0, || idle.to_string())?;
    flood.run_program(100)?;
    let busy: Value = serde_json::from_str(&watch.line()?)?;
    check(busy["runs_per_second"].as_u64() > Some(0), || busy.to_string())?;
    other.line()?;
    Ok(())
}

fn sysctl(sandbox: &Sandbox) -> Result {
    only_uncounted(sandbox)?;
    let mut flood = Flood::new();
    flood.add_programs(1)?;
    let id = flood.program_ids[0].to_string();
    let args = ["progs", "-W=0.3", "--format", "ndjson", "-o", RUNS, "--id", &id];
    let mut watch = Watch::start(&mut sandbox.nobody(&args))?;
    let first: Value = serde_json::from_str(&watch.line()?)?;
    check(first.get("runs_per_second").is_none(), || first.to_string())?;
    fs::write(SYSCTL, "1")?;
    let found = watch.line();
    fs::write(SYSCTL, "0")?;
    let on: Value = serde_json::from_str(&found?)?;
    check(on["event"] == "changed", || on.to_string())?;
    // Sooner or later, nothing is known again.
    loop {
        let event: Value = serde_json::from_str(&watch.line()?)?;
        if event.get("runs_per_second").is_none() {
            return Ok(());
        }
    }
}

fn ends(sandbox: &Sandbox) -> Result {
    for signal in [Signal::KILL, Signal::TERM] {
        let (flood, watch) = counted(sandbox)?;
        let id = flood.program_ids[0];
        flood.run_program(10)?;
        check(query(id)?[0] == 10, || "the kernel does not count".into())?;
        watch.end(signal)?;
        // Somebody else on this machine may have it count for a while.
        let start = Instant::now();
        loop {
            let before = query(id)?;
            flood.run_program(10)?;
            if query(id)? == before {
                break;
            }
            check(start.elapsed() < Duration::from_secs(60), || {
                format!("the kernel counts on after {signal:?}")
            })?;
            std::thread::sleep(Duration::from_millis(200));
        }
    }
    Ok(())
}

fn order(sandbox: &Sandbox) -> Result {
    sandbox.public()?;
    if listed_column(sandbox)?.is_none() {
        return skip("the kernel does not tell where its counters are");
    }
    let mut flood = Flood::new();
    flood.add_programs(3)?;
    let id = flood.program_ids[0].to_string();
    let ids = flood.program_ids.iter().map(u32::to_string).collect::<Vec<_>>().join(",");
    // What it counts is fixed by its own clock: so the program runs until it has ended.
    let args = ["progs", "--stats=2", "-n", "--id", &ids];
    let mut child: Command = sandbox.root(&args);
    let mut child = child.stdout(std::process::Stdio::piped()).spawn()?;
    while child.try_wait()?.is_none() {
        flood.run_program(1000)?;
    }
    let output = child.wait_with_output()?;
    let text = String::from_utf8(output.stdout)?;
    let first: Vec<_> = text.lines().next().unwrap_or_default().split_whitespace().collect();
    check(first.first() == Some(&&*id) && text.lines().count() == 3, || text.clone())?;
    // The columns of runs, each with a value but for what never ran.
    let idle: Vec<_> = text.lines().last().unwrap_or_default().split_whitespace().collect();
    check(first[2..5].iter().all(|cell| *cell != "-"), || text.clone())?;
    check(idle[2..5] == ["0", "-", "0ns"], || text.clone())
}

fn no_right(sandbox: &Sandbox) -> Result {
    sandbox.public()?;
    let stderr = ran(&mut sandbox.nobody(&["progs", "--stats"]))?.failed(4)?;
    let expected = "bpfdbg: cannot have the kernel count runs: Operation not permitted (os error 1)\n\
                    hint: this needs root, or CAP_SYS_ADMIN\n";
    check(stderr == expected, || stderr.clone())
}
