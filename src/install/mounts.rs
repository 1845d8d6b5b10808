//! The mounts of this process's mount namespace, and a look at each when they change.

use std::fs::File;
use std::io::{Read as _, Seek as _};
use std::time::Duration;

use rustix::event::{PollFd, PollFlags, Timespec, poll};

use crate::error::{Error, Result};
pub(super) use crate::source::mounts::{DeviceNumber, Mount};
use crate::source::mounts::{TABLE, bpffs};

/// The open table.
pub(super) struct Mounts {
    table: File,
}

impl Mounts {
    /// Opens the table. What changes in it from now on ends a [`Mounts::wait`].
    pub(super) fn open() -> Result<Self> {
        let table = File::open(TABLE).map_err(|error| Error::path("cannot open", TABLE, error))?;
        Ok(Self { table })
    }

    /// All bpffs that are mounted by their root: a directory in one is no place for files that the
    /// kernel would have put into the root.
    pub(super) fn bpffs(&mut self) -> Result<Vec<Mount>> {
        // Some mount waits for the process that reads this, so it is read in few calls.
        let mut text = Vec::with_capacity(32 << 10);
        self.table
            .rewind()
            .and_then(|()| self.table.read_to_end(&mut text))
            .map_err(|error| Error::path("cannot read", TABLE, error))?;
        Ok(bpffs(&text).filter(|mount| mount.is_whole).collect())
    }

    /// Waits until the table has changed since it was opened or last waited for, or `time` is up.
    pub(super) fn wait(&self, time: Duration) {
        let mut fds = [PollFd::new(&self.table, PollFlags::PRI)];
        // An error is a wait that ends early; the caller has a time of its own.
        let _ = poll(&mut fds, Timespec::try_from(time).ok().as_ref());
    }
}
