//! That nothing stays behind: not when a set is dropped, not on a panic, not after a kill.

use std::collections::BTreeSet;
use std::io::Read;
use std::panic::{self, AssertUnwindSafe};
use std::process::{Command, Stdio};
use std::{env, fs};

use bpfdbg_attach::AttachSet;
use libtest_mimic::{Completion, Failed, Trial};

use crate::{Outcome, expect_equal, kernel, soon, trial};

/// One member of every sort of place, all of them of every kernel.
const MEMBERS: [&str; 4] = ["xdp_link", "cgroup_link", "uprobe", "sk_lookup"];

pub(crate) fn trials() -> Vec<Trial> {
    vec![
        trial("leftovers::none_when_a_set_is_dropped", dropped),
        trial("leftovers::none_when_its_holder_panics", panicked),
        trial("leftovers::links_and_programs_end_with_a_killed_process", killed),
        trial("targets::a_removed_device_leaves_a_link_without_one", device_removed),
        trial("targets::a_removed_cgroup_leaves_a_link_without_one", cgroup_removed),
    ]
}

/// Devices, cgroups and files whose names hold `pid`.
fn places_of(pid: u32) -> Vec<String> {
    let long = format!("bpfdbg-attach.{pid}.");
    let short = format!("bpfd{pid}n");
    let mut dirs = vec![env::temp_dir(), "/sys/class/net".into()];
    let mounts = fs::read_to_string("/proc/self/mounts").unwrap_or_default();
    let cgroups = mounts.lines().map(|line| line.split(' ').collect::<Vec<_>>());
    dirs.extend(cgroups.filter(|mount| mount[2] == "cgroup2").map(|mount| mount[1].into()));
    let entries = dirs.iter().flat_map(fs::read_dir).flatten().flatten();
    let names = entries.map(|entry| entry.file_name().to_string_lossy().into_owned());
    names.filter(|name| name.starts_with(&long) || name.starts_with(&short)).collect()
}

/// The targets that a set has made, by the keys that name places.
fn targets_of(set: &AttachSet) -> Vec<String> {
    let keys = ["device", "cgroup", "path"];
    let targets = set.expects().flat_map(|expect| expect.target.clone());
    targets.filter(|(key, _)| keys.contains(key)).map(|(_, value)| value).collect()
}

fn none_is_left(targets: &[String], programs: BTreeSet<u32>) -> Result<(), Failed> {
    let left = places_of(std::process::id());
    for name in left {
        let ours = targets.iter().any(|target| target.ends_with(&name));
        expect_equal(&format!("'{name}' is left"), ours, false)?;
    }
    soon("the programs are gone", || kernel::program_ids().is_disjoint(&programs))
}

fn dropped() -> Outcome {
    let set = AttachSet::named(&MEMBERS);
    let programs = set.expects().map(|expect| expect.prog_id).collect();
    let targets = targets_of(&set);
    if targets.len() < 3 {
        return Err(format!("attached to {targets:?} only").into());
    }
    drop(set);
    none_is_left(&targets, programs)?;
    Ok(Completion::Completed)
}

fn panicked() -> Outcome {
    let mut programs = BTreeSet::new();
    let mut targets = Vec::new();
    let result = panic::catch_unwind(AssertUnwindSafe(|| {
        let set = AttachSet::named(&MEMBERS);
        programs = set.expects().map(|expect| expect.prog_id).collect();
        targets = targets_of(&set);
        // Unwinds as a failing assertion does, without its message.
        panic::resume_unwind(Box::new(()));
    }));
    expect_equal("panicked", result.is_err(), true)?;
    none_is_left(&targets, programs)?;
    Ok(Completion::Completed)
}

fn killed() -> Outcome {
    let mut child = Command::new(env!("CARGO_BIN_EXE_bpfdbg-attach"))
        .args(MEMBERS)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()?;
    let pid = child.id();
    let document = read_document(&mut child.stdout.take().ok_or("no stdout")?)?;
    let expects = document["members"].as_array().into_iter().flatten();
    let expects = expects.flat_map(|member| member["outcome"]["attached"].as_array());
    let ids = |key: &str| -> BTreeSet<u32> {
        let ids = expects.clone().flatten().filter_map(|expect| expect[key].as_u64());
        ids.map(|id| id as u32).collect()
    };
    let (programs, links) = (ids("prog_id"), ids("link_id"));
    expect_equal("programs were attached", programs.is_empty(), false)?;
    expect_equal("places before", places_of(pid).is_empty(), false)?;
    child.kill()?;
    child.wait()?;
    soon("the programs are gone", || kernel::program_ids().is_disjoint(&programs))?;
    soon("the links are gone", || links.iter().all(|id| kernel::link(*id).is_none()))?;
    bpfdbg_attach::sweep();
    expect_equal("places after sweeping", places_of(pid), Vec::new())?;
    Ok(Completion::Completed)
}

/// Reads up to the end of one indented JSON document; the pipe stays open after it.
fn read_document(pipe: &mut impl Read) -> Result<serde_json::Value, Failed> {
    let mut text = Vec::new();
    let mut chunk = [0; 4096];
    while !text.ends_with(b"\n}\n") {
        let len = pipe.read(&mut chunk)?;
        if len == 0 {
            return Err("bpfdbg-attach ended before its document did".into());
        }
        text.extend(&chunk[..len]);
    }
    Ok(serde_json::from_slice(&text)?)
}

fn device_removed() -> Outcome {
    target_removed("xdp_link", "ifindex")
}

fn cgroup_removed() -> Outcome {
    target_removed("cgroup_link", "cgroup_id")
}

fn target_removed(member: &str, key: &'static str) -> Outcome {
    let mut set = AttachSet::named(&[member]);
    let links: Vec<u32> = set.expects().filter_map(|expect| expect.link_id).collect();
    if links.is_empty() {
        return Err("no link to look at".into());
    }
    set.remove_targets(member);
    for id in links {
        soon(&format!("link {id} is still there, without a target"), || {
            let link = kernel::link(id);
            link.is_some_and(|link| kernel::target(&link).get(key).is_some_and(|id| id == "0"))
        })?;
    }
    Ok(Completion::Completed)
}
