//! What is attached through descriptors, as everybody is told it. Exact targets are held in the module of
//! links, with the others.

use std::process::Command;

use bpfdbg_attach::{AttachSet, Expect};
use libtest_mimic::Trial;
use rustix::process::{PidfdFlags, PidfdGetfdFlags, getpid, pidfd_getfd, pidfd_open};
use serde_json::Value;

use crate::sandbox::{Sandbox, ran, sandbox};
use crate::support::{Result, check, trial};

const FILE: &str = "/run/bpfdbg/descriptors.debug";

/// Members that a descriptor attaches, of each kind.
const MEMBERS: [&str; 4] = ["perf_ioctl", "kprobe_ioctl", "socket_filter", "reuseport"];

pub(crate) fn trials() -> Vec<Trial> {
    vec![
        trial("what has several descriptors is one attachment, until the last is closed", || {
            sandbox(duplicated)
        }),
        trial("a public text of descriptors has no process, name or number of one", || {
            sandbox(anonymous)
        }),
        trial("who reads in a pid namespace of his own is told that there are more", || {
            sandbox(confined)
        }),
    ]
}

/// How many attachments of programs nobody is told of.
fn counts(sandbox: &Sandbox, expects: &[Expect]) -> Result<Vec<usize>> {
    let rows = ran(&mut sandbox.nobody(&["progs", "-j"]))?.json()?;
    let count = |expect: &Expect| {
        let mut rows = rows.as_array().into_iter().flatten();
        let row = rows.find(|row| row["id"] == expect.prog_id);
        row.and_then(|row| row["attached"].as_array()).map_or(0, Vec::len)
    };
    Ok(expects.iter().map(count).collect())
}

fn duplicated(sandbox: &Sandbox) -> Result {
    sandbox.public()?;
    let mut set = AttachSet::named(&MEMBERS);
    let expects: Vec<_> = set.expects().cloned().collect();
    let own = pidfd_open(getpid(), PidfdFlags::empty())?;
    let mut others = Vec::new();
    for expect in &expects {
        let fd = expect.target.get("fd").ok_or("no descriptor")?.parse()?;
        others.push(pidfd_getfd(&own, fd, PidfdGetfdFlags::empty())?);
    }
    check(expects.len() >= MEMBERS.len(), || format!("only {expects:?}"))?;
    let once = vec![1; expects.len()];
    let found = counts(sandbox, &expects)?;
    check(found == once, || format!("{found:?} times with two descriptors"))?;
    for member in MEMBERS {
        set.detach(member);
    }
    let found = counts(sandbox, &expects)?;
    check(found == once, || format!("{found:?} times with the other one"))?;
    others.clear();
    let found = counts(sandbox, &expects)?;
    check(found.iter().all(|count| *count == 0), || format!("{found:?} times with none"))
}

fn anonymous(sandbox: &Sandbox) -> Result {
    sandbox.public()?;
    let set = AttachSet::named(&MEMBERS);
    let text = String::from_utf8(ran(Command::new("cat").arg(FILE))?.ok()?)?;
    let comm = std::fs::read_to_string("/proc/self/comm")?;
    let own = format!("pid={}", std::process::id());
    for expect in set.expects() {
        let id = expect.prog_id.to_string();
        let row = text.lines().find(|line| line.split_whitespace().next() == Some(&id));
        let row = row.ok_or_else(|| format!("no row of {expect:?} in {text}"))?;
        let has = |what: &str| row.split_whitespace().any(|word| word == what);
        check(!has(comm.trim()) && !has(&own) && !row.contains(" fd="), || row.to_owned())?;
    }
    let rows = ran(&mut sandbox.nobody(&["progs", "-j"]))?.json()?;
    let places = rows.as_array().into_iter().flatten().flat_map(|row| row["attached"].as_array());
    let told = |key: &str, place: &Value| place["via"] != Value::Null && place.get(key).is_some();
    let odd = places.flatten().find(|place| told("fd", place) || told("comm", place));
    check(odd.is_none(), || format!("{odd:?}"))
}

fn confined(sandbox: &Sandbox) -> Result {
    sandbox.public()?;
    let _set = AttachSet::named(&MEMBERS);
    let is_cut = |text: &[u8]| {
        let text = String::from_utf8_lossy(text);
        text.lines().any(|line| line.trim_start().starts_with("0 ") && line.ends_with(" cut=1"))
    };
    let all = ran(Command::new("cat").arg(FILE))?.ok()?;
    check(!is_cut(&all), || "all processes are seen".into())?;
    let some = ran(Command::new("unshare").args(["-p", "-f", "cat", FILE]))?.ok()?;
    check(is_cut(&some), || String::from_utf8_lossy(&some).into_owned())
}
