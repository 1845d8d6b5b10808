//! Control groups of the unified hierarchy.

use std::ffi::OsStr;
use std::fs::{self, File};
use std::os::fd::{AsRawFd, OwnedFd};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use super::mounts::{Mount, first_mount};
use super::{is_alive, pid_of, unique_name};
use crate::error::{Doing, Result};
use crate::expect::Expect;

/// An empty cgroup, removed when this is dropped.
pub(crate) struct Cgroup {
    dir: PathBuf,
    /// Its directory and those above it that were made for it, the innermost last.
    made: Vec<PathBuf>,
    /// Without the leading root of the mount, with a leading slash, as the kernel prints it.
    path: String,
    fd: Option<OwnedFd>,
    /// Dropped last: a mount of our own can go when the cgroups in it are gone.
    _mount: Mount,
}

impl Cgroup {
    /// A new cgroup below the root.
    pub(crate) fn new() -> Result<Cgroup> {
        Cgroup::create(None)
    }

    /// A new cgroup called exactly `name`, in a new parent.
    pub(crate) fn called(name: &OsStr) -> Result<Cgroup> {
        Cgroup::create(Some(name))
    }

    /// A new cgroup so many levels below the root, two at least.
    pub(crate) fn nested(depth: usize) -> Result<Cgroup> {
        let mut cgroup = Cgroup::create(Some("d2".as_ref()))?;
        for level in 3..=depth {
            cgroup.enter(format!("d{level}").as_ref())?;
        }
        cgroup.fd = Some(cgroup.open()?);
        Ok(cgroup)
    }

    fn create(name: Option<&OsStr>) -> Result<Cgroup> {
        let mount = Mount::of("cgroup2")?;
        let unique = unique_name();
        let mut cgroup = Cgroup {
            dir: mount.root().join(&unique),
            made: Vec::new(),
            path: format!("/{unique}"),
            fd: None,
            _mount: mount,
        };
        cgroup.make()?;
        if let Some(name) = name {
            cgroup.enter(name)?;
        }
        cgroup.fd = Some(cgroup.open()?);
        Ok(cgroup)
    }

    /// Makes a cgroup in it, and becomes that.
    fn enter(&mut self, name: &OsStr) -> Result<()> {
        self.dir.push(name);
        self.path = format!("{}/{}", self.path, name.to_string_lossy());
        self.make()
    }

    fn make(&mut self) -> Result<()> {
        fs::create_dir(&self.dir).doing(|| format!("create {:?}", self.dir))?;
        self.made.push(self.dir.clone());
        Ok(())
    }

    /// Its path, as the kernel prints it.
    pub(crate) fn path(&self) -> &str {
        &self.path
    }

    /// The descriptor of its directory, as the number that bpf(2) takes.
    pub(crate) fn raw_fd(&self) -> i32 {
        self.fd.as_ref().map_or(-1, AsRawFd::as_raw_fd)
    }

    /// A descriptor of its directory that outlives it.
    pub(crate) fn open(&self) -> Result<OwnedFd> {
        Ok(File::open(&self.dir).doing(|| format!("open {:?}", self.dir))?.into())
    }

    /// Adds its path and id to what is expected of a program.
    pub(crate) fn describe(&self, expect: Expect) -> Result<Expect> {
        // On the unified hierarchy the inode's number is the cgroup's id.
        let id = fs::metadata(&self.dir).doing(|| format!("stat {:?}", self.dir))?.ino();
        Ok(expect.with("cgroup", &self.path).with("cgroup_id", id))
    }
}

impl Drop for Cgroup {
    fn drop(&mut self) {
        self.fd = None;
        while let Some(dir) = self.made.pop() {
            let _ = fs::remove_dir(dir);
        }
    }
}

/// Removes cgroups of processes that are gone.
pub(crate) fn sweep() {
    let Some(root) = first_mount("cgroup2") else { return };
    for entry in fs::read_dir(root).into_iter().flatten().flatten() {
        let name = entry.file_name();
        if pid_of(&name.to_string_lossy()).is_some_and(|pid| !is_alive(pid)) {
            remove(&entry.path());
        }
    }
}

/// Removes a cgroup and all in it; the files of a cgroup go with it.
fn remove(dir: &Path) {
    for child in fs::read_dir(dir).into_iter().flatten().flatten() {
        if child.file_type().is_ok_and(|kind| kind.is_dir()) {
            remove(&child.path());
        }
    }
    let _ = fs::remove_dir(dir);
}
