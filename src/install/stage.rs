//! A directory of pins, staged until it is complete.

use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::OsStrExt as _;

use libbpf_rs::Link;
use rustix::fs::{AtFlags, FlockOperation, flock};
use rustix::io::Errno;

use super::Access;
use super::dir::Dir;
use crate::error::{Error, Result};
use crate::model::Kind;
use crate::sys;

/// The prefix of a staging directory's name; in older versions, the whole name.
const NAME: &str = "bpfdbg-new";
/// How many random names to try.
const TRIES: usize = 16;

/// The staging directory; dropped before it is [kept](Stage::keep), it is removed with its pins.
pub(super) struct Stage<'d> {
    above: &'d Dir,
    name: OsString,
    dir: Dir,
    kept: bool,
}

impl<'d> Stage<'d> {
    /// Makes a directory in another one, in a bpffs, and [fills](fill) it.
    pub(super) fn new(above: &'d Dir, links: &[(Kind, Link)], access: &Access) -> Result<Self> {
        clear_all(above);
        let failed = |error| Error::path("cannot make a directory in", above.path(), error);
        let (name, dir) = make(above).map_err(failed)?;
        let stage = Self { above, name, dir, kept: false };
        // Marks the directory as in use, not left over by a killed installer.
        flock(&stage.dir, FlockOperation::NonBlockingLockExclusive)
            .map_err(|error| Error::path("cannot lock", stage.dir.path(), error))?;
        fill(&stage.dir, links, access)?;
        Ok(stage)
    }

    /// The directory.
    pub(super) fn dir(&self) -> &Dir {
        &self.dir
    }

    /// Its name in the directory above.
    pub(super) fn name(&self) -> &OsStr {
        &self.name
    }

    /// Leaves the directory to whoever published it.
    pub(super) fn keep(mut self) {
        self.kept = true;
    }
}

impl Drop for Stage<'_> {
    fn drop(&mut self) {
        if !self.kept {
            // By name: after an exchange, it is the older installation.
            let _ = self.above.child(&self.name).map(|dir| clear(self.above, &self.name, dir));
        }
    }
}

/// Makes a directory with a random name.
fn make(above: &Dir) -> rustix::io::Result<(OsString, Dir)> {
    for _ in 0..TRIES {
        let name = OsString::from(format!("{NAME}-{:016x}", sys::unguessable()));
        match above.make(&name) {
            Err(Errno::EXIST) => {}
            made => return Ok((name, made?)),
        }
    }
    Err(Errno::EXIST)
}

/// Pins the links under their kinds' names in a new directory, and then grants `access`.
pub(super) fn fill(dir: &Dir, links: &[(Kind, Link)], access: &Access) -> Result<()> {
    // A bpffs accepts a name with a dot only in a directory without mode bits. The parent is
    // checked, so nobody else can have replaced or filled this directory.
    for (kind, link) in links {
        let (name, failed) = (kind.file_name(), |action| {
            move |error: std::io::Error| {
                Error::path(action, dir.path().join(kind.file_name()), error)
            }
        });
        sys::pin_at(link, dir, name).map_err(failed("cannot pin"))?;
        rustix::fs::chownat(dir, name, None, Some(access.group()), AtFlags::SYMLINK_NOFOLLOW)
            .map_err(|error| failed("cannot change the group of")(error.into()))?;
        rustix::fs::chmodat(dir, name, access.file_mode(*kind), AtFlags::empty())
            .map_err(|error| failed("cannot change the mode of")(error.into()))?;
    }
    dir.permit(access.group(), access.dir_mode())
}

/// Whether this is the name of a staging directory, which is no place to install into.
pub(super) fn is_stage(name: &OsStr) -> bool {
    let Some(rest) = name.as_bytes().strip_prefix(NAME.as_bytes()) else { return false };
    let is_digit = |byte: &u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
    rest.is_empty() || rest.len() == 17 && rest[0] == b'-' && rest[1..].iter().all(is_digit)
}

/// Removes what killed installers have left in a directory.
pub(super) fn clear_all(above: &Dir) {
    for name in above.names().unwrap_or_default().into_iter().filter(|name| is_stage(name)) {
        // Only directories of root's that no installer, even of another mount namespace, is using.
        if let Ok(Some(dir)) = above.child(&name)
            && flock(&dir, FlockOperation::NonBlockingLockExclusive).is_ok()
        {
            clear(above, &name, Some(dir));
        }
    }
}

/// Removes a staging directory with what may be in it.
fn clear(above: &Dir, name: &OsStr, dir: Option<Dir>) {
    let Some(dir) = dir else { return };
    for kind in Kind::ALL {
        let _ = dir.unlink(kind.file_name());
    }
    let _ = above.rmdir(name);
}
