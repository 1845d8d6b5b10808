//! /etc/bpfdbg.conf: the audience outlives the files.

use std::fs;
use std::os::unix::fs::{PermissionsExt as _, chown, symlink};
use std::path::Path;

use libtest_mimic::Trial;
use rustix::fs::{CWD, FileType, Mode, mknodat};
use rustix::mount::{MountFlags, UnmountFlags, mount, unmount};

use super::{DIR, FILES, mounts};
use crate::sandbox::{NOBODY, Sandbox, mode, ran, sandbox};
use crate::support::{CHEAPEST, Result, check, only_on, trial};

const CONF: &str = "/etc/bpfdbg.conf";

pub(super) fn trials() -> Vec<Trial> {
    vec![
        trial("who may read is as configured, also after a restart of the machine", || {
            sandbox(restarts)
        }),
        trial("an option overrules the configuration once, and says so", || sandbox(overruled)),
        trial("a configuration that others could have written is not followed", || {
            sandbox(distrusted)
        }),
        trial("a line that cannot be read is named, and nothing is changed", || sandbox(faults)),
        trial("no variable and no user chooses another configuration", || sandbox(elsewhere)),
        trial("status tells what is configured, and names commands that follow it", || {
            sandbox(status)
        }),
        trial("restore brings back what is missing, for whom it was", || sandbox(restored)),
        trial("restore installs nothing where nothing is installed", || sandbox(not_installed)),
    ]
}

fn configure(text: &str) -> Result {
    fs::write(CONF, text)?;
    Ok(fs::set_permissions(CONF, fs::Permissions::from_mode(0o644))?)
}

/// What a restart leaves: an empty /run, and a new bpffs.
fn restart() -> Result {
    while unmount(DIR, UnmountFlags::DETACH).is_ok() {}
    fs::remove_dir(DIR)?;
    let _ = fs::remove_file("/run/bpfdbg.lock");
    unmount("/sys/fs/bpf", UnmountFlags::DETACH)?;
    Ok(mount("bpf", "/sys/fs/bpf", "bpf", MountFlags::empty(), Some(c"mode=0700"))?)
}

fn install(sandbox: &Sandbox, args: &[&str]) -> Result<String> {
    let ran = ran(sandbox.root(&["install"]).args(args))?;
    check(ran.code == Some(0), || format!("{args:?}: {}", ran.stderr))?;
    Ok(ran.stderr)
}

/// Holds a directory to files of this mode.
fn has(dir: &str, (file, of_dir, gid): (u32, u32, u32), holders: bool) -> Result {
    let found = mode(dir)?;
    check(found == (of_dir, gid), || format!("{dir} is {found:?}"))?;
    for name in FILES {
        let found = mode(Path::new(dir).join(name))?;
        check(found == (file, gid), || format!("{name} is {found:?}"))?;
    }
    let found = mode(Path::new(dir).join("holders.debug")).ok();
    let file = if file == 0o444 { 0o400 } else { file };
    check(found == holders.then_some((file, gid)), || format!("holders.debug is {found:?}"))
}

const PRIVATE: (u32, u32, u32) = (0o400, 0o700, 0);
const GROUP: (u32, u32, u32) = (0o440, 0o750, 4711);
const PUBLIC: (u32, u32, u32) = (0o444, 0o755, 0);

fn restarts(sandbox: &Sandbox) -> Result {
    only_on(&[CHEAPEST])?;
    for (text, modes, holders) in [
        ("# nothing is set\n", PRIVATE, false),
        ("access = public\n", PUBLIC, false),
        ("access = group 4711\nholders = yes\n", GROUP, true),
        ("access = private\nholders = no\n", PRIVATE, false),
    ] {
        configure(text)?;
        // Over what was there before, where there is nothing, and again.
        for state in ["older", "restarted", "same"] {
            if state == "restarted" {
                restart()?;
            }
            install(sandbox, &[])?;
            has(DIR, modes, holders).map_err(|stop| format!("{text:?}, {state}: {stop:?}"))?;
        }
    }
    // A group is found by its name when the file is followed.
    fs::remove_file("/etc/group")?;
    fs::write("/etc/group", "root:x:0:\nmonitor:x:4711:\n")?;
    configure("access = group monitor\n")?;
    let other = "/sys/fs/bpf/dir";
    install(sandbox, &["--bpffs", other])?;
    has(other, GROUP, false)?;
    // Without the file, all stays as it is.
    fs::remove_file(CONF)?;
    install(sandbox, &["--bpffs", other])?;
    has(other, GROUP, false)
}

fn overruled(sandbox: &Sandbox) -> Result {
    only_on(&[CHEAPEST])?;
    configure("access = group 4711\nholders = no\n")?;
    let told = |setting: &str| format!("bpfdbg: '{setting}' in {CONF} is not followed this once");
    for (args, modes, holders, expected) in [
        (&["--group", "4711"][..], GROUP, false, vec![]),
        (&["--public"], PUBLIC, false, vec![told("access = group 4711")]),
        (&["--private"], PRIVATE, false, vec![told("access = group 4711")]),
        (&["--holders"], GROUP, true, vec![told("holders = no")]),
        (
            &["--public", "--holders"],
            PUBLIC,
            true,
            vec![told("access = group 4711"), told("holders = no")],
        ),
    ] {
        // What is already there is said to be so, and what it overrules as well.
        for _ in 0..2 {
            let said = install(sandbox, args)?;
            let lines: Vec<_> = said.lines().filter(|line| line.contains(CONF)).collect();
            check(lines == expected, || format!("{args:?}: {said}"))?;
            has(DIR, modes, holders)?;
        }
        install(sandbox, &[])?;
        has(DIR, GROUP, false)?;
    }
    Ok(())
}

/// Holds `install` to fail for what is configured, in one line, and to change nothing.
fn fails(sandbox: &Sandbox, why: &str) -> Result {
    let before = mode(DIR).ok();
    for args in [&["install"][..], &["install", "--private", "--no-holders"]] {
        let stderr = ran(&mut sandbox.root(args))?.failed(1)?;
        check(stderr == format!("bpfdbg: {why}\n"), || format!("{args:?}: {stderr}"))?;
    }
    check(mode(DIR).ok() == before, || "something was changed".into())
}

fn distrusted(sandbox: &Sandbox) -> Result {
    only_on(&[CHEAPEST])?;
    let not = |why: &str| format!("'{CONF}' is not followed: {why}");
    configure("access = public\n")?;
    chown(CONF, Some(NOBODY), None)?;
    fails(sandbox, &not(&format!("it belongs to user {NOBODY}")))?;
    chown(CONF, Some(0), Some(4711))?;
    for bits in [0o646, 0o664, 0o602] {
        fs::set_permissions(CONF, fs::Permissions::from_mode(bits))?;
        fails(sandbox, &not("others may write to it"))?;
    }
    configure("access = public\n")?;
    fs::set_permissions("/etc", fs::Permissions::from_mode(0o777))?;
    fails(sandbox, &not("others may write to it"))?;
    fs::set_permissions("/etc", fs::Permissions::from_mode(0o755))?;
    fs::write(CONF, vec![b'\n'; (64 << 10) + 1])?;
    fails(sandbox, &not("it has more than 64 KiB"))?;

    let remade = |make: &dyn Fn() -> Result, why: &str| -> Result {
        fs::remove_file(CONF).or_else(|_| fs::remove_dir(CONF))?;
        make()?;
        fails(sandbox, &not(why))
    };
    fs::write("/etc/other.conf", "access = public\n")?;
    remade(&|| Ok(symlink("/etc/other.conf", CONF)?), "it is a symbolic link")?;
    remade(&|| Ok(fs::create_dir(CONF)?), "it is not a regular file")?;
    let pipe = || Ok(mknodat(CWD, CONF, FileType::Fifo, Mode::from_raw_mode(0o644), 0)?);
    remade(&pipe, "it is not a regular file")?;
    // Nothing to be read stops nobody.
    fs::remove_file(CONF)?;
    install(sandbox, &[])?;
    has(DIR, PRIVATE, false)
}

fn faults(sandbox: &Sandbox) -> Result {
    only_on(&[CHEAPEST])?;
    install(sandbox, &["--group", "4711"])?;
    for (text, why) in [
        ("access = public\npublic\n", "2: expected SETTING = VALUE, found 'public'"),
        ("\n# x\nacces = public\n", "3: unknown setting 'acces'; there are access, holders"),
        ("access = all", "1: access is private, public or group NAME, not 'all'"),
        ("access = \x1b[2J", "1: access is private, public or group NAME, not '\\033[2J'"),
    ] {
        configure(text)?;
        fails(sandbox, &format!("{CONF}:{why}"))?;
    }
    // A group that there is not matters where it would be let in.
    configure("\naccess = group no-such\n")?;
    let stderr = ran(&mut sandbox.root(&["install"]))?.failed(1)?;
    let expected =
        format!("bpfdbg: {CONF}:2: no group 'no-such' in /etc/group; a number will do\n");
    check(stderr == expected, || stderr.clone())?;
    has(DIR, GROUP, false)
}

fn elsewhere(sandbox: &Sandbox) -> Result {
    only_on(&[CHEAPEST])?;
    fs::create_dir("/run/etc-of-others")?;
    fs::write("/run/etc-of-others/bpfdbg.conf", "access = public\nholders = yes\n")?;
    fs::write("/run/bpfdbg.conf", "access = public\nholders = yes\n")?;
    let mut command = sandbox.root(&["install"]);
    for name in ["BPFDBG_CONF", "BPFDBG_CONFIG", "XDG_CONFIG_HOME", "XDG_CONFIG_DIRS", "HOME"] {
        command.env(name, "/run/etc-of-others");
    }
    ran(command.current_dir("/run"))?.ok()?;
    has(DIR, PRIVATE, false)
}

fn next(sandbox: &Sandbox, as_root: bool) -> Result<(String, String)> {
    let mut command = if as_root { sandbox.root(&["status"]) } else { sandbox.nobody(&["status"]) };
    let text = String::from_utf8(ran(&mut command)?.ok()?)?;
    let next = text.lines().last().and_then(|line| line.strip_prefix("next: "));
    Ok((next.ok_or("no next command")?.to_owned(), text))
}

fn status(sandbox: &Sandbox) -> Result {
    only_on(&[CHEAPEST])?;
    configure("access = group 4711\n")?;
    for as_root in [true, false] {
        let (told, text) = next(sandbox, as_root)?;
        check(told == "sudo bpfdbg install", || text.clone())?;
        let row = text.lines().find(|line| line.starts_with(CONF)).unwrap_or_default();
        let words: Vec<_> = row.split_whitespace().collect();
        check(words[1..] == ["followed", "access", "=", "group", "4711"], || text.clone())?;
    }
    let json = ran(&mut sandbox.root(&["status", "--json"]))?.json()?;
    let expected = serde_json::json!({"path": CONF, "state": "followed", "access": "group 4711"});
    check(json["configuration"] == expected, || json.to_string())?;
    // What overrules it is kept by the next command.
    configure("access = public\nholders = yes\n")?;
    for (args, expected) in [
        (&["--private", "--no-holders"][..], " --private --no-holders"),
        (&["--private", "--holders"], " --private --holders"),
        (&["--group", "4711", "--holders"], " --group 4711 --holders"),
    ] {
        install(sandbox, args)?;
        fs::remove_file(Path::new(DIR).join(FILES[0]))?;
        let (told, text) = next(sandbox, true)?;
        check(told == format!("sudo bpfdbg install{expected}"), || text.clone())?;
    }
    configure("nonsense\n")?;
    let (_, text) = next(sandbox, false)?;
    let row = text.lines().find(|line| line.starts_with(CONF)).unwrap_or_default();
    let why = format!("{CONF}:1: expected SETTING = VALUE, found 'nonsense'");
    check(row.contains(" not followed ") && row.ends_with(&why), || text.clone())?;
    let json = ran(&mut sandbox.root(&["status", "--json"]))?.json()?;
    check(json["configuration"]["state"] == "not followed", || json.to_string())?;
    fs::remove_file(CONF)?;
    let json = ran(&mut sandbox.root(&["status", "--json"]))?.json()?;
    check(json.get("configuration").is_none(), || json.to_string())
}

fn restored(sandbox: &Sandbox) -> Result {
    only_on(&[CHEAPEST])?;
    for (args, modes) in
        [(&["--public"][..], PUBLIC), (&["--group", "4711"], GROUP), (&["--private"], PRIVATE)]
    {
        install(sandbox, args)?;
        // One, another, and all of them.
        for names in [&FILES[..1], &FILES[3..4], &FILES] {
            for name in names {
                fs::remove_file(Path::new(DIR).join(name))?;
            }
            install(sandbox, &["--restore"])?;
            has(DIR, modes, false)?;
        }
        let said = install(sandbox, &["--restore"])?;
        check(said == format!("bpfdbg: already installed in '{DIR}'\n"), || said.clone())?;
    }
    // What is configured counts for more than what is left.
    configure("access = public\nholders = yes\n")?;
    for name in FILES {
        fs::remove_file(Path::new(DIR).join(name))?;
    }
    install(sandbox, &["--restore"])?;
    has(DIR, PUBLIC, true)
}

fn not_installed(sandbox: &Sandbox) -> Result {
    only_on(&[CHEAPEST])?;
    configure("access = public\n")?;
    let nothing = format!("bpfdbg: nothing is installed in '{DIR}' that could be restored\n");
    for _ in 0..2 {
        let said = install(sandbox, &["--restore"])?;
        check(said == nothing && mounts()? == 0, || said.clone())?;
        // Nor after an uninstall, which leaves the directory.
        install(sandbox, &[])?;
        ran(&mut sandbox.root(&["uninstall"]))?.ok()?;
    }
    Ok(())
}
