//! Installing where other users may write, and are quick.

use std::ffi::CString;
use std::fs::{self, File, Permissions};
use std::os::unix::fs::{PermissionsExt as _, chown, symlink};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use libtest_mimic::Trial;
use rustix::fs::{CWD, Mode, OFlags, RenameFlags, openat, renameat_with};
use rustix::mount::{MountFlags, mount};

use super::{DIR, FILES};
use crate::sandbox::{NOBODY, Sandbox, has_dead_files, mode, ran, sandbox};
use crate::support::{CHEAPEST, Result, check, in_machine, only_on, program, skip, times, trial};

const LOCK: &str = "/run/bpfdbg.lock";

pub(super) fn trials() -> Vec<Trial> {
    vec![
        trial("a directory of another user's is refused, and so is one below it", || {
            sandbox(refused)
        }),
        trial("a link on the way is not followed", || sandbox(link)),
        trial("a user who swaps the directory for a link changes no file of root's", || {
            sandbox(|s| raced(s, Raced::Directory))
        }),
        trial("a user who swaps what is above the directory changes no file of root's", || {
            sandbox(|s| raced(s, Raced::Above))
        }),
        trial("a name that another user has taken stops no installation", || sandbox(squatted)),
        trial("what a killed installer left is removed, and a live one's is not", || {
            sandbox(leftovers)
        }),
        trial("a directory whose name is like a stage's is nobody's to remove", || {
            sandbox(names_alike)
        }),
        trial("what is replaced or removed cannot be opened again by a descriptor of it", || {
            sandbox(kept_descriptors)
        }),
        trial("a kill in the middle leaves no former files that others can read", || {
            sandbox(killed_between)
        }),
        trial("what cannot be looked at is not called removed", || sandbox(blind)),
        trial("a directory that gives its group away is installed into", || sandbox(set_group_id)),
        trial("a lock on a directory that all can open keeps nobody waiting", || {
            sandbox(locked_directory)
        }),
        trial("a lock that is kept ends the wait with who keeps it", || sandbox(locked)),
        trial("a lock file that is not root's alone is replaced", || sandbox(foreign_lock)),
    ]
}

/// A bpffs in which all may make directories, as the kernel mounts one by default.
fn open_bpffs() -> Result<&'static Path> {
    let dir = Path::new("/run/open");
    fs::create_dir(dir)?;
    mount("bpf", dir, "bpf", MountFlags::empty(), Some(c"mode=1777"))?;
    Ok(dir)
}

/// A directory of the user that has nothing.
fn users_dir(path: &Path) -> Result {
    fs::create_dir(path)?;
    Ok(chown(path, Some(NOBODY), Some(NOBODY))?)
}

fn refused(sandbox: &Sandbox) -> Result {
    only_on(&["5.10", CHEAPEST])?;
    let bpffs = open_bpffs()?;
    let (users, open, sticky) = (bpffs.join("users"), bpffs.join("open"), bpffs.join("sticky"));
    users_dir(&users)?;
    for (dir, mode) in [(&open, 0o777), (&sticky, 0o1777)] {
        fs::create_dir(dir)?;
        fs::set_permissions(dir, Permissions::from_mode(mode))?;
    }
    for command in ["install", "uninstall"] {
        for (dir, named, why) in [
            (users.clone(), &users, "belongs to uid 65534, not to root"),
            (users.join("below"), &users, "belongs to uid 65534, not to root"),
            (open.clone(), &open, "can be written to by others than root (mode 0777)"),
            (open.join("below"), &open, "can be written to by others than root (mode 0777)"),
        ] {
            let said = ran(sandbox.root(&[command, "--bpffs"]).arg(&dir))?.failed(1)?;
            let named = named.display();
            let expected =
                format!("bpfdbg: '{named}' {why}: nothing is installed or removed there\n");
            check(said == expected, || format!("{}: {said}", dir.display()))?;
        }
    }
    check(fs::read_dir(&users)?.count() + fs::read_dir(&open)?.count() == 0, || {
        "something was made".into()
    })?;
    // In a sticky directory, nobody else can put something in place of what is root's.
    let below = sticky.join("below");
    ran(sandbox.root(&["install", "--bpffs"]).arg(&below))?.ok()?;
    ran(sandbox.root(&["uninstall", "--bpffs"]).arg(&below))?.ok()?;
    check(!below.exists(), || "it stays".into())
}

fn link(sandbox: &Sandbox) -> Result {
    only_on(&["5.10", CHEAPEST])?;
    let bpffs = open_bpffs()?;
    fs::create_dir(bpffs.join("dir"))?;
    symlink(bpffs, "/run/link")?;
    symlink("dir", bpffs.join("link"))?;
    for (dir, link) in [
        ("/run/link/new", "/run/link"),
        ("/run/link", "/run/link"),
        ("/run/open/link", "/run/open/link"),
    ] {
        let said = ran(&mut sandbox.root(&["install", "--bpffs", dir]))?.failed(1)?;
        let expected = format!("bpfdbg: '{link}' is a symbolic link, which is not followed");
        check(said.starts_with(&expected) && said.lines().count() == 1, || said.clone())?;
    }
    // Dots are no links.
    let dotted = "/run/../run/./open/dir/../new";
    ran(&mut sandbox.root(&["install", "--bpffs", dotted]))?.ok()?;
    check(bpffs.join("new/progs.debug").exists(), || "not where it should be".into())
}

#[derive(Clone, Copy, PartialEq)]
enum Raced {
    /// The directory and a link change places all the time.
    Directory,
    /// A directory full of links takes the place of whatever is made beside the directory.
    Above,
}

/// A file of root's is where every link leads to; it must stay as it is.
fn raced(sandbox: &Sandbox, raced: Raced) -> Result {
    only_on(&[CHEAPEST])?;
    let bpffs = open_bpffs()?;
    let victim = Path::new("/run/victim");
    fs::write(victim, "secret")?;
    fs::set_permissions(victim, Permissions::from_mode(0o600))?;
    let users = bpffs.join("users");
    users_dir(&users)?;
    fs::set_permissions(&users, Permissions::from_mode(0o777))?;
    let link = bpffs.join("link");
    symlink(victim, &link)?;
    let target = match raced {
        Raced::Directory => users.clone(),
        Raced::Above => users.join("dir"),
    };
    let done = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let swapped = || {
            let mut swaps = 0_u64;
            while !done.load(Ordering::Relaxed) {
                match raced {
                    Raced::Directory => {
                        let _ = renameat_with(CWD, &users, CWD, &link, RenameFlags::EXCHANGE);
                    }
                    Raced::Above => {
                        for entry in fs::read_dir(&users).into_iter().flatten().flatten() {
                            let stage = entry.path();
                            let _ = renameat_with(CWD, &stage, CWD, &link, RenameFlags::EXCHANGE);
                        }
                    }
                }
                swaps += 1;
                std::thread::sleep(Duration::from_micros(swaps * 7919 % 300));
            }
        };
        let racer = scope.spawn(swapped);
        let installs = (0..times(100, 5)).try_for_each(|install| {
            ran(sandbox.root(&["install", "--public", "--bpffs"]).arg(&target))?.failed(1)?;
            check(mode(victim)? == (0o600, 0), || format!("{:?} at {install}", mode(victim)))
        });
        done.store(true, Ordering::Relaxed);
        racer.join().map_err(|_| "the racer panicked")?;
        installs
    })
}

fn squatted(sandbox: &Sandbox) -> Result {
    only_on(&["5.10", CHEAPEST])?;
    let bpffs = open_bpffs()?;
    // The one name of older versions.
    let squat = bpffs.join("bpfdbg-new");
    users_dir(&squat)?;
    fs::create_dir(squat.join("full"))?;
    let dir = bpffs.join("dir");
    for flags in [&["install"][..], &["install", "--public"]] {
        ran(sandbox.root(flags).arg("--bpffs").arg(&dir))?.ok()?;
    }
    check(mode(&dir)? == (0o755, 0), || format!("{:?}", mode(&dir)))?;
    ran(sandbox.root(&["uninstall", "--bpffs"]).arg(&dir))?.ok()?;
    check(squat.join("full").is_dir() && !dir.exists(), || "the wrong one is gone".into())
}

/// Names that stages may have.
const STAGES: [&str; 3] =
    ["bpfdbg-new-0123456789abcdef", "bpfdbg-new-0000000000000000", "bpfdbg-new-ffffffffffffffff"];

fn names_alike(sandbox: &Sandbox) -> Result {
    only_on(&[CHEAPEST])?;
    let bpffs = open_bpffs()?;
    for name in ["bpfdbg-newer", "bpfdbg-new-1", "bpfdbg-new-0123456789abcdeg"] {
        let dir = bpffs.join(name);
        ran(sandbox.root(&["install", "--bpffs"]).arg(&dir))?.ok()?;
        for command in ["install", "uninstall"] {
            ran(sandbox.root(&[command, "--bpffs"]).arg(bpffs.join("other")))?.ok()?;
        }
        check(dir.join("progs.debug").exists(), || format!("{name} is gone"))?;
    }
    for name in ["bpfdbg-new", STAGES[0]] {
        let refused = ran(sandbox.root(&["install", "--bpffs"]).arg(bpffs.join(name)))?;
        let told = refused.stderr.contains(&format!("'{}'", bpffs.join(name).display()));
        check(refused.code == Some(1) && told, || format!("{name}: {}", refused.stderr))?;
    }
    Ok(())
}

/// A descriptor that cannot be read from, and leads to a file for as long as it is kept.
fn keep(path: &Path) -> Result<File> {
    Ok(openat(CWD, path, OFlags::PATH | OFlags::CLOEXEC, Mode::empty())?.into())
}

fn kept_descriptors(sandbox: &Sandbox) -> Result {
    only_on(&["5.10", CHEAPEST])?;
    fs::create_dir("/run/root")?;
    mount("bpf", "/run/root", "bpf", MountFlags::empty(), None)?;
    let places = ["/run/bpfdbg", "/sys/fs/bpf/dir", "/run/root"].map(Path::new);
    for dir in places.into_iter().filter(|dir| !has_dead_files() || *dir != places[2]) {
        let place = |args: &[&str]| {
            let mut command = sandbox.root(args);
            if dir != places[0] {
                command.arg("--bpffs").arg(dir);
            }
            ran(&mut command)?.ok().map(drop)
        };
        place(&["install", "--public"])?;
        for next in [&["install", "--private"][..], &["install", "--public"], &["uninstall"]] {
            let kept = FILES.map(|name| keep(&dir.join(name)));
            place(next)?;
            for (name, kept) in FILES.iter().zip(kept) {
                let mode = kept?.metadata()?.permissions().mode() & 0o7777;
                check(mode == 0, || format!("{next:?}: {}/{name} {mode:04o}", dir.display()))?;
            }
        }
    }
    Ok(())
}

/// Kills an installer at each call of these, while it replaces files that all can read by its own: what
/// is not in the directory must be nobody's to read.
fn killed_between(sandbox: &Sandbox) -> Result {
    if in_machine() {
        return skip("a machine has no strace");
    }
    let strace = program("strace")?;
    let dir = Path::new("/sys/fs/bpf/dir");
    let mut narrowed = 0;
    for call in ["wait4", "renameat2", "openat", "unlinkat", "fchmod"] {
        for nth in (1..).step_by(if call == "openat" { 5 } else { 1 }) {
            ran(sandbox.root(&["install", "--public", "--bpffs"]).arg(dir))?.ok()?;
            let mut traced = Command::new(&strace);
            traced.args(["-o", "/dev/null", "-e"]);
            traced.arg(format!("inject={call}:signal=SIGKILL:when={nth}"));
            traced.arg(sandbox.root(&[]).get_program());
            let after = ran(traced.args(["install", "--private", "--bpffs"]).arg(dir))?;
            // What it began in a second process holds the lock.
            let lock = File::open(LOCK)?;
            rustix::fs::flock(&lock, rustix::fs::FlockOperation::LockExclusive)?;
            let (file, of_dir) = (mode(dir.join(FILES[0]))?.0, mode(dir)?.0);
            let is_whole = [(0o444, 0o755), (0o400, 0o700)].contains(&(file, of_dir));
            check(is_whole, || format!("{call} {nth}: {file:04o} in {of_dir:04o}"))?;
            for entry in fs::read_dir("/sys/fs/bpf")? {
                let path = entry?.path();
                let is_ours = path
                    .file_name()
                    .is_some_and(|name| name.as_encoded_bytes().starts_with(b"bpfdbg-new"));
                for file in FILES.iter().filter(|_| is_ours) {
                    let mode = mode(path.join(file)).map_or(0, |mode| mode.0);
                    check(mode & 0o077 == 0, || {
                        format!("{call} {nth}: {path:?}/{file} {mode:04o}")
                    })?;
                }
            }
            narrowed += usize::from(file == 0o400);
            if after.code == Some(0) {
                break;
            }
        }
    }
    check(narrowed > 5, || format!("only {narrowed} came so far"))
}

/// With so few descriptors that one call or another of `uninstall` fails.
fn blind(sandbox: &Sandbox) -> Result {
    only_on(&[CHEAPEST])?;
    let program = sandbox.root(&[]).get_program().to_string_lossy().into_owned();
    fs::create_dir("/run/bpf")?;
    mount("bpf", "/run/bpf", "bpf", MountFlags::empty(), None)?;
    for (dir, option) in [(DIR, ""), ("/run/bpf/dir", "--bpffs /run/bpf/dir")] {
        let (mut removed, mut kept) = (0, 0);
        for limit in 4..16 {
            let install = format!("{program} install --public {option}");
            ran(Command::new("sh").args(["-c", &install]))?.ok()?;
            let line = format!("ulimit -n {limit} && exec {program} uninstall {option}");
            let after = ran(Command::new("sh").args(["-c", &line]))?;
            let left = FILES.iter().filter(|file| Path::new(dir).join(file).exists()).count();
            let is_told = after.code != Some(0) && left == FILES.len();
            check(is_told || after.code == Some(0) && left == 0, || {
                format!("{dir}, {limit}: {left} files, {:?}, {}", after.code, after.stderr)
            })?;
            *(if left == 0 { &mut removed } else { &mut kept }) += 1;
        }
        check(removed > 0 && kept > 0, || format!("{removed} removed, {kept} kept"))?;
    }
    Ok(())
}

fn set_group_id(sandbox: &Sandbox) -> Result {
    only_on(&[CHEAPEST])?;
    fs::create_dir("/sys/fs/bpf/shared")?;
    fs::set_permissions("/sys/fs/bpf/shared", Permissions::from_mode(0o2755))?;
    let dir = "/sys/fs/bpf/shared/dir";
    ran(&mut sandbox.root(&["install", "--public", "--bpffs", dir]))?.ok()?;
    check(mode(dir)? == (0o755, 0), || format!("{:?}", mode(dir)))?;
    let none = ran(&mut sandbox.root(&["install", "--group", "4294967295"]))?;
    check(none.code == Some(2) && none.stderr.contains("no group"), || none.stderr)
}

fn leftovers(sandbox: &Sandbox) -> Result {
    only_on(&[CHEAPEST])?;
    let bpffs = open_bpffs()?;
    let [old, left, live, users] =
        ["bpfdbg-new", STAGES[0], STAGES[1], STAGES[2]].map(|name| bpffs.join(name));
    for dir in [&old, &left, &live] {
        fs::create_dir(dir)?;
        fs::set_permissions(dir, Permissions::from_mode(0o0))?;
    }
    users_dir(&users)?;
    let held = File::open(&live)?;
    rustix::fs::flock(&held, rustix::fs::FlockOperation::LockExclusive)?;
    ran(sandbox.root(&["install", "--bpffs"]).arg(bpffs.join("dir")))?.ok()?;
    check(!old.exists() && !left.exists(), || "a leftover is there".into())?;
    check(live.exists() && users.exists(), || "one too many is gone".into())?;
    drop(held);
    ran(sandbox.root(&["uninstall", "--bpffs"]).arg(bpffs.join("dir")))?.ok()?;
    check(!live.exists() && users.exists(), || "that of another user is gone".into())
}

/// A user's process that has locked a directory until it is dropped.
struct Locker(std::process::Child);

impl Locker {
    fn start(dir: &str) -> Result<Self> {
        use std::os::unix::process::CommandExt as _;
        let mut flock = Command::new(program("flock")?);
        flock.args(["-x", dir, "sh", "-c", "echo; sleep 1000"]);
        let child =
            flock.uid(NOBODY).gid(NOBODY).stdout(Stdio::piped()).process_group(0).spawn()?;
        let mut locker = Self(child);
        let mut line = [0];
        let stdout = locker.0.stdout.as_mut().ok_or("no output")?;
        std::io::Read::read_exact(stdout, &mut line)?;
        Ok(locker)
    }
}

impl Drop for Locker {
    fn drop(&mut self) {
        use rustix::process::{Pid, Signal, kill_process_group};
        if let Some(group) = Pid::from_raw(self.0.id() as i32) {
            let _ = kill_process_group(group, Signal::KILL);
        }
        let _ = self.0.wait();
    }
}

fn locked_directory(sandbox: &Sandbox) -> Result {
    only_on(&[CHEAPEST])?;
    let bpffs = open_bpffs()?;
    let _lockers = [Locker::start("/run")?, Locker::start("/run/open")?];
    for place in [&[][..], &["--bpffs", "/run/open/dir"]] {
        for command in ["install", "uninstall"] {
            let ran = ran(sandbox.root(&[command]).args(place))?;
            check(ran.code == Some(0) && !ran.stderr.contains("waiting"), || ran.stderr.clone())?;
        }
    }
    check(!bpffs.join("dir").exists(), || "it stays".into())
}

fn locked(sandbox: &Sandbox) -> Result {
    only_on(&[CHEAPEST])?;
    ran(&mut sandbox.root(&["uninstall"]))?.ok()?;
    check(mode(LOCK)? == (0o600, 0), || format!("{:?}", mode(LOCK)))?;
    let held = File::open(LOCK)?;
    rustix::fs::flock(&held, rustix::fs::FlockOperation::LockExclusive)?;
    let start = Instant::now();
    let said = ran(&mut sandbox.root(&["install"]))?.failed(1)?;
    let took = start.elapsed();
    let me = format!("(process {})", std::process::id());
    let lines: Vec<_> = said.lines().collect();
    check(
        lines.len() == 2
            && lines[0].starts_with("bpfdbg: waiting for '")
            && lines[1].starts_with("bpfdbg: '/run/bpfdbg.lock' is still locked by '")
            && lines.iter().all(|line| line.contains(&me)),
        || said.clone(),
    )?;
    check(took > Duration::from_secs(9) && took < Duration::from_secs(30), || format!("{took:?}"))?;
    check(fs::read_dir(DIR).map_or(0, Iterator::count) == 0, || "it is installed".into())?;
    drop(held);
    ran(&mut sandbox.root(&["install"]))?.ok().map(drop)
}

fn foreign_lock(sandbox: &Sandbox) -> Result {
    only_on(&[CHEAPEST])?;
    // As it may be where a test, or somebody's script, has mounted it.
    fs::set_permissions("/run", Permissions::from_mode(0o1777))?;
    fs::write("/run/other", "secret")?;
    let make: [&dyn Fn() -> Result; 5] = [
        &|| {
            fs::write(LOCK, "")?;
            Ok(chown(LOCK, Some(NOBODY), Some(NOBODY))?)
        },
        &|| {
            fs::write(LOCK, "")?;
            Ok(fs::set_permissions(LOCK, Permissions::from_mode(0o644))?)
        },
        &|| Ok(symlink("/run/other", LOCK)?),
        &|| Ok(fs::hard_link("/run/other", LOCK)?),
        &|| {
            let path = CString::new(LOCK)?;
            Ok(rustix::fs::mknodat(
                CWD,
                &*path,
                rustix::fs::FileType::Fifo,
                rustix::fs::Mode::from_raw_mode(0o600),
                0,
            )?)
        },
    ];
    for (which, make) in make.iter().enumerate() {
        let _ = fs::remove_file(LOCK);
        make()?;
        // Whoever has it open keeps nobody waiting.
        let held = File::options().read(true).write(true).open(LOCK)?;
        rustix::fs::flock(&held, rustix::fs::FlockOperation::LockExclusive)?;
        let ran = ran(&mut sandbox.root(&["uninstall"]))?;
        check(ran.code == Some(0) && ran.stderr.lines().count() == 1, || {
            format!("{which}: {}", ran.stderr)
        })?;
        let stat = rustix::fs::lstat(LOCK)?;
        check((stat.st_mode, stat.st_uid, stat.st_nlink) == (0o100600, 0, 1), || {
            format!("{which}: mode {:o}", stat.st_mode)
        })?;
    }
    check(fs::read("/run/other")? == b"secret" && mode("/run/other")?.0 == 0o644, || {
        "another file was changed".into()
    })
}
