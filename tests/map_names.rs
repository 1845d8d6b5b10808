//! Whole names of maps, of which the kernel keeps 15 characters: held against what the loader knows.

use std::collections::BTreeMap;

use bpfdbg_attach::map_names::{MapNames, in_section};
use libtest_mimic::Trial;
use serde_json::Value;

use crate::sandbox::{Sandbox, ran, sandbox};
use crate::support::{Result, check, trial};

pub(crate) fn trials() -> Vec<Trial> {
    vec![
        trial("a map of a name that is cut has the loader's name for it, or none", || {
            sandbox(names)
        }),
        trial("a map is found by either name, by every filter and in trees", || sandbox(filters)),
        trial("the name of a section cannot forge a row", || sandbox(hostile)),
    ]
}

/// Rows of maps by their ids, read by nobody.
fn listed(sandbox: &Sandbox, args: &[&str]) -> Result<BTreeMap<u64, Value>> {
    let rows = ran(&mut sandbox.nobody(&[&["maps", "--json"], args].concat()))?.json()?;
    let rows = match rows {
        Value::Array(rows) => rows,
        row => vec![row],
    };
    Ok(rows.into_iter().filter_map(|row| Some((row["id"].as_u64()?, row))).collect())
}

/// How the whole name of a map begins that is told, and of one that is not known.
const TOLD: [&str; 3] = ["a_hash_of_a_name", "fifteen_letters", ".data.of_a_name_"];
const NOT_KNOWN: [&str; 4] =
    ["two_that_begin_alike", "two_that_begin_as_one", "a_sockmap_of_a_name", ".rodata"];

fn names(sandbox: &Sandbox) -> Result {
    sandbox.public()?;
    let loaded = MapNames::load()?;
    let rows = listed(sandbox, &[])?;
    let (mut told, mut not_known) = (0, 0);
    for map in &loaded.maps {
        let row = rows.get(&map.id.into()).ok_or_else(|| format!("no row for {map:?}"))?;
        check(row["name"] == *map.kept, || format!("{map:?}: {row}"))?;
        let begins = |all: &[&str]| all.iter().any(|begin| map.whole.starts_with(begin));
        let is_told = begins(&TOLD);
        let expected = if is_told { Value::from(&*map.whole) } else { Value::Null };
        check(row["full_name"] == expected, || format!("{map:?}: {row}"))?;
        told += usize::from(is_told);
        let is_data = map.kept.ends_with(".rodata");
        not_known += usize::from(map.kept.len() == 15 && (begins(&NOT_KNOWN) || is_data));
    }
    check(told == TOLD.len(), || format!("only {told} are told: {:?}", loaded.maps))?;
    check(not_known == NOT_KNOWN.len(), || format!("{not_known} are not: {:?}", loaded.maps))
}

fn filters(sandbox: &Sandbox) -> Result {
    sandbox.public()?;
    let loaded = MapNames::load()?;
    let is_it = |map: &&bpfdbg_attach::map_names::MapName| map.whole.starts_with(TOLD[0]);
    let map = loaded.maps.iter().find(is_it).ok_or("no map")?;
    let (id, user) = (map.id.to_string(), loaded.user.to_string());
    let has = |args: &[&str], noun: &str, id: &str| -> Result {
        let args = [&[noun], args, &["--format", "raw", "-n", "-o", "id"]].concat();
        let found = String::from_utf8(ran(&mut sandbox.nobody(&args))?.ok()?)?;
        check(found.lines().any(|line| line == id), || format!("{args:?}: {found}"))
    };
    for name in [&*map.whole, &*map.kept] {
        has(&["name", name], "maps", &id)?;
        has(&["--name", name], "maps", &id)?;
        has(&["--map", name], "maps", &id)?;
        has(&["--map", name], "progs", &user)?;
    }
    has(&["--name", "*_that_is_cut"], "maps", &id)?;
    has(&["--map", "*hash*_that_is_cut"], "progs", &user)?;
    let shown = |args: &[&str], expected: &str| -> Result {
        let text = String::from_utf8(ran(&mut sandbox.nobody(args))?.ok()?)?;
        check(text.contains(expected), || format!("{args:?} has no {expected}: {text}"))
    };
    shown(&["maps", "id", &id], &map.whole)?;
    shown(&["maps", "id", &id, "--format", "csv", "-o", "name,full_name"], &{
        format!("{},{}", map.kept, map.whole)
    })?;
    for format in ["table", "dot", "mermaid"] {
        let args = ["tree", "--id", &user, "--format", format];
        shown(&args, &format!("map {} ({id})", map.whole))?;
    }
    let tree = ["tree", "--id", &user, "--json"];
    shown(&tree, &format!("\"name\":\"{}\",\"full_name\":\"{}\"", map.kept, map.whole))
}

fn hostile(sandbox: &Sandbox) -> Result {
    sandbox.public()?;
    let mut made = Vec::new();
    for section in [&b".data.abcdefghi"[..], b".data.abcdefghij", b".data.abcdefghi -\\040 \xa0x"] {
        match in_section(section) {
            Ok(map) => made.push((section, map)),
            Err(reason) if section.contains(&b' ') => eprintln!("refused: {reason}"),
            Err(reason) => return Err(reason.to_string().into()),
        }
    }
    let text = std::fs::read("/run/bpfdbg/maps.debug")?;
    let rows: Vec<bpfdbg::model::Map<'_>> = bpfdbg::parse::rows(&text)?;
    for (section, map) in &made {
        let row = rows.iter().find(|row| row.id == map.id).ok_or("a map is missing")?;
        let shown = row.full_name.ok_or("a name reads as none")?;
        check(*shown.bytes() == **section, || format!("{shown} in place of {section:?}"))?;
        check(shown.token().iter().all(u8::is_ascii_graphic), || format!("{:?}", shown.token()))?;
    }
    Ok(())
}
