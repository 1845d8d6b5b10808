//! Strangers open, read a bit and close without end, or open and never end, while others read in
//! full: nobody's text lacks a row.

use std::fs::{self, File};
use std::io::{self, Read as _};
use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use bpfdbg_attach::crowd::Crowd;
use bpfdbg_attach::flood::Flood;
use serde_json::Value;

use crate::bed::{Bed, OWN};
use crate::outcome::{Result, Tally};
use crate::ran;

const LOOPERS: usize = 12;
const READERS: usize = 200;
/// Of so many readers, one runs the command; the others read files.
const COMMAND: usize = 5;

/// What this attack has loaded, and so what a reader must find.
struct Known {
    programs: Vec<u32>,
    maps: Vec<u32>,
    links: Vec<u32>,
    /// A program and how many places it is attached to without a link.
    crowds: Vec<(u32, usize)>,
}

/// What the readers did.
#[derive(Default)]
struct Counts {
    files: AtomicU64,
    commands: AtomicU64,
    again: AtomicU64,
    bad: Mutex<Tally>,
}

impl Counts {
    fn bad(&self, what: String) {
        if let Ok(mut tally) = self.bad.lock() {
            tally.bad(what);
        }
    }
}

pub(super) fn run(bed: &Bed) -> Result {
    let mut flood = Flood::new();
    flood.add_programs(60)?;
    flood.add_links(40)?;
    flood.add_maps(40)?;
    let crowds = [Crowd::of_cgroups(bed.times(60, 30)), Crowd::of_devices(bed.times(10, 5))];
    let crowds: Vec<Crowd> = crowds.into_iter().flatten().collect();
    let known = Known {
        programs: flood.program_ids.clone(),
        maps: flood.map_ids.clone(),
        links: flood.link_ids.clone(),
        crowds: crowds.iter().map(|crowd| (crowd.prog_id, crowd.places.len())).collect(),
    };
    bed.must(&["install", "--public"])?;

    let loopers: Vec<_> = (0..LOOPERS)
        .map(|number| bed.stranger("loop", &[OWN, ["0", "16", "4096", "65536"][number % 4]]))
        .chain((0..4).map(|_| bed.stranger("hold", &[OWN, "200"])))
        .collect::<Result<_>>()?;
    let counts = Counts::default();
    thread::scope(|scope| {
        for number in 0..bed.times(READERS, 24) {
            let (counts, known) = (&counts, &known);
            scope.spawn(move || {
                while Instant::now() < bed.until() {
                    let done = match number % COMMAND {
                        0 => command(bed, known, counts, number),
                        _ => files(bed, known, counts),
                    };
                    if let Err(error) = done {
                        counts.bad(format!("a reader: {error:?}"));
                    }
                }
            });
        }
    });
    let mut tally = counts.bad.into_inner().unwrap_or_default();
    let (files, commands) = (counts.files.into_inner(), counts.commands.into_inner());
    tally.attempts = files + commands;
    let mut opens = 0;
    for looper in loopers {
        opens += looper.finish()?.trim().parse::<u64>().unwrap_or_default();
    }
    tally.note(format!("{files} files, {commands} commands beside {opens} opens of strangers"));
    let places = known.crowds.iter().map(|(_, places)| places).sum::<usize>();
    tally.note(format!("{places} attachments without a link"));
    tally.note(format!("EAGAIN {} times", counts.again.into_inner()));
    bed.must(&["uninstall"])?;
    Ok(tally)
}

/// Reads every file in full, and looks for what must be in it.
fn files(bed: &Bed, known: &Known, counts: &Counts) -> Result<()> {
    for entry in fs::read_dir(OWN)?.flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        let until = Instant::now() + bed.patience(60);
        let text = loop {
            match read(&entry.path()) {
                Ok(text) => break text,
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                    counts.again.fetch_add(1, Ordering::Relaxed);
                    if Instant::now() > until {
                        counts.bad(format!("'{name}' cannot be read: {error}"));
                        return Ok(());
                    }
                    thread::sleep(Duration::from_millis(5));
                }
                Err(error) => return Err(format!("'{name}': {error}").into()),
            }
        };
        counts.files.fetch_add(1, Ordering::Relaxed);
        let first: Vec<&str> =
            text.lines().filter_map(|line| line.split_whitespace().next()).collect();
        let ids = match &*name {
            "progs.debug" => &known.programs,
            "maps.debug" => &known.maps,
            "links.debug" => &known.links,
            _ => &Vec::new(),
        };
        let missing = ids.iter().filter(|id| !first.contains(&&*id.to_string())).count();
        if missing > 0 {
            counts.bad(format!("'{name}' lacked {missing} of {}", ids.len()));
        }
        if name == "attached.debug" {
            for (id, places) in &known.crowds {
                let id = id.to_string();
                let rows = first.iter().filter(|first| **first == id).count();
                if rows != *places {
                    counts.bad(format!("'{name}' had {rows} of {places}"));
                }
            }
        }
    }
    Ok(())
}

fn read(path: &Path) -> io::Result<String> {
    let mut bytes = Vec::new();
    File::open(path)?.read_to_end(&mut bytes)?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// Runs the command as a stranger: it is to be complete, and to complain of nothing.
fn command(bed: &Bed, known: &Known, counts: &Counts, number: usize) -> Result<()> {
    let noun = ["progs", "maps", "links", "progs"][number / COMMAND % 4];
    let ran = ran::run(&mut bed.nobody(&[noun, "--json"]), bed.patience(120))?;
    counts.commands.fetch_add(1, Ordering::Relaxed);
    if let Some(fault) = ran.fault() {
        counts.bad(format!("'{noun} --json' {fault}"));
    } else if ran.code != Some(0) || !ran.err.is_empty() {
        counts.bad(format!("'{noun} --json': {}", ran.told()));
    }
    let rows: Vec<Value> = serde_json::from_slice(&ran.out).unwrap_or_default();
    let ids: Vec<u64> = rows.iter().filter_map(|row| row["id"].as_u64()).collect();
    let expected = match noun {
        "progs" => &known.programs,
        "maps" => &known.maps,
        _ => &known.links,
    };
    let missing = expected.iter().filter(|id| !ids.contains(&u64::from(**id))).count();
    if missing > 0 {
        counts.bad(format!("'{noun} --json' lacked {missing} of {}", expected.len()));
    }
    for (id, expected) in known.crowds.iter().filter(|_| noun == "progs") {
        let row = rows.iter().find(|row| row["id"] == *id);
        let places = row.and_then(|row| row["attached"].as_array()).map_or(0, Vec::len);
        if places != *expected {
            counts.bad(format!(
                "'progs --json' had a program at {places} places of {expected}: {}",
                ran.said()
            ));
        }
    }
    Ok(())
}
