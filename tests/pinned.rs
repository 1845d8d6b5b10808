//! Pins: shown, and selected by.

use std::fs;
use std::path::Path;

use bpfdbg::sys;
use bpfdbg_attach::hostile;
use libtest_mimic::Trial;
use serde_json::{Value, json};

use crate::sandbox::{Sandbox, ran, sandbox};
use crate::support::{self, Result, check, source_tree, trial};

pub(crate) fn trials() -> Vec<Trial> {
    vec![
        trial("-f shows every path of every pin in all bpffs", || sandbox(shown)),
        trial("an object is selected by its pin, as bpftool does", || sandbox(selected)),
        trial("a pin of another kind, and what is no pin, is exit code 1 and says so", || {
            sandbox(refused)
        }),
        trial("who may not get a pinned object is told so once, and gets the rest", || {
            sandbox(nobody)
        }),
        trial("a capture has no pins of this machine, and says so", capture),
    ]
}

const PROG: &str = "/sys/fs/bpf/test_program";
const MAP: &str = "/sys/fs/bpf/test_directory/test_map";

/// Pins a program and a map, and gives their ids.
fn pin(sandbox: &Sandbox) -> Result<(u64, u64)> {
    sandbox.public()?;
    let (prog, map) = (hostile::program(b"pinned_program")?, hostile::map(b"pinned_map")?);
    sys::pin(&prog, Path::new(PROG))?;
    fs::create_dir("/sys/fs/bpf/test_directory")?;
    sys::pin(&map, Path::new(MAP))?;
    // The pins hold them from here on.
    Ok((prog.id.into(), map.id.into()))
}

fn row(rows: &Value, id: u64) -> Result<&Value> {
    let found = rows.as_array().into_iter().flatten().find(|row| row["id"] == id);
    found.ok_or_else(|| format!("no row {id} in {rows}").into())
}

fn shown(sandbox: &Sandbox) -> Result {
    let (prog, map) = pin(sandbox)?;
    for (noun, id, path) in [("prog", prog, PROG), ("map", map, MAP)] {
        let rows = ran(&mut sandbox.root(&["-f", noun, "show", "-j"]))?.json()?;
        check(row(&rows, id)?["pinned"] == json!([path]), || rows.to_string())?;
        let without = ran(&mut sandbox.root(&[noun, "show", "-j"]))?.json()?;
        check(row(&without, id)?.get("pinned").is_none(), || without.to_string())?;
        let table =
            ran(&mut sandbox.root(&[noun, "-n", "-o", "id,pinned", "--id", &id.to_string()]))?;
        let table = String::from_utf8(table.ok()?)?;
        check(table == format!("{id}  {path}\n"), || table)?;
    }
    // The installed iterators are links, in another bpffs than the one that a system has.
    let links = ran(&mut sandbox.root(&["links", "-f", "-j"]))?.json()?;
    let pinned = links.as_array().into_iter().flatten().flat_map(|row| row["pinned"].as_array());
    let has = pinned.flatten().any(|path| path == "/run/bpfdbg/progs.debug");
    check(has || bpfdbg::bpf::unsupported_reason(bpfdbg::model::Kind::Links).is_some(), || {
        links.to_string()
    })?;
    match crate::bpftool::bpftool() {
        Ok(bpftool) => {
            let theirs =
                crate::bpftool::answer(&bpftool, &["-f", "prog", "show", "id", &prog.to_string()])?;
            // It names a path once for each bpffs at the place, also for those that are covered.
            let paths = theirs["pinned"].as_array().into_iter().flatten().collect::<Vec<_>>();
            let is_same = !paths.is_empty() && paths.iter().all(|path| **path == json!(PROG));
            check(is_same, || theirs.to_string())
        }
        // What was held so far does not take it.
        Err(_) => Ok(()),
    }
}

/// The ids of all programs in a tree.
fn progs_in(tree: &Value) -> Vec<u64> {
    let below = tree.as_array().into_iter().flatten();
    let nodes = below.flat_map(|node| {
        let own = node["id"].as_u64().filter(|_| node["node"] == "program");
        own.into_iter().chain(progs_in(&node["children"]))
    });
    nodes.collect()
}

fn selected(sandbox: &Sandbox) -> Result {
    let (prog, map) = pin(sandbox)?;
    for (noun, id, path) in [("progs", prog, PROG), ("maps", map, MAP)] {
        let one = ran(&mut sandbox.root(&[noun, "show", "pinned", path, "-j"]))?.json()?;
        check(one["id"] == id, || one.to_string())?;
        let list = ran(&mut sandbox.root(&[noun, "--pinned", path, "-j"]))?.json()?;
        check(list == json!([one]), || list.to_string())?;
    }
    for args in [["tree", "pinned", PROG, "-j"], ["tree", "--pinned", PROG, "-j"]] {
        let tree = ran(&mut sandbox.root(&args))?.json()?;
        let found = progs_in(&tree);
        check(found == [prog], || format!("programs {found:?} in {tree}"))?;
    }
    Ok(())
}

fn refused(sandbox: &Sandbox) -> Result {
    pin(sandbox)?;
    for (args, expected) in [
        (
            &["maps", "pinned", PROG][..],
            "bpfdbg: '/sys/fs/bpf/test_program' is a program, not a map\n",
        ),
        (
            &["progs", "--pinned", "/sys/fs/bpf/nothing"],
            "bpfdbg: cannot get the object at '/sys/fs/bpf/nothing': No such file or directory (os error 2)\n",
        ),
        (
            &["progs", "pinned", "/etc/passwd"],
            "bpfdbg: cannot get the object at '/etc/passwd': Permission denied (os error 13)\n",
        ),
    ] {
        let output = ran(&mut sandbox.root(args))?;
        check(matches!(output.code, Some(1 | 4)) && output.stderr.starts_with(expected), || {
            format!("{:?} {}", output.code, output.stderr)
        })?;
    }
    Ok(())
}

fn nobody(sandbox: &Sandbox) -> Result {
    let (prog, _) = pin(sandbox)?;
    let output = ran(&mut sandbox.nobody(&["progs", "-f", "-j"]))?;
    let notes: Vec<_> = output.stderr.lines().collect();
    // Which of the machine's bpffs comes first is not known.
    let mounts = fs::read_to_string("/proc/thread-self/mounts")?;
    let mut bpffs =
        mounts.lines().filter_map(|line| match line.split(' ').collect::<Vec<_>>()[..] {
            [_, point, "bpf", ..] => Some(format!(" '{point}")),
            _ => None,
        });
    check(
        notes.len() == 1
            && notes[0].starts_with("bpfdbg: note: not all pins are seen: cannot ")
            && bpffs.any(|point| notes[0].contains(&point)),
        || output.stderr.clone(),
    )?;
    row(&output.json()?, prog).map(drop)
}

fn capture() -> Result {
    let capture = source_tree()?.join("tests/captures/6.12");
    let on = |args: &[&str]| ran(support::bpfdbg().arg("--bpffs").arg(&capture).args(args));
    let output = on(&["progs", "-f", "-j"])?.of_capture()?;
    check(output.stderr.starts_with("bpfdbg: note: pins are of this machine"), || {
        output.stderr.clone()
    })?;
    output.json().map(drop)
}
