//! Whether a program is attached: known only where every way of attaching its type was read.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use libtest_mimic::Trial;
use serde_json::Value;
use tempfile::TempDir;

use crate::sandbox::{Ran, ran};
use crate::support::{self, Result, check, trial};

pub(crate) fn trials() -> Vec<Trial> {
    vec![
        trial("a program is unattached where every text that could tell was read whole", decided),
        trial("what --unattached leaves out is counted, with what would tell", note),
        trial("unknown and unattached look different in every format", formats),
    ]
}

/// Ids, and what they are: a fentry that was loaded for a function, types that texts decide, types
/// that none does, and one that has a link.
const PROGS: &str = "id name attached target target_id type expected_attach_type bpfdbg/9
1 one vfs_unlink - - 26 24
2 two - - - 6 0
3 three - - - 2 0
4 four - - - 4 0
5 five - - - 3 0
6 six - - - 8 0
7 seven - - - 17 0
";
const LINKS: &str = "id type prog_id name prog_type attach_type target bpfdbg/9
1 1 7 seven 17 - tracepoint=sched_switch
";
const ATTACHED: &str = "prog_id kind via name prog_type attach_type target bpfdbg/9\n";
const MAPS: &str = "id name max_entries cur_entries type owner_prog_type bound bpfdbg/9\n";
const HOLDERS: &str = "pid comm fd held id target bpfdbg/9\n";

const TEXTS: [(&str, &str); 5] = [
    ("progs.debug", PROGS),
    ("links.debug", LINKS),
    ("attached.debug", ATTACHED),
    ("maps.debug", MAPS),
    ("holders.debug", HOLDERS),
];

/// A machine's texts, with one of them changed; without it where it has no byte.
fn with(file: &str, text: &str) -> Result<TempDir> {
    let folder = tempfile::tempdir()?;
    for (name, usual) in TEXTS {
        let text = if name == file { text } else { usual };
        if !text.is_empty() {
            fs::write(folder.path().join(name), text)?;
        }
    }
    Ok(folder)
}

fn on(folder: &Path, args: &[&str]) -> Result<Ran> {
    ran(support::bpfdbg().arg("--bpffs").arg(folder).args(args).env("LC_ALL", "C.UTF-8"))
}

/// What each program's attachment is, in a word.
fn words(folder: &Path) -> Result<BTreeMap<u64, String>> {
    let rows: Value = serde_json::from_slice(&on(folder, &["progs", "-j"])?.stdout)?;
    let word = |row: &Value| Some((row["id"].as_u64()?, row["attachment"].as_str()?.to_owned()));
    Ok(rows.as_array().into_iter().flatten().filter_map(word).collect())
}

fn decided() -> Result {
    let usual = [
        (1, "loaded"),
        (2, "unattached"),
        (3, "unattached"),
        (4, "unknown"),
        (5, "unknown"),
        (6, "unattached"),
        (7, "attached"),
    ];
    let map = |row: &str| format!("{MAPS}{row}\n");
    let all: &[u64] = &[1, 2, 3, 6];
    for (file, text, unknown) in [
        ("", String::new(), &[][..]),
        ("links.debug", String::new(), &[1, 2, 3, 6, 7]),
        ("attached.debug", String::new(), &[2, 6]),
        ("maps.debug", String::new(), all),
        ("holders.debug", String::new(), &[3]),
        // Rows that could not be read, and rows that the kernel could not print.
        ("links.debug", format!("{LINKS}2 x\n"), all),
        ("links.debug", LINKS.trim_end().to_owned(), &[1, 2, 3, 6, 7]),
        ("attached.debug", format!("{ATTACHED}7 x\n"), &[2, 6]),
        ("attached.debug", format!("{ATTACHED}0 - - - - - cut=1\n"), &[2, 6]),
        ("maps.debug", map("x"), all),
        ("holders.debug", format!("{HOLDERS}x\n"), &[3]),
        // A target that is told in part is still that of its program.
        (
            "attached.debug",
            format!("{ATTACHED}6 cgroup prog_attach six 8 0 cgroup=/a cut=1\n"),
            &[],
        ),
        // A link of a type that this version does not know, and names no program.
        ("links.debug", format!("{LINKS}2 99 - - - - -\n"), all),
        // Programs may be in maps, which take those of a type.
        ("maps.debug", map("1 a 5 - 3 2 -"), &[3]),
        ("maps.debug", map("1 a 5 - 3 26 -"), &[1]),
        ("maps.debug", map("1 a 5 - 14 - -"), &[2]),
        ("maps.debug", map("1 a 5 - 16 - -"), &[2]),
        ("maps.debug", map("1 a 5 - 1 - -"), &[]),
        ("maps.debug", map("1 a 5 - 4000 - -"), all),
        // The kernel's own text has no types.
        (
            "maps.debug",
            "  id name             max_entries\n   1 a                    5\n".into(),
            all,
        ),
    ] {
        let folder = with(file, &text)?;
        let found = words(folder.path())?;
        let is_cgroup_attached = text.contains("six");
        let expected = usual.map(|(id, word)| match id {
            _ if unknown.contains(&id) => (id, "unknown".to_owned()),
            6 if is_cgroup_attached => (id, "attached".to_owned()),
            _ => (id, word.to_owned()),
        });
        let case = if text.is_empty() { "missing" } else { &*text };
        check(found == expected.into(), || format!("{file} {case}: {found:?}"))?;
        if file == "links.debug" && text.is_empty() {
            continue;
        }
        // The filter takes these and no others.
        let taken = on(folder.path(), &["progs", "--unattached", "-n", "-o", "id"])?.stdout;
        let taken: Vec<u64> =
            String::from_utf8(taken)?.lines().filter_map(|line| line.trim().parse().ok()).collect();
        let wanted = found.iter().filter(|(_, word)| ["loaded", "unattached"].contains(&&***word));
        let wanted: Vec<u64> = wanted.map(|(id, _)| *id).collect();
        check(taken == wanted, || format!("{file} {case}: {taken:?} in place of {wanted:?}"))?;
    }
    Ok(())
}

fn note() -> Result {
    for (file, text, args, expected) in [
        (
            "",
            "",
            &["progs"][..],
            Some("2 more programs may be attached; no text tells of: classful_qdisc, tc_action"),
        ),
        ("", "", &["tree"], Some("2 more programs may be attached; no text tells of: ")),
        (
            "",
            "",
            &["progs", "--type", "sched_act"],
            Some("1 more program may be attached; no text"),
        ),
        ("", "", &["progs", "--type", "xdp"], None),
        (
            "holders.debug",
            "",
            &["progs", "--name", "three"],
            Some("1 more program may be attached; not read whole: holders.debug"),
        ),
        (
            "maps.debug",
            "",
            &["progs", "--name", "one"],
            Some("1 more program may be attached; not read whole: maps.debug"),
        ),
    ] {
        let folder = with(file, text)?;
        let ran = on(folder.path(), &[args, &["--unattached"]].concat())?.of_capture()?;
        let notes: Vec<_> = ran.stderr.lines().collect();
        let is_told = match expected {
            Some(start) => {
                notes.len() == 1 && notes[0].starts_with(&format!("bpfdbg: note: {start}"))
            }
            None => notes.is_empty(),
        };
        check(ran.code == Some(0) && is_told, || format!("{file} {args:?}: {}", ran.stderr))?;
    }
    // Whoever asks for something else is told nothing.
    let folder = with("holders.debug", "")?;
    let stderr = on(folder.path(), &["progs"])?.of_capture()?.stderr;
    check(stderr.is_empty(), || stderr)
}

fn formats() -> Result {
    let folder = with("holders.debug", "")?;
    let text = |args: &[&str]| -> Result<String> {
        Ok(String::from_utf8(on(folder.path(), args)?.of_capture()?.ok()?)?)
    };
    for format in ["table", "raw", "csv"] {
        let shown = text(&["progs", "--format", format, "-n", "-o", "id,attached"])?;
        let cell = |id: char| {
            let is_its = |line: &&str| line.trim().starts_with(id);
            let line = shown.lines().find(is_its).unwrap_or_default().trim();
            line.trim_start_matches(|c: char| c.is_ascii_digit() || c == ',').trim().to_owned()
        };
        let none = if format == "csv" { "" } else { "-" };
        check(cell('2') == none && cell('3') == "unknown", || shown.clone())?;
        let fentry = cell('1');
        check(fentry.contains("not attached") || format == "raw", || shown.clone())?;
    }
    let rows: Value = serde_json::from_str(&text(&["progs", "-j"])?)?;
    let [xdp, kprobe] = [&rows[1], &rows[2]];
    check(xdp.get("unread").is_none() && xdp.get("attached").is_none(), || xdp.to_string())?;
    check(kprobe["unread"] == serde_json::json!(["perf_event"]), || kprobe.to_string())?;
    let tree: Value = serde_json::from_str(&text(&["tree", "-j"])?)?;
    let ids = |node: &str| -> Vec<u64> {
        let group = tree.as_array().into_iter().flatten().find(|root| root["node"] == node);
        let children = group.and_then(|group| group["children"].as_array());
        children.into_iter().flatten().filter_map(|child| child["id"].as_u64()).collect()
    };
    check(ids("unknown") == [3, 4, 5] && ids("unattached") == [1, 2, 6], || tree.to_string())?;
    for format in ["table", "dot", "mermaid"] {
        let tree = text(&["tree", "--format", format])?;
        check(tree.contains("programs that may be attached (not read"), || tree)?;
    }
    Ok(())
}
