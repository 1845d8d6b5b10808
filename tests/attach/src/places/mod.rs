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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_process_is_found_in_the_names_it_makes() {
        assert_eq!(pid_of(&unique_name()), Some(process::id()));
        assert_eq!(pid_of_short(&short_unique_name()), Some(process::id()));
        assert_eq!(pid_of_short(&format!("{}\u{1b}[1m", short_unique_name())), Some(process::id()));
    }

    #[test]
    fn names_of_others_belong_to_no_process() {
        for name in ["", "eth0", "bpfd", "bpfdn1", "bpfd12", "bpfd12n", "bpfd12nx", "bpfdxn1"] {
            assert_eq!(pid_of_short(name), None, "{name}");
        }
        for name in ["bpfdbg-attach", "bpfdbg-attach.", "bpfdbg-attach.x.1", "other.1.2"] {
            assert_eq!(pid_of(name), None, "{name}");
        }
    }

    #[test]
    fn a_short_name_fits_a_device_and_a_congestion_control() {
        assert!(short_unique_name().len() <= 15);
        assert!("bpfd4194304n999".len() <= 15);
    }
}
