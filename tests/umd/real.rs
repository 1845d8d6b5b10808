//! A kernel that has a usermode driver, and starts ours.

use std::fs::{self, File, Permissions};
use std::io::Read as _;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::Command;
use std::time::Duration;
use std::{env, thread};

use libtest_mimic::Trial;
use rustix::fs::{CWD, RenameFlags, renameat_with};
use rustix::io::Errno;

use super::hostile::HOSTILE;
use super::machine::{
    Bpffs, Module, eventually, in_private_namespace, nothing_is_loaded, nothing_runs, programs,
};
use crate::sandbox::{NOBODY, alone, mode, ran, sandbox};
use crate::support::{Result, Stop, bpfdbg, kernel, skip, trial};

pub(crate) fn trials() -> Vec<Trial> {
    let mut trials = vec![
        trial("a real kernel's mount has our files, by a stub that runs bpfdbg", || {
            real(|| populates("stub"))
        }),
        trial("a real kernel's mount has our files, by bpfdbg inside the kernel", || {
            real(|| populates("bpfdbg"))
        }),
        trial("rm of one of the kernel's files unloads its program and no other", || {
            real(removing)
        }),
        trial("20 mounts at once are populated by a real kernel", || real(at_once)),
        trial("one mount after the other is populated by a real kernel", || real(in_a_row)),
        trial("two bpffs of a private namespace list the iterators", || real(private_namespace)),
        trial("a bpffs exchanges names where the kernel can, and replaces none unasked", || {
            sandbox(|_| renames(Path::new("/sys/fs/bpf")))
        }),
    ];
    trials.extend(HOSTILE.iter().map(|hostile| {
        trial(format!("a real kernel starts the driver {}", hostile.name), || {
            real(|| hostile.test())
        })
    }));
    trials
}

/// Runs a test alone, on a kernel that has a usermode driver.
fn real(test: impl FnOnce() -> Result) -> Result {
    if kernel() != "umd" {
        return skip("needs a kernel with a usermode driver");
    }
    alone(|| {
        test()?;
        nothing_runs()?;
        nothing_is_loaded()
    })
}

fn populates(driver: &str) -> Result {
    let _module = Module::load(driver)?;
    let bpffs = Bpffs::mount("mode=0755")?;
    nothing_runs()?;
    bpffs.is_populated()?;
    for (noun, name) in [("progs", "bpfdbg_progs"), ("maps", "iterator.rodata")] {
        let file = bpffs.path().join(format!("{noun}.debug"));
        if mode(&file)? != (0o400, 0) || file.metadata()?.uid() != 0 {
            return Err(format!("'{}' has mode {:o}", file.display(), mode(&file)?.0).into());
        }
        fs::set_permissions(&file, Permissions::from_mode(0o444))?;
        fs::set_permissions(bpffs.path(), Permissions::from_mode(0o755))?;
        let nobody = |command: &mut Command| ran(command.uid(NOBODY).gid(NOBODY));
        let text = nobody(Command::new("cat").arg(&file))?.ok()?;
        if !String::from_utf8_lossy(&text).contains(name) {
            return Err(format!("'{}' does not list {name}", file.display()).into());
        }
        let rows =
            nobody(bpfdbg().arg("--bpffs").arg(bpffs.path()).args([noun, "--json"]))?.json()?;
        if !rows.as_array().into_iter().flatten().any(|row| row["name"] == name) {
            return Err(format!("bpfdbg {noun} does not list {name}: {rows}").into());
        }
    }
    Ok(())
}

fn removing() -> Result {
    let _module = Module::load("stub")?;
    let bpffs = Bpffs::mount("")?;
    let loaded = || (programs("bpfdbg_progs"), programs("bpfdbg_maps"));
    if loaded() != (1, 1) {
        return Err(format!("a mount has {:?} programs", loaded()).into());
    }
    fs::remove_file(bpffs.path().join("progs.debug"))?;
    eventually("the program is unloaded", Duration::from_secs(10), || Ok(loaded() == (0, 1)))?;
    let text = fs::read_to_string(bpffs.path().join("maps.debug"))?;
    if text.is_empty() || bpffs.names()? != ["maps.debug"] {
        return Err("the other file is gone, too".into());
    }
    // A later mount has both again, and the first one stays as it was left.
    Bpffs::mount("")?.is_populated()?;
    let names = bpffs.names()?;
    (names == ["maps.debug"]).then_some(()).ok_or_else(|| format!("{names:?}").into())
}

fn at_once() -> Result {
    let _module = Module::load("stub")?;
    let first = Bpffs::mount("")?;
    let mounts: Vec<Bpffs> = thread::scope(|scope| {
        let threads: Vec<_> = (0..20).map(|_| scope.spawn(|| Bpffs::mount(""))).collect();
        let join = |thread: thread::ScopedJoinHandle<'_, Result<Bpffs>>| thread.join();
        threads.into_iter().map(|t| join(t).map_err(|_| "panicked")?).collect::<Result<_>>()
    })?;
    nothing_runs()?;
    mounts.iter().chain([&first]).try_for_each(Bpffs::is_populated)?;
    match programs("bpfdbg_progs") {
        21 => Ok(()),
        n => Err(format!("21 mounts have {n} programs").into()),
    }
}

/// `BPFDBG_UMD_MOUNTS` asks for more; each takes half a second in an emulated machine.
fn in_a_row() -> Result {
    let count = env::var("BPFDBG_UMD_MOUNTS").map_or(Ok(20), |count| count.parse())?;
    let _module = Module::load("bpfdbg")?;
    for number in 1..=count {
        Bpffs::mount("")?.is_populated().map_err(|stop| match stop {
            Stop::Failed(why) => Stop::Failed(format!("mount {number} of {count}: {why}")),
            skip => skip,
        })?;
    }
    Ok(())
}

fn private_namespace() -> Result {
    let _module = Module::load("stub")?;
    in_private_namespace(|| {
        let (first, second) = (Bpffs::mount("")?, Bpffs::mount("")?);
        let maps = first.path().join("maps.debug");
        let progs = second.path().join("progs.debug");
        for file in [maps, progs] {
            let mut file = File::open(file)?;
            let mut text = Vec::new();
            let mut buffer = [0; 100];
            while !text.windows(4).any(|word| word == b"iter") {
                match file.read(&mut buffer)? {
                    0 => return Err("no iterator is listed".into()),
                    n => text.extend_from_slice(&buffer[..n]),
                }
            }
        }
        renames(first.path())
    })
}

/// Names in a bpffs change places where the kernel knows how, 6.1 and later, and are never lost.
fn renames(bpffs: &Path) -> Result {
    let [a, b, inner] = ["a", "b", "a/1"].map(|name| bpffs.join(name));
    for dir in [&a, &b, &inner] {
        fs::create_dir(dir)?;
    }
    let inodes = || -> Result<_> { Ok((a.metadata()?.ino(), b.metadata()?.ino())) };
    let before = inodes()?;
    match renameat_with(CWD, &a, CWD, &b, RenameFlags::NOREPLACE) {
        Err(Errno::EXIST) if inodes()? == before => {}
        other => return Err(format!("without a permission to replace: {other:?}").into()),
    }
    let after = match renameat_with(CWD, &a, CWD, &b, RenameFlags::EXCHANGE) {
        Ok(()) => (before.1, before.0),
        Err(Errno::INVAL) => before,
        Err(error) => return Err(error.into()),
    };
    if inodes()? != after {
        return Err(format!("{before:?} became {:?}", inodes()?).into());
    }
    // What was in the one is in it still, by whichever name it goes.
    let holds = if after == before { &a } else { &b };
    let found = holds.join("1").is_dir();
    for dir in [holds.join("1"), a.clone(), b.clone()] {
        fs::remove_dir(dir)?;
    }
    found.then_some(()).ok_or_else(|| "a directory lost what was in it".into())
}
