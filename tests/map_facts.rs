//! What maps cost and how full they are: held against fdinfo, and against what the loader put into them.

use std::collections::BTreeMap;

use bpfdbg_attach::every_map::{self, Made};
use libtest_mimic::Trial;
use serde_json::Value;

use crate::sandbox::{Sandbox, among_everything, ran, sandbox};
use crate::support::{Result, bpfdbg, check, has_loop, kernel, trial};

pub(crate) fn trials() -> Vec<Trial> {
    vec![
        trial("the memory of a map of every type is that of fdinfo", || {
            among_everything(|sandbox, _| memory(sandbox))
        }),
        trial("a map has as many entries as the loader put into it", || sandbox(entries)),
        trial(
            "a map is as full as its entries say, and --fuller-than takes the fuller ones",
            || sandbox(fullness),
        ),
        trial("the memory of a program is that of its maps, each counted once in a total", || {
            among_everything(|sandbox, _| totals(sandbox))
        }),
        trial("a total that would be taken for a row, or has no maps, is refused", no_totals),
    ]
}

/// The maps of every type that this kernel makes; those of the types that it has not are told on stderr.
fn every_map() -> Result<Vec<Made>> {
    let (mut made, mut refused) = (Vec::new(), Vec::new());
    for (what, map) in every_map::make() {
        match map {
            Ok(map) => made.push(map),
            Err(error) => refused.push(format!("{what}: {error}")),
        }
    }
    // 5.10 has 26 types, of which 23 are made without a program that is loaded for them.
    check(made.len() >= 35, || format!("only {} maps: {}", made.len(), refused.join(", ")))?;
    eprintln!("{} maps; refused: {}", made.len(), refused.join(", "));
    Ok(made)
}

/// The rows of maps by their ids, read by nobody.
fn listed(sandbox: &Sandbox) -> Result<BTreeMap<u32, Value>> {
    let rows = ran(&mut sandbox.nobody(&["maps", "--json"]))?.json()?;
    let row = |row: &Value| Some((u32::try_from(row["id"].as_u64()?).ok()?, row.clone()));
    Ok(rows.as_array().into_iter().flatten().filter_map(row).collect())
}

/// The kernel's own figure for each map of the machine; those that are gone meanwhile are left out.
fn reported(rows: &BTreeMap<u32, Value>) -> BTreeMap<u32, u64> {
    rows.keys().filter_map(|id| Some((*id, every_map::memory_of(*id).ok()?))).collect()
}

fn memory(sandbox: &Sandbox) -> Result {
    let made = every_map()?;
    sandbox.public()?;
    let before = reported(&listed(sandbox)?);
    let rows = listed(sandbox)?;
    let after = reported(&rows);
    let mut by_type: BTreeMap<String, [usize; 2]> = BTreeMap::new();
    let mut wrong = Vec::new();
    for (id, row) in &rows {
        // Others may fill theirs meanwhile.
        let Some(memory) = after.get(id).filter(|memory| before.get(id) == Some(memory)) else {
            continue;
        };
        let word = row["type"].as_str().map_or(row["type"].to_string(), str::to_owned);
        let counts = by_type.entry(word).or_default();
        match row["bytes_memlock"].as_u64() {
            Some(found) if found == *memory => counts[0] += 1,
            None => counts[1] += 1,
            Some(found) => {
                let what = made.iter().find(|map| map.id() == *id).map_or("", |map| map.what);
                wrong.push(format!("{what}: {found} in place of {memory}: {row}"));
            }
        }
    }
    eprintln!("equal, absent by type: {by_type:?}");
    check(wrong.is_empty(), || format!("{} are wrong:\n{}", wrong.len(), wrong.join("\n")))?;
    // The memory of a hash map that is not preallocated depends on its entries.
    let is_known = |word: &str| has_loop() || !word.contains("hash");
    let absent: Vec<_> =
        by_type.iter().filter(|(word, counts)| counts[1] > 0 && is_known(word)).collect();
    check(absent.is_empty(), || format!("not known: {absent:?}"))?;
    for map in &made {
        check(after.contains_key(&map.id()), || format!("{} was not compared", map.what))?;
    }
    Ok(())
}

/// Whether the kernel counts the entries of such a map so that a program may read it.
fn is_counted(map: &Made, row: &Value) -> bool {
    let max_entries = row["max_entries"].as_u64().unwrap_or_default();
    const HASHES: [u32; 6] = [1, 5, 9, 10, 13, 35];
    const NO_PREALLOC: u32 = 1;
    const DEVMAP: u32 = 14;
    const SOCKMAP: u32 = 15;
    const XSKMAP: u32 = 17;
    const ARENA: u32 = 33;
    const MOST_SOCKETS: u64 = 4096;
    let kernel = kernel();
    let is_old = ["5.10", "6.1"].contains(&&*kernel);
    match map.map_type {
        // 6.1 counts those of a large one a CPU each, as do newer kernels, whose sum takes the JIT.
        hash if HASHES.contains(&hash) && (is_old || !has_loop()) => {
            map.flags & NO_PREALLOC != 0 && (kernel == "5.10" || max_entries < 128)
        }
        SOCKMAP => max_entries <= MOST_SOCKETS,
        DEVMAP | XSKMAP => !is_old,
        // Before it counts the pages, the kernel reports no memory either.
        ARENA => row["bytes_memlock"] != 0,
        _ => true,
    }
}

fn entries(sandbox: &Sandbox) -> Result {
    let made = every_map()?;
    sandbox.public()?;
    let rows = listed(sandbox)?;
    let mut compared = 0;
    for map in &made {
        let row = rows.get(&map.id()).ok_or_else(|| format!("no row for {}", map.what))?;
        let expected = map.entries.filter(|_| is_counted(map, row));
        let found = row["cur_entries"].as_u64();
        check(found == expected, || {
            format!("{}: {found:?} entries in place of {expected:?}: {row}", map.what)
        })?;
        compared += usize::from(expected.is_some());
    }
    check(compared >= 15, || format!("only {compared} are counted"))
}

fn fullness(sandbox: &Sandbox) -> Result {
    let made = every_map()?;
    sandbox.public()?;
    let rows = listed(sandbox)?;
    let mut fuller = Vec::new();
    for map in &made {
        let row = &rows[&map.id()];
        let (entries, most) = (row["cur_entries"].as_f64(), row["max_entries"].as_f64());
        let expected = entries.zip(most).map(|(entries, most)| entries * 100.0 / most);
        let found = row["used_percent"].as_f64();
        let is_same = match (found, expected) {
            // Rounded down to two decimals, but not to none.
            (Some(found), Some(expected)) => (found - expected).abs() <= 0.01,
            (found, expected) => found == expected,
        };
        check(is_same, || format!("{}: {found:?} percent, not {expected:?}", map.what))?;
        if expected.is_some_and(|percent| percent > 90.0) {
            fuller.push(map.id());
        }
    }
    // A full queue is counted on every kernel, and on newer ones a hash of 91 of a hundred.
    check(!fuller.is_empty(), || "no map is fuller than 90 %".into())?;
    let args =
        ["maps", "--name", "every_type", "--fuller-than", "90", "--format", "raw", "-no", "id"];
    let found = String::from_utf8(ran(&mut sandbox.nobody(&args))?.ok()?)?;
    let found: Vec<u32> = found.lines().filter_map(|line| line.parse().ok()).collect();
    check(found == fuller, || format!("{found:?} are fuller than 90 %, not {fuller:?}"))?;
    let args = ["maps", "--name", "every_type", "-x", "-used", "--format", "csv", "-no", "used"];
    let sorted = String::from_utf8(ran(&mut sandbox.nobody(&args))?.ok()?)?;
    let known: Vec<f64> = sorted.lines().map_while(|line| line.parse().ok()).collect();
    check(known.is_sorted_by(|a, b| a >= b) && known.len() >= 15, || sorted.clone())?;
    check(sorted.lines().skip(known.len()).all(str::is_empty), || sorted.clone())
}

/// The last line of a listing by nobody.
fn last_line(sandbox: &Sandbox, args: &[&str]) -> Result<String> {
    let text = String::from_utf8(ran(&mut sandbox.nobody(args))?.ok()?)?;
    Ok(text.lines().last().unwrap_or_default().to_owned())
}

fn totals(sandbox: &Sandbox) -> Result {
    sandbox.public()?;
    let filter = ["--map", "shared_counter"];
    let progs = ran(&mut sandbox.nobody(&[&["progs", "-j"], &filter[..]].concat()))?.json()?;
    let progs: Vec<Value> = progs.as_array().cloned().unwrap_or_default();
    let mut maps = BTreeMap::new();
    let (mut single, mut with_maps) = (0, 0);
    for prog in &progs {
        let ids: Vec<u32> = serde_json::from_value(prog["map_ids"].clone()).unwrap_or_default();
        let mut sum = 0;
        for id in &ids {
            let memory = every_map::memory_of(*id)?;
            maps.insert(*id, memory);
            sum += memory;
        }
        check(prog["map_memory"] == sum, || format!("not {sum} bytes: {prog}"))?;
        (single, with_maps) = (single + sum, with_maps + usize::from(!ids.is_empty()));
    }
    let all: u64 = maps.values().sum();
    check(single > all && with_maps > 1, || "no map is shared".into())?;
    let count = if maps.len() == 1 { "1 map".into() } else { format!("{} maps", maps.len()) };
    let expected = format!("total: {} programs, {count}, {all}", progs.len());
    for noun in ["progs", "tree"] {
        let found = last_line(sandbox, &[&[noun, "--total", "--bytes"], &filter[..]].concat())?;
        // Of a tree, what stands above a program that was asked for is shown, too.
        let is_it = if noun == "tree" { found.starts_with("total: ") } else { found == expected };
        check(is_it, || format!("{noun}: '{found}' in place of '{expected}'"))?;
    }
    let ids: Vec<_> = maps.keys().map(u32::to_string).collect();
    let found = last_line(sandbox, &["maps", "--total", "--bytes", "--id", &ids.join(",")])?;
    let expected = format!("total: {count}, {all}");
    check(found == expected, || format!("'{found}' in place of '{expected}'"))
}

fn no_totals() -> Result {
    for (args, why) in [
        (&["links", "--total"][..], "links: they have no maps"),
        (&["maps", "--total", "-j"], "the format json: it is a line for people"),
        (&["tree", "--total", "--format", "dot"], "the format dot: it is a line for people"),
        (&["maps", "--total", "-W"], "a watch"),
    ] {
        let error = ran(bpfdbg().args(args))?.failed(2)?;
        check(error.contains(&format!("--total is not for {why}")), || error.clone())?;
    }
    Ok(())
}
