//! Network namespaces.

use std::fs::File;
use std::io;
use std::os::fd::AsRawFd;
use std::os::unix::fs::MetadataExt;

use crate::error::{Doing, Result};
use crate::sys;

/// A network namespace of its own, which lives as long as this descriptor.
pub(crate) struct NetworkNamespace {
    file: File,
}

impl NetworkNamespace {
    pub(crate) fn new() -> Result<NetworkNamespace> {
        let file = sys::new_network_namespace().doing(|| "unshare a network namespace")?;
        Ok(NetworkNamespace { file })
    }

    /// The inode number, by which the kernel names it.
    pub(crate) fn inode(&self) -> Result<u64> {
        Ok(self.file.metadata().doing(|| "stat a network namespace")?.ino())
    }

    /// The same namespace, by another descriptor.
    pub(crate) fn again(&self) -> Result<NetworkNamespace> {
        Ok(NetworkNamespace { file: self.file.try_clone().doing(|| "duplicate a descriptor")? })
    }

    /// Does something in there.
    pub(crate) fn inside<T: Send>(
        &self,
        work: impl FnOnce() -> io::Result<T> + Send,
    ) -> io::Result<T> {
        sys::in_network_namespace(&self.file, work)
    }

    /// The descriptor as the number that libbpf takes.
    pub(crate) fn raw_fd(&self) -> i32 {
        self.file.as_raw_fd()
    }
}
