//! Kernels that start bpfdbg by way of modprobe: every kernel, once modprobe.d says so.

use std::ffi::CStr;
use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};

use libtest_mimic::Trial;
use rustix::mount::{MountFlags, UnmountFlags, mount, unmount};

use crate::sandbox::{alone, mode, ran};
use crate::support::{CHEAPEST, Result, Stop, bpfdbg, in_machine, kernel, only_on, skip, trial};
use crate::umd::machine::{
    Bpffs, Hidden, drivers, eventually, in_namespace, in_private_namespace, names,
    nothing_is_loaded, programs,
};

pub(crate) fn trials() -> Vec<Trial> {
    vec![
        trial("a mount has its files by way of modprobe, and an older one has none", || {
            called(single)
        }),
        trial("50 mounts at once have their files by way of modprobe", || called(at_once)),
        trial("a mount that appears in the first namespace has its files", || called(propagated)),
        trial("a mount in another namespace has none, and nothing waits for it", || called(unseen)),
        trial("a mount that is gone at once is never busy, and leaves nothing", || called(gone)),
        trial("a mount is made, and empty, where the iterators cannot be loaded", || {
            called(load_fails)
        }),
        trial("an installation beside the kernel's call leaves one set of files", || {
            only_on(&[CHEAPEST])?;
            called(beside_install)
        }),
        trial("a mount is held up for a start of bpfdbg, and not for more", || called(delay)),
    ]
}

/// How long an emulated machine may take to load programs and pin them.
const PATIENCE: Duration = Duration::from_secs(30);

/// What the kernel runs for a module that it wants; nothing where it is empty.
const HELPER: &str = "/proc/sys/kernel/modprobe";

/// Keeps a machine's kernel from running modprobe for every bpffs of all other tests, which takes it a
/// tenth of a second each. What they need is loaded.
pub(crate) fn silence() {
    if in_machine() && kernel() != "umd" {
        let _ = fs::write(HELPER, "\n");
    }
}

/// Runs a test in a machine whose modprobe starts bpfdbg.
fn called(test: impl FnOnce(Modprobe) -> Result) -> Result {
    if !in_machine() {
        return skip("needs a machine of its own");
    }
    if kernel() == "umd" {
        return skip("is the same as on any other kernel");
    }
    alone(|| {
        test(Modprobe)?;
        eventually("no driver runs", PATIENCE, || Ok(drivers()?.is_empty()))?;
        nothing_is_loaded()
    })
}

/// The configuration of modprobe, as it was; and, once it is installed, with our line in it.
struct Modprobe;

const PROGRAM: &str = "/usr/bin/bpfdbg";
const CONFIGURATION: &str = "/etc/modprobe.d/bpfdbg.conf";

impl Modprobe {
    fn install(self) -> Result<Installed> {
        symlink(bpfdbg().get_program(), PROGRAM)?;
        Installed::with(include_str!("../dist/modprobe.d/bpfdbg.conf"))
    }

    /// Another line, of a program that does nothing.
    fn install_nothing(&self) -> Result<Installed> {
        Installed::with("install bpf_preload exec /bin/true\n")
    }
}

struct Installed;

impl Installed {
    fn with(configuration: &str) -> Result<Self> {
        let installed = Self;
        fs::write(CONFIGURATION, configuration)?;
        fs::write(HELPER, "/sbin/modprobe")?;
        Ok(installed)
    }
}

impl Drop for Installed {
    fn drop(&mut self) {
        silence();
        let _ = fs::remove_file(CONFIGURATION);
        let _ = fs::remove_file(PROGRAM);
    }
}

/// The names of all files that this kernel can have, in order.
fn files() -> Vec<String> {
    let mut names: Vec<_> =
        bpfdbg::bpf::kinds().iter().map(|kind| kind.file_name().to_owned()).collect();
    names.sort();
    names
}

/// Waits for a mount to have its files, like the kernel's own for root alone.
fn is_populated(bpffs: &Path) -> Result {
    eventually("the mount has files", PATIENCE, || Ok(names(bpffs)? == files()))?;
    for file in files().iter().map(|name| bpffs.join(name)) {
        if mode(&file)? != (0o400, 0) {
            return Err(format!("'{}' has {:?}", file.display(), mode(&file)?).into());
        }
        if fs::read(&file)?.is_empty() {
            return Err(format!("'{}' is empty", file.display()).into());
        }
    }
    Ok(())
}

fn single(modprobe: Modprobe) -> Result {
    let old = Bpffs::mount("")?;
    let _installed = modprobe.install()?;
    let bpffs = populated("mode=0750")?;
    if !old.names()?.is_empty() {
        return Err(format!("the older mount has {:?}", old.names()?).into());
    }
    fs::remove_file(bpffs.path().join("progs.debug"))?;
    eventually("one program is unloaded", PATIENCE, || {
        Ok((programs("bpfdbg_progs"), programs("bpfdbg_maps")) == (0, 1))
    })?;
    // What root has removed is not brought back by somebody else's mount.
    let _next = populated("mode=01777")?;
    if bpffs.path().join("progs.debug").exists() {
        return Err("a file that was removed is there again".into());
    }
    Ok(())
}

/// A mount that has its files, and the mode that it was asked for.
fn populated(options: &str) -> Result<Bpffs> {
    let bpffs = Bpffs::mount(options)?;
    is_populated(bpffs.path())?;
    eventually("no driver runs", PATIENCE, || Ok(drivers()?.is_empty()))?;
    // A bpffs is sticky on kernels that say so whatever was asked for.
    let (mode, _) = mode(bpffs.path())?;
    if !options.ends_with(&format!("{:o}", mode & 0o777)) {
        return Err(format!("a mount with {options} has mode {mode:o}").into());
    }
    Ok(bpffs)
}

fn at_once(modprobe: Modprobe) -> Result {
    let _installed = modprobe.install()?;
    let mounts: Vec<Bpffs> = thread::scope(|scope| {
        let threads: Vec<_> = (0..50).map(|_| scope.spawn(|| Bpffs::mount(""))).collect();
        threads.into_iter().map(|t| t.join().map_err(|_| "panicked")?).collect::<Result<_>>()
    })?;
    mounts.iter().try_for_each(|bpffs| is_populated(bpffs.path()))?;
    match programs("bpfdbg_progs") {
        1..=50 => Ok(()),
        n => Err(format!("50 mounts have {n} programs").into()),
    }
}

fn propagated(modprobe: Modprobe) -> Result {
    let _installed = modprobe.install()?;
    let dir = tempfile::tempdir()?;
    in_namespace(|| in_namespace(|| Ok(mount_bpffs(dir.path(), c"")?)))?;
    is_populated(dir.path())?;
    Ok(unmount(dir.path(), UnmountFlags::empty())?)
}

fn mount_bpffs(dir: &Path, options: &CStr) -> rustix::io::Result<()> {
    mount("bpf", dir, "bpf", MountFlags::empty(), Some(options))
}

fn unseen(modprobe: Modprobe) -> Result {
    let _installed = modprobe.install()?;
    let read_only = tempfile::tempdir()?;
    mount("bpf", read_only.path(), "bpf", MountFlags::RDONLY, None)?;
    let result = in_private_namespace(|| {
        let outer = Bpffs::mount("")?;
        in_private_namespace(|| {
            let inner = Bpffs::mount("")?;
            eventually("no driver runs", PATIENCE, || Ok(drivers()?.is_empty()))?;
            for dir in [outer.path(), inner.path(), read_only.path()] {
                let names = names(dir)?;
                if !names.is_empty() {
                    return Err(format!("{names:?} in '{}'", dir.display()).into());
                }
            }
            Ok(())
        })
    });
    unmount(read_only.path(), UnmountFlags::empty())?;
    result
}

fn gone(modprobe: Modprobe) -> Result {
    let _installed = modprobe.install()?;
    let dir = tempfile::tempdir()?;
    // From at once to the middle of what the process is at.
    for time in [0, 1, 3, 10, 30, 100, 300] {
        mount_bpffs(dir.path(), c"")?;
        thread::sleep(Duration::from_millis(time));
        unmount(dir.path(), UnmountFlags::empty())
            .map_err(|error| format!("after {time} ms: {error}"))?;
    }
    mount_bpffs(dir.path(), c"")?;
    is_populated(dir.path())?;
    unmount(dir.path(), UnmountFlags::empty())?;
    Ok(())
}

fn load_fails(modprobe: Modprobe) -> Result {
    let _installed = modprobe.install()?;
    let bpffs = {
        let _hidden = Hidden::new("/sys/kernel/btf")?;
        let bpffs = Bpffs::mount("")?;
        eventually("no driver runs", PATIENCE, || Ok(drivers()?.is_empty()))?;
        bpffs
    };
    if !bpffs.names()?.is_empty() {
        return Err(format!("the mount has {:?}", bpffs.names()?).into());
    }
    let log = String::from_utf8_lossy(&ran(&mut Command::new("dmesg"))?.ok()?).into_owned();
    if !log.contains("bpfdbg: this kernel shows no BTF at /sys/kernel/btf/vmlinux") {
        return Err("the kernel's log has no word about it".into());
    }
    is_populated(Bpffs::mount("")?.path())?;
    match bpffs.names()? {
        names if names.is_empty() => Ok(()),
        names => Err(format!("a mount of before has {names:?}").into()),
    }
}

/// A script that mounts a bpffs and installs into it knows nothing of modprobe's part.
fn beside_install(modprobe: Modprobe) -> Result {
    let _installed = modprobe.install()?;
    let mount_and_install = || {
        let bpffs = Bpffs::mount("mode=0755")?;
        let before = mode(bpffs.path())?;
        ran(bpfdbg().arg("--bpffs").arg(bpffs.path()).args(["install", "--public"]))?.ok()?;
        Ok((bpffs, before))
    };
    let mounts = thread::scope(|scope| {
        let threads: Vec<_> = (0..3).map(|_| scope.spawn(mount_and_install)).collect();
        threads.into_iter().map(|t| t.join().map_err(|_| "panicked")?).collect::<Result<Vec<_>>>()
    })?;
    eventually("no driver runs", PATIENCE, || Ok(drivers()?.is_empty()))?;
    for (bpffs, before) in mounts {
        let (names, after) = (bpffs.names()?, mode(bpffs.path())?);
        if names != files() || after != before {
            return Err(format!("{names:?}, mode {after:?} in place of {before:?}").into());
        }
        for file in files().iter().map(|name| bpffs.path().join(name)) {
            if mode(&file)? != (0o444, 0) {
                return Err(format!("'{}' has {:?}", file.display(), mode(&file)?).into());
            }
        }
    }
    Ok(())
}

/// Measured with mounts that the process which stays behind does not see, and has no work with.
fn delay(modprobe: Modprobe) -> Result {
    let median = || {
        let mut times = Vec::new();
        in_private_namespace(|| {
            for _ in 0..7 {
                let began = Instant::now();
                let bpffs = Bpffs::mount("")?;
                times.push(began.elapsed());
                drop(bpffs);
            }
            Ok(())
        })?;
        times.sort();
        Ok::<_, Stop>(times[times.len() / 2])
    };
    let nothing = {
        let _installed = modprobe.install_nothing()?;
        median()?
    };
    let _installed = modprobe.install()?;
    let ours = median()?;
    // To load the iterators takes ten times as long as to start a program.
    match ours < 3 * nothing {
        true => Ok(()),
        false => Err(format!("{ours:?}, and {nothing:?} with a program that does nothing").into()),
    }
}
