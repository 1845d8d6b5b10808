//! `columns` and `version`.

use std::collections::BTreeMap;

use bpfdbg::model::{BootTime, Kind};
use bpfdbg::parse::{self, Row};
use bpfdbg::view::{Columns, Context, Links, Maps, Progs};
use libtest_mimic::Trial;
use serde_json::Value;

use crate::sandbox::ran;
use crate::support::{Result, bpfdbg, check, source_tree, trial};

pub(crate) fn trials() -> Vec<Trial> {
    vec![
        trial("every column that is read is shown, or joins rows", every_column_is_shown),
        trial("columns lists what -O shows, and marks what a table shows by default", columns),
        trial("columns of all listings stand under their nouns, in every format", all),
        trial("version tells of the program, its iterators and the schema of json", version),
    ]
}

fn json(args: &[&str]) -> Result<Value> {
    ran(bpfdbg().args(args).arg("--json"))?.json()
}

/// The header of a table on a capture, as names of columns.
fn header(noun: &str, args: &[&str]) -> Result<Vec<String>> {
    let capture = source_tree()?.join("tests/captures/6.12");
    let table = ran(bpfdbg().arg("--bpffs").arg(capture).arg(noun).args(args))?.ok()?;
    let first = String::from_utf8(table)?.lines().next().unwrap_or_default().to_lowercase();
    Ok(first.split_whitespace().map(str::to_owned).collect())
}

fn columns() -> Result {
    for noun in ["progs", "maps", "links"] {
        let Value::Array(rows) = json(&["columns", noun])? else { return Err("no array".into()) };
        let names = |of: &dyn Fn(&&Value) -> bool| -> Vec<String> {
            let name = |row: &Value| row["name"].as_str().unwrap_or_default().to_owned();
            rows.iter().filter(of).map(name).collect()
        };
        let (all, usual) = (names(&|_| true), names(&|row| row["default"] == true));
        let shown = header(noun, &["-O"])?;
        check(all == shown, || format!("{all:?}\nin place of {shown:?}"))?;
        let mut shown = header(noun, &[])?;
        shown.sort_by_key(|name| all.iter().position(|other| other == name));
        check(usual == shown, || format!("{usual:?}\nin place of {shown:?}"))?;
    }
    // The noun may be bpftool's.
    check(json(&["columns", "prog"])? == json(&["columns", "progs"])?, || "prog differs".into())
}

fn all() -> Result {
    let Value::Array(rows) = json(&["columns"])? else { return Err("no array".into()) };
    let nouns: Vec<_> = rows.iter().filter_map(|row| row["noun"].as_str()).collect();
    check(
        nouns.len() == rows.len()
            && nouns.is_sorted_by_key(|n| ["progs", "maps", "links"].iter().position(|o| o == n)),
        || format!("{nouns:?}"),
    )?;
    for format in ["table", "csv", "raw", "ndjson"] {
        let text = ran(bpfdbg().args(["columns", "-n", "--format", format]))?.ok()?;
        let lines = text.iter().filter(|byte| **byte == b'\n').count();
        check(lines == rows.len(), || format!("{lines} lines of {format}"))?;
    }
    let sorted = json(&["columns", "maps", "-x", "name"])?;
    let names = sorted.as_array().into_iter().flatten().map(|row| row["name"].as_str());
    check(names.is_sorted(), || format!("{sorted}"))
}

fn version() -> Result {
    let json = json(&["version"])?;
    let version = env!("CARGO_PKG_VERSION");
    check(
        json["version"] == version
            && json["producer"] == bpfdbg::bpf::PRODUCER
            && json["json_schema"].is_u64(),
        || json.to_string(),
    )?;
    let text = String::from_utf8(ran(bpfdbg().arg("version"))?.ok()?)?;
    let first = ran(bpfdbg().arg("--version"))?.ok()?;
    check(text.starts_with(&*String::from_utf8(first)?), || text)
}

/// Columns that no listing shows by themselves: they tell what else a row belongs to.
const JOINED: [(Kind, &str); 2] = [(Kind::Maps, "bound"), (Kind::Maps, "ops")];

/// Pairs of values, of which a column takes the first that it can read.
const VALUES: [[&str; 2]; 4] = [
    ["1000000000", "3000000000"],
    ["1", "0"],
    ["0000000000000001", "0000000000000002"],
    ["cgroup_id=1", "cgroup_id=2"],
];

/// A text of one row, with a value for each column.
fn text<'v>(kind: Kind, value: impl Fn(&str) -> &'v str) -> String {
    let names = parse::columns(kind);
    let row: Vec<_> = names.iter().map(|name| value(name)).collect();
    format!("{} bpfdbg/0\n{}\n", names.join(" "), row.join(" "))
}

/// Changes one column of a row after the other, and looks for the change among the cells.
fn each_is_shown<L: Columns>(kind: Kind) -> Result
where
    for<'a> L::Row<'a>: Row<'a>,
{
    let value_of = |name: &'static str| {
        let can_be_read = |values: &&[&'static str; 2]| {
            let alone = |other: &str| match other {
                other if other == name => values[0],
                "id" => "1",
                _ => "-",
            };
            parse::rows::<L::Row<'_>>(text(kind, alone).as_bytes()).is_ok()
        };
        let values = VALUES.iter().find(can_be_read).ok_or_else(|| format!("{name}?"))?;
        Ok((name, *values))
    };
    let names = parse::columns(kind).iter().copied();
    let values: BTreeMap<_, _> = names.map(value_of).collect::<Result<_>>()?;
    let cells = |changed: Option<&str>| -> Result<Vec<String>> {
        let text = text(kind, |name| values[name][usize::from(changed == Some(name))]);
        let rows: Vec<L::Row<'_>> = parse::rows(text.as_bytes()).map_err(|e| e.to_string())?;
        let boot_time = Some(BootTime { seconds: 0, nanoseconds: 0 });
        let context = Context { boot_time, ..Context::default() };
        let cells = L::COLUMNS.iter().map(|column| (column.get)(&rows[0], &context));
        Ok(cells.map(|cell| format!("{cell:?}")).collect())
    };
    let before = cells(None)?;
    for name in values.keys() {
        let is_shown = cells(Some(name))? != before;
        check(is_shown != JOINED.contains(&(kind, name)), || format!("{kind:?}: {name}"))?;
    }
    Ok(())
}

fn every_column_is_shown() -> Result {
    each_is_shown::<Progs>(Kind::Progs)?;
    each_is_shown::<Maps>(Kind::Maps)?;
    each_is_shown::<Links>(Kind::Links)
}
