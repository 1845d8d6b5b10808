//! Programs, maps, sections, processes, cgroups and devices with names that do harm to whoever prints
//! them as they are.

use std::os::unix::fs::symlink;
use std::os::unix::process::CommandExt as _;
use std::process::{Command, Stdio};

use bpfdbg_attach::AttachSet;
use bpfdbg_attach::hostile::{self, Hostile};

use crate::bed::Bed;
use crate::outcome::{Result, Tally};
use crate::ran::{self, Ran};
use crate::texts::{FORMATS, TREE_FORMATS, invalid};

/// Members of the attach set whose places have such names.
const MEMBERS: &str = "hostile_";

/// Names of sections. A kernel before 6.6 refuses those with a blank or worse.
const SECTIONS: [&[u8]; 5] = [
    b".data.plain",
    b".data x y",
    b" ",
    b".data\n  99 evil - - -",
    b".bss\x1b[31m\x7f\\040\xc2\x9b",
];

/// The name of a process, which is that of the file it was started by.
const COMM: &str = "evil \u{1b}[31m\n99";

pub(super) fn run(bed: &Bed) -> Result {
    let mut tally = Tally::default();
    let programs = hostile::programs();
    let mut maps = hostile::maps();
    maps.extend(SECTIONS.map(|name| ("section", hostile::map_of_section(name))));
    let set = AttachSet::new(|name| name.starts_with(MEMBERS));
    let file = bed.scratch(COMM);
    symlink("/run/bin/attack", &file)?;
    let mut holder = Command::new(&file)
        .args(["--stranger", "own", "held_by_a_hostile_comm"])
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .process_group(0)
        .spawn()?;

    let made = |all: &[Hostile]| -> Vec<u64> {
        all.iter().filter_map(|(_, made)| Some(made.as_ref().ok()?.id.into())).collect()
    };
    let (program_ids, map_ids) = (made(&programs), made(&maps));
    let refused = programs.iter().chain(&maps).filter(|(_, made)| made.is_err()).count();
    let attached: Vec<u64> = set
        .members()
        .flat_map(|member| member.expects())
        .map(|expect| expect.prog_id.into())
        .collect();
    tally.note(format!(
        "{} programs, {} maps, {refused} refused",
        program_ids.len(),
        map_ids.len()
    ));
    let unavailable: Vec<_> = set
        .members()
        .filter_map(|member| member.unavailable().map(|_| member.name))
        .filter(|name| name.starts_with(MEMBERS))
        .collect();
    tally.note(format!("{} at hostile places, refused {unavailable:?}", attached.len()));

    while bed.goes_on(tally.attempts) {
        for install in [None, Some(&["install", "--public"][..]), Some(&["install", "--holders"])] {
            if let Some(install) = install {
                bed.must(install)?;
            }
            for noun in ["progs", "maps", "links"] {
                let expected = match noun {
                    "progs" => [&program_ids[..], &attached].concat(),
                    "maps" => map_ids.clone(),
                    _ => Vec::new(),
                };
                for format in FORMATS {
                    let ran = bed.ran(&[noun, "--format", format, "-O"])?;
                    check(&mut tally, noun, format, &ran, &expected);
                    let ran = bed.ran(&[noun, "--format", format])?;
                    check(&mut tally, noun, format, &ran, &expected);
                }
            }
            for format in TREE_FORMATS {
                let ran = bed.ran(&["tree", "--format", format])?;
                check(&mut tally, "tree", format, &ran, &[]);
            }
        }
        names_are_right(bed, &mut tally, &programs)?;
        bed.must(&["uninstall"])?;
    }
    ran::kill_group(&holder);
    holder.wait()?;
    Ok(tally)
}

fn check(tally: &mut Tally, noun: &str, format: &str, ran: &Ran, expected: &[u64]) {
    tally.attempts += 1;
    let what = format!("'{noun} --format {format}'");
    tally.bad_if(ran.fault().map(|fault| format!("{what} {fault}")));
    tally.hold(ran.code == Some(0) && ran.err.is_empty(), || format!("{what}: {}", ran.told()));
    if let Some(why) = invalid(format, &ran.out) {
        tally.bad(format!("{what}: {why}"));
    } else if format == "json" && noun != "tree" {
        let rows: Vec<serde_json::Value> = serde_json::from_slice(&ran.out).unwrap_or_default();
        let ids: Vec<u64> = rows.iter().filter_map(|row| row["id"].as_u64()).collect();
        for id in expected {
            let times = ids.iter().filter(|is| *is == id).count();
            tally.hold(times == 1, || format!("{what} has id {id} {times} times"));
        }
    }
}

/// A name that needs no escape is the one that the loader gave.
fn names_are_right(bed: &Bed, tally: &mut Tally, programs: &[Hostile]) -> Result<()> {
    let ran = bed.ran(&["progs", "--json"])?;
    let rows: Vec<serde_json::Value> = serde_json::from_slice(&ran.out)?;
    for program in programs.iter().filter_map(|(_, made)| made.as_ref().ok()) {
        let Some(name) = std::str::from_utf8(&program.name).ok().filter(|name| !name.is_empty())
        else {
            continue;
        };
        tally.attempts += 1;
        let row = rows.iter().find(|row| row["id"] == program.id);
        let shown = row.and_then(|row| row["name"].as_str()).unwrap_or_default();
        tally.hold(shown == name, || format!("program {} is '{name}', not '{shown}'", program.id));
    }
    Ok(())
}
