//! Installing the iterators: pinned files, all at once or none.

pub(crate) mod access;
mod apart;
mod change;
pub mod config;
mod dir;
mod directory;
mod kmsg;
mod lock;
mod modprobe;
mod mount;
mod mounts;
pub mod protocol;
mod stage;
pub mod state;
mod umd;

use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use libbpf_rs::Link;

use self::change::Change;
use self::config::{Config, PATH as CONFIG};
use self::dir::Dir;
use self::directory::InstallDir;
use self::lock::Lock;
use self::state::Installed;
use crate::bpf::{self, AttachedIters};
use crate::error::{Error, Result};
use crate::model::{Kind, quoted_path};
use crate::source::OWN;
pub use access::{Access, Wanted};

/// Prints a message on standard error.
fn say(text: impl std::fmt::Display) {
    let _ = writeln!(io::stderr(), "bpfdbg: {text}");
}

/// Serves the kernel: as its usermode driver, or, called as modprobe, for the mount in progress.
///
/// # Errors
///
/// The peer is neither, or the iterators cannot be attached; then nothing was sent or pinned.
pub fn serve_kernel() -> Result<()> {
    if modprobe::is_caller() { modprobe::serve() } else { umd::serve() }
}

/// Installs the iterators into `dir`, or into a bpffs of their own at /run/bpfdbg. What `wanted`
/// leaves open is as the [configuration](config) says, and stays as it is where that says nothing.
///
/// # Errors
///
/// Needs root with `CAP_SYS_ADMIN` and `CAP_DAC_OVERRIDE`, and `CAP_CHOWN` for a group. After an
/// error or a kill, the previous installation is intact.
pub fn install(dir: Option<&Path>, wanted: &Wanted) -> Result<()> {
    let _lock = Lock::take()?;
    let config = Config::read()?;
    let target = Destination::find(dir)?;
    let change = Change::new(&target, &config.complete(wanted)?)?;
    let path = quoted_path(target.path());
    if wanted.restore && !change.is_of_installation() {
        say(format_args!("nothing is installed in '{path}' that could be restored"));
        return Ok(());
    }
    if change.is_done() {
        say(format_args!("already installed in '{path}'"));
    } else {
        replace(&target, &change)?;
    }
    for setting in config.contradicted(&change.access, change.holders) {
        say(format_args!("'{setting}' in {CONFIG} is not followed this once"));
    }
    Ok(())
}

/// Installs what `change` asks for, and says what that is.
fn replace(target: &Destination, change: &Change) -> Result<()> {
    let AttachedIters { links, mut refused } = attach(&change.kinds())?;
    // A bpffs does not outlive its kernel: the one that refuses this kind now has taken it before.
    if let Some(at) = refused.iter().position(|(kind, _)| change.replaces(*kind)) {
        let (kind, why) = refused.remove(at);
        return Err(Error::Other(format!(
            "cannot replace {}, and nothing is changed: {why}; 'bpfdbg uninstall' first does without it",
            kind.file_name()
        )));
    }
    target.publish(&links, &change.access)?;
    let names = links.iter().map(|(kind, _)| kind.file_name()).collect::<Vec<_>>().join(", ");
    say(format_args!("installed {names} in '{}'", quoted_path(target.path())));
    for (kind, why) in
        Kind::ALL.iter().filter_map(|kind| Some((kind, bpf::unsupported_reason(*kind)?)))
    {
        say(format_args!("no {}: {why}", kind.file_name()));
    }
    for (kind, error) in refused {
        say(format_args!("no {}: {error}", kind.file_name()));
    }
    change.disclosures().for_each(say);
    Ok(())
}

/// The options of [`install`] that ask for what is installed in a directory beside what is configured,
/// each with a blank before.
pub fn options(dir: &Path, config: Option<&Config>) -> String {
    let Ok(dir) = Dir::unchecked(dir) else { return String::new() };
    let installed = Installed::in_dir(&dir).ok();
    let access = installed.and_then(|installed| installed.access()).unwrap_or(Access::Private);
    // Its entries may be listed by users who cannot read them.
    let has_holders = dir.lists(Kind::Holders.file_name()).unwrap_or(false);
    // What is configured is followed where it is not overruled.
    let overruled =
        config.map(|config| config.contradicted(&access, has_holders)).unwrap_or_default();
    let is_overruled = |name: &str| overruled.iter().any(|setting| setting.starts_with(name));
    let private = access == Access::Private && is_overruled("access");
    let holders = match has_holders {
        true => " --holders",
        false if is_overruled("holders") => " --no-holders",
        false => "",
    };
    let access = if private { " --private".into() } else { access.options() };
    access + holders
}

/// Loads and attaches the iterators; without programs and maps there is nothing to install.
///
/// # Errors
///
/// As [`bpf::attach_some`].
fn attach(kinds: &[Kind]) -> Result<AttachedIters> {
    let mut attached = bpf::attach_some(kinds)?;
    let is_needed = |(kind, _): &(Kind, Error)| matches!(kind, Kind::Progs | Kind::Maps);
    match attached.refused.iter().position(is_needed) {
        Some(at) => Err(attached.refused.remove(at).1),
        None => Ok(attached),
    }
}

/// Removes what [`install`] made in the same place.
///
/// # Errors
///
/// What cannot be removed is named; nothing installed is no error.
pub fn uninstall(dir: Option<&Path>) -> Result<()> {
    let _lock = Lock::take()?;
    let (removed, path) = match dir {
        None => (mount::remove()?, PathBuf::from(OWN)),
        Some(dir) => {
            let dir = absolute(dir)?;
            (InstallDir::find(&dir)?.map(|place| place.remove()).transpose()?.unwrap_or(false), dir)
        }
    };
    let what = if removed { "uninstalled from" } else { "nothing of bpfdbg's is installed in" };
    say(format_args!("{what} '{}'", quoted_path(&path)));
    Ok(())
}

/// Where to install.
enum Destination {
    /// A bpffs of our own.
    Own(mount::Point),
    /// A bpffs that somebody mounted, or a directory in one.
    Dir(PathBuf, InstallDir),
}

impl Destination {
    fn find(dir: Option<&Path>) -> Result<Self> {
        let Some(dir) = dir else { return Ok(Self::Own(mount::Point::find()?)) };
        let dir = absolute(dir)?;
        match InstallDir::find(&dir)? {
            Some(place) => Ok(Self::Dir(dir, place)),
            None => Err(Error::Other(format!(
                "'{}' is not in a bpffs; without --bpffs, install mounts one at '{OWN}'",
                quoted_path(&dir)
            ))),
        }
    }

    fn path(&self) -> &Path {
        match self {
            Self::Own(_) => Path::new(OWN),
            Self::Dir(path, _) => path,
        }
    }

    /// What is there; `None` where not even the directory is.
    fn installed(&self) -> Result<Option<Installed>> {
        match self {
            Self::Own(point) => point.dir(),
            Self::Dir(_, place) => place.dir(),
        }
        .map(Installed::in_dir)
        .transpose()
    }

    /// Whether it is a bpffs that an earlier installation mounted, with files or without.
    fn is_own_mount(&self) -> Result<bool> {
        match self {
            Self::Own(point) => point.is_ours(),
            Self::Dir(..) => Ok(false),
        }
    }

    fn publish(&self, links: &[(Kind, Link)], access: &Access) -> Result<()> {
        match self {
            Self::Own(point) => point.publish(links, access),
            Self::Dir(_, place) => place.publish(links, access),
        }
    }
}

fn absolute(dir: &Path) -> Result<PathBuf> {
    std::path::absolute(dir).map_err(|error| Error::path("cannot find", dir, error))
}
