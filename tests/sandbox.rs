//! A place where a test may install, mount and remove without the machine noticing.

use std::fs;
use std::io::Write as _;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::{Mutex, MutexGuard, PoisonError, RwLock};

use bpfdbg_attach::{AttachSet, Member};
use rustix::fs::{AtFlags, CWD, StatxFlags};
use rustix::io::Errno;
use rustix::mount::{
    MountFlags, MountPropagationFlags, UnmountFlags, mount, mount_bind, mount_change,
    mount_remount, unmount,
};
use rustix::thread::UnshareFlags;

use crate::support::{self, Result, skip};

/// The user that has nothing: no capability, and no file of its own.
pub(crate) const NOBODY: u32 = 65534;

/// What a command left behind.
pub(crate) struct Ran {
    pub(crate) code: Option<i32>,
    pub(crate) stdout: Vec<u8>,
    pub(crate) stderr: String,
}

impl From<Output> for Ran {
    fn from(output: Output) -> Self {
        Self {
            code: output.status.code(),
            stdout: output.stdout,
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }
}

impl Ran {
    /// Standard output, of a command that must have succeeded.
    pub(crate) fn ok(self) -> Result<Vec<u8>> {
        match self.code {
            Some(0) => Ok(self.stdout),
            code => Err(format!("exit code {code:?}, stderr: {}", self.stderr).into()),
        }
    }

    /// Standard output of a command that must have succeeded, as JSON.
    pub(crate) fn json(self) -> Result<serde_json::Value> {
        Ok(serde_json::from_slice(&self.ok()?)?)
    }

    /// The same, of a listing that must have said that it read a capture, without that line.
    pub(crate) fn of_capture(mut self) -> Result<Self> {
        let (first, rest) = self.stderr.split_once('\n').unwrap_or_default();
        if first.starts_with("bpfdbg: note: '")
            && first.ends_with(".debug' is a capture, not this machine's kernel")
        {
            self.stderr = rest.to_owned();
            return Ok(self);
        }
        Err(format!("it does not say that it read a capture: {}", self.stderr).into())
    }

    /// Standard error of a command that must have failed in this way, with nothing on stdout.
    pub(crate) fn failed(self, code: i32) -> Result<String> {
        if self.code != Some(code) || !self.stdout.is_empty() {
            let stdout = String::from_utf8_lossy(&self.stdout).into_owned();
            return Err(format!(
                "exit code {:?} in place of {code}, {}{stdout}",
                self.code, self.stderr
            )
            .into());
        }
        Ok(self.stderr)
    }
}

/// Runs a command to its end.
pub(crate) fn ran(command: &mut Command) -> Result<Ran> {
    Ok(command.stdin(Stdio::null()).output()?.into())
}

/// Runs a command that reads a text from its standard input, and gives all that it printed.
pub(crate) fn fed(command: &mut Command, text: &[u8]) -> Result<Ran> {
    let mut child =
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()?;
    child.stdin.take().ok_or("no pipe")?.write_all(text)?;
    Ok(child.wait_with_output()?.into())
}

/// A mount namespace with an empty /run, an /etc of its own and a new bpffs of mode 0700 on /sys/fs/bpf.
pub(crate) struct Sandbox {
    binary: PathBuf,
}

/// Runs a test in a sandbox; it is skipped where that takes a right that the user lacks.
pub(crate) fn sandbox(test: impl FnOnce(&Sandbox) -> Result + Send) -> Result {
    needs_root()?;
    let _shared = EVERY_MOUNT.read().unwrap_or_else(PoisonError::into_inner);
    if support::in_machine() {
        Public::make()?;
    }
    // The namespace belongs to a thread of its own, and ends with it.
    std::thread::scope(|scope| {
        let thread = scope.spawn(|| test(&Sandbox::enter()?));
        thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
    })
}

/// Runs a test in a sandbox where one of every kind is attached, to look at only: in a machine, where
/// they take seconds to load, they stay for the next test. They are not of the sandbox, whose mounts go
/// with it, and with them the paths of what they are attached to.
pub(crate) fn among_everything(test: impl FnOnce(&Sandbox, &[Member]) -> Result + Send) -> Result {
    static SHARED: Mutex<Option<AttachSet>> = Mutex::new(None);
    needs_root()?;
    let (mut own, mut shared) = (None, None);
    let held = if support::in_machine() {
        &mut **shared.insert(SHARED.lock().unwrap_or_else(PoisonError::into_inner))
    } else {
        &mut own
    };
    let set = held.get_or_insert_with(|| AttachSet::new(|_| true));
    let members: Vec<_> = set.members().cloned().collect();
    sandbox(|sandbox| test(sandbox, &members))
}

fn needs_root() -> Result {
    if rustix::process::geteuid().is_root() { Ok(()) } else { skip("needs root") }
}

/// What a new bpffs makes the kernel do, which is the same for all mount namespaces.
static EVERY_MOUNT: RwLock<()> = RwLock::new(());

/// Runs a test that changes what every new bpffs makes the kernel do, while no sandbox is open.
pub(crate) fn alone(test: impl FnOnce() -> Result) -> Result {
    let _alone = EVERY_MOUNT.write().unwrap_or_else(PoisonError::into_inner);
    Public::withdraw()?;
    test()
}

/// An installation outside of all sandboxes, in a machine, where to install takes seconds.
struct Public;

impl Public {
    const BPFFS: &str = "/mnt/bpf";
    const DIR: &str = "/mnt/bpf/public";

    /// Whether it is there.
    fn is_made() -> MutexGuard<'static, bool> {
        static IS_MADE: Mutex<bool> = Mutex::new(false);
        IS_MADE.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Makes it; a sandbox that is entered later has it, too.
    fn make() -> Result {
        let mut is_made = Self::is_made();
        if !*is_made {
            fs::create_dir_all(Self::BPFFS)?;
            mount("bpf", Self::BPFFS, "bpf", MountFlags::empty(), None)?;
            *is_made = true;
            ran(support::bpfdbg().args(["install", "--public", "--bpffs", Self::DIR]))?.ok()?;
        }
        Ok(())
    }

    /// Takes it away, while no sandbox is open: nothing of it stays loaded.
    fn withdraw() -> Result {
        if std::mem::take(&mut *Self::is_made()) {
            unmount(Self::BPFFS, UnmountFlags::DETACH)?;
        }
        Ok(())
    }
}

impl Sandbox {
    fn enter() -> Result<Self> {
        let shared = is_shared("/run");
        #[allow(deprecated)]
        rustix::thread::unshare(UnshareFlags::NEWNS)?;
        match mount_change("/", MountPropagationFlags::PRIVATE | MountPropagationFlags::REC) {
            // In a chroot, / need not be the root of a mount.
            Err(Errno::INVAL) if !shared => {}
            Err(Errno::INVAL) => return skip("what a test mounts here would appear elsewhere"),
            result => result?,
        }
        // An installation of this machine's own would be listed still, though nothing leads to it.
        while unmount("/run/bpfdbg", UnmountFlags::DETACH).is_ok() {}
        mount("tmpfs", "/run", "tmpfs", MountFlags::empty(), Some(c"mode=0755"))?;
        mount("bpf", "/sys/fs/bpf", "bpf", MountFlags::empty(), Some(c"mode=0700"))?;
        Self::own_etc()?;
        // The tree that the test was built in need not be open to everybody; and a copy could not be
        // started while a fork of another test's thread still has it open for writing.
        let binary = Path::new("/run/bin/bpfdbg").to_owned();
        fs::create_dir("/run/bin")?;
        fs::write(&binary, "")?;
        mount_bind(support::bpfdbg().get_program(), &binary)?;
        Ok(Self { binary })
    }

    /// Has an /etc that can be written to, with all that the machine's has but its configuration of
    /// bpfdbg.
    fn own_etc() -> Result {
        let (machines, own) = (Path::new("/run/machine-etc"), Path::new("/run/etc"));
        fs::create_dir(machines)?;
        fs::create_dir(own)?;
        for entry in fs::read_dir("/etc")? {
            let name = entry?.file_name();
            if name != "bpfdbg.conf" {
                symlink(machines.join(&name), own.join(&name))?;
            }
        }
        mount_bind("/etc", machines)?;
        Ok(mount_bind(own, "/etc")?)
    }

    /// The command, as root.
    pub(crate) fn root(&self, args: &[&str]) -> Command {
        let mut command = Command::new(&self.binary);
        command.args(args).env_remove("BPFDBG_BPFFS").env("TZ", "UTC");
        command
    }

    /// The command, as a user without any capability.
    pub(crate) fn nobody(&self, args: &[&str]) -> Command {
        let mut command = self.root(args);
        command.uid(NOBODY).gid(NOBODY);
        command
    }

    /// Has an installation for everybody to read, and for this test to read only.
    pub(crate) fn public(&self) -> Result {
        if support::in_machine() { bind_read_only(Public::DIR) } else { self.install_public() }
    }

    /// Has one for root to read, with the holders, and for this test to read only.
    pub(crate) fn with_holders(&self) -> Result {
        if !support::in_machine() {
            return ran(&mut self.root(&["install", "--holders"]))?.ok().map(drop);
        }
        const DIR: &str = "/mnt/bpf/holders";
        if !Path::new(DIR).exists() {
            ran(&mut self.root(&["install", "--holders", "--bpffs", DIR]))?.ok()?;
        }
        bind_read_only(DIR)
    }

    /// Installs, for everybody to read.
    pub(crate) fn install_public(&self) -> Result {
        ran(&mut self.root(&["install", "--public"]))?.ok().map(drop)
    }
}

/// Has an installation of the whole machine where a sandbox expects its own.
fn bind_read_only(dir: &str) -> Result {
    fs::create_dir("/run/bpfdbg")?;
    mount_bind(dir, "/run/bpfdbg")?;
    // A test that installs over it would take it away from all later ones.
    Ok(mount_remount("/run/bpfdbg", MountFlags::BIND | MountFlags::RDONLY, "")?)
}

/// Whether what is mounted in a directory appears in other mount namespaces; true where that is
/// not known. In a chroot, only the first process's list has the mount that the root is in.
fn is_shared(dir: &str) -> bool {
    let statx = rustix::fs::statx(CWD, dir, AtFlags::empty(), StatxFlags::MNT_ID);
    let Ok(id) = statx.map(|statx| statx.stx_mnt_id.to_string()) else { return true };
    let mounts = fs::read_to_string("/proc/1/mountinfo").unwrap_or_default();
    let mount = mounts.lines().find(|line| line.split(' ').next() == Some(&*id));
    mount.is_none_or(|line| line.contains(" shared:"))
}

/// Whether the root directory is not that of the first process.
pub(crate) fn is_chroot() -> bool {
    use std::os::unix::fs::MetadataExt as _;
    let root = |path| fs::metadata(path).map(|root| (root.dev(), root.ino())).ok();
    root("/") != root("/proc/1/root/")
}

/// The permission bits of a file or directory, and its group.
pub(crate) fn mode(path: impl AsRef<Path>) -> Result<(u32, u32)> {
    use std::os::unix::fs::MetadataExt as _;
    let metadata = fs::metadata(path)?;
    Ok((metadata.permissions().mode() & 0o7777, metadata.gid()))
}

/// Whether this machine lists the kernel's own files in every new bpffs, and refuses to open them.
pub(crate) fn has_dead_files() -> bool {
    Path::new("/sys/fs/bpf").read_dir().is_ok_and(|entries| {
        entries.flatten().any(|entry| {
            entry.file_name() == "progs.debug" && fs::File::open(entry.path()).is_err()
        })
    })
}
