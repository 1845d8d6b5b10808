//! What a hint says, typed as it is, does what it is for.

use std::fs;
use std::path::Path;
use std::process::Command;

use libtest_mimic::Trial;

use super::{DIR, FILES};
use crate::sandbox::{Sandbox, mode, ran, sandbox};
use crate::support::{CHEAPEST, Result, check, only_on, times, trial};

pub(super) fn trials() -> Vec<Trial> {
    vec![
        trial("who may nothing is told what lets him read, where nothing is installed", || {
            sandbox(nothing)
        }),
        trial("the next command keeps each access, wherever it is installed", || sandbox(keeps)),
        trial("who may not read is told to ask as root, and not to let everybody in", || {
            sandbox(private)
        }),
        trial("a directory in no bpffs is no place to install into", || sandbox(no_bpffs)),
        trial("who holds what is asked as root, and leaves who may read as it is", || {
            sandbox(holders)
        }),
    ]
}

/// The command that `status` names, as root sees it or as a user does.
fn next(sandbox: &Sandbox, as_root: bool, place: &[&str]) -> Result<String> {
    let mut command = if as_root { sandbox.root(&["status"]) } else { sandbox.nobody(&["status"]) };
    let status = String::from_utf8(ran(command.args(place))?.ok()?)?;
    let next = status.lines().last().and_then(|line| line.strip_prefix("next: "));
    Ok(next.ok_or("no next command")?.to_owned())
}

/// Types a command in a shell; one with sudo as root, any other as whoever it was told to.
fn typed(sandbox: &Sandbox, line: &str, as_root: bool) -> Result {
    use std::os::unix::process::CommandExt as _;
    let mut shell = Command::new("sh");
    let (line, as_root) = match line.strip_prefix("sudo ") {
        Some(line) => (line, true),
        None => (line, as_root),
    };
    let program = sandbox.root(&[]).get_program().to_string_lossy().into_owned();
    let line = line.strip_prefix("bpfdbg").ok_or_else(|| format!("it is no command: {line}"))?;
    shell.args(["-c", &format!("exec {program}{line}")]);
    if !as_root {
        shell.uid(crate::sandbox::NOBODY).gid(crate::sandbox::NOBODY);
    }
    ran(&mut shell)?.ok().map(drop)
}

fn nothing(sandbox: &Sandbox) -> Result {
    only_on(&[CHEAPEST])?;
    let told = next(sandbox, false, &[])?;
    check(told == "sudo bpfdbg install --public", || told.clone())?;
    let stderr = ran(&mut sandbox.nobody(&["progs"]))?.failed(4)?;
    let hint = "hint: 'bpfdbg status' tells who may read which file";
    check(stderr.lines().last() == Some(hint), || stderr.clone())?;
    typed(sandbox, &told, false)?;
    ran(&mut sandbox.nobody(&["progs"]))?.ok()?;
    let told = next(sandbox, false, &[])?;
    check(told == "bpfdbg progs", || told.clone())?;
    ran(&mut sandbox.root(&["uninstall"]))?.ok()?;
    typed(sandbox, &next(sandbox, true, &[])?, true)?;
    check(mode(DIR)?.0 == 0o700, || "root is told to let others in".into())
}

/// A directory by a name that a shell would take apart.
const ODD: &str = "/sys/fs/bpf/it's a $(dir)";

fn keeps(sandbox: &Sandbox) -> Result {
    only_on(&[CHEAPEST])?;
    for dir in [DIR, ODD] {
        let place: &[&str] = if dir == DIR { &[] } else { &["--bpffs", dir] };
        for access in [&["--private"][..], &["--group", "4711"], &["--public"]] {
            for holders in ["--no-holders", "--holders"] {
                let install = [&["install", holders], access, place].concat();
                ran(&mut sandbox.root(&install))?.ok()?;
                let modes = || -> Result<Vec<_>> {
                    let mut names: Vec<_> =
                        fs::read_dir(dir)?.flatten().map(|entry| entry.path()).collect();
                    names.sort();
                    names.push(dir.into());
                    names.into_iter().map(|path| Ok((mode(&path)?, path))).collect()
                };
                let before = modes()?;
                for name in &FILES[..times(FILES.len(), 1)] {
                    fs::remove_file(Path::new(dir).join(name))?;
                    let told = next(sandbox, true, place)?;
                    typed(sandbox, &told, true)?;
                    let after = modes()?;
                    check(after == before, || format!("{told}: {before:?} became {after:?}"))?;
                    let told = next(sandbox, true, place)?;
                    check(!told.contains("install"), || format!("it goes on: {told}"))?;
                    typed(sandbox, &told, true)?;
                }
            }
        }
    }
    Ok(())
}

fn private(sandbox: &Sandbox) -> Result {
    only_on(&[CHEAPEST])?;
    ran(&mut sandbox.root(&["install"]))?.ok()?;
    let told = next(sandbox, false, &[])?;
    check(told == "sudo bpfdbg progs", || told.clone())?;
    typed(sandbox, &told, false)?;
    check(mode(DIR)?.0 == 0o700, || "others were let in".into())?;
    let place = ["--bpffs", "/sys/fs/bpf/dir"];
    ran(sandbox.root(&["install"]).args(place))?.ok()?;
    let stderr = ran(sandbox.nobody(&["progs"]).args(place))?.failed(4)?;
    let hint = "hint: 'bpfdbg status --bpffs /sys/fs/bpf/dir' tells who may read which file";
    check(stderr.lines().last() == Some(hint), || stderr.clone())?;
    let told = next(sandbox, false, &place)?;
    check(told == "sudo bpfdbg status --bpffs /sys/fs/bpf/dir", || told.clone())?;
    typed(sandbox, &told, false)
}

fn no_bpffs(sandbox: &Sandbox) -> Result {
    only_on(&[CHEAPEST])?;
    fs::create_dir("/run/empty")?;
    let place = ["--bpffs", "/run/empty"];
    let told = next(sandbox, false, &place)?;
    check(told == "bpfdbg status", || told.clone())?;
    let stderr = ran(sandbox.nobody(&["progs"]).args(place))?.failed(3)?;
    check(stderr.ends_with("hint: type 'bpfdbg status'\n"), || stderr.clone())
}

fn holders(sandbox: &Sandbox) -> Result {
    only_on(&[CHEAPEST])?;
    sandbox.install_public()?;
    let stderr = ran(&mut sandbox.nobody(&["progs", "--pid", "1"]))?.failed(1)?;
    check(stderr.ends_with(": type it with sudo\n"), || stderr.clone())?;
    ran(&mut sandbox.root(&["progs", "--pid", "1"]))?.ok()?;
    check(mode(DIR)?.0 == 0o755, || "others lost it".into())?;
    let place = ["--bpffs", "/sys/fs/bpf/dir"];
    ran(sandbox.root(&["install", "--public"]).args(place))?.ok()?;
    let stderr = ran(sandbox.root(&["progs", "--pid", "1"]).args(place))?.failed(1)?;
    let told = stderr.split('\'').rev().nth(1).unwrap_or_default();
    typed(sandbox, told, true)?;
    ran(sandbox.root(&["progs", "--pid", "1"]).args(place))?.ok()?;
    check(mode("/sys/fs/bpf/dir/progs.debug")?.0 == 0o444, || "others lost it".into())
}
