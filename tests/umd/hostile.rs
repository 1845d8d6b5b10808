//! Ways in which a real kernel may start its driver while the machine is not ready for it.

use std::fs::{self, Permissions};
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::process::Command;
use std::time::Duration;

use super::machine::{Bpffs, Hidden, Module, drivers, eventually, nothing_runs};
use crate::sandbox::ran;
use crate::support::Result;

/// What is wrong with the machine, and what has to come of it.
pub(crate) struct Hostile {
    /// How the driver is started, as the end of a sentence.
    pub(crate) name: &'static str,
    /// Directories of which nothing can be seen.
    hidden: &'static [&'static str],
    /// A line for the shell that starts the driver; the kernel starts it itself without.
    line: Option<&'static str>,
    outcome: Outcome,
}

enum Outcome {
    /// The mount has both files.
    Delivers,
    /// It has none, and the kernel's log may have this.
    Leaves(Option<&'static str>),
}

use Outcome::{Delivers, Leaves};

pub(crate) const HOSTILE: [Hostile; 8] = [
    Hostile { name: "without /dev", hidden: &["/dev"], line: None, outcome: Delivers },
    Hostile { name: "without /sys", hidden: &["/sys"], line: None, outcome: Delivers },
    Hostile { name: "without /proc", hidden: &["/proc"], line: None, outcome: Delivers },
    Hostile {
        name: "before anything is mounted",
        hidden: &["/dev", "/sys", "/proc"],
        line: None,
        outcome: Delivers,
    },
    Hostile {
        name: "with 64 KiB of memory to lock",
        hidden: &[],
        line: Some("[ $(ulimit -l) = 64 ] && exec /bin/bpfdbg --umd"),
        outcome: Delivers,
    },
    Hostile {
        name: "without BTF",
        hidden: &["/sys/kernel/btf"],
        line: None,
        outcome: Leaves(Some("bpfdbg: this kernel shows no BTF at /sys/kernel/btf/vmlinux")),
    },
    Hostile {
        name: "as a user who may load nothing",
        hidden: &[],
        line: Some("exec chpst -u nobody /bin/bpfdbg --umd"),
        outcome: Leaves(None),
    },
    Hostile {
        name: "with too few descriptors",
        hidden: &[],
        line: Some("ulimit -n 8; exec /bin/bpfdbg --umd"),
        outcome: Leaves(None),
    },
];

impl Hostile {
    /// The mount returns, with both files or without any, and none of its driver stays; and as soon
    /// as the kernel starts a driver again, a mount has its files.
    pub(crate) fn test(&self) -> Result {
        let module = Module::load("stub")?;
        let bpffs = {
            let _script = self.line.map(Script::install).transpose()?;
            let _hidden =
                self.hidden.iter().map(|dir| Hidden::new(dir)).collect::<Result<Vec<_>>>()?;
            Bpffs::mount("")?
        };
        match self.outcome {
            Delivers => {
                nothing_runs()?;
                bpffs.is_populated()?;
            }
            Leaves(complaint) => {
                // The kernel waits for the exit of a driver that has delivered, and of no other.
                eventually("no driver runs", Duration::from_secs(5), || Ok(drivers()?.is_empty()))?;
                let names = bpffs.names()?;
                if !names.is_empty() {
                    return Err(format!("the mount has {names:?}").into());
                }
                let log = String::from_utf8(ran(&mut Command::new("dmesg"))?.ok()?)?;
                if let Some(complaint) = complaint.filter(|text| !log.contains(text)) {
                    return Err(format!("the kernel's log lacks '{complaint}'").into());
                }
                // A mount more is a mount all the same, though this kernel starts no driver any
                // more, until its module is loaded anew.
                Bpffs::mount("")?;
                drop(module);
                let _module = Module::load("stub")?;
                return Bpffs::mount("")?.is_populated();
            }
        }
        Bpffs::mount("")?.is_populated()
    }
}

/// A script in place of bpfdbg, as what the kernel runs.
struct Script;

impl Script {
    fn install(line: &str) -> Result<Self> {
        fs::remove_file("/umd")?;
        fs::write("/umd", format!("#!/bin/sh\n{line}\n"))?;
        fs::set_permissions("/umd", Permissions::from_mode(0o755))?;
        Ok(Self)
    }
}

impl Drop for Script {
    fn drop(&mut self) {
        let _ = fs::remove_file("/umd");
        let _ = symlink("bin/bpfdbg", "/umd");
    }
}
