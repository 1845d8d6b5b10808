//! Which files root trusts without being told to: those that only root can have made.

use std::fs;
use std::os::fd::{BorrowedFd, OwnedFd};

use rustix::fs::{Mode, OFlags, Stat, fstat, openat};

/// The user that the kernel shows for one that a user namespace has no number for.
const OVERFLOW: u32 = 65534;

/// Whether a user is root. In a user namespace, the overflow uid is trusted if it is not mapped:
/// such files were put there from outside.
pub(super) fn is_root(uid: u32) -> bool {
    uid == 0
        || uid == OVERFLOW
            && fs::read_to_string("/proc/self/uid_map").is_ok_and(|map| !has_uid(&map, uid))
}

/// Whether a table of user ids, `inside outside count` a line, has a number inside.
pub(crate) fn has_uid(map: &str, uid: u32) -> bool {
    map.lines().any(|line| {
        let mut numbers = line.split_ascii_whitespace().map_while(|word| word.parse::<u32>().ok());
        match (numbers.next(), numbers.nth(1)) {
            (Some(first), Some(count)) => uid.checked_sub(first).is_some_and(|n| n < count),
            _ => false,
        }
    })
}

/// Whether nobody but root can have chosen what is in a file.
///
/// # Errors
///
/// Who else can.
pub(crate) fn file(stat: &Stat) -> Result<(), String> {
    owned(stat)?;
    if is_writable(stat) { Err("others may write to it".into()) } else { Ok(()) }
}

/// Whether only root can replace a directory, or root's files in it.
///
/// # Errors
///
/// Who else can.
pub(crate) fn directory(dir: BorrowedFd<'_>) -> Result<(), String> {
    let same = |a: &Stat, b: &Stat| (a.st_dev, a.st_ino) == (b.st_dev, b.st_ino);
    let look = |fd: BorrowedFd<'_>| fstat(fd).map_err(|error| error.to_string());
    let mut stat = look(dir)?;
    let mut above: Option<OwnedFd> = None;
    loop {
        // In a sticky directory, everybody may make files, but not move those of others.
        let is_sticky = Mode::from_raw_mode(stat.st_mode).contains(Mode::SVTX);
        let is_shared = is_writable(&stat) && !is_sticky;
        let who = owned(&stat).err().or_else(|| is_shared.then(|| "others may write to it".into()));
        match who {
            Some(who) if above.is_some() => return Err(format!("a directory above it: {who}")),
            Some(who) => return Err(who),
            None => {}
        }
        let flags = OFlags::PATH | OFlags::DIRECTORY | OFlags::CLOEXEC;
        let from = above.as_ref().map_or(dir, std::os::fd::AsFd::as_fd);
        let next = openat(from, "..", flags, Mode::empty()).map_err(|error| error.to_string())?;
        let next_stat = look(std::os::fd::AsFd::as_fd(&next))?;
        if same(&stat, &next_stat) {
            return Ok(());
        }
        (stat, above) = (next_stat, Some(next));
    }
}

fn owned(stat: &Stat) -> Result<(), String> {
    let uid = stat.st_uid;
    if is_root(uid) { Ok(()) } else { Err(format!("it belongs to user {uid}")) }
}

fn is_writable(stat: &Stat) -> bool {
    let mode = Mode::from_raw_mode(stat.st_mode);
    mode.contains(Mode::WOTH) || mode.contains(Mode::WGRP) && stat.st_gid != 0
}

#[cfg(test)]
mod tests {
    use super::has_uid;

    #[test]
    fn a_table_of_user_ids_has_those_of_its_ranges() {
        assert!(has_uid("         0          0 4294967295\n", 65534), "the first user namespace");
        assert!(!has_uid("         0       1000          1\n", 65534), "one user alone");
        assert!(has_uid("0 1000 1\n1 100000 65536\n", 65534) && !has_uid("0 1000 65534\n", 65534));
        assert!(!has_uid("", 65534) && !has_uid("x y z\n0\n", 65534));
    }
}
