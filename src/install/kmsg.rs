//! The kernel's log, for what runs where nobody listens.

use rustix::fs::{Mode, OFlags};

use crate::error::Error;

/// Tells the kernel's log of an error.
pub(super) fn log(error: &Error) {
    let flags = OFlags::WRONLY | OFlags::NOCTTY | OFlags::CLOEXEC;
    if let Ok(log) = rustix::fs::open("/dev/kmsg", flags, Mode::empty()) {
        let _ = rustix::io::write(log, format!("bpfdbg: {error}\n").as_bytes());
    }
}
