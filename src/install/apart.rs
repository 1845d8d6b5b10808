//! Work in a second process, which completes even if this one is killed.

use std::path::Path;

use rustix::io::Errno;
use rustix::process::{WaitOptions, waitpid};

use crate::error::{Error, Result};
use crate::model::quoted_path;
use crate::sys::{Fork, fork};

/// Does the work in a second process, in a session of its own, which signals to this one do not
/// reach. `action` is for the message, as in "cannot pin in".
///
/// # Errors
///
/// The work's, that of fork(2), and that the second process was killed.
pub(super) fn apart(
    action: &'static str,
    path: &Path,
    work: impl FnOnce() -> Result<(), Errno>,
) -> Result<()> {
    match fork().map_err(|error| Error::path("cannot fork for", path, error))? {
        Fork::Child => {
            let _ = rustix::process::setsid();
            std::process::exit(work().map_or_else(Errno::raw_os_error, |()| 0))
        }
        Fork::Parent(child) => {
            let status = waitpid(Some(child), WaitOptions::empty())
                .map_err(|error| Error::path("cannot wait for", path, error))?;
            match status.and_then(|(_, status)| status.exit_status()) {
                Some(0) => Ok(()),
                Some(errno) => Err(Error::path(action, path, Errno::from_raw_os_error(errno))),
                None => {
                    Err(Error::Other(format!("what changes '{}' was killed", quoted_path(path))))
                }
            }
        }
    }
}
