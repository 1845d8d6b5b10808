//! The listings of captured files: formats, columns, selectors. No right is needed for these.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use bpfdbg::model::{Map, Prog};
use bpfdbg::parse;
use libtest_mimic::Trial;
use serde_json::Value;

use crate::sandbox::{Ran, ran};
use crate::support::{self, Result, check, matches_file, source_tree, trial};

/// The captured wide text that most tests read.
const WIDE: &str = "6.12";

pub(crate) fn trials() -> Vec<Trial> {
    vec![
        trial("every capture is read to its last row", captures_are_read),
        trial("the kernel's programs are written again byte for byte", kernel_progs_again),
        trial("the kernel's maps are written again byte for byte", kernel_maps_again),
        trial("a file cut anywhere is an error at the cut, or a shorter list", cut_anywhere),
        trial("a text as people post it reads as the kernel wrote it", posted),
        trial("no change of a byte makes the parser panic", any_byte),
        trial("the table of programs is as it was", || golden("progs.table", &["progs"])),
        trial("the table of maps is as it was", || golden("maps.table", &["maps"])),
        trial("json is as it was", || golden("progs.json", &["progs", "--pretty", "-x", "-name"])),
        trial("ndjson is as it was", || golden("maps.ndjson", &["maps", "--format", "ndjson"])),
        trial("csv is as it was", || golden("progs.csv", &["progs", "--format", "csv"])),
        trial("raw is as it was", || golden("progs.raw", &["progs", "--format", "raw", "-O"])),
        trial("every format tells of the same rows", formats_agree),
        trial("-o chooses columns, + adds to them, and the order is the one typed", columns),
        trial("-x sorts, and what is not known stays last in either direction", sorting),
        trial("a selector gives an object in json, or an array of several", selectors),
        trial("a selector that finds nothing is exit code 1 and says so", selector_misses),
        trial("flags count before and after the noun", flags_anywhere),
        trial("bpftool's words for the noun are accepted", nouns),
        trial("a closed pipe ends quietly", closed_pipe),
        trial("a full disk is exit code 1 and one line", full_disk),
        trial("a missing file is exit code 3 and one hint", missing),
        trial(
            "a file whose header is not known shows nothing, and json is not begun",
            unknown_headers,
        ),
        trial("an empty file is an empty list", empty),
        trial("what cannot be understood is exit code 2 and one line", usage),
        trial("a capture has no date of load, and says so", no_date),
    ]
}

fn capture(folder: &str) -> Result<PathBuf> {
    Ok(source_tree()?.join("tests/captures").join(folder))
}

/// The command on a folder.
fn on(folder: &Path, args: &[&str]) -> Command {
    let mut command = support::bpfdbg();
    command.arg("--bpffs").arg(folder).args(args).env("TZ", "UTC").env("TERM", "xterm");
    command
}

fn list(args: &[&str]) -> Result<Ran> {
    ran(&mut on(&capture(WIDE)?, args))
}

fn text(args: &[&str]) -> Result<String> {
    Ok(String::from_utf8(list(args)?.ok()?)?)
}

fn equal<T: PartialEq + std::fmt::Debug>(found: T, expected: T) -> Result {
    check(found == expected, || format!("found {found:?}\nexpected {expected:?}"))
}

/// Texts that have lost the blanks at the ends of their lines, or have CR LF there.
fn posted() -> Result {
    for folder in ["5.10-kernel", "6.12-kernel", "6.12"] {
        let whole = capture(folder)?;
        for (end, strips) in [("\n", true), ("\r\n", false), ("\r\n", true)] {
            let copy = tempfile::tempdir()?;
            for entry in fs::read_dir(&whole)?.flatten() {
                let mut text = Vec::new();
                for line in fs::read(entry.path())?.split_inclusive(|byte| *byte == b'\n') {
                    let line = line.strip_suffix(b"\n").unwrap_or(line);
                    text.extend_from_slice(if strips { line.trim_ascii_end() } else { line });
                    text.extend_from_slice(end.as_bytes());
                }
                fs::write(copy.path().join(entry.file_name()), text)?;
            }
            for args in [&["progs", "-j"][..], &["maps", "-j"], &["tree", "-j"]] {
                let [found, expected] = [copy.path(), &whole].map(|dir| ran(&mut on(dir, args)));
                let (found, expected) = (found?.ok()?, expected?.ok()?);
                check(found == expected && found.len() > 100, || {
                    format!("{folder} {args:?} {end:?} {strips}: {}", found.escape_ascii())
                })?;
            }
        }
    }
    // As the commit that brought the text shows it.
    let posted = tempfile::tempdir()?;
    let text = "  id name            attached\n\
                  27 test_pkt_access\n\
                  36 new_get_skb_len get_skb_len test_pkt_access\n";
    fs::write(posted.path().join("progs.debug"), text)?;
    let rows = ran(&mut on(posted.path(), &["progs", "-j"]))?.json()?;
    check(rows[0]["name"] == "test_pkt_access" && rows[1]["name"] == "new_get_skb_len", || {
        rows.to_string()
    })?;
    let target = serde_json::json!([{
        "state": "unknown",
        "function": "get_skb_len",
        "prog": {"name": "test_pkt_access"}
    }]);
    check(rows[1]["attached"] == target, || rows.to_string())
}

/// All captured files of one name, with their folders' names.
fn captured(file: &str) -> Result<Vec<(String, Vec<u8>)>> {
    let mut files = Vec::new();
    for folder in fs::read_dir(source_tree()?.join("tests/captures"))?.flatten() {
        if folder.path().is_dir() {
            let name = folder.file_name().to_string_lossy().into_owned();
            files.push((name, fs::read(folder.path().join(file))?));
        }
    }
    files.sort();
    check(files.len() >= 7, || format!("only {} captures", files.len()))?;
    Ok(files)
}

fn lines(text: &[u8]) -> usize {
    text.iter().filter(|byte| **byte == b'\n').count()
}

fn captures_are_read() -> Result {
    for (folder, file) in captured("progs.debug")? {
        let rows: Vec<Prog<'_>> =
            parse::rows(&file).map_err(|error| format!("{folder}: {error}"))?;
        equal(rows.len() + 1, lines(&file))?;
        check(rows.iter().any(|row| row.name.is_none()), || format!("{folder}: no empty name"))?;
        check(rows.iter().any(|row| row.attached.is_some()), || {
            format!("{folder}: nothing attached")
        })?;
    }
    for (folder, file) in captured("maps.debug")? {
        let rows: Vec<Map<'_>> =
            parse::rows(&file).map_err(|error| format!("{folder}: {error}"))?;
        equal(rows.len() + 1, lines(&file))?;
    }
    Ok(())
}

/// Pads as the kernel's `%-16s` does.
fn padded(name: &[u8]) -> Vec<u8> {
    let mut text = name.to_vec();
    text.resize(text.len().max(16), b' ');
    text
}

fn kernel_progs_again() -> Result {
    for (_, file) in
        captured("progs.debug")?.iter().filter(|(folder, _)| folder.ends_with("-kernel"))
    {
        let mut again = b"  id name             attached\n".to_vec();
        for row in parse::rows::<Prog<'_>>(file)? {
            let bytes = |name: Option<bpfdbg::model::Name<'_>>| {
                name.map_or(Vec::new(), |n| n.bytes().into_owned())
            };
            again.extend(format!("{:4} ", row.id).bytes());
            again.extend(padded(&bytes(row.name)));
            again.push(b' ');
            again.extend(bytes(row.attached));
            again.push(b' ');
            again.extend(bytes(row.target));
            again.push(b'\n');
        }
        check(again == *file, || "the text differs".into())?;
    }
    Ok(())
}

fn kernel_maps_again() -> Result {
    for (folder, file) in
        captured("maps.debug")?.iter().filter(|(folder, _)| folder.ends_with("-kernel"))
    {
        let counts = folder.starts_with("6.12");
        let mut again = b"  id name             max_entries".to_vec();
        again.extend_from_slice(if counts { b"  cur_entries\n" } else { b"\n" });
        for row in parse::rows::<Map<'_>>(file)? {
            again.extend(format!("{:4} ", row.id).bytes());
            again.extend(padded(&row.name.map_or(Vec::new(), |name| name.bytes().into_owned())));
            let max = row.max_entries.unwrap_or_default().cast_signed();
            let numbers = match row.cur_entries {
                Some(current) if counts => format!("  {max:10}   {current:10}\n"),
                _ => format!("{max:6}\n"),
            };
            again.extend(numbers.bytes());
        }
        check(again == *file, || format!("{folder}: the text differs"))?;
    }
    Ok(())
}

fn cut_anywhere() -> Result {
    for (folder, file) in captured("progs.debug")? {
        let whole = parse::rows::<Prog<'_>>(&file)?;
        // The end of the file is where cuts differ; the start has the header.
        for end in (0..300.min(file.len())).chain(file.len().saturating_sub(700)..file.len()) {
            match parse::rows::<Prog<'_>>(&file[..end]) {
                Ok(rows) => {
                    let at_a_line = end == 0 || file[end - 1] == b'\n' || lines(&file[..end]) == 0;
                    check(at_a_line && rows[..] == whole[..rows.len()], || {
                        format!("{folder}: cut at {end} was not seen")
                    })?;
                }
                Err(error) => {
                    check(error.row <= lines(&file[..end]) + 1, || format!("{folder}: {error}"))?
                }
            }
        }
    }
    Ok(())
}

fn any_byte() -> Result {
    for (_, file) in captured("maps.debug")?.into_iter().chain(captured("progs.debug")?) {
        let mut seed = 1u32;
        for _ in 0..2000 {
            // A generator of Lehmer's: the same changes in every run.
            seed = (u64::from(seed) * 48271 % 0x7fff_ffff) as u32;
            let mut bad = file.clone();
            let at = seed as usize % bad.len();
            bad[at] = (seed >> 16) as u8;
            let _ = (parse::rows::<Prog<'_>>(&bad), parse::rows::<Map<'_>>(&bad));
        }
    }
    Ok(())
}

/// Holds the output of a command on the capture to a file of the tree.
fn golden(file: &str, args: &[&str]) -> Result {
    let output = list(args)?.ok()?;
    matches_file(&format!("tests/golden/{file}"), &output)
}

fn formats_agree() -> Result {
    let json: Value = serde_json::from_str(&text(&["progs", "--json"])?)?;
    let json = json.as_array().ok_or("no array")?;
    let ndjson = text(&["progs", "--format", "ndjson"])?;
    let parsed: Vec<Value> = ndjson.lines().map(serde_json::from_str).collect::<Result<_, _>>()?;
    equal(&parsed, json)?;
    let pretty: Vec<Value> = serde_json::from_str(&text(&["progs", "--pretty"])?)?;
    equal(&pretty, json)?;
    for format in ["csv", "raw", "table"] {
        equal(text(&["progs", "-n", "--format", format])?.lines().count(), json.len())?;
        equal(text(&["progs", "--format", format])?.lines().count(), json.len() + 1)?;
    }
    // A cell of the raw format never has a blank in it.
    let cells: Vec<usize> =
        text(&["progs", "--format", "raw"])?.lines().map(|line| line.split(' ').count()).collect();
    check(cells.iter().all(|n| *n == cells[0]), || format!("{cells:?}"))
}

fn columns() -> Result {
    let header = |args: &[&str]| -> Result<String> {
        let text = text(args)?;
        let words: Vec<_> = text.lines().next().unwrap_or_default().split_whitespace().collect();
        Ok(words.join(" "))
    };
    equal(header(&["maps", "-o", "name,id"])?, "NAME ID".into())?;
    equal(header(&["maps", "-o", "BYTES_KEY"])?, "KEY".into())?;
    let default = header(&["maps"])?;
    equal(header(&["maps", "-o", "+btf_id"])?, format!("{default} BTF_ID"))?;
    equal(header(&["maps", "-o", "+name"])?, default)?;
    let all = header(&["maps", "-O"])?;
    let there_are = text(&["columns", "maps", "-n"])?.lines().count();
    check(all.split(' ').count() == there_are, || all.clone())?;
    let row: Value = serde_json::from_str(&text(&["maps", "--json", "-o", "name", "id", "5"])?)?;
    equal(row.as_object().map(|row| row.keys().cloned().collect()), Some(vec!["name".to_owned()]))
}

fn sorting() -> Result {
    let column = |args: &[&str]| -> Result<Vec<String>> {
        Ok(text(args)?.lines().map(|line| line.trim().to_owned()).collect())
    };
    let up = column(&["progs", "-n", "-o", "name", "-x", "name"])?;
    let down = column(&["progs", "-n", "-o", "name", "--sort=-name"])?;
    let known =
        |names: &[String]| names.iter().filter(|name| *name != "-").cloned().collect::<Vec<_>>();
    equal(known(&up), known(&down).into_iter().rev().collect())?;
    let ends = |names: &[String]| names.ends_with(&["-".to_owned(), "-".to_owned()]);
    check(ends(&up) && ends(&down), || format!("{up:?} {down:?}"))?;
    let ids: Vec<u32> = column(&["progs", "-n", "-o", "id", "-x", "-id"])?
        .iter()
        .map(|id| id.parse())
        .collect::<Result<_, _>>()?;
    check(ids.is_sorted_by(|a, b| a > b), || format!("{ids:?}"))
}

/// The rows that a selector finds: an object where it is one.
fn some(args: &[&str]) -> Result<Vec<Value>> {
    Ok(match serde_json::from_str(&text(args)?)? {
        Value::Array(rows) if rows.len() == 1 => return Err("an array of one".into()),
        Value::Array(rows) => rows,
        one => vec![one],
    })
}

fn selectors() -> Result {
    let rows: Vec<Value> = serde_json::from_str(&text(&["progs", "--json"])?)?;
    let row =
        rows.iter().find(|row| row["type"] == "xdp").ok_or("no xdp program in the capture")?;
    let one: Value =
        serde_json::from_str(&text(&["progs", "show", "id", &row["id"].to_string(), "-j"])?)?;
    equal(&one, row)?;
    for (selector, value) in [("name", &row["name"]), ("tag", &row["tag"])] {
        let value = value.as_str().ok_or("no text")?;
        let some = some(&["progs", "list", selector, value, "-j"])?;
        check(
            some.contains(row) && some.iter().all(|other| other[selector] == row[selector]),
            || format!("{some:?}"),
        )?;
    }
    // bpftool's users know the first 15 characters of a name.
    let name: String = row["name"].as_str().unwrap_or_default().chars().take(15).collect();
    let some = some(&["progs", "name", &name, "-j"])?;
    check(some.contains(row), || format!("{some:?}"))
}

fn selector_misses() -> Result {
    for (args, expected) in [
        (&["progs", "id", "4294967295", "-j"][..], "bpfdbg: no program with id 4294967295\n"),
        (&["maps", "name", "a\u{1b}b"], "bpfdbg: no map with name 'a\\033b'\n"),
        (&["progs", "tag", "0000000000000000"], "bpfdbg: no program with tag 0000000000000000\n"),
    ] {
        equal(list(args)?.of_capture()?.failed(1)?, expected.to_owned())?;
    }
    Ok(())
}

fn flags_anywhere() -> Result {
    let after = text(&["maps", "--json", "-o", "id"])?;
    let folder = capture(WIDE)?;
    let before =
        support::bpfdbg().args(["-o", "id", "--json", "maps", "--bpffs"]).arg(folder).output()?;
    equal(String::from_utf8(before.stdout)?, after)
}

fn nouns() -> Result {
    let progs = text(&["progs", "-j"])?;
    for words in [&["prog", "show", "-j"][..], &["program", "list", "-j"], &["-j"], &["show", "-j"]]
    {
        check(text(words)? == progs, || format!("{words:?} differs"))?;
    }
    equal(text(&["map", "list"])?, text(&["maps"])?)
}

fn closed_pipe() -> Result {
    for format in ["table", "json", "ndjson", "csv", "raw"] {
        let (reader, writer) = std::io::pipe()?;
        drop(reader);
        let mut command = on(&capture(WIDE)?, &["progs", "--format", format]);
        let output = ran(command.stdout(writer))?.of_capture()?;
        equal((output.code, &*output.stderr), (Some(0), ""))?;
    }
    Ok(())
}

fn full_disk() -> Result {
    for args in [
        &["progs"][..],
        &["progs", "--json"],
        &["maps", "--format", "csv"],
        &["status"],
        &["completions", "bash"],
    ] {
        let full = fs::File::options().write(true).open("/dev/full")?;
        let mut output = ran(on(&capture(WIDE)?, args).stdout(full))?;
        if !["status", "completions"].contains(&args[0]) {
            output = output.of_capture()?;
        }
        equal(
            (output.code, &*output.stderr),
            (Some(1), "bpfdbg: cannot write: No space left on device (os error 28)\n"),
        )?;
    }
    Ok(())
}

fn missing() -> Result {
    let empty = tempfile::tempdir()?;
    for folder in [empty.path(), Path::new("/nonexistent/folder"), Path::new("/dev/null")] {
        let stderr = ran(&mut on(folder, &["progs", "--json"]))?.failed(3)?;
        let expected = format!("bpfdbg: no readable progs.debug in '{}'\n", folder.display());
        check(stderr.starts_with(&expected) && stderr.lines().count() == 2, || stderr.clone())?;
    }
    Ok(())
}

fn unknown_headers() -> Result {
    let folder = tempfile::tempdir()?;
    let cases: [(&[u8], &str); 3] = [
        (
            b"  id name             something_new\n",
            "1:23: expected a header of maps.debug, found 's'",
        ),
        (b"\x7fELF\x02\x01\x01\x00\x00", "1:1: expected a header of maps.debug, found '\\177'"),
        (b"  id name             attached\n", "1:23: expected a header of maps.debug, found 'a'"),
    ];
    for (bytes, expected) in cases {
        fs::write(folder.path().join("maps.debug"), bytes)?;
        for format in ["json", "table"] {
            let ran = ran(&mut on(folder.path(), &["maps", "--format", format]))?.of_capture()?;
            let stderr = ran.failed(1)?;
            check(stderr.contains(expected), || format!("{stderr}\nhas no: {expected}"))?;
            // The place, the line, the caret, and one hint.
            let lines: Vec<_> = stderr.lines().collect();
            check(
                lines.len() == 4 && lines[2].ends_with('^') && lines[3].starts_with("hint: "),
                || stderr.clone(),
            )?;
        }
    }
    Ok(())
}

fn empty() -> Result {
    let folder = tempfile::tempdir()?;
    fs::write(folder.path().join("maps.debug"), "")?;
    for (args, expected) in [
        (&["maps", "--json"][..], "[]\n"),
        (&["maps", "--format", "ndjson"], ""),
        (&["maps", "--format", "csv", "-o", "id,name"], "id,name\n"),
        (&["maps", "-o", "id,name"], "ID  NAME\n"),
        (&["maps", "-n"], ""),
    ] {
        equal(String::from_utf8(ran(&mut on(folder.path(), args))?.ok()?)?, expected.to_owned())?;
    }
    Ok(())
}

fn usage() -> Result {
    for (args, expected) in [
        (&["progs", "-o", "nosuch"][..], "bpfdbg: no column 'nosuch'; there are id, type, name"),
        (&["progs", "-x", "nosuch"], "bpfdbg: no column 'nosuch'; there are id,"),
        (&["progs", "id"], "bpfdbg: 'id' needs a number after it"),
        (&["progs", "id", "-1"], "bpfdbg: there is no option '-1'"),
        (&["maps", "tag", "0011223344556677"], "bpfdbg: a map has no tag"),
        (&["progs", "--format", "xml"], "bpfdbg: --format takes no 'xml'; there are table,"),
        (
            &["install", "--public", "--group", "daemon"],
            "bpfdbg: --public and --group exclude each other\n",
        ),
        (&["nosuch"], "bpfdbg: unknown command 'nosuch'"),
    ] {
        let stderr = list(args)?.failed(2)?;
        check(stderr.starts_with(expected), || format!("{stderr} in place of {expected}"))?;
    }
    Ok(())
}

fn no_date() -> Result {
    let rows: Vec<Value> = serde_json::from_str(&text(&["progs", "--json"])?)?;
    check(
        rows.iter().all(|row| row.get("loaded_at").is_none() && row["load_time"].is_u64()),
        || "a date".into(),
    )
}
