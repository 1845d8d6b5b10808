//! Installations in several mount namespaces, which share /run.

use std::fs;
use std::path::Path;
use std::sync::mpsc::channel;

use libtest_mimic::Trial;
use rustix::mount::{UnmountFlags, unmount};

use super::{DIR, FILES, is_unloaded, mounts, program_of, read};
use crate::sandbox::{Sandbox, mode, ran, sandbox};
use crate::support::{CHEAPEST, Result, check, only_on, trial};
use crate::umd::machine::{in_namespace, in_private_namespace};

pub(super) fn trials() -> Vec<Trial> {
    vec![
        trial("an installation of another mount namespace's own leaves this one's alone", || {
            sandbox(beside)
        }),
        trial("a copy in another mount namespace is replaced and unmounted as a copy", || {
            sandbox(copied)
        }),
        trial("a mount that propagates is one installation in both namespaces", || {
            sandbox(propagated)
        }),
        trial("nothing at /run/bpfdbg can be run, and no device or set-id bit counts", || {
            sandbox(options)
        }),
        trial("a bpffs that somebody mounted at /run/bpfdbg stays, with what is in it", || {
            sandbox(foreign)
        }),
    ]
}

/// Holds this namespace to its installation.
fn is_whole(program: u32) -> Result {
    check(mounts()? == 1 && program_of(FILES[0])? == program, || "it is another's".into())?;
    for name in FILES {
        let text = read(Path::new(DIR).join(name)).map_err(|error| format!("{name}: {error}"))?;
        check(text.ends_with(b"\n"), || format!("{name} has no rows"))?;
    }
    Ok(())
}

fn beside(sandbox: &Sandbox) -> Result {
    only_on(&["5.10", CHEAPEST])?;
    sandbox.install_public()?;
    let program = program_of(FILES[0])?;
    in_private_namespace(|| {
        unmount(DIR, UnmountFlags::DETACH)?;
        ran(&mut sandbox.root(&["install"]))?.ok()?;
        check(program_of(FILES[0])? != program, || "it is the same".into())?;
        ran(&mut sandbox.root(&["uninstall"]))?.ok()?;
        check(mounts()? == 0 && Path::new(DIR).is_dir(), || "not as install found it".into())
    })?;
    is_whole(program)
}

fn copied(sandbox: &Sandbox) -> Result {
    only_on(&[CHEAPEST])?;
    sandbox.install_public()?;
    let program = program_of(FILES[0])?;
    in_private_namespace(|| {
        let said = ran(&mut sandbox.root(&["install"]))?.stderr;
        check(said.contains("already installed"), || said.clone())?;
        // Another one covers the copy.
        ran(&mut sandbox.root(&["install", "--private"]))?.ok()?;
        let own = program_of(FILES[0])?;
        check(own != program && mode(DIR)?.0 == 0o700, || "it is the same".into())?;
        ran(&mut sandbox.root(&["uninstall"]))?.ok()?;
        check(mounts()? == 0 && is_unloaded(own), || "it stays".into())
    })?;
    is_whole(program)?;
    in_private_namespace(|| ran(&mut sandbox.root(&["uninstall"]))?.ok().map(drop))?;
    is_whole(program)?;
    // A copy keeps no program of what is removed where it was installed.
    let ((ready, is_ready), (done, is_done)) = (channel(), channel::<()>());
    std::thread::scope(|scope| {
        let copy = scope.spawn(|| {
            in_private_namespace(move || {
                ready.send(())?;
                // An error, as nothing is sent.
                let _ = is_done.recv();
                check(mounts()? == 1, || "the copy is gone".into())
            })
        });
        is_ready.recv()?;
        ran(&mut sandbox.root(&["uninstall"]))?.ok()?;
        let result = check(is_unloaded(program), || "the program stays".into());
        drop(done);
        copy.join().map_err(|_| "panicked")??;
        result
    })
}

fn propagated(sandbox: &Sandbox) -> Result {
    only_on(&[CHEAPEST])?;
    use rustix::mount::{MountPropagationFlags, mount_change};
    mount_change("/run", MountPropagationFlags::SHARED)?;
    in_namespace(|| sandbox.install_public())?;
    let program = program_of(FILES[0])?;
    is_whole(program)?;
    ran(&mut sandbox.root(&["uninstall"]))?.ok()?;
    check(mounts()? == 0 && is_unloaded(program), || "it stays".into())
}

fn options(sandbox: &Sandbox) -> Result {
    only_on(&["5.10", CHEAPEST])?;
    sandbox.install_public()?;
    let mounts = fs::read_to_string("/proc/thread-self/mounts")?;
    let line = mounts.lines().find(|line| line.split(' ').nth(1) == Some(DIR));
    let options: Vec<_> = line
        .and_then(|line| line.split(' ').nth(3))
        .into_iter()
        .flat_map(|o| o.split(','))
        .collect();
    check(["nosuid", "nodev", "noexec"].iter().all(|option| options.contains(option)), || {
        format!("{options:?}")
    })
}

fn foreign(sandbox: &Sandbox) -> Result {
    only_on(&[CHEAPEST])?;
    use rustix::mount::{MountFlags, mount};
    fs::create_dir(DIR)?;
    mount("bpf", DIR, "bpf", MountFlags::empty(), Some(c"mode=0755"))?;
    fs::create_dir(Path::new(DIR).join("pins"))?;
    for _ in 0..2 {
        ran(&mut sandbox.root(&["uninstall"]))?.ok()?;
        check(Path::new(DIR).join("pins").is_dir(), || "what is in it is gone".into())?;
        // One of our own covers it.
        sandbox.install_public()?;
        check(mounts()? == 2, || "it is not covered".into())?;
    }
    Ok(())
}
