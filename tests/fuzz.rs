//! Damaged captures: a bounded, repeatable part of what the fuzzer does at length.
//!
//! `cargo fuzz run --fuzz-dir tests/fuzz machine` goes on from here; see tests/fuzz/README.md.

#[path = "fuzz/check.rs"]
mod check;

use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};

use libtest_mimic::Trial;

use crate::support::{Result, source_tree, trial};
use check::{BETWEEN, CHECKS, Check};

pub(crate) fn trials() -> Vec<Trial> {
    let mut trials: Vec<_> = CHECKS
        .into_iter()
        .map(|check| {
            trial(format!("damaged text is shown or refused: {}", check.0), move || run(check))
        })
        .collect();
    trials.push(trial("every check is a target of the fuzzer, and none is not", targets));
    trials
}

/// Inputs of each check. The fuzzer tries some thousand a second.
const ROUNDS: u32 = 1500;

/// What separates and escapes, ends of ranges, and what a header may say.
const WORDS: [&[u8]; 24] = [
    b" ",
    b"\n",
    b"-",
    b"\\",
    b"\\012",
    b"\\400",
    b",",
    b"=",
    b"0",
    b"0x",
    b"18446744073709551616",
    b"4294967295",
    b"4294967296",
    b"\x1b[2J",
    b"\xff",
    b"\xe2\x80\xae",
    b"bpfdbg/9",
    b"id",
    b"name",
    b"target",
    b"map_ids",
    b"prog_ids=1,2",
    b"cut=1",
    b"detached=1",
];

/// A text of descriptors, of which no capture has one.
const HOLDERS: &[u8] = b"pid comm fd held id target bpfdbg/9\n\
    7 a\\012b 3 prog 7 -\n8 - 4 perf_event 7 category=sched tracepoint=sched_switch\n\
    9 x 5 map 23 -\n9 x 6 socket 7 -\n";

/// What is typed: patterns, names, durations, selectors.
const WORDS_TYPED: [&[u8]; 12] = [
    b"vfs_*",
    b"a*b*c",
    b"vfs_unlink",
    b"a-b-b-c",
    br"\*x",
    b"eth?",
    b"1d2h3m4s",
    b"0.5",
    b"show id 7",
    b"list name x",
    b"tag 0123456789abcdef",
    b"*",
];

/// Files of the system.
const SYSTEM: [&[u8]; 6] = [
    b"36 35 0:33 / /mnt\\040x rw,noatime master:1 - bpf bpf rw,mode=700\n",
    b"         0          0 4294967295\n",
    b"root:x:0:\ndaemon:x:1:a,b\n",
    b"pos:\t0\nflags:\t02000002\nprog_id:\t21\n",
    b"progs.debug\0\0\0\0\0\x07\0\0\0",
    b"# who may read\naccess = group monitor\nholders = yes\n",
];

/// Parts of names.
const NAMES: [&[u8]; 8] =
    [b"plain", b"\\377", b"\xff", b"\\x2d", b"caf\xc3\xa9", b"\x1b[2J", b"\xe2\x80\xae", b"="];

/// One or two of these.
fn some_of<'w>(words: &[&'w [u8]], numbers: &mut Numbers) -> Vec<&'w [u8]> {
    (0..1 + numbers.below(2)).map(|_| words[numbers.below(words.len())]).collect()
}

/// A generator of Lehmer's: the same numbers in every run.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0 * 48271 % 0x7fff_ffff;
        (self.0 >> 2) as usize % limit.max(1)
    }

    fn place(&mut self, text: &[u8]) -> usize {
        self.below(text.len() + 1)
    }
}

/// The start of a file, with some of its rows: what is short is soon shown.
fn some_lines(file: &[u8], numbers: &mut Numbers) -> Vec<u8> {
    let lines: Vec<_> = file.split_inclusive(|byte| *byte == b'\n').collect();
    let mut some = lines.first().map_or(Vec::new(), |header| header.to_vec());
    for _ in 0..numbers.below(6) {
        some.extend(lines.get(numbers.below(lines.len())).copied().unwrap_or_default());
    }
    some
}

/// Changes a text in a few places.
fn damage(text: &mut Vec<u8>, numbers: &mut Numbers) {
    for _ in 0..numbers.below(5) {
        let place = numbers.place(text);
        let end = (place + numbers.below(12)).min(text.len());
        match numbers.below(5) {
            0 if place < text.len() => text[place] = numbers.below(256) as u8,
            1 => drop(text.splice(place..end, [])),
            2 => {
                let copy = text[place..end].to_vec();
                let to = numbers.place(text);
                text.splice(to..to, copy);
            }
            3 => text.truncate(place),
            _ => {
                let word = WORDS[numbers.below(WORDS.len())];
                text.splice(place..end, word.iter().copied());
            }
        }
    }
}

/// The files of a capture, in the order of a machine's texts.
const FILES: [&str; 6] = [
    "progs.debug",
    "maps.debug",
    "links.debug",
    "attached.debug",
    "descriptors.debug",
    "holders.debug",
];

/// The captures of every kernel; a text that there is not is empty.
fn captures() -> Result<Vec<[Vec<u8>; FILES.len()]>> {
    let mut captures = Vec::new();
    for folder in fs::read_dir(source_tree()?.join("tests/captures"))?.flatten() {
        let read = |file| fs::read(folder.path().join(file)).unwrap_or_default();
        captures.push(FILES.map(read));
    }
    captures.retain(|texts| !texts[0].is_empty());
    captures.sort();
    if captures.len() < 7 {
        return Err(format!("only {} captures", captures.len()).into());
    }
    Ok(captures)
}

fn run((name, check): Check) -> Result {
    let captures = captures()?;
    let mut numbers = Numbers(1);
    let mut shown = 0;
    for round in 0..ROUNDS {
        let texts = &captures[numbers.below(captures.len())];
        let mut text = match name {
            "progs" => some_lines(&texts[0], &mut numbers),
            "maps" => some_lines(&texts[1], &mut numbers),
            "links" => some_lines(&texts[2], &mut numbers),
            "details" => {
                let line = some_lines(&texts[2], &mut numbers);
                let line = line.split(|byte| *byte == b'\n').nth(1).unwrap_or_default();
                let target = line.split(|byte| *byte == b' ').skip_while(|t| !t.contains(&b'='));
                let target = target.collect::<Vec<_>>().join(&b' ');
                [&[numbers.below(20) as u8][..], &target[..]].concat()
            }
            "attached" => some_lines(&texts[3], &mut numbers),
            "holders" => some_lines(HOLDERS, &mut numbers),
            "words" => some_of(&WORDS_TYPED, &mut numbers).join(&BETWEEN),
            "system" => some_of(&SYSTEM, &mut numbers).concat(),
            "names" => some_of(&NAMES, &mut numbers).concat(),
            _ => {
                let mut parts = texts.each_ref().map(|text| some_lines(text, &mut numbers));
                let damaged = numbers.below(parts.len());
                damage(&mut parts[damaged], &mut numbers);
                parts.join(&BETWEEN)
            }
        };
        if name != "machine" {
            damage(&mut text, &mut numbers);
        }
        let result = catch_unwind(AssertUnwindSafe(|| check(&text)));
        let input = || format!("round {round}, of the bytes\n{}", text.escape_ascii());
        match result {
            Ok(Ok(is_shown)) => shown += u32::from(is_shown),
            Ok(Err(what)) => return Err(format!("{what}\nin {}", input()).into()),
            Err(_) => return Err(format!("a panic in {}", input()).into()),
        }
    }
    // What damages nothing, or everything, tests nothing.
    let is_mixed = (ROUNDS / 10..ROUNDS - ROUNDS / 10).contains(&shown);
    if is_mixed { Ok(()) } else { Err(format!("{shown} of {ROUNDS} were shown").into()) }
}

fn targets() -> Result {
    let mut files = Vec::new();
    for file in fs::read_dir(source_tree()?.join("tests/fuzz/targets"))?.flatten() {
        files.extend(file.path().file_stem().map(|stem| stem.to_string_lossy().into_owned()));
    }
    files.sort();
    let mut names: Vec<_> = CHECKS.iter().map(|(name, _)| (*name).to_owned()).collect();
    names.sort();
    if files == names { Ok(()) } else { Err(format!("{files:?} are not {names:?}").into()) }
}
