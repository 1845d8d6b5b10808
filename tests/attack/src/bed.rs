//! Where an attack takes place: a mount namespace with an empty /run and /tmp.

use std::fs;
use std::os::fd::AsRawFd as _;
use std::os::unix::fs::{PermissionsExt as _, chown, symlink};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use rustix::fs::{Mode, OFlags};
use rustix::io::Errno;
use rustix::mount::{
    MountFlags, MountPropagationFlags, UnmountFlags, mount, mount_bind, mount_change, unmount,
};

use crate::outcome::{Result, skip};
use crate::ran::{self, Ran};
use crate::random::Random;

/// The user that has nothing.
pub(crate) const NOBODY: u32 = 65534;
/// Where bpfdbg installs without being told.
pub(crate) const OWN: &str = "/run/bpfdbg";

/// Where the command is.
pub(crate) const BINARY: &str = "/run/bin/bpfdbg";
const THIS: &str = "/run/bin/attack";
const SCRATCH: &str = "/tmp/attack";

/// The place, the programs in it, and how long the attack may take.
pub(crate) struct Bed {
    until: Instant,
    goal: u64,
    seconds: u64,
    /// The seed of everything that is random.
    pub(crate) seed: u64,
}

impl Bed {
    /// Moves this process, which must have one thread only, into a namespace of its own.
    pub(crate) fn enter(binary: &Path) -> Result<()> {
        let hold = |path: &Path| rustix::fs::open(path, OFlags::PATH, Mode::empty());
        if crate::sys::leave_mount_namespace() == Err(Errno::PERM) {
            return skip("a mount namespace of its own is not allowed here");
        }
        // Before something is mounted where they lie.
        let (binary, this) = (hold(binary)?, hold(&std::env::current_exe()?)?);
        mount_change("/", MountPropagationFlags::PRIVATE | MountPropagationFlags::REC)?;
        while unmount(OWN, UnmountFlags::DETACH).is_ok() {}
        mount("tmpfs", "/run", "tmpfs", MountFlags::empty(), Some(c"mode=0755"))?;
        mount("tmpfs", "/tmp", "tmpfs", MountFlags::empty(), Some(c"mode=1777"))?;
        mount("bpf", "/sys/fs/bpf", "bpf", MountFlags::empty(), Some(c"mode=0700"))?;
        fs::create_dir("/run/bin")?;
        fs::create_dir(SCRATCH)?;
        for (fd, path) in [(binary, BINARY), (this, THIS)] {
            fs::write(path, "")?;
            mount_bind(format!("/proc/self/fd/{}", fd.as_raw_fd()), path)?;
        }
        Ok(())
    }

    /// A bed for as long as `share` of the seconds, or until `goal` attempts of 600 seconds are
    /// made.
    pub(crate) fn new(seconds: u64, seed: u64, share: f64, goal: u64) -> Self {
        let until = Instant::now() + Duration::from_secs_f64(seconds as f64 * share);
        Self { until, goal: goal.saturating_mul(seconds).div_ceil(600), seconds, seed }
    }

    /// Whether there is to be another attempt. The first one always is.
    pub(crate) fn goes_on(&self, attempts: u64) -> bool {
        attempts == 0 || (attempts < self.goal && Instant::now() < self.until)
    }

    /// When the time is up.
    pub(crate) fn until(&self) -> Instant {
        self.until
    }

    /// Whether there is the time to try everything, not some of it.
    pub(crate) fn is_long(&self) -> bool {
        self.seconds >= 120
    }

    /// Whether this is an emulated machine, where all takes much longer.
    pub(crate) fn in_machine(&self) -> bool {
        std::env::var_os("BPFDBG_VM").is_some()
    }

    /// So many of something on a host, and fewer in a machine.
    pub(crate) fn times(&self, here: usize, in_machine: usize) -> usize {
        if self.in_machine() { in_machine } else { here }
    }

    /// How long anything may take at most that takes these seconds on a busy host.
    pub(crate) fn patience(&self, seconds: u64) -> Duration {
        Duration::from_secs(if self.in_machine() { seconds * 12 } else { seconds })
    }

    pub(crate) fn random(&self) -> Random {
        Random::new(self.seed)
    }

    /// A path of this attack's own.
    pub(crate) fn scratch(&self, name: &str) -> PathBuf {
        Path::new(SCRATCH).join(name)
    }

    /// The command, as root.
    pub(crate) fn root<S: AsRef<std::ffi::OsStr>>(&self, args: &[S]) -> Command {
        let mut command = Command::new(BINARY);
        command.args(args).env_remove("BPFDBG_BPFFS").env("TZ", "UTC").env("LC_ALL", "C.UTF-8");
        command
    }

    /// The command, as a stranger.
    pub(crate) fn nobody<S: AsRef<std::ffi::OsStr>>(&self, args: &[S]) -> Command {
        let mut command = self.root(args);
        command.uid(NOBODY).gid(NOBODY);
        command
    }

    /// Runs the command as root.
    pub(crate) fn ran(&self, args: &[&str]) -> Result<Ran> {
        ran::run(&mut self.root(args), self.patience(40))
    }

    /// Runs the command as root, which must succeed for the attack to be one.
    pub(crate) fn must(&self, args: &[&str]) -> Result<Ran> {
        let ran = self.ran(args)?;
        match ran.code {
            Some(0) => Ok(ran),
            _ => Err(format!("'bpfdbg {}': {}", args.join(" "), ran.told()).into()),
        }
    }

    /// This program in another role, as root.
    pub(crate) fn this(&self, args: &[&str]) -> Command {
        let mut command = Command::new(THIS);
        command.args(args);
        command
    }

    /// A stranger who plays a role until this is dropped.
    pub(crate) fn stranger(&self, role: &str, args: &[&str]) -> Result<Stranger> {
        let mut command = self.this(&[&["--stranger", role], args].concat());
        command.uid(NOBODY).gid(NOBODY).process_group(0);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        Ok(Stranger(command.spawn()?))
    }

    /// A mount namespace beside this one, held until this is dropped.
    pub(crate) fn neighbour(&self) -> Result<Stranger> {
        let mut command = self.this(&["--namespace"]);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).process_group(0);
        Stranger(command.spawn()?).ready()
    }

    /// Runs a program in the namespace of a neighbour, as root.
    pub(crate) fn ran_in(&self, neighbour: &Stranger, program: &[&str]) -> Result<Ran> {
        let pid = neighbour.0.id().to_string();
        ran::run(&mut self.this(&[&["--enter", &pid], program].concat()), self.patience(40))
    }

    /// A new bpffs, writable for everybody and sticky, as the kernel has them by default.
    pub(crate) fn bpffs(&self, name: &str) -> Result<PathBuf> {
        let dir = self.scratch(name);
        fs::create_dir(&dir)?;
        mount("bpf", &dir, "bpf", MountFlags::empty(), None)?;
        Ok(dir)
    }

    /// Makes a directory that belongs to a stranger.
    pub(crate) fn nobodys_dir(&self, dir: &Path, mode: u32) -> Result<()> {
        fs::create_dir(dir)?;
        fs::set_permissions(dir, fs::Permissions::from_mode(mode))?;
        Ok(chown(dir, Some(NOBODY), Some(NOBODY))?)
    }

    /// Makes a link that belongs to a stranger.
    pub(crate) fn nobodys_link(&self, to: &Path, link: &Path) -> Result<()> {
        symlink(to, link)?;
        Ok(std::os::unix::fs::lchown(link, Some(NOBODY), Some(NOBODY))?)
    }
}

/// A process of a stranger, which ends with this.
pub(crate) struct Stranger(Child);

impl Stranger {
    /// Tells the stranger that it is over, and takes what it has to say.
    pub(crate) fn finish(mut self) -> Result<String> {
        drop(self.0.stdin.take());
        let mut said = String::new();
        if let Some(mut out) = self.0.stdout.take() {
            std::io::Read::read_to_string(&mut out, &mut said)?;
        }
        let status = self.0.wait()?;
        if status.success() { Ok(said) } else { Err(format!("a stranger failed: {said}").into()) }
    }

    /// Waits until the stranger has said that it is ready.
    pub(crate) fn ready(mut self) -> Result<Self> {
        let mut byte = [0];
        if let Some(out) = &mut self.0.stdout {
            std::io::Read::read_exact(out, &mut byte)?;
        }
        Ok(self)
    }
}

impl Drop for Stranger {
    fn drop(&mut self) {
        ran::kill_group(&self.0);
        let _ = self.0.wait();
    }
}
