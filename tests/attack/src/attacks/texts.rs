//! Captures that are broken on purpose, files that are none, and texts that are large: whatever it is,
//! a listing ends in time and memory, and reaches no terminal.

use std::fs::{self, File};
use std::io::Write as _;
use std::os::unix::fs::symlink;
use std::os::unix::net::UnixListener;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use rustix::fs::{CWD, FileType, Mode};

use crate::bed::Bed;
use crate::outcome::{Result, Tally};
use crate::ran;
use crate::random::Random;
use crate::sys;
use crate::texts::{CAPTURES, forge, invalid, large, listings};

/// How much a command may have, mapped and not: it needs a tenth of it.
const MEMORY: u64 = 1 << 30;

pub(super) fn run(bed: &Bed) -> Result {
    let (mut tally, mut random) = (Tally::default(), bed.random());
    special_files(bed, &mut tally)?;
    changing_file(bed, &mut tally)?;
    large_texts(bed, &mut tally, &mut random)?;
    let (other, mut forged) = (tally.attempts, 0);
    let listings: Vec<_> = listings().collect();
    let dir = bed.scratch("forged");
    // However long all the rest took.
    while bed.goes_on(tally.attempts)
        || forged < bed.times(if bed.is_long() { 3000 } else { 60 }, 5)
    {
        forged += 1;
        let number = random.next();
        fill(&dir, &forge::directory(&mut Random::new(number)))?;
        for _ in 0..4 {
            let (noun, format) = random.pick(&listings);
            let name = format!("forged text {number:#x}");
            check(bed, &mut tally, &name, &dir, noun, format, bed.patience(10))?;
        }
    }
    tally.note(format!("{other} of special files and large texts, {forged} forged directories"));
    Ok(tally)
}

fn fill(dir: &Path, texts: &[(&str, impl AsRef<[u8]>)]) -> Result<()> {
    let _ = fs::remove_dir_all(dir);
    fs::create_dir(dir)?;
    for (name, text) in texts {
        fs::write(dir.join(name), text)?;
    }
    Ok(())
}

fn check(
    bed: &Bed,
    tally: &mut Tally,
    what: &str,
    dir: &Path,
    noun: &str,
    format: &str,
    limit: Duration,
) -> Result<()> {
    let shown = dir.to_string_lossy();
    // What status prints is for people, whatever it is asked for.
    let format = if noun == "status" { "table" } else { format };
    let args = ["--bpffs", &*shown, noun, "--format", format];
    tally.attempts += 1;
    let mut command = bed.nobody(&args);
    let ran = ran::run(sys::limit(&mut command, &[(libc::RLIMIT_AS, MEMORY)]), limit)?;
    let what = format!("'{noun} --format {format}' of {what}");
    if let Some(fault) = ran.fault() {
        tally.bad(format!("{what} {fault}"));
    } else if !matches!(ran.code, Some(0 | 1 | 3 | 4)) {
        tally.bad(format!("{what}: {}", ran.told()));
    } else if ran.code != Some(0) && ran.err.is_empty() {
        tally.bad(format!("{what} fails and does not say why"));
    } else if let Some(why) = invalid(format, &ran.out) {
        tally.bad(format!("{what}: {why}"));
    }
    Ok(())
}

/// Each special file in place of each text.
fn special_files(bed: &Bed, tally: &mut Tally) -> Result<()> {
    type Make = fn(&Path) -> Result<()>;
    let make: [(&str, Make); 7] = [
        ("a pipe", |path| {
            Ok(rustix::fs::mknodat(CWD, path, FileType::Fifo, Mode::from_raw_mode(0o666), 0)?)
        }),
        ("/dev/zero", |path| Ok(symlink("/dev/zero", path)?)),
        ("a terminal", |path| Ok(symlink("/dev/tty", path)?)),
        ("a link to itself", |path| Ok(symlink(path, path)?)),
        ("a directory", |path| Ok(fs::create_dir(path)?)),
        ("a socket", |path| Ok(UnixListener::bind(path).map(drop)?)),
        ("a file of 4 GiB of zeros", |path| Ok(File::create(path)?.set_len(4 << 30)?)),
    ];
    for (what, make) in make {
        for name in ["progs.debug", "maps.debug", "links.debug", "attached.debug"] {
            let dir = bed.scratch("special");
            fill(&dir, CAPTURES[0].files)?;
            fs::remove_file(dir.join(name))?;
            make(&dir.join(name))?;
            let what = format!("{what} as '{name}'");
            for noun in ["progs", "maps", "links", "tree", "status"] {
                // What waits for ever here does so in all of them.
                if tally.bad > 12 {
                    return Ok(());
                }
                check(bed, tally, &what, &dir, noun, "json", bed.patience(10))?;
            }
        }
    }
    Ok(())
}

/// A file that becomes longer and shorter while it is read.
fn changing_file(bed: &Bed, tally: &mut Tally) -> Result<()> {
    let dir = bed.scratch("changing");
    fill(&dir, CAPTURES[0].files)?;
    let (over, texts) = (AtomicBool::new(false), CAPTURES[0].files);
    let path: PathBuf = dir.join(texts[0].0);
    thread::scope(|scope| {
        scope.spawn(|| {
            while !over.load(Ordering::Relaxed) {
                if let Ok(mut file) = File::create(&path) {
                    for part in texts[0].1.chunks(777) {
                        let _ = file.write_all(part);
                    }
                }
            }
        });
        let done = (0..bed.times(10, 4)).try_for_each(|_| {
            ["progs", "tree"].iter().try_for_each(|noun| {
                check(bed, tally, "a file that changes", &dir, noun, "json", bed.patience(10))
            })
        });
        over.store(true, Ordering::Relaxed);
        done
    })
}

/// Each large text in some formats, or in all where there is the time.
fn large_texts(bed: &Bed, tally: &mut Tally, random: &mut Random) -> Result<()> {
    let of_each = if bed.is_long() { 1 } else { 12 };
    for (what, texts) in large::all(bed.times(20_000, 500)) {
        let dir = bed.scratch("large");
        fill(&dir, &texts)?;
        for (noun, format) in listings().filter(|_| random.once_in(of_each)).collect::<Vec<_>>() {
            check(bed, tally, what, &dir, noun, format, bed.patience(10))?;
        }
    }
    Ok(())
}
