//! The kernel's usermode driver.
//!
//! The driver sends nothing before both links exist, then waits for END, and exits at once after
//! it. Anything else makes a mount block, or leaves the kernel without the files until reboot.

use std::fs::File;
use std::io::{self, IsTerminal as _, Read, Write};
use std::os::fd::AsFd;
use std::path::Path;

use rustix::mount::{MountFlags, MountPropagationFlags, mount, mount_change};
use rustix::thread::UnshareFlags;

use super::kmsg::log;
use super::protocol::{END, START, records};
use crate::bpf;
use crate::error::{Error, Result};
use crate::model::Kind;

/// Speaks the protocol on file descriptors 0 and 1.
///
/// # Errors
///
/// A peer that does not speak the protocol; links that cannot be made. Nothing was sent then.
pub(super) fn serve() -> Result<()> {
    if io::stdin().is_terminal() || io::stdout().is_terminal() {
        return Err(Error::Usage(
            "--umd serves a kernel, which speaks on file descriptors 0 and 1; to install the files type 'bpfdbg install'".into(),
        ));
    }
    let own = |fd: io::Result<std::os::fd::OwnedFd>| fd.map(File::from).map_err(Error::Output);
    let from_kernel = own(io::stdin().as_fd().try_clone_to_owned())?;
    let to_kernel = own(io::stdout().as_fd().try_clone_to_owned())?;
    converse(from_kernel, to_kernel).inspect_err(|error| {
        // The kernel starts its driver without standard error.
        if rustix::io::write(rustix::stdio::stderr(), b"").is_err() {
            log(error);
        }
    })
}

/// The protocol, with any peer that reads and writes.
fn converse(mut from_kernel: impl Read, mut to_kernel: impl Write) -> Result<()> {
    expect(&mut from_kernel, START, "START")?;
    mount_what_libbpf_reads();
    let links = bpf::attach(&[Kind::Progs, Kind::Maps])?;
    let mut named = Vec::new();
    for (kind, link) in &links {
        let info = link.info().map_err(|source| Error::Bpf {
            action: format!("cannot ask for the id of {}", kind.file_name()),
            source,
            log: String::new(),
        })?;
        named.push((kind.file_name(), info.id));
    }
    let bytes = <[_; 2]>::try_from(named).ok().and_then(records);
    let bytes = bytes.ok_or_else(|| Error::Protocol("the links have no names to send".into()))?;
    // One write: the kernel assumes that what it reads from the pipe is a whole record.
    to_kernel
        .write_all(&bytes)
        .map_err(|error| Error::Protocol(format!("cannot write to file descriptor 1: {error}")))?;
    expect(&mut from_kernel, END, "END")
}

fn expect(from_kernel: &mut impl Read, magic: u32, name: &str) -> Result<()> {
    let mut bytes = [0; 4];
    from_kernel.read_exact(&mut bytes).map_err(|error| match error.kind() {
        io::ErrorKind::UnexpectedEof => {
            Error::Protocol(format!("the kernel hung up before {name}"))
        }
        _ => Error::Protocol(format!("cannot read file descriptor 0: {error}")),
    })?;
    match u32::from_ne_bytes(bytes) {
        found if found == magic => Ok(()),
        found => Err(Error::Protocol(format!(
            "expected {name} ({magic:#x}) from the kernel, found {found:#x}"
        ))),
    }
}

/// Mounts /sys and /proc for this process alone if they are missing, for the kernel's types and
/// symbols: at boot, bpffs may be mounted first.
///
/// Failures are not reported here: loading the iterators names what is missing.
fn mount_what_libbpf_reads() {
    let file_systems = [("sysfs", "/sys", "/sys/kernel"), ("proc", "/proc", "/proc/self")];
    let missing = file_systems.iter().filter(|(.., entry)| !Path::new(entry).exists());
    let mut own = None;
    for (file_system, dir, _) in missing {
        let flags = MountFlags::NOSUID | MountFlags::NODEV | MountFlags::NOEXEC;
        if own.get_or_insert_with(leave_mount_namespace).is_ok() {
            let _ = mount(*file_system, *dir, *file_system, flags, None);
        }
    }
}

/// Moves this process into a private mount namespace.
fn leave_mount_namespace() -> rustix::io::Result<()> {
    #[allow(deprecated)] // It is unsafe for CLONE_FILES only.
    rustix::thread::unshare(UnshareFlags::NEWNS)?;
    mount_change("/", MountPropagationFlags::PRIVATE | MountPropagationFlags::REC)
}
