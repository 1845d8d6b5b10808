//! The mount table of this process's mount namespace, and waiting for changes.

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
    /// Opens the table. Changes from now on end a [`Mounts::wait`].
    pub(super) fn open() -> Result<Self> {
        let table = File::open(TABLE).map_err(|error| Error::path("cannot open", TABLE, error))?;
        Ok(Self { table })
    }

    /// All bpffs mounted by their root; the kernel would have put its files into the root, too.
    pub(super) fn bpffs(&mut self) -> Result<Vec<Mount>> {
        // A mount may be waiting for this process, so the table is read in few calls.
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
        // An error only ends the wait early; the caller has its own time limit.
        let _ = poll(&mut fds, Timespec::try_from(time).ok().as_ref());
    }
}
