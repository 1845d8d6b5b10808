//! Installing the iterators: pinned files, all at once or none.

mod access;
mod directory;
mod modprobe;
mod mount;
mod mounts;
pub mod protocol;
mod stage;
pub mod state;
pub mod umd;

use std::fs::File;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use rustix::fs::{FlockOperation, Mode, OFlags, flock};

use crate::bpf;
use crate::error::{Error, Result};
use crate::model::{Kind, Shown};
use crate::source::OWN;
pub use access::Access;

/// Says something to the person at the terminal; standard output is for data.
fn say(text: impl std::fmt::Display) {
    let _ = writeln!(io::stderr(), "bpfdbg: {text}");
}

fn path_shown(path: &Path) -> Shown<'_> {
    use std::os::unix::ffi::OsStrExt as _;
    Shown(path.as_os_str().as_bytes())
}

/// Installs the iterators into `dir`, or into a bpffs of their own at /run/bpfdbg; that of
/// `holders` on request only.
///
/// # Errors
///
/// Loading needs `CAP_BPF` and `CAP_PERFMON`, mounting `CAP_SYS_ADMIN`. After an error, as after a
/// kill, what was installed before is there as it was.
pub fn install(dir: Option<&Path>, access: &Access, holders: bool) -> Result<()> {
    let target = Target::new(dir);
    let _lock = target.lock()?;
    let mut kinds = bpf::kinds();
    kinds.extend(holders.then_some(Kind::Holders));
    if state::is_installed(target.dir(), &kinds, access) {
        say(format_args!("already installed in '{}'", path_shown(target.dir())));
        return Ok(());
    }
    let links = bpf::attach_some(&kinds)?;
    match &target {
        Target::Own => mount::publish(Path::new(OWN), &links, access)?,
        Target::Dir(dir) => directory::publish(dir, &links, access)?,
    }
    let names = links.iter().map(|(kind, _)| kind.file_name()).collect::<Vec<_>>().join(", ");
    say(format_args!("installed {names} in '{}'", path_shown(target.dir())));
    for (kind, why) in Kind::ALL.iter().filter_map(|kind| Some((kind, bpf::lack(*kind)?))) {
        say(format_args!("no {}: {why}", kind.file_name()));
    }
    for kind in kinds.iter().filter(|kind| links.iter().all(|(of, _)| of != *kind)) {
        say(format_args!("no {}: this kernel refuses to load what prints it", kind.file_name()));
    }
    if let Some(disclosure) = access.disclosure() {
        say(disclosure);
    }
    if let Some(disclosure) = access.disclosure_of_holders().filter(|_| holders) {
        say(disclosure);
    }
    Ok(())
}

/// Takes away what [`install`] made in the same place.
///
/// # Errors
///
/// What cannot be removed is named; nothing installed is no error.
pub fn uninstall(dir: Option<&Path>) -> Result<()> {
    let target = Target::new(dir);
    let _lock = target.lock()?;
    let removed = match &target {
        Target::Own => mount::remove(Path::new(OWN))?,
        Target::Dir(dir) => directory::remove(dir)?,
    };
    let what = if removed { "uninstalled from" } else { "nothing of bpfdbg's is installed in" };
    say(format_args!("{what} '{}'", path_shown(target.dir())));
    Ok(())
}

/// Where to install.
enum Target {
    /// A bpffs of our own.
    Own,
    /// A bpffs that somebody mounted, or a directory in one.
    Dir(PathBuf),
}

impl Target {
    fn new(dir: Option<&Path>) -> Self {
        match dir {
            // Absolute, as the working directory is not ours in another mount namespace.
            Some(dir) => Self::Dir(std::path::absolute(dir).unwrap_or_else(|_| dir.to_owned())),
            None => Self::Own,
        }
    }

    fn dir(&self) -> &Path {
        match self {
            Self::Own => Path::new(OWN),
            Self::Dir(dir) => dir,
        }
    }

    /// Keeps other installers out until the returned file is closed, by whatever end.
    fn lock(&self) -> Result<File> {
        let dir = self.dir();
        // The directory above: one that is there before and after, and that nobody replaces. The
        // root of a bpffs is not replaced, and has no such directory in every mount namespace.
        let above = match self {
            Self::Dir(dir) if state::is_mount_root(dir) => dir,
            _ => dir.parent().unwrap_or(dir),
        };
        let fd = rustix::fs::open(
            above,
            OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC,
            Mode::empty(),
        )
        .map_err(|error| Error::path("cannot open", above, error))?;
        if flock(&fd, FlockOperation::NonBlockingLockExclusive).is_err() {
            say(format_args!("waiting for another bpfdbg at '{}'", path_shown(dir)));
            flock(&fd, FlockOperation::LockExclusive)
                .map_err(|error| Error::path("cannot lock", above, error))?;
        }
        Ok(fd.into())
    }
}
