//! What the tests of a kernel's own calls need of the machine: its module, mounts, and processes.

use std::ffi::{CString, OsStr};
use std::fs::{self, File};
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::thread::{self, sleep};
use std::time::{Duration, Instant};

use libbpf_rs::query::ProgInfoIter;
use rustix::mount::{
    MountFlags, MountPropagationFlags, UnmountFlags, mount, mount_change, unmount,
};
use rustix::thread::UnshareFlags;

use crate::support::Result;

/// Both files of the kernel.
pub(crate) const FILES: [&str; 2] = ["maps.debug", "progs.debug"];

/// A bpffs on a directory of its own.
pub(crate) struct Bpffs(tempfile::TempDir);

impl Bpffs {
    pub(crate) fn mount(options: &str) -> Result<Self> {
        let dir = tempfile::tempdir()?;
        mount("bpf", dir.path(), "bpf", MountFlags::empty(), Some(&*CString::new(options)?))
            .map_err(|error| format!("cannot mount a bpffs: {error}"))?;
        Ok(Self(dir))
    }

    pub(crate) fn path(&self) -> &Path {
        self.0.path()
    }

    /// The names in it, in order.
    pub(crate) fn names(&self) -> Result<Vec<String>> {
        names(self.path())
    }

    /// Holds it to having both files and nothing else, each with a text.
    pub(crate) fn is_populated(&self) -> Result {
        let names = self.names()?;
        if names != FILES {
            return Err(format!("the mount has {names:?}").into());
        }
        for name in FILES {
            let mut text = String::new();
            File::open(self.path().join(name))?.read_to_string(&mut text)?;
            if !text.contains(" bpfdbg_") && !text.contains("iterator.rodata") {
                return Err(format!("{name} is none of bpfdbg's: {text}").into());
            }
        }
        Ok(())
    }
}

impl Drop for Bpffs {
    fn drop(&mut self) {
        let _ = unmount(self.path(), UnmountFlags::DETACH);
    }
}

/// Runs something in a mount namespace of its own, whose mounts are seen where they were before.
pub(crate) fn in_namespace(test: impl FnOnce() -> Result + Send) -> Result {
    thread::scope(|scope| {
        let thread = scope.spawn(|| {
            #[allow(deprecated)]
            rustix::thread::unshare(UnshareFlags::NEWNS)?;
            test()
        });
        thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
    })
}

/// Runs something in a mount namespace of its own, whose mounts are seen nowhere else.
pub(crate) fn in_private_namespace(test: impl FnOnce() -> Result + Send) -> Result {
    in_namespace(|| {
        mount_change("/", MountPropagationFlags::PRIVATE | MountPropagationFlags::REC)?;
        test()
    })
}

/// The names in a directory, in order.
pub(crate) fn names(dir: &Path) -> Result<Vec<String>> {
    let mut names: Vec<_> = fs::read_dir(dir)?
        .flatten()
        .map(|e| e.file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    Ok(names)
}

/// An empty directory over another one.
pub(crate) struct Hidden(PathBuf);

impl Hidden {
    pub(crate) fn new(dir: &str) -> Result<Self> {
        mount("none", dir, "tmpfs", MountFlags::empty(), None)
            .map_err(|error| format!("cannot hide {dir}: {error}"))?;
        Ok(Self(dir.into()))
    }
}

impl Drop for Hidden {
    fn drop(&mut self) {
        let _ = unmount(&self.0, UnmountFlags::DETACH);
    }
}

/// The kernel's module around a driver: `stub`, which runs /umd, or `bpfdbg`.
pub(crate) struct Module;

impl Module {
    pub(crate) fn load(driver: &str) -> Result<Self> {
        let file = format!("/lib/umd/{driver}.ko");
        rustix::system::finit_module(File::open(&file)?, c"", 0)
            .map_err(|error| format!("cannot load {file}: {error}"))?;
        Ok(Self)
    }
}

impl Drop for Module {
    fn drop(&mut self) {
        // Ends a driver that still runs; the next one starts as if none had been.
        let _ = rustix::system::delete_module(c"bpf_preload", 0);
    }
}

/// Waits for something to become true.
pub(crate) fn eventually(
    what: &str,
    time: Duration,
    mut is: impl FnMut() -> Result<bool>,
) -> Result {
    let began = Instant::now();
    while !is()? {
        if began.elapsed() > time {
            return Err(format!("not within {} s: {what}", time.as_secs()).into());
        }
        sleep(Duration::from_millis(5));
    }
    Ok(())
}

/// The processes of a bpfdbg, under either name; a thread that is about to end counts.
pub(crate) fn drivers() -> Result<Vec<String>> {
    let mut found = Vec::new();
    for entry in fs::read_dir("/proc")?.flatten() {
        let name = fs::read_to_string(entry.path().join("comm")).unwrap_or_default();
        if ["bpfdbg\n", "bpf_preload\n", "umd\n"].contains(&&*name) {
            found.push(format!("{} {}", entry.file_name().display(), name.trim_end()));
        }
    }
    Ok(found)
}

/// Holds the machine to having no driver's process, now.
pub(crate) fn nothing_runs() -> Result {
    match drivers()? {
        found if found.is_empty() => Ok(()),
        found => Err(format!("processes stay behind: {found:?}").into()),
    }
}

/// How many programs of this name the kernel has, or of a variant's, which begins so.
pub(crate) fn programs(name: &str) -> usize {
    let is_its = |found: &OsStr| found.as_encoded_bytes().starts_with(name.as_bytes());
    ProgInfoIter::default().filter(|prog| is_its(&prog.name)).count()
}

/// Waits for all iterators of mounts that are gone to be gone as well.
pub(crate) fn nothing_is_loaded() -> Result {
    eventually("no iterator is loaded", Duration::from_secs(10), || {
        Ok(programs("bpfdbg_progs") + programs("bpfdbg_maps") == 0)
    })
}
