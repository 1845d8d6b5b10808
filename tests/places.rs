//! What lies where texts are looked for, and whose it is.

use std::fs::{self, File};
use std::io::Write as _;
use std::os::unix::fs::{PermissionsExt as _, chown, symlink};
use std::os::unix::net::UnixListener;
use std::path::Path;
use std::process::Command;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::channel;
use std::time::{Duration, Instant};

use libtest_mimic::Trial;
use rustix::fs::{CWD, FileType, Mode, mknodat};
use tempfile::TempDir;

use crate::sandbox::{NOBODY, Ran, Sandbox, ran, sandbox};
use crate::support::{self, Result, check, source_tree, trial};

pub(crate) fn trials() -> Vec<Trial> {
    vec![
        trial("what is no file is refused in one line, and not waited for", no_files),
        trial("status tells what is no file, and does not wait for it", status),
        trial("a text beside that is no file is as if it were missing", no_file_beside),
        trial(
            "a capture that is too large, or no text, is given up soon and in little memory",
            large,
        ),
        trial("one long cell costs a table its own length, not that of every row", long_cell),
        trial("a file that changes while it is read is listed or refused", changing),
        trial("root passes over a place that another user may change, and says so", || {
            sandbox(strangers)
        }),
        trial("root reads such a place where --bpffs names it", || sandbox(named)),
        trial("others read what their environment names", || sandbox(others)),
    ]
}

fn on(folder: &Path, args: &[&str]) -> Command {
    let mut command = support::bpfdbg();
    command.arg("--bpffs").arg(folder).args(args).env_remove("BPFDBG_BPFFS");
    command
}

/// How long anything here may take on a busy machine; a hang takes for ever.
const SOON: Duration = Duration::from_secs(20);

/// Runs a command that may not take long.
fn soon(mut command: Command) -> Result<Ran> {
    let (to, from) = channel();
    let what = format!("{command:?}");
    std::thread::spawn(move || to.send(ran(&mut command)));
    from.recv_timeout(SOON).map_err(|_| format!("it hangs: {what}"))?
}

/// Makes something at a path that is no file, and tells what it is.
type Make = (&'static str, fn(&Path) -> Result);

const NO_FILES: [Make; 4] = [
    ("a FIFO", |path| Ok(mknodat(CWD, path, FileType::Fifo, Mode::RUSR, 0)?)),
    // By a link, where only root may make one; root follows none.
    ("a device", |path| {
        let zero = rustix::fs::makedev(1, 5);
        let made = mknodat(CWD, path, FileType::CharacterDevice, Mode::RUSR, zero);
        Ok(made.or_else(|_| rustix::fs::symlink("/dev/zero", path))?)
    }),
    ("a socket", |path| UnixListener::bind(path).map(drop).map_err(Into::into)),
    ("a directory", |path| Ok(fs::create_dir(path)?)),
];

fn no_files() -> Result {
    for (what, make) in NO_FILES {
        for (file, args) in [
            ("progs.debug", &["progs"][..]),
            ("progs.debug", &["progs", "--json"]),
            ("progs.debug", &["tree"]),
            ("maps.debug", &["maps", "--watch"]),
            ("links.debug", &["links", "--format", "csv"]),
        ] {
            let folder = tempfile::tempdir()?;
            let path = folder.path().join(file);
            make(&path)?;
            let stderr = soon(on(folder.path(), args))?.failed(1)?;
            let expected = format!("bpfdbg: '{}' is {what}, not a file\n", path.display());
            check(stderr == expected, || format!("{stderr} in place of {expected}"))?;
        }
    }
    Ok(())
}

fn status() -> Result {
    for (what, make) in NO_FILES {
        let folder = tempfile::tempdir()?;
        make(&folder.path().join("progs.debug"))?;
        let status = soon(on(folder.path(), &["status", "--json"]))?.json()?;
        let file = &status["files"][0];
        let reason = file["reason"].as_str().unwrap_or_default();
        check(file["state"] == "unreadable" && reason.contains(what), || status.to_string())?;
    }
    Ok(())
}

/// A copy of a capture.
fn capture() -> Result<TempDir> {
    let folder = tempfile::tempdir()?;
    for entry in fs::read_dir(source_tree()?.join("tests/captures/6.12"))?.flatten() {
        fs::copy(entry.path(), folder.path().join(entry.file_name()))?;
    }
    Ok(folder)
}

fn no_file_beside() -> Result {
    let folder = capture()?;
    let path = folder.path().join("links.debug");
    fs::remove_file(&path)?;
    let expected = soon(on(folder.path(), &["progs", "-j"]))?.ok()?;
    for (what, make) in NO_FILES {
        make(&path)?;
        let found = soon(on(folder.path(), &["progs", "-j"]))?.ok()?;
        check(found == expected, || format!("{what} is no missing file"))?;
        fs::remove_file(&path).or_else(|_| fs::remove_dir(&path))?;
    }
    Ok(())
}

/// The command with less memory than any of these files has bytes.
fn bounded(folder: &Path, args: &[&str]) -> Command {
    let mut command = Command::new("sh");
    command.args(["-c", "ulimit -v 150000; exec \"$@\"", "sh"]);
    command.arg(support::bpfdbg().get_program()).arg("--bpffs").arg(folder).args(args);
    command
}

fn large() -> Result {
    const MIB: u64 = 1 << 20;
    for (bytes, expected) in [
        (4096 * MIB, "is too large: a capture has 256 MiB at most"),
        (256 * MIB + 1, "is too large: a capture has 256 MiB at most"),
        (256 * MIB, "progs.debug:1:1: expected a header of progs.debug, found '\\000'"),
    ] {
        let folder = tempfile::tempdir()?;
        File::create(folder.path().join("progs.debug"))?.set_len(bytes)?;
        for args in [&["progs"][..], &["progs", "--json"], &["tree"]] {
            let stderr = soon(bounded(folder.path(), args))?.failed(1)?;
            check(stderr.contains(expected), || format!("{stderr} has no: {expected}"))?;
        }
    }
    // A header, and then a line without an end: in a stream, one bad row.
    let folder = tempfile::tempdir()?;
    let mut file = File::create(folder.path().join("maps.debug"))?;
    file.write_all(b"id name max_entries cur_entries bpfdbg/9\n1 a 5 0\n")?;
    file.set_len(250 * MIB)?;
    let ran = soon(bounded(folder.path(), &["maps", "--format", "ndjson", "-o", "id"]))?;
    check(ran.code == Some(1) && ran.stdout == b"{\"id\":1}\n", || ran.stderr.clone())?;
    check(ran.stderr.contains("maps.debug:3:"), || ran.stderr)
}

fn long_cell() -> Result {
    // Padded to the widest, each of these would have two GiB.
    let wide = "x".repeat(60_000);
    let names = format!(
        "1 {wide} 1 -\n{}",
        (2..30_000).map(|id| format!("{id} m 1 -\n")).collect::<String>()
    );
    let folder = tempfile::tempdir()?;
    let text = format!("id name max_entries cur_entries bpfdbg/9\n{names}");
    fs::write(folder.path().join("maps.debug"), text)?;
    for args in [&["maps"][..], &["maps", "-o", "name,id"], &["maps", "-o", "id,name"]] {
        let ran = soon(on(folder.path(), args))?;
        let (code, length) = (ran.code, ran.ok()?.len());
        check(code == Some(0) && length > 200_000 && length < 30_000 * 200, || {
            format!("{args:?}: {length} bytes")
        })?;
    }
    Ok(())
}

fn changing() -> Result {
    let folder = capture()?;
    let path = folder.path().join("progs.debug");
    let text = fs::read(&path)?;
    let is_over = AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            let mut pace = 0;
            while !is_over.load(Ordering::Relaxed) {
                pace = (pace + 7919) % text.len();
                // Shorter, longer and empty, in place, so that the reader has the same file.
                let _ = fs::write(&path, &text[..pace]);
                let _ = fs::write(&path, text.repeat(3));
                let _ = fs::write(&path, "");
            }
        });
        let start = Instant::now();
        let result = (0..60).take_while(|_| start.elapsed() < SOON).try_for_each(|round| {
            let args = [&["progs", "-j"][..], &["tree"], &["progs"]][round % 3];
            let ran = soon(on(folder.path(), args))?;
            check(matches!(ran.code, Some(0 | 1)) && !ran.stderr.contains("panicked"), || {
                format!("{:?} {}", ran.code, ran.stderr)
            })
        });
        is_over.store(true, Ordering::Relaxed);
        result
    })
}

/// A map that only this test's texts have.
const TEXT: &str = "id name max_entries cur_entries bpfdbg/9\n4000000000 forged 5 0\n";

/// A directory of a user's, with a text, in root's own /run.
fn place(name: &str, owner: u32, mode: u32) -> Result<String> {
    let dir = format!("/run/{name}");
    fs::create_dir(&dir)?;
    fs::write(format!("{dir}/maps.debug"), TEXT)?;
    set(&dir, owner, mode)?;
    Ok(dir)
}

fn set(path: &str, owner: u32, mode: u32) -> Result {
    chown(path, Some(owner), None)?;
    Ok(fs::set_permissions(path, fs::Permissions::from_mode(mode))?)
}

fn is_forged(ran: &Ran) -> bool {
    ran.stdout.windows(6).any(|bytes| bytes == b"forged")
}

fn with_variable(mut command: Command, dir: &str) -> Result<Ran> {
    ran(command.env("BPFDBG_BPFFS", dir))
}

fn strangers(sandbox: &Sandbox) -> Result {
    sandbox.public()?;
    let list = |dir: &str| with_variable(sandbox.root(&["maps", "-j"]), dir);
    let refused = |dir: &str, named: &str, why: &str| -> Result {
        let ran = list(dir)?;
        let expected = format!("bpfdbg: note: '{named}' is not read as root: {why}\n");
        check(ran.code == Some(0) && !is_forged(&ran) && ran.stderr == expected, || {
            format!("{dir}: {:?} {} in place of {expected}", ran.code, ran.stderr)
        })
    };
    let theirs = place("theirs", NOBODY, 0o755)?;
    refused(&theirs, &theirs, "it belongs to user 65534")?;
    let shared = place("shared", 0, 0o777)?;
    refused(&shared, &shared, "others may write to it")?;

    // Root's directory in one that another may rename things in.
    fs::create_dir("/run/theirs/roots")?;
    fs::write("/run/theirs/roots/maps.debug", TEXT)?;
    let below = "/run/theirs/roots";
    refused(below, below, "a directory above it: it belongs to user 65534")?;

    // A directory like /tmp: the file tells.
    let sticky = place("sticky", 0, 0o1777)?;
    let file = format!("{sticky}/maps.debug");
    check(is_forged(&list(&sticky)?), || "root's file in a sticky directory".into())?;
    set(&file, NOBODY, 0o644)?;
    refused(&sticky, &file, "it belongs to user 65534")?;
    set(&file, 0, 0o666)?;
    refused(&sticky, &file, "others may write to it")?;
    // A link to a file of root's that is none of these texts.
    fs::remove_file(&file)?;
    symlink("/etc/shadow", &file)?;
    let ran = list(&sticky)?;
    check(ran.code == Some(0) && !is_forged(&ran), || ran.stderr)?;

    // Status neither opens what is there nor takes it for an installation.
    for dir in [&theirs, &sticky] {
        let status = with_variable(sandbox.root(&["status", "--json"]), dir)?.json()?;
        let files = status["files"].as_array().ok_or("no files")?;
        let path = format!("{dir}/maps.debug");
        let file = files.iter().find(|file| file["path"] == *path).ok_or("no maps.debug")?;
        let expected = if *dir == theirs { "not trusted" } else { "unreadable" };
        check(file["state"] == expected, || file.to_string())?;
        check(!status.to_string().contains("root:"), || status.to_string())?;
    }

    // Root's own is read, and said to be a capture.
    let ours = place("ours", 0, 0o755)?;
    let ran = list(&ours)?.of_capture()?;
    check(is_forged(&ran) && ran.code == Some(0), || ran.stderr)
}

fn named(sandbox: &Sandbox) -> Result {
    let dir = place("theirs", NOBODY, 0o755)?;
    let ran = ran(&mut sandbox.root(&["maps", "-j", "--bpffs", &dir]))?.of_capture()?;
    check(is_forged(&ran) && ran.code == Some(0) && ran.stderr.is_empty(), || ran.stderr.clone())?;
    // A link may lead there.
    symlink(&dir, "/run/link")?;
    let ran = crate::sandbox::ran(&mut sandbox.root(&["maps", "-j", "--bpffs", "/run/link"]))?;
    check(is_forged(&ran), || ran.stderr)?;
    // But no file in it is what a link of his leads to, whose first line a message would show.
    fs::remove_file("/run/theirs/maps.debug")?;
    symlink("/etc/passwd", "/run/theirs/maps.debug")?;
    let ran = crate::sandbox::ran(&mut sandbox.root(&["maps", "-j", "--bpffs", &dir]))?;
    let told = ran.stderr.contains("a symbolic link") && !ran.stderr.contains("root:");
    check(ran.code == Some(1) && told, || ran.stderr)
}

fn others(sandbox: &Sandbox) -> Result {
    let dir = place("theirs", NOBODY, 0o755)?;
    let ran = with_variable(sandbox.nobody(&["maps", "-j"]), &dir)?.of_capture()?;
    check(is_forged(&ran) && ran.code == Some(0), || ran.stderr)
}
