//! bpfdbg in place of bpftool: the two are asked about the same objects at the same time.
//!
//! `BPFDBG_BPFTOOL` names the bpftool to compare with, else that of the machine is taken.

pub(crate) mod keys;
mod recipes;

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::PoisonError;

use bpfdbg::bpf;
use bpfdbg::model::Kind;
use bpfdbg::view::json_text;
use bpfdbg_attach::flood::Flood;
use bpfdbg_attach::hostile;
use libtest_mimic::Trial;
use serde_json::Value;

use crate::sandbox::{Sandbox, among_everything, is_chroot, ran};
use crate::support::{COUNTING, Result, has_loop, in_machine, kernel, program, skip, trial};
use keys::{Class, NOUNS, Pair};

pub(crate) fn trials() -> Vec<Trial> {
    let mut trials = vec![
        trial("bpftool and bpfdbg agree on every key of 200 programs, maps and links", || {
            among_everything(|sandbox, _| agree(sandbox))
        }),
        trial("the keys are those of the columns", keys_are_columns),
    ];
    trials.extend(recipes::trials());
    trials
}

/// The oldest bpftool that the keys are those of.
const OLDEST: (u32, u32) = (7, 8);

/// The bpftool to compare with; the test is skipped where there is none, or an older one.
pub(crate) fn bpftool() -> Result<PathBuf> {
    let path = match std::env::var_os("BPFDBG_BPFTOOL").filter(|path| !path.is_empty()) {
        Some(path) => path.into(),
        None => program("bpftool")?,
    };
    let version: Value =
        serde_json::from_slice(&Command::new(&path).args(["-j", "version"]).output()?.stdout)?;
    let mut numbers = version["version"].as_str().unwrap_or_default().split('.');
    let mut number = || numbers.next().and_then(|n| n.parse().ok()).unwrap_or_default();
    if (number(), number()) < OLDEST {
        let (major, minor) = OLDEST;
        return skip(format!("needs bpftool {major}.{minor}, such as that of tests/vm/bpftool"));
    }
    Ok(path)
}

/// What bpftool answers.
pub(crate) fn answer(bpftool: &Path, args: &[impl AsRef<OsStr>]) -> Result<Value> {
    mended(&Command::new(bpftool).arg("-j").args(args).output()?.stdout)
}

/// Parses bpftool's JSON also where it is none: control characters and bytes that are no UTF-8
/// stand in its strings as they are.
fn mended(json: &[u8]) -> Result<Value> {
    let mut text = String::new();
    for chunk in json.utf8_chunks() {
        for c in chunk.valid().trim_end_matches('\n').chars() {
            match c {
                '\0'..' ' => text += &format!("\\u{:04x}", u32::from(c)),
                c => text.push(c),
            }
        }
        text += &json_text(chunk.invalid()).replace('\\', "\\\\");
    }
    Ok(serde_json::from_str(&text).map_err(|error| format!("bpftool: {error} in {text}"))?)
}

/// bpftool's rows by id.
///
/// Its list of maps is known to be wrong: one without BTF has the BTF id of the one before. So one that
/// has the same as the one before is asked for by itself.
fn theirs(bpftool: &Path, noun: &str) -> Result<BTreeMap<u64, Value>> {
    let mut rows = BTreeMap::new();
    let mut before = Value::Null;
    for row in answer(bpftool, &[noun, "list"])?.as_array().ok_or("bpftool gives no list")? {
        let id = row["id"].as_u64().ok_or("a row without an id")?;
        let btf_id = row["btf_id"].clone();
        let row = if noun == "map" && btf_id.is_number() && btf_id == before {
            answer(bpftool, &[noun, "show", "id", &id.to_string()])?
        } else {
            row.clone()
        };
        before = btf_id;
        if row.get("error").is_none() {
            rows.insert(id, row);
        }
    }
    Ok(rows)
}

/// The ids that bpftool lists.
fn their_ids(bpftool: &Path, noun: &str) -> Result<BTreeSet<u64>> {
    Ok(ids(&answer(bpftool, &[noun, "list"])?))
}

/// The ids of a list's rows.
fn ids(rows: &Value) -> BTreeSet<u64> {
    rows.as_array().into_iter().flatten().filter_map(|row| row["id"].as_u64()).collect()
}

fn ours(sandbox: &Sandbox, noun: &str) -> Result<BTreeMap<u64, Value>> {
    let rows = ran(&mut sandbox.nobody(&[noun, "list", "-j"]))?.json()?;
    let row = |row: &Value| Ok((row["id"].as_u64().ok_or("a row without an id")?, row.clone()));
    rows.as_array().into_iter().flatten().map(row).collect::<Result<_, &str>>().map_err(Into::into)
}

/// Has the kernel count runs until it is dropped.
pub(crate) struct Counted;

impl Counted {
    const SYSCTL: &str = "/proc/sys/kernel/bpf_stats_enabled";

    pub(crate) fn start() -> Self {
        let _ = std::fs::write(Self::SYSCTL, "1");
        Self
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        let _ = std::fs::write(Self::SYSCTL, "0");
    }
}

fn agree(sandbox: &Sandbox) -> Result {
    let bpftool = bpftool()?;
    let _counting = COUNTING.lock().unwrap_or_else(PoisonError::into_inner);
    // Only there: on a host, everybody's programs would be counted.
    let _counted = in_machine().then(Counted::start);
    let _hostile = (hostile::programs(), hostile::maps());
    let mut flood = Flood::new();
    flood.add_programs(120)?;
    // Few, for bpftool is asked for each of those by itself.
    flood.add_maps(5)?;
    flood.add_links(30)?;
    sandbox.public()?;

    let mut seen: BTreeMap<(&str, String), usize> = BTreeMap::new();
    let (mut compared, mut unexplained) = (0, Vec::new());
    for (noun, keys) in NOUNS {
        if noun == "links" && bpf::unsupported_reason(Kind::Links).is_some() {
            continue;
        }
        let word = noun.trim_end_matches('s');
        let theirs = theirs(&bpftool, word)?;
        let ours = ours(sandbox, word)?;
        let still = their_ids(&bpftool, word)?;
        for (id, theirs) in theirs.iter().filter(|(id, _)| still.contains(id)) {
            let ours = ours.get(id).ok_or_else(|| format!("no row for {theirs}"))?;
            compared += 1;
            for key in names(theirs).chain(names(ours)).collect::<BTreeSet<_>>() {
                let (theirs_value, ours_value) = (theirs.get(key), ours.get(key));
                let class = keys.iter().find(|(known, _)| *known == key).map(|(_, class)| class);
                let pair = Pair { theirs: theirs_value, ours: ours_value, row: ours };
                let is_explained = theirs_value == ours_value
                    || key == "path" && is_outer_path(theirs_value, ours_value)
                    || key == "bytes_memlock" && ours_value.is_none() && is_uncounted(ours)
                    || class.is_some_and(|class| match class {
                        Class::Equal => false,
                        Class::Except(_, holds) => holds(pair),
                        Class::LeftOut(_) => ours_value.is_none(),
                        Class::Ours => theirs_value.is_none(),
                    });
                if !is_explained {
                    unexplained.push(format!(
                        "{noun} {key}: {} in bpftool, {} here: {theirs} {ours}",
                        theirs_value.unwrap_or(&Value::Null),
                        ours_value.unwrap_or(&Value::Null)
                    ));
                }
                if theirs_value.is_some() && ours_value.is_some() {
                    *seen.entry((noun, key.to_owned())).or_default() += 1;
                }
            }
        }
    }
    if !unexplained.is_empty() {
        let some = &unexplained[..unexplained.len().min(12)];
        return Err(format!("{} differences:\n{}", unexplained.len(), some.join("\n")).into());
    }
    // Without links, on a kernel that cannot list them, there are fewer.
    let least = if bpf::unsupported_reason(Kind::Links).is_some() { 150 } else { 200 };
    if compared < least {
        return Err(format!("only {compared} objects were compared").into());
    }
    // Without the JIT there is less to attach.
    if kernel() == "newest" && has_loop() { all_compared(&seen) } else { Ok(()) }
}

/// In a chroot, bpftool is told of the path there, and an iterator finds that of the machine.
fn is_outer_path(theirs: Option<&Value>, ours: Option<&Value>) -> bool {
    let paths = theirs.and_then(Value::as_str).zip(ours.and_then(Value::as_str));
    is_chroot()
        && paths.is_some_and(|(theirs, ours)| ours.ends_with(&*json_text(theirs.as_bytes())))
}

/// A hash map that is not preallocated, whose entries nothing sums up without the JIT.
fn is_uncounted(row: &Value) -> bool {
    const NO_PREALLOC: u64 = 1;
    let is_hash = row["type"].as_str().is_some_and(|word| word.contains("hash"));
    is_hash && row["flags"].as_u64().is_some_and(|flags| flags & NO_PREALLOC != 0) && !has_loop()
}

fn names(row: &Value) -> impl Iterator<Item = &str> {
    row.as_object().into_iter().flatten().map(|(key, _)| key.as_str())
}

/// Keys whose objects no test makes, as they take a right, a device or an accident.
const RARE: [(&str, &str); 5] = [
    ("progs", "recursion_misses"),
    ("progs", "pids"),
    ("maps", "pids"),
    ("links", "pids"),
    ("links", "tid"),
];

/// Makes sure that "equal" was said of nothing that was never compared.
fn all_compared(seen: &BTreeMap<(&str, String), usize>) -> Result {
    let said = NOUNS.iter().flat_map(|(noun, keys)| keys.iter().map(move |key| (*noun, key)));
    let equal = said.filter(|(_, (_, class))| matches!(class, Class::Equal | Class::Except(..)));
    let missing: Vec<_> = equal
        .map(|(noun, (key, _))| (noun, *key))
        .filter(|(noun, key)| !seen.contains_key(&(*noun, (*key).to_owned())))
        .filter(|key| !RARE.contains(key) && key.1 != "pinned")
        .collect();
    if missing.is_empty() { Ok(()) } else { Err(format!("never compared: {missing:?}").into()) }
}

/// A key of ours that is in no table would be one that nobody compared.
fn keys_are_columns() -> Result {
    for (noun, keys) in NOUNS {
        let output = crate::support::bpfdbg().args(["columns", noun, "-j"]).output()?;
        let columns: Value = serde_json::from_slice(&output.stdout)?;
        let columns: BTreeSet<_> = columns
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(|row| row["key"].as_str())
            .collect();
        let known: BTreeSet<_> = keys
            .iter()
            .filter(|(_, class)| !matches!(class, Class::LeftOut(_)))
            .map(|(key, _)| *key)
            .collect();
        if columns != known {
            let odd: Vec<_> = columns.symmetric_difference(&known).collect();
            return Err(format!("{noun}: {odd:?}").into());
        }
    }
    Ok(())
}
