//! Drivers that are broken on purpose: they prove that the harness would notice.
//!
//! A double is this very test program, which the harness starts in place of bpfdbg.

use std::fs::File;
use std::io::{Read as _, Write as _};
use std::os::fd::AsFd as _;
use std::process::{Command, Stdio, exit};
use std::thread::sleep;
use std::time::Duration;

use bpfdbg::install::protocol::{PreloadInfo, records};
use bpfdbg::model::Kind;

use crate::support::Result;

/// The word on the command line that makes this program a driver; the fault follows.
pub(crate) const DOUBLE: &str = "--play-driver";

/// Faults, and what the harness has to say about each; none about the first.
pub(crate) const FAULTS: [(&str, &str); 9] = [
    ("none", ""),
    ("a byte more", "the driver sent more than two records"),
    ("a byte at the end", "1 bytes after the records"),
    ("equal names", "two equal names: 'progs.debug'"),
    ("exit before END", "the driver left before END"),
    ("a record in two pieces", "a record of 12 bytes"),
    (
        "a link that is not there",
        "maps.debug: link 4294967280: No such file or directory (os error 2)",
    ),
    ("no exit", "the driver stays"),
    ("a process of its own", "the driver left process"),
];

/// Runs as a driver with this fault.
pub(crate) fn run(fault: &str) -> ! {
    match drive(fault) {
        Ok(()) => exit(0),
        Err(_) => exit(1),
    }
}

fn drive(fault: &str) -> Result {
    let mut from = File::from(std::io::stdin().as_fd().try_clone_to_owned()?);
    let mut to = File::from(std::io::stdout().as_fd().try_clone_to_owned()?);
    let mut magic = [0; 4];
    from.read_exact(&mut magic)?;
    let links = bpfdbg::bpf::attach(&[Kind::Progs, Kind::Maps])?;
    let id = |n: usize| links[n].1.info().map(|info| info.id);
    let mut bytes =
        records([("progs.debug", id(0)?), ("maps.debug", id(1)?)]).ok_or("no records")?.to_vec();
    let (second, last) = (PreloadInfo::SIZE, bytes.len() - 4);
    match fault {
        "a byte more" => bytes.push(0),
        "equal names" => bytes.copy_within(..second - 4, second),
        "a link that is not there" => bytes[last..].copy_from_slice(&(-16i32).to_ne_bytes()),
        "a record in two pieces" => {
            to.write_all(&bytes.drain(..12).collect::<Vec<_>>())?;
            sleep(Duration::from_millis(500));
        }
        _ => {}
    }
    to.write_all(&bytes)?;
    if fault == "exit before END" {
        return Ok(());
    }
    from.read_exact(&mut magic)?;
    match fault {
        "a byte at the end" => to.write_all(&[0])?,
        "no exit" => sleep(Duration::from_secs(60)),
        "a process of its own" => {
            let none = Stdio::null;
            Command::new("sleep").arg("5").stdin(none()).stdout(none()).stderr(none()).spawn()?;
        }
        _ => {}
    }
    Ok(())
}
