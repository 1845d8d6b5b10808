//! Who holds what, held against what the kernel tells in /proc/PID/fdinfo of every descriptor.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::fs;
use std::io::{BufRead as _, BufReader};
use std::os::fd::AsFd as _;
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use bpfdbg_attach::{AttachSet, Expect, Member};
use libbpf_rs::Link;
use libbpf_rs::query::LinkInfo;
use libtest_mimic::Trial;
use rustix::process::{Pid, PidfdFlags, PidfdGetfdFlags, pidfd_getfd, pidfd_open};
use serde_json::Value;

use crate::links::{HOLDER, same};
use crate::sandbox::{Sandbox, among_everything, mode, ran, sandbox};
use crate::support::{CHEAPEST, Result, check, in_machine, kernel, only_on, trial};

/// Where the sandbox installs.
const DIR: &str = "/run/bpfdbg";

pub(crate) fn trials() -> Vec<Trial> {
    vec![
        trial("the holders of programs, maps and links are those of /proc", || {
            among_everything(|sandbox, _| all(sandbox))
        }),
        trial("a process chooses its name, and forges no row by it", || sandbox(hostile_name)),
        trial("nobody but root, or a group that root names, reads who holds what", || {
            sandbox(access)
        }),
        trial("holders are installed, kept and taken away as they are asked for", || {
            sandbox(installed)
        }),
        trial("what a socket or an ioctl attaches is told by their descriptors", || {
            among_everything(attached)
        }),
        trial("root gets holders on request where they are not installed", || sandbox(in_process)),
    ]
}

/// Process and id, of a descriptor for an object of one kind.
type Held = BTreeSet<(u64, u64)>;

/// Who holds objects, by the descriptors of all processes; what ends meanwhile is left out.
fn in_proc(noun: &str) -> Result<Held> {
    let mut held = Held::new();
    for process in fs::read_dir("/proc")?.flatten() {
        let Some(pid) = process.file_name().to_str().and_then(|name| name.parse().ok()) else {
            continue;
        };
        for fd in fs::read_dir(process.path().join("fd")).into_iter().flatten().flatten() {
            let info = process.path().join("fdinfo").join(fd.file_name());
            let name = fs::read_link(fd.path()).unwrap_or_default();
            let id = match (noun, name.to_str().unwrap_or_default()) {
                ("progs", "anon_inode:bpf-prog") => field(&info, "prog_id:"),
                ("maps", "anon_inode:bpf-map") => field(&info, "map_id:"),
                // From where it was made, and from where it was found.
                ("links", "anon_inode:bpf_link" | "anon_inode:bpf-link") => {
                    link_id(pid, &fd.file_name())
                }
                _ => None,
            };
            held.extend(id.map(|id| (pid, id)));
        }
    }
    Ok(held)
}

/// A number of a descriptor's fdinfo.
fn field(info: &Path, key: &str) -> Option<u64> {
    let text = fs::read_to_string(info).unwrap_or_default();
    text.lines().find_map(|line| line.strip_prefix(key)?.trim().parse().ok())
}

/// The id of a link that a process holds; its fdinfo, of kprobes, crashes a kernel of 6.18.
fn link_id(pid: u64, fd: &OsStr) -> Option<u64> {
    let process = pidfd_open(Pid::from_raw(pid.try_into().ok()?)?, PidfdFlags::empty()).ok()?;
    let fd = fd.to_str()?.parse().ok()?;
    let own = pidfd_getfd(process, fd, PidfdGetfdFlags::empty()).ok()?;
    Some(LinkInfo::from_fd(own.as_fd()).ok()?.id.into())
}

/// The same, as a listing has it.
fn listed(sandbox: &Sandbox, noun: &str) -> Result<Held> {
    let rows = ran(&mut sandbox.root(&[noun, "--json"]))?.json()?;
    let mut held = Held::new();
    for row in rows.as_array().into_iter().flatten() {
        let id = row["id"].as_u64().ok_or("no id")?;
        for process in row["pids"].as_array().into_iter().flatten() {
            let pid = process["pid"].as_u64().ok_or("no pid")?;
            check(held.insert((pid, id)), || format!("{pid} is listed twice in {row}"))?;
        }
    }
    Ok(held)
}

fn all(sandbox: &Sandbox) -> Result {
    sandbox.with_holders()?;
    let me = u64::from(std::process::id());
    let pin = Link::open(Path::new(DIR).join("progs.debug"))?;
    let is_pinned = (me, u64::from(pin.info()?.id));
    for noun in ["progs", "maps", "links"] {
        let before = in_proc(noun)?;
        let found = listed(sandbox, noun)?;
        let after = in_proc(noun)?;
        // Others on this machine load and unload meanwhile.
        for holder in before.intersection(&after) {
            check(found.contains(holder), || format!("{holder:?} is missing in {noun}"))?;
        }
        let mut more = found.difference(&before).filter(|holder| !after.contains(holder));
        // A descriptor may come and go between both looks, but not of this process, which waits.
        check(!more.any(|(pid, _)| *pid == me), || format!("too many in {noun}: {found:?}"))?;
        check(noun != "links" || found.contains(&is_pinned), || "a found link is missing".into())?;
        let own = found.iter().filter(|(pid, _)| *pid == me).count();
        check(own >= 3 || noun == "links" && own >= 1, || format!("only {own} own in {noun}"))?;
    }
    Ok(())
}

/// A process that holds a link, under a name of choice.
struct Named {
    child: Child,
    link: u64,
}

impl Named {
    fn start(name: &[u8]) -> Result<Self> {
        let path = Path::new("/run").join(std::ffi::OsStr::from_bytes(name));
        // Whoever follows it finds himself; in a chroot, the path of this program is of the outside.
        std::os::unix::fs::symlink("/proc/self/exe", &path)?;
        let mut command = Command::new(&path);
        // The kernel takes the name from the path.
        command.arg0("tests");
        let mut child = command
            .args([HOLDER, "raw_tp"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let mut line = String::new();
        BufReader::new(child.stdout.take().ok_or("no pipe")?).read_line(&mut line)?;
        let links: Vec<u64> = serde_json::from_str(&line)?;
        Ok(Self { child, link: *links.first().ok_or("no link")? })
    }
}

impl Drop for Named {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn hostile_name(sandbox: &Sandbox) -> Result {
    sandbox.with_holders()?;
    for name in [&b"x\n  99 evil 9 9"[..], b"\x1b[2J\t\\ \x7f", b"-", b"caf\xe9", b"\xff\xff\xff"] {
        let named = Named::start(name)?;
        let id = named.link.to_string();
        let row = ran(&mut sandbox.root(&["links", "id", &id, "--json"]))?.json()?;
        let expected = serde_json::json!([
            { "pid": named.child.id(), "comm": bpfdbg::view::json_text(name) }
        ]);
        check(row["pids"] == expected, || format!("{} in place of {expected}", row["pids"]))?;
        let text = fs::read(Path::new(DIR).join("holders.debug"))?;
        let bad = text.iter().find(|byte| !matches!(byte, b' '..=b'~' | b'\n'));
        check(bad.is_none(), || format!("{bad:?} in the text"))?;
        let table = ran(&mut sandbox.root(&["links", "id", &id, "-n", "-o", "pids"]))?.ok()?;
        let expected = format!("{}({})\n", bpfdbg::model::Shown(name), named.child.id());
        check(table == expected.as_bytes(), || String::from_utf8_lossy(&table).into_owned())?;
    }
    Ok(())
}

fn access(sandbox: &Sandbox) -> Result {
    only_on(&[CHEAPEST])?;
    let _set = AttachSet::named(&["raw_tp"]);
    let file = Path::new(DIR).join("holders.debug");
    for (flags, modes, readable) in [
        (&["--public"][..], ((0o444, 0), (0o400, 0)), false),
        (&["--group", "65534"], ((0o440, 65534), (0o440, 65534)), true),
        (&["--private"], ((0o400, 0), (0o400, 0)), false),
    ] {
        let said = ran(sandbox.root(&["install", "--holders"]).args(flags))?.stderr;
        let found = (mode(Path::new(DIR).join("progs.debug"))?, mode(&file)?);
        check(found == modes, || format!("{flags:?}: {found:?}"))?;
        // Who may read is told, beside what all of the files tell.
        let tells = said.lines().filter(|line| line.contains("of all users")).count();
        check(tells == usize::from(flags != ["--private"]), || said.clone())?;
        let rows = ran(&mut sandbox.nobody(&["links", "--json"]))?;
        if rows.code == Some(0) {
            let rows = rows.json()?;
            let has = rows.as_array().into_iter().flatten().any(|row| row.get("pids").is_some());
            check(has == readable, || format!("{flags:?}: {rows}"))?;
        }
        let asked = ran(&mut sandbox.nobody(&["links", "-o", "pids"]))?;
        let said = "bpfdbg: note: no holders are known: no readable holders.debug beside '";
        check(asked.code != Some(0) || asked.stderr.starts_with(said) != readable, || {
            asked.stderr.clone()
        })?;
        if !readable {
            check(ran(&mut sandbox.nobody(&["links", "--pid", "1"]))?.code != Some(0), || {
                format!("{flags:?}: a filter by process is answered")
            })?;
        }
    }
    Ok(())
}

fn installed(sandbox: &Sandbox) -> Result {
    only_on(&[CHEAPEST])?;
    let bpffs = "/sys/fs/bpf";
    // Each takes half a dozen installations, which take seconds in a machine.
    let dirs = if in_machine() { vec![DIR] } else { vec![DIR, "/sys/fs/bpf/sub", bpffs] };
    for dir in dirs {
        let place: &[&str] = if dir == DIR { &[] } else { &["--bpffs", dir] };
        let run = |args: &[&str]| -> Result<String> {
            let ran = ran(sandbox.root(args).args(place))?;
            check(ran.code == Some(0), || ran.stderr.clone())?;
            Ok(ran.stderr)
        };
        if crate::sandbox::has_dead_files() && dir == bpffs {
            continue;
        }
        let has = || fs::File::open(Path::new(dir).join("holders.debug")).is_ok();
        check(!run(&["install"])?.contains("holders") && !has(), || "without request".into())?;
        check(run(&["install", "--holders"])?.contains("holders.debug in "), || dir.into())?;
        check(has(), || format!("{dir}: no file"))?;
        check(run(&["install", "--holders"])?.contains("already installed"), || dir.into())?;
        let status = ran(sandbox.root(&["status", "--json"]).args(place))?.json()?;
        let file = status["files"].as_array().into_iter().flatten().find(|file| {
            file["path"] == format!("{dir}/holders.debug") && file["state"] == "readable"
        });
        check(file.is_some(), || status.to_string())?;
        // Without the word, it stays.
        check(run(&["install"])?.contains("already") && has(), || format!("{dir}: it is gone"))?;
        let said = run(&["install", "--no-holders"])?;
        check(said.contains("\nbpfdbg: holders.debug is gone\n") && !has(), || said.clone())?;
        run(&["install", "--holders"])?;
        run(&["uninstall"])?;
        check(!has() && (dir == bpffs || dir == DIR || !Path::new(dir).exists()), || {
            format!("{dir}: left")
        })?;
    }
    Ok(())
}

/// How a descriptor attaches a program.
const VIAS: [&str; 4] =
    ["perf_ioctl", "so_attach_bpf", "so_attach_reuseport_ebpf", "packet_fanout_data"];

/// Holds `attached` against what the loader knows of every member that a descriptor attaches.
fn attached(sandbox: &Sandbox, members: &[Member]) -> Result {
    sandbox.with_holders()?;
    let via = |expect: &Expect| expect.target.get("via").cloned().unwrap_or_default();
    let mut checked = BTreeSet::new();
    let rows = ran(&mut sandbox.root(&["progs", "-j"]))?.json()?;
    for expect in members.iter().flat_map(Member::expects) {
        let is_held = VIAS.contains(&&*via(expect));
        let mut rows = rows.as_array().into_iter().flatten();
        let row = rows.find(|row| row["id"] == expect.prog_id).ok_or("a program is not listed")?;
        let places = row["attached"].as_array().cloned().unwrap_or_default();
        if !is_held {
            // The descriptor of an event that a link attaches to is no other place.
            let more = places.iter().find(|place| place["via"] == "perf_ioctl");
            check(more.is_none() || expect.link_id.is_none(), || row.to_string())?;
            continue;
        }
        let [place] = &places[..] else { return Err(format!("{row} of {expect:?}").into()) };
        let mut keys = vec!["via", "pid", "fd", "event", "category", "tracepoint", "symbol"];
        keys.extend(["path", "cookie", "family", "address", "port", "fanout_id"]);
        for key in keys {
            // 5.10 has nothing that names a symbol at an address.
            if key == "symbol" && kernel() == "5.10" && place["event_type"] == "breakpoint" {
                continue;
            }
            let wanted = expect.target.get(key).map_or(Value::Null, |text| {
                text.parse::<u64>().map_or_else(|_| text.as_str().into(), Value::from)
            });
            same(place, key, &wanted)?;
        }
        same(place, "kind", &expect.kind.into())?;
        checked.insert(via(expect));
    }
    // s390x has no event without hardware that counts.
    let lacks_event =
        members.iter().any(|of| of.name == "perf_ioctl" && of.unavailable().is_some());
    let is_missing = |via: &&str| !(checked.contains(*via) || lacks_event && *via == "perf_ioctl");
    check(!VIAS.iter().any(is_missing), || format!("only {checked:?} could be attached"))?;
    let mut set = AttachSet::named(&["socket_filter"]);
    let id = set.expects().next().ok_or("no socket")?.prog_id.to_string();
    let row = || ran(&mut sandbox.root(&["progs", "id", &id, "-j"]))?.json();
    let before = row()?;
    check(before.get("attached").is_some(), || format!("attached, and yet {before}"))?;
    set.detach("socket_filter");
    let after = row()?;
    check(after.get("attached").is_none(), || format!("detached, and yet {after}"))
}

fn in_process(sandbox: &Sandbox) -> Result {
    only_on(&[CHEAPEST])?;
    let set = AttachSet::named(&["raw_tp"]);
    let id = set.expects().find_map(|expect| expect.link_id).ok_or("no link")?.to_string();
    let pids = |args: &[&str]| -> Result<Value> {
        let mut row = ran(sandbox.root(&["links", "id", &id, "--json"]).args(args))?.json()?;
        Ok(row["pids"].take())
    };
    let own = std::process::id();
    for install in [false, true] {
        if install {
            sandbox.public()?;
        }
        check(pids(&[])?.is_null(), || "without request".into())?;
        let found = pids(&["-o", "pids"])?;
        check(found[0]["pid"] == own, || found.to_string())?;
        let args = ["links", "--pid", &own.to_string(), "-n", "-o", "id"];
        let found = String::from_utf8(ran(&mut sandbox.root(&args))?.ok()?)?;
        check(found.lines().any(|line| line.trim() == id), || found.clone())?;
    }
    Ok(())
}
