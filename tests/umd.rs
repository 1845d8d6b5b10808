//! The usermode driver, played against a peer that plays the kernel.

mod double;
mod hostile;
mod kernel;
pub(crate) mod machine;
mod real;

use std::fs::{self, File, Permissions};
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use bpfdbg::install::protocol::{END, START};
use libtest_mimic::Trial;

pub(crate) use double::{DOUBLE, run as run_double};
use kernel::{Kernel, Start};

use crate::sandbox::{NOBODY, Sandbox, mode, ran, sandbox};
use crate::support::{CHEAPEST, Result, Stop, bpfdbg, only_on, trial};

pub(crate) fn trials() -> Vec<Trial> {
    let mut trials = vec![
        trial("the driver hands over two links that nobody can read from", || sandbox(delivers)),
        trial("the driver takes START in pieces, and waits for END as long as it takes", || {
            sandbox(is_patient)
        }),
        trial("the driver sends nothing before START, and nothing without it", says_nothing_first),
        trial("the driver leaves when the kernel hangs up before END", || sandbox(end_missing)),
        trial("the driver leaves when what it sends goes nowhere", || sandbox(nobody_reads)),
        trial("the driver leaves when it has no file descriptor 1", || sandbox(no_stdout)),
        trial("the driver sends nothing where it may load nothing", || sandbox(load_refused)),
        trial("a person at a terminal is told what --umd is for", terminal),
    ];
    trials.extend(real::trials());
    trials.extend(double::FAULTS.map(|(fault, complaint)| {
        trial(format!("the harness tells a driver with this fault: {fault}"), move || {
            sandbox(|_| faulty(fault, complaint))
        })
    }));
    trials
}

/// The driver, by the one word that a kernel gives it.
fn driver(sandbox: &Sandbox) -> Command {
    sandbox.root(&[])
}

const DIR: &str = "/sys/fs/bpf/umd";

fn delivers(sandbox: &Sandbox) -> Result {
    only_on(&["umd", CHEAPEST])?;
    for args in [&[][..], &["--umd"]] {
        let names = Kernel::start(sandbox.root(args), Start::Bare)?.play(Path::new(DIR))?;
        if names != ["progs.debug", "maps.debug"] {
            return Err(format!("names: {:?}", names).into());
        }
        // Until the kernel lets others in, none gets in.
        fs::set_permissions("/sys/fs/bpf", Permissions::from_mode(0o711))?;
        fs::set_permissions(DIR, Permissions::from_mode(0o755))?;
        for (noun, iterator) in [("progs", "bpfdbg_progs"), ("maps", "iterator.rodata")] {
            let file = Path::new(DIR).join(format!("{noun}.debug"));
            fs::set_permissions(&file, Permissions::from_mode(0o444))?;
            if mode(&file)? != (0o444, 0) {
                return Err(format!("'{}' is not root's", file.display()).into());
            }
            let text = ran(Command::new("cat").arg(&file).uid(NOBODY).gid(NOBODY))?.ok()?;
            if !String::from_utf8_lossy(&text).contains(iterator) {
                return Err(format!("'{}' does not list {iterator}", file.display()).into());
            }
            let rows = ran(&mut sandbox.nobody(&["--bpffs", DIR, noun, "--json"]))?.json()?;
            if !rows.as_array().into_iter().flatten().any(|row| row["name"] == iterator) {
                return Err(format!("bpfdbg {noun} does not list {iterator}: {rows}").into());
            }
        }
        fs::remove_file(Path::new(DIR).join("progs.debug"))?;
        fs::remove_file(Path::new(DIR).join("maps.debug"))?;
        fs::remove_dir(DIR)?;
    }
    Ok(())
}

fn is_patient(sandbox: &Sandbox) -> Result {
    only_on(&["umd", CHEAPEST])?;
    let mut kernel = Kernel::start(driver(sandbox), Start::Bare)?;
    for byte in START.to_ne_bytes() {
        kernel.is_waiting(Duration::from_millis(50))?;
        kernel.send(&[byte])?;
    }
    kernel.record()?;
    kernel.record()?;
    kernel.is_waiting(Duration::from_secs(2))?;
    kernel.send(&END.to_ne_bytes())?;
    kernel.leaves(0).map(drop)
}

fn says_nothing_first() -> Result {
    for (bytes, complaint) in [
        (&b""[..], "bpfdbg: the kernel hung up before START\n"),
        (&START.to_ne_bytes()[..2], "bpfdbg: the kernel hung up before START\n"),
        (&END.to_ne_bytes(), "bpfdbg: expected START (0x5555) from the kernel, found 0xaaaa\n"),
        (&[0; 4], "bpfdbg: expected START (0x5555) from the kernel, found 0x0\n"),
    ] {
        let mut kernel = Kernel::start(Command::new(bpfdbg().get_program()), Start::Heard)?;
        kernel.is_waiting(Duration::from_millis(50))?;
        kernel.send(bytes)?;
        kernel.hang_up();
        let said = kernel.leaves(1)?;
        if said != complaint {
            return Err(format!("after {bytes:x?}: {said}").into());
        }
    }
    Ok(())
}

fn end_missing(sandbox: &Sandbox) -> Result {
    only_on(&["umd", CHEAPEST])?;
    for (bytes, complaint) in [
        (None, "bpfdbg: the kernel hung up before END\n"),
        (Some(START), "bpfdbg: expected END (0xaaaa) from the kernel, found 0x5555\n"),
    ] {
        let mut kernel = Kernel::start(driver(sandbox), Start::Heard)?;
        kernel.send(&START.to_ne_bytes())?;
        kernel.record()?;
        kernel.record()?;
        if let Some(magic) = bytes {
            kernel.send(&magic.to_ne_bytes())?;
        }
        kernel.hang_up();
        let said = kernel.leaves(1)?;
        if said != complaint {
            return Err(said.into());
        }
    }
    Ok(())
}

fn nobody_reads(sandbox: &Sandbox) -> Result {
    only_on(&["umd", CHEAPEST])?;
    let mut kernel = Kernel::start(driver(sandbox), Start::Heard)?;
    kernel.stop_reading();
    kernel.send(&START.to_ne_bytes())?;
    let said = kernel.leaves(1)?;
    let expected = "bpfdbg: cannot write to file descriptor 1: Broken pipe (os error 32)\n";
    (said == expected).then_some(()).ok_or_else(|| said.into())
}

fn no_stdout(sandbox: &Sandbox) -> Result {
    only_on(&["umd", CHEAPEST])?;
    let mut kernel = Kernel::start(driver(sandbox), Start::Mute)?;
    kernel.send(&START.to_ne_bytes())?;
    let said = kernel.leaves(1)?;
    let expected = "bpfdbg: cannot write to file descriptor 1: Bad file descriptor (os error 9)\n";
    (said == expected).then_some(()).ok_or_else(|| said.into())
}

fn load_refused(sandbox: &Sandbox) -> Result {
    let mut kernel = Kernel::start(sandbox.nobody(&[]), Start::Heard)?;
    kernel.send(&START.to_ne_bytes())?;
    let said = kernel.leaves(4)?;
    said.starts_with("bpfdbg: cannot load the iterators: ").then_some(()).ok_or_else(|| said.into())
}

fn terminal() -> Result {
    // The master of a pair is one, too.
    let terminal = File::options().read(true).write(true).open("/dev/ptmx")?;
    let output = bpfdbg().arg("--umd").stdin(terminal).output()?;
    let said = String::from_utf8(output.stderr)?;
    let is_told = said.contains("to install the files type 'bpfdbg install'");
    match output.status.code() {
        Some(2) if is_told && output.stdout.is_empty() => Ok(()),
        code => Err(format!("exit code {code:?}: {said}").into()),
    }
}

fn faulty(fault: &str, complaint: &str) -> Result {
    only_on(&[CHEAPEST])?;
    let mut double = Command::new("/proc/self/exe");
    double.args([DOUBLE, fault]);
    let found = match Kernel::start(double, Start::Bare)?.play(Path::new(DIR)) {
        Ok(_) => String::new(),
        Err(Stop::Failed(found)) => found,
        Err(stop) => return Err(stop),
    };
    match complaint {
        "" if found.is_empty() => Ok(()),
        _ if !complaint.is_empty() && found.contains(complaint) => Ok(()),
        _ => Err(format!("found '{found}' in place of '{complaint}'").into()),
    }
}
