//! What each column costs the iterator of programs: iterators are read that leave one out.

use std::fs;
use std::path::{Path, PathBuf};

use crate::hold::{Crowd, Held};
use crate::measure::{Result, median, read_in_turns};

const PROGRAMS: usize = 10_000;
const ROUNDS: usize = 101;

/// The iterator that has all columns, and what stands before the column that another leaves out.
const WHOLE: &str = "whole";
const WITHOUT: &str = "without-";

/// Prints a table of the iterators in `dir`, where each state of the sources has a directory.
pub(crate) fn columns(dir: &Path) -> Result<()> {
    let _held = Held::new(Crowd { programs: PROGRAMS, ..Crowd::default() })?;
    let floor = dir.join("one_byte");
    bpfdbg_attach::walk::pin(&floor).map_err(|error| error.to_string())?;
    let mut files = vec![floor.clone()];
    let states: Vec<_> = entries(dir)?.into_iter().filter(|path| path.is_dir()).collect();
    for state in &states {
        files.extend(entries(state)?);
    }
    let times = read_in_turns(&files, ROUNDS);
    fs::remove_file(&floor).map_err(|error| error.to_string())?;
    let times = times?;

    let floor = median(times[0].iter().copied()) * 1e6 / PROGRAMS as f64;
    // By what the floor takes in the same round, so that a machine that gets slower or faster
    // meanwhile says nothing.
    let more = |most: &Path, least: &Path| {
        let of = |wanted| files.iter().position(|path| path == wanted);
        let (Some(most), Some(least)) = (of(most), of(least)) else { return "-".to_owned() };
        let rounds = times[0].iter().zip(times[most].iter().zip(&times[least]));
        format!(
            "{:.0}",
            floor * median(rounds.map(|(floor, (most, least))| (most - least) / floor))
        )
    };
    let name = |path: &Path| path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let names: Vec<_> = states.iter().map(|state| name(state)).collect();
    println!("| ns a program | {} |\n|---|{}", names.join(" | "), "--:|".repeat(names.len()));
    let mut columns: Vec<_> = files[1..].iter().map(|path| name(path)).collect();
    columns.sort();
    columns.dedup();
    for column in columns.iter().filter_map(|file| file.strip_prefix(WITHOUT)) {
        let without = format!("{WITHOUT}{column}");
        let cells: Vec<_> =
            states.iter().map(|dir| more(&dir.join(WHOLE), &dir.join(&without))).collect();
        println!("| {} | {} |", column.replace('-', ", "), cells.join(" | "));
    }
    let cells: Vec<_> = states.iter().map(|dir| more(&dir.join(WHOLE), &files[0])).collect();
    println!("| all, beyond one byte | {} |", cells.join(" | "));
    println!("| one byte | {} |", vec![format!("{floor:.0}"); states.len()].join(" | "));
    Ok(())
}

/// What is in a directory, by name.
fn entries(dir: &Path) -> Result<Vec<PathBuf>> {
    let failed = |error| format!("cannot read '{}': {error}", dir.display());
    let entries = fs::read_dir(dir).map_err(failed)?;
    let mut paths = Vec::new();
    for entry in entries {
        paths.push(entry.map_err(failed)?.path());
    }
    paths.sort();
    Ok(paths)
}
