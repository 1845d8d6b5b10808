//! The roles in which the bed starts itself: strangers, who are processes of uid 65534, and neighbour
//! namespaces. Each goes on until its input ends.

use std::collections::HashSet;
use std::ffi::OsString;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::os::unix::fs::{OpenOptionsExt as _, symlink};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use std::{hint, thread};

use rustix::fs::{CWD, FlockOperation, RenameFlags, flock, renameat_with};
use rustix::io::Errno;
use rustix::thread::{LinkNameSpaceType, move_into_link_name_space};

use crate::random::Random;
use crate::sys;

static OVER: AtomicBool = AtomicBool::new(false);

fn goes_on() -> bool {
    !OVER.load(Ordering::Relaxed)
}

/// Plays a role; what it did is on standard output, after a byte that says that it began.
pub(crate) fn stranger(role: &str, args: &[&str]) -> ExitCode {
    thread::spawn(|| {
        let _ = io::stdin().read_to_end(&mut Vec::new());
        OVER.store(true, Ordering::Relaxed);
    });
    match (role, args) {
        ("swap", [one, other]) => swap(one.as_ref(), other.as_ref()),
        ("swap-new", [dir, fake]) => swap_new(dir.as_ref(), fake.as_ref()),
        ("squat", [dir, except]) => squat(dir.as_ref(), except),
        ("lock", roots) => lock(roots),
        ("loop", [dir, bytes]) => read_some(dir.as_ref(), bytes.parse().unwrap_or_default()),
        ("hold", [dir, count]) => hold_open(dir.as_ref(), count.parse().unwrap_or_default()),
        ("grab", dirs) => grab(dirs),
        ("own", [name]) => own(name),
        _ => return ExitCode::from(2),
    }
    ExitCode::SUCCESS
}

/// Says that the role has begun; without a reader there is nothing to do.
fn ready() {
    let _ = io::stdout().write_all(b"\n").and_then(|()| io::stdout().flush());
}

/// Has two names change places, which 5.10 does not do in a bpffs by one call.
fn exchange(one: &Path, other: &Path) -> Result<(), Errno> {
    match renameat_with(CWD, one, CWD, other, RenameFlags::EXCHANGE) {
        Err(Errno::INVAL) => {
            let between = one.with_file_name("between");
            fs::rename(one, &between).map_err(|_| Errno::NOENT)?;
            let moved = fs::rename(other, one);
            fs::rename(&between, if moved.is_ok() { other } else { one }).map_err(|_| Errno::NOENT)
        }
        result => result,
    }
}

fn swap(one: &Path, other: &Path) {
    ready();
    let (mut random, mut swaps) = (Random::new(std::process::id().into()), 0_u64);
    while goes_on() {
        swaps += u64::from(exchange(one, other).is_ok());
        thread::sleep(Duration::from_micros(random.below(300) as u64));
    }
    println!("{swaps}");
}

/// Puts `fake` in place of whatever appears beside it: the usual name of a staging directory as
/// fast as can be, and any other as soon as it is seen.
fn swap_new(dir: &Path, fake: &Path) {
    ready();
    let usual = dir.join("bpfdbg-new");
    let (mut random, mut swaps) = (Random::new(std::process::id().into()), 0_u64);
    for turn in 0_u64.. {
        if !goes_on() {
            break;
        }
        swaps += u64::from(exchange(fake, &usual).is_ok());
        if turn.is_multiple_of(16) {
            for entry in fs::read_dir(dir).into_iter().flatten().flatten() {
                if entry.path() != fake && entry.file_name() != "x" {
                    swaps += u64::from(exchange(fake, &entry.path()).is_ok());
                }
            }
        }
        if turn.is_multiple_of(64) {
            thread::sleep(Duration::from_micros(random.below(40) as u64));
        }
        hint::spin_loop();
    }
    println!("{swaps}");
}

/// Takes every name that was ever seen in `dir`, as soon as it is free, now as a directory with
/// something in it, now as a link to nowhere.
fn squat(dir: &Path, except: &str) {
    let mut names: HashSet<OsString> = HashSet::from(["bpfdbg-new".into(), "bpfdbg.lock".into()]);
    names.extend((0..4).map(|number| format!("bpfdbg-new.{number}").into()));
    let mut squats = 0_u64;
    for turn in 0_u64.. {
        for name in &names {
            let path = dir.join(name);
            let taken = match turn % 2 {
                0 => fs::create_dir_all(path.join("held")).is_ok(),
                _ => symlink("/nowhere", &path).is_ok(),
            };
            squats += u64::from(taken);
        }
        if turn == 0 {
            ready();
        }
        if !goes_on() {
            break;
        }
        let entries = fs::read_dir(dir).into_iter().flatten().flatten();
        let new = entries.map(|entry| entry.file_name());
        names.extend(new.filter(|name| !name.to_string_lossy().starts_with(except)));
        thread::sleep(Duration::from_micros(200));
    }
    println!("{squats}");
}

/// Holds every lock that can be had, on every file and directory below `roots` that opens.
fn lock(roots: &[&str]) {
    let mut held: Vec<File> = Vec::new();
    let mut seen: HashSet<PathBuf> = HashSet::new();
    let mut said = false;
    loop {
        let mut left: Vec<(PathBuf, u32)> = roots.iter().map(|root| (root.into(), 0)).collect();
        while let Some((path, depth)) = left.pop() {
            if fs::symlink_metadata(&path).is_ok_and(|stat| stat.is_symlink()) {
                continue;
            }
            if depth < 3 {
                let entries = fs::read_dir(&path).into_iter().flatten().flatten();
                left.extend(entries.map(|entry| (entry.path(), depth + 1)));
            }
            if !seen.contains(&path)
                && let Ok(file) = open_without_waiting(&path)
                && flock(&file, FlockOperation::NonBlockingLockExclusive).is_ok()
            {
                // A second lock, of fcntl(2), which knows readers only where nobody may write.
                let _ = rustix::fs::fcntl_lock(&file, FlockOperation::NonBlockingLockShared);
                held.push(file);
                seen.insert(path);
            }
        }
        // A file that is made anew is another one.
        seen.retain(|path| path.exists());
        if !std::mem::replace(&mut said, true) {
            ready();
        }
        if !goes_on() {
            break;
        }
        thread::sleep(Duration::from_millis(2));
    }
    println!("{}", held.len());
}

fn open_without_waiting(path: &Path) -> io::Result<File> {
    OpenOptions::new().read(true).custom_flags(libc::O_NONBLOCK).open(path)
}

fn files(dir: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(dir).into_iter().flatten().flatten();
    entries.map(|entry| entry.path()).collect()
}

/// Opens every file, reads a bit of it, and closes it.
fn read_some(dir: &Path, bytes: usize) {
    ready();
    let (files, mut buffer, mut opens) = (files(dir), vec![0; bytes], 0_u64);
    while goes_on() {
        for path in &files {
            if let Ok(mut file) = File::open(path) {
                let _ = bytes > 0 && file.read(&mut buffer).is_ok();
                opens += 1;
            }
        }
    }
    println!("{opens}");
}

/// Opens every file many times, reads the beginning of it and never ends, and opens it anew.
fn hold_open(dir: &Path, count: usize) {
    ready();
    let (files, mut held, mut opens) = (files(dir), Vec::new(), 0_u64);
    while goes_on() {
        for path in &files {
            if let Ok(mut file) = File::open(path) {
                let _ = file.read(&mut [0; 16]);
                held.push(file);
                opens += 1;
            }
        }
        if held.len() > count {
            held.drain(..count / 2);
        }
        thread::sleep(Duration::from_millis(1));
    }
    println!("{opens}");
}

/// Tries what nobody but root may do to what is installed, and tells what could be done.
fn grab(dirs: &[&str]) {
    ready();
    let mut tries = 0;
    for dir in dirs.iter().map(Path::new) {
        for path in files(dir) {
            let shown = path.display();
            for (flags, word) in [(0, "to read and write"), (8, "to read"), (16, "to write")] {
                tries += 1;
                if sys::get_pinned(&path, flags).is_ok() {
                    println!("got the object of '{shown}' {word}");
                }
            }
            let write = OpenOptions::new().write(true).open(&path).is_ok();
            let both = OpenOptions::new().read(true).append(true).open(&path).is_ok();
            let mode = rustix::fs::chmod(&path, rustix::fs::Mode::from_raw_mode(0o666)).is_ok();
            let gone =
                fs::rename(&path, dir.join("moved")).is_ok() || fs::remove_file(&path).is_ok();
            for (done, what) in [
                (write, "written to"),
                (both, "appended to"),
                (mode, "opened to all"),
                (gone, "removed"),
            ] {
                tries += 1;
                if done {
                    println!("'{shown}' could be {what}");
                }
            }
        }
        let made =
            fs::create_dir(dir.join("made")).is_ok() || File::create(dir.join("made")).is_ok();
        let moved = fs::rename(dir, dir.with_extension("moved")).is_ok();
        for (done, what) in [(made, "added to"), (moved, "moved")] {
            tries += 1;
            if done {
                println!("'{}' could be {what}", dir.display());
            }
        }
    }
    println!("{tries} tries");
}

/// Holds a program of this name.
fn own(name: &str) {
    let program = bpfdbg_attach::hostile::program(name.as_bytes());
    ready();
    match &program {
        Ok(program) => println!("{}", program.id),
        Err(error) => println!("{error}"),
    }
    let _ = io::stdout().flush();
    while goes_on() {
        thread::sleep(Duration::from_millis(20));
    }
}

/// Holds a mount namespace of its own, in which nothing is shared with the one it was started in.
pub(crate) fn namespace() -> ExitCode {
    use rustix::mount::{MountPropagationFlags, mount_change};
    let private = MountPropagationFlags::PRIVATE | MountPropagationFlags::REC;
    if sys::leave_mount_namespace().and_then(|()| mount_change("/", private)).is_err() {
        return ExitCode::FAILURE;
    }
    ready();
    let _ = io::stdin().read_to_end(&mut Vec::new());
    ExitCode::SUCCESS
}

/// Runs a program in the mount namespace of another process.
pub(crate) fn enter(pid: &str, program: &str, args: &[&str]) -> ExitCode {
    use std::os::fd::AsFd as _;
    let entered = File::open(format!("/proc/{pid}/ns/mnt")).map(|namespace| {
        move_into_link_name_space(namespace.as_fd(), Some(LinkNameSpaceType::Mount))
    });
    match entered {
        Ok(Ok(())) => eprintln!("{program}: {}", Command::new(program).args(args).exec()),
        failed => eprintln!("cannot enter the mount namespace of {pid}: {failed:?}"),
    }
    ExitCode::FAILURE
}
