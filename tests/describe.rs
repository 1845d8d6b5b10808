//! `columns` and `version`.

use libtest_mimic::Trial;
use serde_json::Value;

use crate::sandbox::ran;
use crate::support::{Result, bpfdbg, check, source_tree, trial};

pub(crate) fn trials() -> Vec<Trial> {
    vec![
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
