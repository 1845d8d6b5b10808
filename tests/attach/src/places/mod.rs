//! What members are attached to: devices, cgroups, namespaces and files made for the purpose.
//!
//! Every name carries the process id, so that sets of several processes do not meet and what a
//! killed process left can be told and swept.

pub(crate) mod cgroup;
pub(crate) mod device;
pub(crate) mod file;
pub(crate) mod mounts;
pub(crate) mod netns;
pub(crate) mod tracefs;

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use std::{env, process};

const SHORT_PREFIX: &str = "bpfd";

static NEXT: AtomicU32 = AtomicU32::new(0);

/// A number that this process has not used for a name yet.
fn next_number() -> u32 {
    NEXT.fetch_add(1, Ordering::Relaxed)
}

/// A name for a cgroup, directory or file: `bpfdbg-attach.PID.NUMBER`.
fn unique_name() -> String {
    format!("bpfdbg-attach.{}.{}", process::id(), next_number())
}

/// A name of at most 15 bytes, for devices and the like: `bpfdPIDnNUMBER`.
///
/// That is room for four million processes and a thousand numbers of each.
pub(crate) fn short_unique_name() -> String {
    format!("{SHORT_PREFIX}{}n{}", process::id(), next_number() % 1000)
}

/// The process id in a name that begins with one that [`short_unique_name`] made.
fn pid_of_short(name: &str) -> Option<u32> {
    let (pid, number) = name.strip_prefix(SHORT_PREFIX)?.split_once('n')?;
    number.starts_with(|first: char| first.is_ascii_digit()).then_some(())?;
    pid.parse().ok()
}

/// A path below the directory for temporary files at which there is nothing yet.
fn unique_path() -> PathBuf {
    env::temp_dir().join(unique_name())
}

/// Whether a process of this id exists.
fn is_alive(pid: u32) -> bool {
    Path::new("/proc").join(pid.to_string()).exists()
}

/// Removes devices, cgroups and files that sets of killed processes have left.
///
/// Links and programs need no such thing: they go with the process.
pub fn sweep() {
    device::sweep();
    cgroup::sweep();
    file::sweep();
}

/// The process id in a name that [`unique_name`] made.
fn pid_of(name: &str) -> Option<u32> {
    name.strip_prefix("bpfdbg-attach.")?.split('.').next()?.parse().ok()
}
