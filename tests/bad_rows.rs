//! Rows that cannot be read: each costs itself, is told of, and nothing else changes.

use std::fs;
use std::path::Path;
use std::process::Command;

use libtest_mimic::Trial;
use rustix::process::Signal;
use serde_json::Value;
use tempfile::TempDir;

use crate::sandbox::{Ran, ran};
use crate::support::{self, Result, check, source_tree, trial};
use crate::watch::Watch;

pub(crate) fn trials() -> Vec<Trial> {
    vec![
        trial("a bad row costs itself, whatever is wrong with it", every_fault),
        trial("a bad row is left out of every format", every_format),
        trial("a bad row of a text beside costs itself", beside),
        trial(
            "a text beside whose header is not known is as if it were missing",
            bad_header_beside,
        ),
        trial("a bad row of any text costs a tree that row", in_trees),
        trial("a tree does without any one program, which others may speak of", any_program),
        trial("ten bad rows are told of one by one, and the others counted", many),
        trial("a selector that finds nothing tells of bad rows, too", none_found),
        trial("a watch goes on beside a bad row, tells of it once and ends with status 1", watched),
    ]
}

/// A copy of a capture in which one file has other bytes.
fn with_file(file: &str, bytes: &[u8]) -> Result<TempDir> {
    let folder = tempfile::tempdir()?;
    for entry in fs::read_dir(source_tree()?.join("tests/captures/6.12"))?.flatten() {
        fs::copy(entry.path(), folder.path().join(entry.file_name()))?;
    }
    let holders = "pid comm fd held id target bpfdbg/9\n7 one 3 prog 21 -\n8 two 3 map 5 -\n";
    fs::write(folder.path().join("holders.debug"), holders)?;
    fs::write(folder.path().join(file), bytes)?;
    Ok(folder)
}

/// The lines of the file that [`with_file`] replaces.
fn lines_of(file: &str) -> Result<Vec<Vec<u8>>> {
    let whole = fs::read(with_file("unused", b"")?.path().join(file))?;
    Ok(whole.split_inclusive(|byte| *byte == b'\n').map(<[u8]>::to_vec).collect())
}

fn on(folder: &Path, args: &[&str]) -> Command {
    let mut command = support::bpfdbg();
    command.arg("--bpffs").arg(folder).args(args).env("TZ", "UTC").env("LC_ALL", "C.UTF-8");
    command
}

/// Runs a listing twice: with a bad row, and with a file that never had it. What is shown is the same.
/// Gives what was said of the bad row.
fn same_but_for_a_row(file: &str, row: usize, bad: &[u8], args: &[&str]) -> Result<String> {
    let mut lines = lines_of(file)?;
    lines[row - 1] = bad.to_vec();
    let damaged = with_file(file, &lines.concat())?;
    lines.remove(row - 1);
    let whole = with_file(file, &lines.concat())?;
    let run = |folder: &TempDir| -> Result<Ran> { ran(&mut on(folder.path(), args)) };
    let (found, expected) = (run(&damaged)?, run(&whole)?);
    let plain =
        |ran: &Ran, folder: &TempDir| ran.stderr.replace(&*folder.path().to_string_lossy(), "DIR");
    let (said, before) = (plain(&found, &damaged), plain(&expected, &whole));
    check(found.code == Some(1) && expected.code == Some(0), || {
        format!("{args:?}: {:?} and {:?}: {said}{before}", found.code, expected.code)
    })?;
    check(found.stdout == expected.stdout, || {
        let text = |ran: Ran| String::from_utf8_lossy(&ran.stdout).into_owned();
        format!("{args:?}\n{}\nin place of\n{}", text(found), text(expected))
    })?;
    let said = said.strip_prefix(&*before).ok_or_else(|| format!("{said} in place of {before}"))?;
    let place = format!("bpfdbg: DIR/{file}:{row}:");
    let lines: Vec<_> = said.lines().collect();
    check(
        lines.len() == 4
            && lines[0].starts_with(&place)
            && lines[2].ends_with('^')
            && lines[3].starts_with("hint: "),
        || format!("{args:?}: {said}"),
    )?;
    Ok(said.to_owned())
}

/// The same of a text beside, which leaves unknown what programs are attached to if a row of it is
/// bad: so both have one more, at the end.
fn same_in_doubt(file: &str, row: usize, args: &[&str]) -> Result {
    let mut lines = lines_of(file)?;
    lines.push(BAD.to_vec());
    let whole = with_file(file, &lines.concat())?;
    lines.insert(row - 1, BAD.to_vec());
    let damaged = with_file(file, &lines.concat())?;
    let [found, expected] = [&damaged, &whole].map(|folder| ran(&mut on(folder.path(), args)));
    let (found, expected) = (found?, expected?);
    check(found.code == Some(1) && expected.code == Some(1), || {
        format!("{args:?}: {:?} and {:?}", found.code, expected.code)
    })?;
    check(found.stdout == expected.stdout, || {
        let text = |ran: &Ran| String::from_utf8_lossy(&ran.stdout).into_owned();
        format!("{file} {args:?}\n{}\nin place of\n{}", text(&found), text(&expected))
    })?;
    let place = format!("/{file}:{row}:");
    check(found.stderr.contains(&place), || format!("{place} is not told of: {}", found.stderr))
}

fn every_fault() -> Result {
    let long = vec![b'7'; 300 << 10];
    for file in ["progs.debug", "maps.debug", "links.debug"] {
        let args = [file.trim_end_matches(".debug"), "-j"];
        let lines = lines_of(file)?;
        let last = lines.len();
        let line = lines[4].trim_ascii_end();
        let faults: [(&[u8], &str); 8] = [
            (b"\n", "expected "),
            (&[line, b" one_more_token \x7f\n"].concat(), "expected "),
            (&[&line[..20], b"\n"].concat(), "expected a field for every column, found the end"),
            (&[b"4294967296", line, b"\n"].concat(), "expected a number below 2^32"),
            (&[b"\x1b[2J", line, b"\n"].concat(), "found '\\033'"),
            (b"\xff\xfe\n", "expected a number below 2^32, found '\\377'"),
            (&[line, b" ", &long, b"\n"].concat(), "a line of 64 KiB at most"),
            (&[&long, line, b"\n"].concat(), "a line of 64 KiB at most"),
        ];
        for (bad, expected) in faults {
            for row in [2, 5, last] {
                let said = same_but_for_a_row(file, row, bad, &args)?;
                check(said.contains(expected), || format!("{said} has no: {expected}"))?;
            }
        }
        // An id is that of one object.
        let said = same_but_for_a_row(file, last, &lines[4], &args)?;
        check(said.contains("expected an id that no row above has"), || said)?;
        // A file that is cut.
        let cut = &lines[last - 1][..lines[last - 1].len() - 1];
        let said = same_but_for_a_row(file, last, cut, &args)?;
        check(said.contains("expected a newline, found the end of the line"), || said)?;
    }
    Ok(())
}

const BAD: &[u8] = b"7 x\n";

fn every_format() -> Result {
    for noun in ["progs", "maps", "links"] {
        let file = format!("{noun}.debug");
        for args in [
            &["--format", "table"][..],
            &["--format", "table", "-O"],
            &["--json"],
            &["--pretty"],
            &["--format", "ndjson"],
            &["--format", "csv"],
            &["--format", "raw"],
            &["-x", "-id"],
            &["--format", "ndjson", "-o", "id", "-n"],
            &["--name", "*a*", "-j"],
        ] {
            same_but_for_a_row(&file, 6, BAD, &[&[noun], args].concat())?;
        }
    }
    Ok(())
}

fn beside() -> Result {
    for (file, args) in [
        ("links.debug", &["progs", "-j"][..]),
        ("links.debug", &["progs"]),
        ("links.debug", &["progs", "--unattached", "-j"]),
        ("attached.debug", &["progs", "-j"]),
        ("attached.debug", &["progs", "--kind", "xdp"]),
        ("maps.debug", &["progs", "--map", "shared_counter", "-j"]),
        ("holders.debug", &["progs", "-o", "+pids"]),
        ("holders.debug", &["maps", "-j"]),
        ("progs.debug", &["maps", "-j"]),
        ("holders.debug", &["links", "-j"]),
    ] {
        same_in_doubt(file, 2, args)?;
    }
    Ok(())
}

fn bad_header_beside() -> Result {
    for (file, args) in [("links.debug", &["progs", "-j"][..]), ("maps.debug", &["tree", "-j"])] {
        let damaged = with_file(file, b"\x7fELF\n7 x\n")?;
        let missing = with_file("unused", b"")?;
        fs::remove_file(missing.path().join(file))?;
        let found = ran(&mut on(damaged.path(), args))?.of_capture()?;
        let expected = ran(&mut on(missing.path(), args))?.ok()?;
        let is_told = found.stderr.contains(&format!("{file}:1:1: expected a header of {file}"));
        check(found.code == Some(1) && found.stdout == expected && is_told, || {
            format!("{file}: {:?} {}", found.code, found.stderr)
        })?;
    }
    Ok(())
}

fn in_trees() -> Result {
    for file in ["progs.debug", "maps.debug", "links.debug", "attached.debug", "holders.debug"] {
        for args in [
            &["tree"][..],
            &["tree", "--json"],
            &["tree", "--pretty"],
            &["tree", "--format", "dot"],
            &["tree", "--format", "mermaid"],
            &["tree", "-j", "--type", "xdp"],
        ] {
            if file == "progs.debug" {
                same_but_for_a_row(file, 3, BAD, args)?;
            } else {
                same_in_doubt(file, 3, args)?;
            }
        }
    }
    Ok(())
}

fn any_program() -> Result {
    let header = "id name attached target target_id type bpfdbg/9\n";
    let row = "8 ext f main_prog 7 28\n";
    for before in ["", "x\n", "8 ext f main_prog 7 28\n"] {
        let folder = tempfile::tempdir()?;
        fs::write(folder.path().join("progs.debug"), format!("{header}{before}{row}"))?;
        for format in ["table", "json", "dot", "mermaid"] {
            let ran = ran(&mut on(folder.path(), &["tree", "--format", format]))?;
            let text = String::from_utf8_lossy(&ran.stdout);
            let code = i32::from(!before.is_empty());
            check(ran.code == Some(code) && text.contains("main_prog"), || {
                format!("{before:?}: {:?} {}{text}", ran.code, ran.stderr)
            })?;
        }
    }
    for row in 2..=lines_of("progs.debug")?.len() {
        same_but_for_a_row("progs.debug", row, BAD, &["tree", "-j"])?;
    }
    Ok(())
}

fn many() -> Result {
    for (count, more) in [(1, None), (10, None), (11, Some(1)), (25, Some(15))] {
        let lines = lines_of("maps.debug")?;
        let bad = BAD.repeat(count);
        let folder = with_file("maps.debug", &[&lines[0][..], &bad, &lines[1]].concat())?;
        let ran = ran(&mut on(folder.path(), &["maps", "-j"]))?.of_capture()?;
        let rows: Vec<Value> = serde_json::from_slice(&ran.stdout)?;
        let places = ran.stderr.matches("maps.debug:").count();
        let line = more.map(|more: usize| format!("bpfdbg: and {more} more rows\n"));
        check(
            ran.code == Some(1)
                && rows.len() == 1
                && places == count.min(10)
                && line.is_none_or(|line| ran.stderr.contains(&line))
                && ran.stderr.contains("bpfdbg: and") == more.is_some(),
            || format!("{count}: {}", ran.stderr),
        )?;
    }
    Ok(())
}

fn none_found() -> Result {
    let lines = lines_of("maps.debug")?;
    let folder = with_file("maps.debug", &[&lines[0][..], BAD, &lines[1]].concat())?;
    let ran = ran(&mut on(folder.path(), &["maps", "id", "4000000000"]))?.of_capture()?;
    let stderr = ran.failed(1)?;
    check(
        stderr.contains("maps.debug:2:") && stderr.ends_with("bpfdbg: no map with id 4000000000\n"),
        || stderr,
    )
}

fn watched() -> Result {
    let folder = tempfile::tempdir()?;
    let text = "id name max_entries cur_entries bpfdbg/9\n1 a 5 0\nx\n2 b 5 0\n";
    fs::write(folder.path().join("maps.debug"), text)?;
    let args = ["maps", "-W=0.1", "--format", "ndjson", "-o", "id"];
    let mut watch = Watch::start(&mut on(folder.path(), &args))?;
    for id in [1, 2] {
        let line = watch.line()?;
        check(line == format!("{{\"event\":\"added\",\"id\":{id}}}"), || line)?;
    }
    // Some more looks at the same row.
    std::thread::sleep(std::time::Duration::from_millis(400));
    let (code, stderr) = watch.end(Signal::TERM)?;
    check(code == Some(1) && stderr.matches("maps.debug:3:1: expected").count() == 1, || {
        format!("{code:?} {stderr}")
    })
}
