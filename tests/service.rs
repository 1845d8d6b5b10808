//! The units that install at boot and restore: what systemd says of them, and whether they take away
//! nothing that bpfdbg needs.

use std::collections::BTreeSet;
use std::fs;
use std::os::fd::OwnedFd;
use std::path::Path;
use std::process::Command;
use std::sync::PoisonError;

use libtest_mimic::Trial;
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fs::inotify::{self, WatchFlags};
use rustix::process::{Resource, Rlimit, setrlimit};
use rustix::thread::{CapabilitySet, remove_capability_from_bounding_set};

use crate::bpftool::Counted;
use crate::sandbox::{Ran, Sandbox, ran, sandbox};
use crate::support::{
    CHEAPEST, COUNTING, Result, Stop, bpfdbg, check, in_machine, kernel, only_on, program, skip,
    source_tree, trial,
};

const UNIT: &str = include_str!("../dist/bpfdbg.service");
const RESTORE: &str = include_str!("../dist/bpfdbg-restore.service");
const WATCH: &str = include_str!("../dist/bpfdbg-restore.path");

/// All of them, by name.
const UNITS: [(&str, &str); 3] =
    [("bpfdbg.service", UNIT), ("bpfdbg-restore.service", RESTORE), ("bpfdbg-restore.path", WATCH)];

pub(crate) fn trials() -> Vec<Trial> {
    vec![
        trial("systemd finds nothing wrong with the units", verified),
        trial("systemd rates the units' exposure as low as can be", rated),
        trial("no setting of a unit gives it a mount namespace", no_namespace),
        trial("the unit that restores is confined as the one that installs", same_confinement),
        trial("what the watch sees is a removal, and the command that it starts is quiet", || {
            sandbox(watched)
        }),
        trial("the unit lets bpfdbg make the system calls that it makes", || sandbox(filter)),
        trial("install needs no capability that the unit does not give", || sandbox(capable)),
        trial("install needs every capability that the unit gives", || sandbox(minimal)),
    ]
}

/// The values of a setting of a unit, all lines of it.
fn values_in(unit: &'static str, setting: &str) -> Vec<&'static str> {
    let lines = unit.lines().filter_map(|line| line.strip_prefix(setting)?.strip_prefix('='));
    lines.flat_map(str::split_whitespace).collect()
}

/// Those of the unit that installs.
fn values(setting: &str) -> Vec<&'static str> {
    values_in(UNIT, setting)
}

/// Runs systemd-analyze on units, with the command in them that is under test.
fn analyze(arguments: &[&str], end: &str) -> Result<Ran> {
    source_tree()?;
    let analyze = program("systemd-analyze")?;
    let dir = tempfile::tempdir()?;
    let command = bpfdbg().get_program().to_string_lossy().into_owned();
    let mut units = Vec::new();
    for (name, text) in UNITS {
        let unit = dir.path().join(name);
        fs::write(&unit, text.replace("/usr/bin/bpfdbg", &command))?;
        units.extend(name.ends_with(end).then_some(unit));
    }
    ran(Command::new(analyze).args(arguments).args(units).env("SYSTEMD_COLORS", "0"))
}

fn verified() -> Result {
    let found = analyze(&["verify", "--man=no"], "")?;
    match found.code {
        Some(0) if found.stderr.is_empty() => Ok(()),
        code => Err(format!("exit code {code:?}: {}", found.stderr).into()),
    }
}

/// What is left is what it is there for: to mount, as root, in the namespace of the host.
fn rated() -> Result {
    let arguments = ["security", "--offline=true", "--no-pager", "--threshold=50"];
    let found = analyze(&arguments, ".service")?;
    match found.code {
        Some(0) => Ok(()),
        code => {
            let text = String::from_utf8_lossy(&found.stdout).into_owned();
            Err(format!("exit code {code:?}: {text}{}", found.stderr).into())
        }
    }
}

fn no_namespace() -> Result {
    const NAMESPACED: [&str; 24] = [
        "BindPaths",
        "BindReadOnlyPaths",
        "DynamicUser",
        "ExecPaths",
        "ExtensionDirectories",
        "ExtensionImages",
        "InaccessiblePaths",
        "MountFlags",
        "MountImages",
        "NoExecPaths",
        "PrivateDevices",
        "PrivateIPC",
        "PrivateMounts",
        "PrivateNetwork",
        "PrivateTmp",
        "PrivateUsers",
        "ProcSubset",
        "ProtectControlGroups",
        "ProtectHome",
        "ProtectProc",
        "ReadOnlyPaths",
        "ReadWritePaths",
        "RootImage",
        "TemporaryFileSystem",
    ];
    let is_namespaced = |setting: &str| {
        NAMESPACED.contains(&setting)
            || setting.starts_with("ProtectKernel")
            || setting.starts_with("ProtectSystem")
            || setting.starts_with("RootDirectory")
    };
    let lines = UNITS.iter().flat_map(|(_, text)| text.lines());
    let settings = lines.filter_map(|line| Some(line.split_once('=')?.0));
    match settings.filter(|setting| !setting.starts_with('#')).find(|s| is_namespaced(s)) {
        None => Ok(()),
        Some(setting) => Err(format!("{setting}= would hide the installation").into()),
    }
}

/// The settings that confine what a unit runs, in their order.
fn confinement(unit: &'static str) -> Vec<&'static str> {
    let (_, service) = unit.split_once("[Service]").unwrap_or_default();
    let (service, _) = service.split_once("\n[").unwrap_or((service, ""));
    let is_own = |line: &&str| line.starts_with("Exec") || line.starts_with("RemainAfterExit=");
    service
        .lines()
        .filter(|line| !line.is_empty() && !line.starts_with('#') && !is_own(line))
        .collect()
}

fn same_confinement() -> Result {
    let (one, other) = (confinement(UNIT), confinement(RESTORE));
    check(one.len() > 10 && one == other, || format!("{one:?}, and {other:?}"))
}

/// What systemd asks for where PathChanged= names a directory.
const PATH_CHANGED: WatchFlags = WatchFlags::DELETE_SELF
    .union(WatchFlags::MOVE_SELF)
    .union(WatchFlags::ATTRIB)
    .union(WatchFlags::CLOSE_WRITE)
    .union(WatchFlags::CREATE)
    .union(WatchFlags::DELETE)
    .union(WatchFlags::MOVED_FROM)
    .union(WatchFlags::MOVED_TO);

/// A watch of a directory, as of now.
fn watch(dir: &str) -> Result<OwnedFd> {
    let watch = inotify::init(inotify::CreateFlags::CLOEXEC | inotify::CreateFlags::NONBLOCK)?;
    inotify::add_watch(&watch, dir, PATH_CHANGED)?;
    Ok(watch)
}

/// Whether there is an event, or one within so many seconds.
fn has_event(watch: &OwnedFd, seconds: i64) -> Result<bool> {
    let time = Timespec { tv_sec: seconds, tv_nsec: 0 };
    Ok(poll(&mut [PollFd::new(watch, PollFlags::IN)], Some(&time))? > 0)
}

fn watched(sandbox: &Sandbox) -> Result {
    only_on(&["5.10", CHEAPEST])?;
    let [dir] = values_in(WATCH, "PathChanged")[..] else {
        return Err("the watch is not of one directory".into());
    };
    let [program, arguments @ ..] = &values_in(RESTORE, "ExecStart")[..] else {
        return Err("nothing is started".into());
    };
    check(*program == "/usr/bin/bpfdbg", || format!("it starts {program}"))?;
    let restore = || ran(&mut sandbox.root(arguments))?.ok().map(drop);
    sandbox.install_public()?;
    for name in ["progs.debug", "links.debug"] {
        let (file, before) = (Path::new(dir).join(name), watch(dir)?);
        fs::read(&file)?;
        restore()?;
        check(!has_event(&before, 0)?, || "to read, or to restore nothing, is an event".into())?;
        fs::remove_file(&file)?;
        check(has_event(&before, 1)?, || format!("the removal of {name} is no event"))?;
        restore()?;
        fs::read(&file)?;
    }
    // An upgrade empties the directory that is watched, so that the new one is watched from then on.
    let before = watch(dir)?;
    ran(&mut sandbox.root(&["install", "--private"]))?.ok()?;
    check(has_event(&before, 1)?, || "an upgrade is no event".into())
}

/// The system calls in a set that systemd has, and in the sets in it.
fn system_calls(set: &str) -> Result<BTreeSet<String>> {
    if !set.starts_with('@') {
        return Ok([set.to_owned()].into());
    }
    let text =
        ran(Command::new("systemd-analyze").args(["syscall-filter", "--no-pager", set]))?.ok()?;
    let text = String::from_utf8(text)?;
    let words = text.lines().map(str::trim).skip(1).filter(|line| !line.starts_with('#'));
    let mut calls = BTreeSet::new();
    for word in words.filter(|word| !word.is_empty()) {
        calls.extend(system_calls(word)?);
    }
    Ok(calls)
}

fn filter(sandbox: &Sandbox) -> Result {
    source_tree()?;
    let strace = program("strace")?;
    program("systemd-analyze")?;
    // Every filter lets these through.
    let mut allowed = system_calls("@default")?;
    for set in values("SystemCallFilter") {
        allowed.extend(system_calls(set)?);
    }
    fs::write("/etc/bpfdbg.conf", "access = group root\n")?;
    for arguments in [
        &["install", "--group", "4711"][..],
        &["install"],
        &["install", "--public"],
        &["install", "--restore"],
        &["uninstall"],
    ] {
        let log = Path::new("/run/strace");
        let bpfdbg = sandbox.root(&[]);
        ran(Command::new(&strace)
            .args(["-f", "-qq", "-e", "signal=none", "-o"])
            .arg(log)
            .arg(bpfdbg.get_program())
            .args(arguments))?
        .ok()?;
        for line in fs::read_to_string(log)?.lines() {
            // `PID call(...) = ...`, or `PID <... call resumed>...`, of which the first was seen.
            let Some((_, call)) = line.split_once(' ') else { continue };
            let call = call.trim_start().split('(').next().unwrap_or_default();
            if !call.starts_with(['<', '+', '-']) && !allowed.contains(call) {
                return Err(format!("{arguments:?} calls {call}: {line}").into());
            }
        }
    }
    Ok(())
}

/// The capabilities that the unit gives, by name.
fn given() -> Vec<(&'static str, CapabilitySet)> {
    let names = values("CapabilityBoundingSet").into_iter();
    names
        .filter_map(|name| Some((name, CapabilitySet::from_name(name.strip_prefix("CAP_")?)?)))
        .collect()
}

/// Runs a command with no more capabilities than these. They are a thread's, and its children's.
pub(crate) fn with(capabilities: CapabilitySet, mut command: Command) -> Result<Ran> {
    // As the unit does. Who may not may have a kernel that does not ask.
    let _ = setrlimit(Resource::Memlock, Rlimit { current: None, maximum: None });
    std::thread::scope(|scope| {
        let thread = scope.spawn(|| {
            for bit in (0..64).map(|bit| CapabilitySet::from_bits_retain(1 << bit)) {
                // Above the last one that the kernel has, none can be removed.
                if !capabilities.contains(bit) && remove_capability_from_bounding_set(bit).is_err()
                {
                    break;
                }
            }
            ran(&mut command)
        });
        thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
    })
}

fn capable(sandbox: &Sandbox) -> Result {
    only_on(&[CHEAPEST])?;
    let all = given().into_iter().fold(CapabilitySet::empty(), |all, (_, one)| all | one);
    if given().len() != values("CapabilityBoundingSet").len() {
        return Err("a capability in the unit has no such name".into());
    }
    for arguments in [&["install"][..], &["install", "--group", "4711"], &["uninstall"]] {
        with(all, sandbox.root(arguments))?.ok().map_err(|stop| match stop {
            Stop::Failed(why) => Stop::Failed(format!("{arguments:?}: {why}")),
            skip => skip,
        })?;
    }
    Ok(())
}

/// Whether all of an installation works: that a group may read, and run statistics, which take the
/// addresses of the kernel's symbols before 5.19.
fn is_whole(sandbox: &Sandbox, capabilities: CapabilitySet) -> Result<bool> {
    let install = sandbox.root(&["install", "--group", "4711"]);
    if with(capabilities, install)?.code != Some(0) {
        return Ok(false);
    }
    let args = ["progs", "-n", "--format", "raw", "-o", "run_cnt"];
    // What is not counted is not told.
    let counts = {
        let _counting = COUNTING.lock().unwrap_or_else(PoisonError::into_inner);
        let _counted = Counted::start();
        ran(&mut sandbox.root(&args))?.ok()?
    };
    ran(&mut sandbox.root(&["uninstall"]))?.ok()?;
    Ok(!counts.starts_with(b"-"))
}

fn minimal(sandbox: &Sandbox) -> Result {
    if !in_machine() {
        return skip("needs a machine of which all settings are known");
    }
    only_on(&["5.10", "newest"])?;
    let all = given().into_iter().fold(CapabilitySet::empty(), |all, (_, one)| all | one);
    if !is_whole(sandbox, all)? {
        return Err("with all of them, something is missing".into());
    }
    for (name, one) in given() {
        // The unit is the same for all kernels.
        let is_of_old = name == "CAP_SYSLOG" && kernel() != "5.10";
        if !is_of_old && is_whole(sandbox, all - one)? {
            return Err(format!("{name} is of no use").into());
        }
    }
    Ok(())
}
