//! What a kernel refuses may be missing; what cannot be had at the moment fails the whole.

use std::fs;
use std::path::Path;
use std::process::Command;

use bpfdbg_attach::Member;
use libbpf_rs::query::{LinkInfoIter, MapInfoIter, ProgInfoIter};
use libtest_mimic::Trial;
use serde_json::Value;

use super::{DIR, FILES};
use crate::sandbox::{Sandbox, among_everything, mode, ran, sandbox};
use crate::support::{CHEAPEST, Result, check, in_machine, only_on, program, skip, trial};

pub(super) fn trials() -> Vec<Trial> {
    vec![
        trial("where descriptors run out, the former installation stays complete", || {
            sandbox(few_descriptors)
        }),
        trial("where a call fails for want of memory, all files are made or none changes", || {
            sandbox(no_memory)
        }),
        trial("without the JIT all files are there, and tell the same", || {
            among_everything(no_jit)
        }),
    ]
}

/// From so few that nothing can be opened to so many that most can be attached: each number ends the
/// installation somewhere else.
fn few_descriptors(sandbox: &Sandbox) -> Result {
    only_on(&[CHEAPEST])?;
    ran(&mut sandbox.root(&["install"]))?.ok()?;
    let program = sandbox.root(&[]).get_program().to_string_lossy().into_owned();
    let mut has_succeeded = false;
    for limit in 8..64 {
        let line = format!("ulimit -n {limit} && exec {program} install --public");
        let mut shell = Command::new("sh");
        let after = ran(shell.args(["-c", &line]).env_remove("BPFDBG_BPFFS"))?;
        let files: Vec<_> = FILES.iter().map(|file| Path::new(DIR).join(file)).collect();
        let modes: Vec<_> = files.iter().map(mode).collect::<Result<_>>()?;
        let of_all = |wanted: u32| modes.iter().all(|(mode, _)| *mode == wanted);
        let told = || format!("{limit} descriptors: {:?} {modes:?} {}", after.code, after.stderr);
        match after.code {
            Some(0) => check(of_all(0o444), told)?,
            _ => check(of_all(0o400) && !after.stderr.contains("refuses"), told)?,
        }
        if after.code == Some(0) {
            has_succeeded = true;
            break;
        }
    }
    check(has_succeeded, || "64 descriptors are not enough".into())
}

/// Fails bpf(2) once, each time another call of it, among which are those that libbpf tries the kernel out
/// with, and goes on after.
fn no_memory(sandbox: &Sandbox) -> Result {
    if in_machine() {
        return skip("a machine has no strace");
    }
    let strace = program("strace")?;
    let program = sandbox.root(&[]).get_program().to_owned();
    let (mut made, mut kept) = (0, 0);
    for call in 4..16 {
        for old in [None, Some("--public")].into_iter().take(if call % 5 == 0 { 2 } else { 1 }) {
            match old {
                Some(access) => ran(&mut sandbox.root(&["install", access]))?.ok().map(drop)?,
                None => drop(ran(&mut sandbox.root(&["uninstall"]))?),
            }
            let mut traced = Command::new(&strace);
            traced.args(["-f", "-o", "/dev/null", "-e"]);
            traced.arg(format!("inject=bpf:error=ENOMEM:when={call}"));
            let after = ran(traced.arg(&program).args(["install", "--group", "4711"]))?;
            let modes = FILES.map(|name| mode(Path::new(DIR).join(name)).ok());
            let expected = match (after.code, old) {
                (Some(0), _) => Some((0o440, 4711)),
                (_, Some(_)) => Some((0o444, 0)),
                (_, None) => None,
            };
            check(modes == [expected; FILES.len()], || {
                format!("call {call}, {old:?}: {:?} {modes:?} {}", after.code, after.stderr)
            })?;
            *(if after.code == Some(0) { &mut made } else { &mut kept }) += 1;
        }
    }
    check(made > 0 && kept > 0, || format!("{made} made, {kept} not"))
}

/// The switch of the JIT, which is on again when this is dropped.
struct Jit;

impl Jit {
    const ENABLE: &str = "/proc/sys/net/core/bpf_jit_enable";

    fn off() -> Result<Self> {
        fs::write(Self::ENABLE, "0")?;
        Ok(Self)
    }
}

impl Drop for Jit {
    fn drop(&mut self) {
        let _ = fs::write(Self::ENABLE, "1");
    }
}

/// The highest ids of programs, maps and links.
fn highest() -> [u64; 3] {
    let progs = ProgInfoIter::default().map(|info| info.id).max();
    let maps = MapInfoIter::default().map(|info| info.id).max();
    let links = LinkInfoIter::default().map(|info| info.id).max();
    [progs, maps, links].map(|id| id.unwrap_or_default().into())
}

/// The rows up to those ids, without the fullness of maps, which lives in the meantime and takes the JIT,
/// and without what follows from it.
fn rows(sandbox: &Sandbox, highest: [u64; 3]) -> Result<Vec<Value>> {
    let mut rows = Vec::new();
    for (noun, highest) in ["progs", "maps", "links"].iter().zip(highest) {
        let Value::Array(all) = ran(&mut sandbox.root(&[noun, "--json"]))?.json()? else {
            return Err(format!("{noun} gives no array").into());
        };
        let is_older = |row: &Value| row["id"].as_u64().is_some_and(|id| id <= highest);
        let older: Vec<_> = all.into_iter().filter(is_older).collect();
        check(!older.is_empty(), || format!("no {noun}"))?;
        rows.extend(older);
    }
    for row in rows.iter_mut().filter_map(Value::as_object_mut) {
        for key in ["cur_entries", "used_percent", "map_memory"] {
            row.remove(key);
        }
        // That of a hash map that is not preallocated depends on its entries.
        let is_hash = row.get("type").and_then(Value::as_str).is_some_and(|of| of.contains("hash"));
        if is_hash && row.get("flags").and_then(Value::as_u64).is_some_and(|flags| flags & 1 != 0) {
            row.remove("bytes_memlock");
        }
    }
    Ok(rows)
}

fn no_jit(sandbox: &Sandbox, _: &[Member]) -> Result {
    if !in_machine() {
        return skip("it switches the JIT of the whole machine");
    }
    only_on(&["6.1", "6.12", "newest"])?;
    if !Path::new(Jit::ENABLE).exists() {
        return skip("this kernel has no JIT, and all of its tests are without");
    }
    let highest = highest();
    let install = || ran(&mut sandbox.root(&["install", "--public", "--holders"]));
    install()?.ok()?;
    let with = rows(sandbox, highest)?;
    ran(&mut sandbox.root(&["uninstall"]))?.ok()?;

    let _jit = Jit::off()?;
    let installed = install()?;
    check(!installed.stderr.contains("refuses"), || installed.stderr.clone())?;
    installed.ok()?;
    let files = FILES.iter().chain(&["holders.debug"]);
    for file in files {
        fs::read(Path::new(DIR).join(file)).map_err(|error| format!("{file}: {error}"))?;
    }
    let without = rows(sandbox, highest)?;
    for (with, without) in with.iter().zip(&without) {
        check(with == without, || format!("with the JIT: {with}\nwithout:      {without}"))?;
    }
    check(with.len() == without.len(), || format!("{} and {}", with.len(), without.len()))
}
