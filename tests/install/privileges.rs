//! What root may do while it reads what others have written, and what an installation takes.

use std::fs;
use std::process::{Command, Stdio};

use bpfdbg_attach::flood::Flood;
use libtest_mimic::Trial;
use rustix::thread::CapabilitySet;

use crate::sandbox::{Sandbox, ran, sandbox};
use crate::service::with;
use crate::support::{CHEAPEST, Result, check, only_on, program, trial};

pub(super) fn trials() -> Vec<Trial> {
    vec![
        trial("root reads a text without any capability", || sandbox(gives_up)),
        trial("a watch by root goes on without any capability", || sandbox(watches)),
        trial("root sees what a directory of another user's has, and its pins", || sandbox(sees)),
        trial("the capabilities that a hint names are what an installation takes", || {
            sandbox(hinted)
        }),
    ]
}

/// The system calls of a command, in their order.
fn calls(sandbox: &Sandbox, args: &[&str]) -> Result<Vec<String>> {
    let log = "/run/calls";
    let command = sandbox.root(args);
    ran(Command::new(program("strace")?)
        .args(["-f", "-qq", "-e", "trace=read,capset,bpf,open,openat", "-o", log])
        .arg(command.get_program())
        .args(args)
        .env_remove("BPFDBG_BPFFS"))?
    .ok()?;
    Ok(fs::read_to_string(log)?.lines().map(str::to_owned).collect())
}

fn gives_up(sandbox: &Sandbox) -> Result {
    only_on(&[CHEAPEST])?;
    let nothing = "capset({version=_LINUX_CAPABILITY_VERSION_3, pid=0}, {effective=0, permitted=0, inheritable=0})";
    for install in [false, true] {
        if install {
            sandbox.install_public()?;
        }
        for args in
            [&["progs"][..], &["maps", "-j"], &["links"], &["tree"], &["status"], &["progs", "-f"]]
        {
            let calls = calls(sandbox, args)?;
            let given_up = calls.iter().position(|call| call.contains("capset("));
            let given_up = given_up.ok_or_else(|| format!("{args:?} keeps all"))?;
            // What runs in the process may have to be run again: a tree's holders, too.
            let is_left = args == ["tree"] || !install && args != ["status"];
            let bpf = "{effective=1<<CAP_BPF, permitted=1<<CAP_BPF, inheritable=0}";
            let call = &calls[given_up];
            check(call.contains(if is_left { bpf } else { nothing }), || call.clone())?;
            let is_text = |call: &&String| call.contains("read(") && call.contains("\"   ");
            check(!calls[..given_up].iter().any(|call| is_text(&call)), || {
                format!("{args:?} reads a text before")
            })?;
        }
    }
    Ok(())
}

fn watches(sandbox: &Sandbox) -> Result {
    only_on(&[CHEAPEST])?;
    use std::io::{BufRead as _, BufReader};
    for install in [false, true] {
        if install {
            ran(&mut sandbox.root(&["install"]))?.ok()?;
        }
        let args = ["-W=0.1", "--format", "ndjson", "-o", "id,name", "maps"];
        let mut watch = sandbox.root(&args).stdout(Stdio::piped()).spawn()?;
        let mut lines = BufReader::new(watch.stdout.take().ok_or("no output")?).lines();
        lines.next().ok_or("no row")??;
        let status = fs::read_to_string(format!("/proc/{}/status", watch.id()))?;
        let mut flood = Flood::new();
        flood.add_maps(1)?;
        let row = format!("\"id\":{},", flood.map_ids[0]);
        let found = lines.map_while(|line| line.ok()).any(|line| line.contains(&row));
        watch.kill()?;
        watch.wait()?;
        check(found, || "a map that came was not told".into())?;
        let permitted = status.lines().find_map(|line| line.strip_prefix("CapPrm:"));
        let bits = permitted.and_then(|bits| u64::from_str_radix(bits.trim(), 16).ok());
        let left = CapabilitySet::from_bits_retain(bits.ok_or("no capabilities")?);
        let expected = if install { CapabilitySet::empty() } else { CapabilitySet::BPF };
        check(left == expected, || format!("{left:?}"))?;
    }
    Ok(())
}

fn sees(sandbox: &Sandbox) -> Result {
    only_on(&[CHEAPEST])?;
    use std::os::unix::fs::{PermissionsExt as _, chown};
    let dir = "/run/captures";
    fs::create_dir(dir)?;
    sandbox.install_public()?;
    chown(dir, Some(1), Some(1))?;
    fs::set_permissions(dir, fs::Permissions::from_mode(0o700))?;
    let capture = || -> Result {
        for name in super::FILES {
            let to = format!("{dir}/{name}");
            fs::write(&to, super::read(format!("/run/bpfdbg/{name}"))?)?;
            chown(&to, Some(1), Some(1))?;
            fs::set_permissions(&to, fs::Permissions::from_mode(0o600))?;
        }
        Ok(())
    };
    let attached = |args: &[&str]| -> Result<usize> {
        let rows = ran(sandbox.root(&["progs", "-j"]).args(args))?.json()?;
        let rows = rows.as_array().cloned().unwrap_or_default();
        Ok(rows.iter().filter(|row| row["attached"].is_array()).count())
    };
    // The links are in another text. Other tests attach programs meanwhile.
    let (mut own, mut captured) = (0, 1);
    for _ in 0..10 {
        capture()?;
        (own, captured) = (attached(&[])?, attached(&["--bpffs", dir])?);
        if own == captured {
            break;
        }
    }
    check(own == captured && own >= 4, || format!("{own} here, {captured} in a capture"))?;
    let pinned = String::from_utf8(ran(&mut sandbox.root(&["progs", "-f", "--stats=0.1"]))?.ok()?)?;
    check(pinned.contains("PINNED"), || pinned.clone())?;
    let links = ran(&mut sandbox.root(&["links", "-f", "-j"]))?.json()?;
    check(links.to_string().contains("/run/bpfdbg/progs.debug"), || links.to_string())
}

fn hinted(sandbox: &Sandbox) -> Result {
    only_on(&["5.10", CHEAPEST])?;
    let stderr = with(CapabilitySet::empty(), sandbox.root(&["install"]))?.failed(4)?;
    let hint = stderr.lines().last().unwrap_or_default().to_owned();
    let words = hint.split(|c: char| !c.is_ascii_uppercase() && c != '_');
    let named: Vec<_> =
        words.filter_map(|word| CapabilitySet::from_name(word.strip_prefix("CAP_")?)).collect();
    check(named.len() == 2, || stderr.clone())?;
    let all = named.iter().fold(CapabilitySet::empty(), |all, one| all | *one);
    for one in named {
        check(with(all - one, sandbox.root(&["install"]))?.code != Some(0), || {
            format!("{one:?} is of no use")
        })?;
    }
    with(all, sandbox.root(&["install"]))?.ok()?;
    with(all, sandbox.root(&["uninstall"]))?.ok().map(drop)
}
