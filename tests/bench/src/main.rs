//! Measures bpfdbg beside `cat` of the same files and bpftool, and fails where a target is missed.
//!
//! To be run as root, in a mount namespace of its own: see `make bench`.

mod columns;
mod hold;
mod measure;
mod scenes;
mod sys;
mod targets;

use std::fs;
use std::process::{Command, ExitCode};

use measure::Result;
use scenes::{Bench, Tools};

const USAGE: &str = "\
usage: bpfdbg-bench STATIC DYNAMIC [BPFTOOL WORD...]
       bpfdbg-bench columns DIR

STATIC and DYNAMIC are two builds of bpfdbg, BPFTOOL and its words what runs bpftool. Prints tables
in Markdown; exits with 1 where a target is missed, and names it.

DIR is of a bpffs, with iterators over programs as tests/bench/columns pins them.";

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let result = match words.as_slice() {
        ["hold", counts @ ..] => hold::hold(counts).map(|()| Vec::new()),
        ["columns", dir] => columns::columns(dir.as_ref()).map(|()| Vec::new()),
        [of_static, of_dynamic, bpftool @ ..] if !of_static.starts_with('-') => bench(&Tools {
            of_static,
            of_dynamic,
            bpftool: if bpftool.is_empty() { &["bpftool"] } else { bpftool },
        }),
        _ => {
            eprintln!("{USAGE}");
            return ExitCode::from(2);
        }
    };
    match result {
        Ok(missed) if missed.is_empty() => ExitCode::SUCCESS,
        Ok(missed) => {
            missed.iter().for_each(|line| eprintln!("missed: {line}"));
            ExitCode::FAILURE
        }
        Err(error) => {
            eprintln!("bpfdbg-bench: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Everything; returns what was missed.
fn bench(tools: &Tools<'_>) -> Result<Vec<String>> {
    // Not /tmp itself, that a mount there hides nothing from the commands.
    let dir = tempfile::tempdir().map_err(|error| format!("cannot make a directory: {error}"))?;
    let mounted = Command::new("mount").args(["-t", "bpf", "bpf"]).arg(dir.path()).status();
    if !mounted.is_ok_and(|status| status.success()) {
        return Err(format!("cannot mount a bpffs at '{}'", dir.path().display()));
    }
    let made = dir.path().join("made");
    let result = fs::create_dir(&made)
        .map_err(|error| format!("cannot make '{}': {error}", made.display()))
        .and_then(|()| Bench::new(tools, &made).run());
    // The files in it keep their programs as long as it is mounted.
    let _ = Command::new("umount").arg(dir.path()).status();
    result
}
