//! One bpfdbg at a time installs, removes, or serves a mount.
//!
//! The lock file can be opened by root only, since whoever can open a file can lock it.

use std::ffi::OsStr;
use std::fs;
use std::os::fd::OwnedFd;
use std::path::Path;
use std::time::{Duration, Instant};

use rustix::fs::{AtFlags, FileType, FlockOperation, Mode, OFlags, Stat, flock, openat};
use rustix::io::Errno;

use super::dir::Dir;
use super::say;
use crate::error::{Error, Result};
use crate::model::Shown;

/// Its directory, which is emptied at boot.
const DIR: &str = "/run";
const NAME: &str = "bpfdbg.lock";
/// The file.
pub(super) const PATH: &str = "/run/bpfdbg.lock";

/// How long one process may keep the lock while another waits.
const PATIENCE: Duration = Duration::from_secs(10);
/// How long to wait in all if the lock changes hands meanwhile.
const LIMIT: Duration = Duration::from_secs(60);
const PAUSE: Duration = Duration::from_millis(10);
/// How often to retry making the file if others keep replacing it.
const TRIES: usize = 100;

/// The lock, held until it is dropped or the process ends.
#[derive(Debug)]
pub(super) struct Lock {
    _file: OwnedFd,
}

impl Lock {
    /// Takes the lock, printing whom it waits for.
    ///
    /// # Errors
    ///
    /// The file cannot be made, or the wait timed out.
    pub(super) fn take() -> Result<Self> {
        let dir = Dir::open(Path::new(DIR))?;
        let start = Instant::now();
        let (mut holder, mut since) = (None, start);
        loop {
            let file = open(&dir)?;
            match flock(&file, FlockOperation::NonBlockingLockExclusive) {
                Ok(()) if is_there(&dir, &file) => return Ok(Self { _file: file }),
                Ok(()) => continue,
                Err(Errno::WOULDBLOCK | Errno::INTR) => {}
                Err(error) => return Err(failed(error)),
            }
            let found = LockHolder::of(&file);
            if holder.as_ref() != Some(&found) {
                if holder.is_none() {
                    say(format_args!("waiting for {found}, which has locked '{PATH}'"));
                }
                holder = Some(found);
                since = Instant::now();
            }
            if since.elapsed() > PATIENCE || start.elapsed() > LIMIT {
                let holder = holder.unwrap_or(LockHolder(None));
                return Err(Error::Other(format!(
                    "'{PATH}' is still locked by {holder}, after {} s",
                    start.elapsed().as_secs()
                )));
            }
            std::thread::sleep(PAUSE);
        }
    }

    /// Takes the lock without a time limit; `None` if there can be no lock file.
    pub(super) fn wait() -> Option<Self> {
        let dir = Dir::open(Path::new(DIR)).ok()?;
        loop {
            let file = open(&dir).ok()?;
            flock(&file, FlockOperation::LockExclusive).ok()?;
            if is_there(&dir, &file) {
                return Some(Self { _file: file });
            }
        }
    }
}

fn failed(error: Errno) -> Error {
    Error::path("cannot lock", PATH, error)
}

/// Opens the file. Anything that others than root could open is removed first.
fn open(dir: &Dir) -> Result<OwnedFd> {
    let flags = OFlags::RDWR | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
    let make = flags | OFlags::CREATE | OFlags::EXCL;
    for _ in 0..TRIES {
        let file = openat(dir, NAME, make, Mode::RUSR | Mode::WUSR).or_else(|error| match error {
            Errno::EXIST => openat(dir, NAME, flags, Mode::empty()),
            error => Err(error),
        });
        match file {
            Ok(file) => {
                let stat = rustix::fs::fstat(&file).map_err(failed)?;
                if is_roots_alone(&stat) {
                    return Ok(file);
                }
            }
            // Removed meanwhile, by another process that rejected it.
            Err(Errno::NOENT) => continue,
            // A link, or a device, socket or pipe.
            Err(Errno::LOOP | Errno::NXIO) => {}
            Err(error) => return Err(failed(error)),
        }
        // Not root's, but this user may not remove it; making the file will fail.
        let is_root = rustix::process::geteuid().is_root();
        match rustix::fs::unlinkat(dir, NAME, AtFlags::empty()) {
            Ok(()) | Err(Errno::NOENT) if is_root => {}
            Ok(()) | Err(Errno::NOENT) => return Err(failed(Errno::PERM)),
            Err(error) => return Err(failed(error)),
        }
    }
    Err(Error::Other(format!("somebody keeps '{PATH}' from being root's")))
}

/// Whether only root can open the file. With a second hard link, it may be another file of root's
/// that somebody linked here.
fn is_roots_alone(stat: &Stat) -> bool {
    FileType::from_raw_mode(stat.st_mode) == FileType::RegularFile
        && stat.st_uid == 0
        && stat.st_mode & 0o077 == 0
        && stat.st_nlink == 1
}

/// Whether the path still leads to this file.
fn is_there(dir: &Dir, file: &OwnedFd) -> bool {
    let found = dir.stat_of(OsStr::new(NAME));
    found.is_ok_and(|found| {
        rustix::fs::fstat(file)
            .is_ok_and(|stat| (stat.st_dev, stat.st_ino) == (found.st_dev, found.st_ino))
    })
}

/// The process that holds the lock, if known.
#[derive(PartialEq, Eq)]
struct LockHolder(Option<u32>);

impl LockHolder {
    /// Looks it up among the kernel's locks.
    fn of(file: &OwnedFd) -> Self {
        let locks = fs::read_to_string("/proc/locks").unwrap_or_default();
        let stat = rustix::fs::fstat(file).ok();
        Self(stat.and_then(|stat| {
            let (major, minor) = (rustix::fs::major(stat.st_dev), rustix::fs::minor(stat.st_dev));
            holder(&locks, &format!("{major:02x}:{minor:02x}:{}", stat.st_ino))
        }))
    }
}

/// The process in a line like `1: FLOCK  ADVISORY  WRITE 4711 00:18:1234 0 EOF`; see proc(5).
fn holder(locks: &str, file: &str) -> Option<u32> {
    locks.lines().find_map(|line| {
        let mut words = line.split_whitespace().skip(1).skip_while(|word| *word == "->");
        (words.next()? == "FLOCK").then_some(())?;
        let pid = words.nth(2)?;
        (words.next()? == file).then(|| pid.parse().ok()).flatten()
    })
}

impl std::fmt::Display for LockHolder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // A process of another PID namespace has no number here.
        let Some(pid) = self.0.filter(|pid| *pid > 0) else {
            return f.write_str("another process");
        };
        let name = fs::read(format!("/proc/{pid}/comm")).unwrap_or_default();
        write!(f, "'{}' (process {pid})", Shown(name.trim_ascii_end()))
    }
}

#[cfg(test)]
mod tests {
    use super::holder;

    #[test]
    fn the_holder_of_a_lock_is_found_by_the_files_number() {
        const LOCKS: &str = "1: POSIX  ADVISORY  WRITE 1 00:18:99 0 EOF\n\
                             2: FLOCK  ADVISORY  WRITE 4711 00:18:1234 0 EOF\n\
                             2: -> FLOCK  ADVISORY  WRITE 4712 00:18:1234 0 EOF\n\
                             3: FLOCK  ADVISORY  READ 5 00:18:99 0 EOF\n";
        assert_eq!(holder(LOCKS, "00:18:1234"), Some(4711));
        assert_eq!(holder(LOCKS, "00:18:99"), Some(5));
        assert_eq!(holder(LOCKS, "00:18:9"), None);
        assert_eq!(holder("2: FLOCK\n\n", "00:18:1234"), None);
    }
}
