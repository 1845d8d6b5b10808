//! The kernel's log, for errors of processes without a terminal.

use rustix::fs::{Mode, OFlags};

use crate::error::Error;

/// Writes an error to the kernel's log.
pub(super) fn log(error: &Error) {
    let flags = OFlags::WRONLY | OFlags::NOCTTY | OFlags::CLOEXEC;
    if let Ok(log) = rustix::fs::open("/dev/kmsg", flags, Mode::empty()) {
        let _ = rustix::io::write(log, format!("bpfdbg: {error}\n").as_bytes());
    }
}
