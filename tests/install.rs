//! Installing, replacing and taking away, also where it is cut short.

mod access;
mod config;
mod hints;
mod hostile;
mod namespaces;
mod privileges;
mod refused;

use std::fs::{self, File};
use std::io::Read as _;
use std::path::Path;
use std::process::{Child, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use libtest_mimic::Trial;

use crate::sandbox::{Sandbox, has_dead_files, mode, ran, sandbox};
use crate::support::{CHEAPEST, Result, check, in_machine, only_on, skip, times, trial};

const DIR: &str = "/run/bpfdbg";
const FILES: [&str; 5] =
    ["progs.debug", "maps.debug", "links.debug", "attached.debug", "descriptors.debug"];

pub(crate) fn trials() -> Vec<Trial> {
    let mut trials = vec![
        trial("nobody but root may read by default", || {
            sandbox(|s| access(s, &[], 0o400, 0o700, 0))
        }),
        trial("the members of a group may read", || {
            only_on(&[CHEAPEST])?;
            sandbox(|s| access(s, &["--group", "4711"], 0o440, 0o750, 4711))
        }),
        trial("everybody may read what is public", || {
            only_on(&[CHEAPEST])?;
            sandbox(|s| access(s, &["--public"], 0o444, 0o755, 0))
        }),
        trial("installing again is a no-op that says so", || sandbox(again)),
        trial("an upgrade leaves no moment without files", || sandbox(upgrade)),
        trial("two installers at once leave one installation", || sandbox(two_at_once)),
        trial("a kill at any moment leaves the old state or the new one", || sandbox(killed)),
        trial("uninstall takes away what install made, and no program stays", || {
            sandbox(uninstall)
        }),
        trial("a directory in a bpffs is replaced as a whole", || sandbox(directory)),
        trial("pins of others in the same directory stay", || sandbox(shared_directory)),
        trial("the root of a bpffs takes the files", || sandbox(bpffs_root)),
        trial("the kernel's own dead files stop nobody", || sandbox(dead_files)),
        trial("a directory that is in no bpffs is refused", || sandbox(no_bpffs)),
        trial("a user without the right gets exit code 4 and nothing half done", || {
            sandbox(no_right)
        }),
        trial("nothing is ever mounted or pinned in a place of its own", || sandbox(no_traces)),
    ];
    trials.extend(access::trials());
    trials.extend(config::trials());
    trials.extend(hints::trials());
    trials.extend(hostile::trials());
    trials.extend(namespaces::trials());
    trials.extend(refused::trials());
    trials.extend(privileges::trials());
    trials
}

/// Reads a file as a user would: the header and what follows.
fn read(path: impl AsRef<Path>) -> std::io::Result<Vec<u8>> {
    let mut text = Vec::new();
    File::open(path)?.read_to_end(&mut text)?;
    Ok(text)
}

fn access(sandbox: &Sandbox, flags: &[&str], file: u32, dir: u32, gid: u32) -> Result {
    ran(sandbox.root(&["install"]).args(flags))?.ok()?;
    check(mode(DIR)? == (dir, gid), || format!("{DIR} is {:?}", mode(DIR)))?;
    for name in FILES {
        let path = Path::new(DIR).join(name);
        let found = mode(&path)?;
        check(found == (file, gid), || format!("{name} is {found:?}"))?;
        let text = read(&path)?;
        check(text.ends_with(b"\n"), || format!("{name} has no rows"))?;
    }
    let mut as_user = sandbox.nobody(&["progs"]);
    if gid != 0 {
        std::os::unix::process::CommandExt::gid(&mut as_user, gid);
    }
    let code = ran(&mut as_user)?.code;
    check(code == Some(if file == 0o400 { 4 } else { 0 }), || {
        format!("a user gets exit code {code:?}")
    })
}

fn again(sandbox: &Sandbox) -> Result {
    only_on(&[CHEAPEST])?;
    sandbox.install_public()?;
    let before = fs::metadata(Path::new(DIR).join(FILES[0]))?;
    let second = ran(&mut sandbox.root(&["install", "--public"]))?;
    check(second.stderr == format!("bpfdbg: already installed in '{DIR}'\n"), || {
        second.stderr.clone()
    })?;
    use std::os::unix::fs::MetadataExt as _;
    let after = fs::metadata(Path::new(DIR).join(FILES[0]))?;
    check((before.dev(), before.ino()) == (after.dev(), after.ino()), || {
        "the files were replaced".into()
    })
}

fn upgrade(sandbox: &Sandbox) -> Result {
    only_on(&[CHEAPEST])?;
    sandbox.install_public()?;
    let done = AtomicBool::new(false);
    std::thread::scope(|scope| {
        // A thread of this one's mount namespace.
        let reader = scope.spawn(|| {
            let mut reads = 0;
            while !done.load(Ordering::Relaxed) {
                for name in FILES {
                    let text = read(Path::new(DIR).join(name))
                        .map_err(|error| format!("{name}: {error}"))?;
                    check_text(&text).map_err(|error| format!("{name}: {error}"))?;
                    reads += 1;
                }
            }
            Ok::<_, String>(reads)
        });
        let installs = (0..times(10, 3)).try_for_each(|i| {
            let flags: &[&str] =
                if i % 2 == 0 { &["install", "--private"] } else { &["install", "--public"] };
            ran(&mut sandbox.root(flags))?.ok().map(drop)
        });
        done.store(true, Ordering::Relaxed);
        let reads = reader.join().map_err(|_| "the reader panicked")??;
        installs?;
        check(reads > times(20, 3), || format!("only {reads} reads were made"))
    })
}

fn check_text(text: &[u8]) -> Result<(), String> {
    let has_header = [&b"      id "[..], b" prog_id "].iter().any(|start| text.starts_with(start));
    let whole = has_header && text.ends_with(b"\n");
    if whole { Ok(()) } else { Err(format!("{} bytes that are no text", text.len())) }
}

fn spawn(sandbox: &Sandbox, args: &[&str]) -> Result<Child> {
    Ok(sandbox
        .root(args)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()?)
}

fn two_at_once(sandbox: &Sandbox) -> Result {
    only_on(&[CHEAPEST])?;
    for _ in 0..times(5, 1) {
        let both =
            [spawn(sandbox, &["install", "--public"])?, spawn(sandbox, &["install", "--public"])?];
        let mut said = String::new();
        for child in both {
            let output = child.wait_with_output()?;
            said += &String::from_utf8_lossy(&output.stderr);
            check(output.status.success(), || said.clone())?;
        }
        check(said.matches("bpfdbg: installed ").count() == 1, || said.clone())?;
        check(said.matches("bpfdbg: already installed").count() == 1, || said.clone())?;
        check(mounts()? == 1, || format!("{:?} mounts", mounts()))?;
        ran(&mut sandbox.root(&["uninstall"]))?.ok()?;
    }
    Ok(())
}

/// How many file systems are mounted at /run/bpfdbg.
fn mounts() -> Result<usize> {
    let mounts = fs::read_to_string("/proc/thread-self/mounts")?;
    Ok(mounts.lines().filter(|line| line.split(' ').nth(1) == Some(DIR)).count())
}

/// What a user finds: nothing, or the mode of a complete installation.
fn state() -> Result<Option<u32>> {
    let names: Vec<_> = match fs::read_dir(DIR) {
        Ok(entries) => entries.flatten().map(|entry| entry.file_name()).collect(),
        Err(_) => Vec::new(),
    };
    if names.is_empty() {
        return Ok(None);
    }
    check(names.len() == FILES.len(), || format!("half an installation: {names:?}"))?;
    let mut modes = Vec::new();
    for name in FILES {
        let path = Path::new(DIR).join(name);
        check_text(&read(&path)?).map_err(|error| format!("{name}: {error}"))?;
        modes.push(mode(&path)?.0);
    }
    check(modes[0] == modes[1], || format!("modes {modes:?}"))?;
    let dir = mode(DIR)?.0;
    check((modes[0], dir) == (0o400, 0o700) || (modes[0], dir) == (0o444, 0o755), || {
        format!("files of mode {:o} in a directory of mode {dir:o}", modes[0])
    })?;
    Ok(Some(modes[0]))
}

/// Waits for what a killed installer began in a second process, which holds the lock to its end.
fn settled() -> Result {
    match fs::File::open("/run/bpfdbg.lock") {
        Ok(lock) => Ok(rustix::fs::flock(lock, rustix::fs::FlockOperation::LockExclusive)?),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(error.into()),
    }
}

fn killed(sandbox: &Sandbox) -> Result {
    only_on(&[CHEAPEST])?;
    let kills = times(200, 6);
    let start = Instant::now();
    ran(&mut sandbox.root(&["install", "--public"]))?.ok()?;
    let whole = start.elapsed().as_micros() as u64 * 3 / 2;
    ran(&mut sandbox.root(&["uninstall"]))?.ok()?;
    let (mut untouched, mut changed) = (0, 0);
    for kill in 0..kills {
        let before = state()?;
        let (args, wanted): (&[&str], _) = match kill % 2 {
            0 => (&["install", "--public"], Some(0o444)),
            _ => (&["install", "--private"], Some(0o400)),
        };
        let mut child = spawn(sandbox, args)?;
        // Every part of the time that an install takes is met, in an order without a pattern.
        std::thread::sleep(Duration::from_micros(whole * (kill * 73 % kills) / kills));
        child.kill()?;
        child.wait()?;
        settled()?;
        let after = state()?;
        check(after == before || after == wanted, || {
            format!("kill {kill}: from {before:?} to {after:?}")
        })?;
        check(mounts()? <= kill as usize + 1, || format!("kill {kill}: {:?} mounts", mounts()))?;
        if after == before {
            untouched += 1
        } else {
            changed += 1
        }
        if kill % 10 == 9 {
            ran(&mut sandbox.root(&["uninstall"]))?.ok()?;
            check(state()?.is_none() && mounts()? == 0, || {
                format!("kill {kill}: not uninstalled")
            })?;
        }
    }
    // Both must have happened, or the kills missed the moments that matter. An emulated machine
    // keeps no time well enough to aim by.
    if in_machine() {
        return Ok(());
    }
    check(untouched > kills / 20 && changed > kills / 20, || {
        format!("{untouched} untouched, {changed} changed")
    })
}

/// Waits until a program is gone; the kernel frees it some time after its last user.
fn is_unloaded(id: u32) -> bool {
    let start = Instant::now();
    while libbpf_rs::query::ProgInfoIter::default().any(|prog| prog.id == id) {
        if start.elapsed() > Duration::from_secs(20) {
            return false;
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    true
}

/// The program behind an installed file.
fn program_of(file: &str) -> Result<u32> {
    Ok(libbpf_rs::Link::open(Path::new(DIR).join(file))?.info()?.prog_id)
}

fn uninstall(sandbox: &Sandbox) -> Result {
    ran(&mut sandbox.root(&["install"]))?.ok()?;
    let mut programs = vec![program_of(FILES[0])?, program_of(FILES[1])?];
    ran(&mut sandbox.root(&["install", "--group", "4711"]))?.ok()?;
    check(programs.iter().all(|id| is_unloaded(*id)), || "the older programs stay".into())?;
    programs = vec![program_of(FILES[0])?, program_of(FILES[1])?];
    ran(&mut sandbox.root(&["uninstall"]))?.ok()?;
    check(programs.iter().all(|id| is_unloaded(*id)), || "the programs stay".into())?;
    check(state()?.is_none() && mounts()? == 0, || format!("{DIR} still has something"))?;
    // To remove it would unmount what other mount namespaces have there.
    check(Path::new(DIR).is_dir(), || format!("{DIR} is gone"))?;
    let second = ran(&mut sandbox.root(&["uninstall"]))?;
    let said = format!("bpfdbg: nothing of bpfdbg's is installed in '{DIR}'\n");
    check(second.code == Some(0) && second.stderr == said, || second.stderr.clone())
}

fn directory(sandbox: &Sandbox) -> Result {
    only_on(&["5.10", CHEAPEST])?;
    let dir = "/sys/fs/bpf/monitor";
    ran(&mut sandbox.root(&["install", "--bpffs", dir, "--public"]))?.ok()?;
    check(mode(dir)?.0 == 0o755, || format!("mode {:?}", mode(dir)))?;
    ran(&mut sandbox.root(&["--bpffs", dir, "progs"]))?.ok()?;
    ran(&mut sandbox.root(&["install", "--bpffs", dir, "--private"]))?.ok()?;
    check(mode(dir)?.0 == 0o700, || format!("mode {:?}", mode(dir)))?;
    no_stage()?;
    ran(&mut sandbox.root(&["uninstall", "--bpffs", dir]))?.ok()?;
    check(!Path::new(dir).exists(), || format!("{dir} is still there"))
}

/// Holds the bpffs of the sandbox to having no staging directory.
fn no_stage() -> Result {
    let names = fs::read_dir("/sys/fs/bpf")?.flatten().map(|entry| entry.file_name());
    let stages: Vec<_> = names.filter(|name| name.to_string_lossy().contains("new")).collect();
    check(stages.is_empty(), || format!("{stages:?} is still there"))
}

fn shared_directory(sandbox: &Sandbox) -> Result {
    only_on(&[CHEAPEST])?;
    let dir = "/sys/fs/bpf/shared";
    fs::create_dir_all(format!("{dir}/foreign"))?;
    let before = mode(dir)?;
    for flags in [&["install", "--public"][..], &["install", "--private"]] {
        ran(sandbox.root(flags).args(["--bpffs", dir]))?.ok()?;
        ran(&mut sandbox.root(&["--bpffs", dir, "maps"]))?.ok()?;
        check(mode(dir)? == before, || format!("the directory's mode is {:?}", mode(dir)))?;
    }
    check(mode(format!("{dir}/maps.debug"))?.0 == 0o400, || "the files were not replaced".into())?;
    ran(&mut sandbox.root(&["uninstall", "--bpffs", dir]))?.ok()?;
    let left: Vec<_> = fs::read_dir(dir)?.flatten().map(|entry| entry.file_name()).collect();
    check(left == ["foreign"], || format!("{left:?} is left"))
}

fn bpffs_root(sandbox: &Sandbox) -> Result {
    if has_dead_files() {
        return skip("the kernel's own dead files stand in every bpffs here");
    }
    only_on(&["5.10", CHEAPEST])?;
    let dir = "/sys/fs/bpf";
    let before = mode(dir)?;
    ran(&mut sandbox.root(&["install", "--bpffs", dir]))?.ok()?;
    ran(&mut sandbox.root(&["install", "--bpffs", dir, "--public"]))?.ok()?;
    check(mode(dir)? == before, || format!("the directory's mode is {:?}", mode(dir)))?;
    let rows = ran(&mut sandbox.root(&["maps", "--json"]))?.json()?;
    check(rows.as_array().is_some_and(|rows| !rows.is_empty()), || format!("{rows}"))?;
    ran(&mut sandbox.root(&["uninstall", "--bpffs", dir]))?.ok()?;
    check(fs::read_dir(dir)?.count() == 0, || "something is left".into())
}

fn dead_files(sandbox: &Sandbox) -> Result {
    if !has_dead_files() {
        return skip("this kernel puts no dead files into a bpffs");
    }
    let stderr = ran(&mut sandbox.root(&["install", "--bpffs", "/sys/fs/bpf"]))?.failed(1)?;
    let expected = "bpfdbg: '/sys/fs/bpf/progs.debug' is not bpfdbg's, and stays; install into a directory below\n";
    check(stderr == expected, || stderr.clone())?;
    let stderr = ran(&mut sandbox.root(&["--bpffs", "/sys/fs/bpf", "progs"]))?.failed(3)?;
    check(stderr.contains("is dead"), || stderr.clone())?;
    no_stage()?;
    sandbox.install_public()?;
    let names: Vec<_> = fs::read_dir(DIR)?.flatten().map(|entry| entry.file_name()).collect();
    check(names.len() == FILES.len(), || format!("{names:?}"))?;
    ran(&mut sandbox.nobody(&["progs"]))?.ok().map(drop)
}

fn no_bpffs(sandbox: &Sandbox) -> Result {
    only_on(&[CHEAPEST])?;
    for dir in ["/run/nowhere", "/run"] {
        let stderr = ran(&mut sandbox.root(&["install", "--bpffs", dir]))?.failed(1)?;
        let expected = format!(
            "bpfdbg: '{dir}' is not in a bpffs; without --bpffs, install mounts one at '{DIR}'\n"
        );
        check(stderr == expected, || stderr.clone())?;
    }
    Ok(())
}

fn no_right(sandbox: &Sandbox) -> Result {
    let stderr = ran(&mut sandbox.nobody(&["install"]))?.failed(4)?;
    check(stderr.lines().count() == 2 && stderr.contains("Permission denied"), || stderr.clone())?;
    check(!Path::new(DIR).exists(), || format!("{DIR} was made"))
}

fn no_traces(sandbox: &Sandbox) -> Result {
    only_on(&[CHEAPEST])?;
    let before = fs::read_to_string("/proc/thread-self/mounts")?;
    ran(&mut sandbox.root(&["progs"]))?.ok()?;
    sandbox.install_public()?;
    ran(&mut sandbox.root(&["uninstall"]))?.ok()?;
    check(fs::read_to_string("/proc/thread-self/mounts")? == before, || {
        "other mounts than before".into()
    })
}
