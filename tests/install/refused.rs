//! What a kernel refuses may be missing; what cannot be had at the moment fails the whole.

use std::path::Path;
use std::process::Command;

use libtest_mimic::Trial;

use super::{DIR, FILES, check};
use crate::sandbox::{Sandbox, mode, ran, sandbox};
use crate::support::{CHEAPEST, Result, only_on, trial};

pub(super) fn trials() -> Vec<Trial> {
    vec![trial("where descriptors run out, the former installation stays complete", || {
        sandbox(few_descriptors)
    })]
}

/// From so few that nothing can be opened to so many that most can be attached: each number ends the
/// installation somewhere else.
fn few_descriptors(sandbox: &Sandbox) -> Result {
    only_on(&[CHEAPEST])?;
    ran(&mut sandbox.root(&["install"]))?.ok()?;
    let program = sandbox.root(&[]).get_program().to_string_lossy().into_owned();
    let mut has_succeeded = false;
    for limit in 8..64 {
        let line = format!("ulimit -n {limit} && exec {program} install --public");
        let mut shell = Command::new("sh");
        let after = ran(shell.args(["-c", &line]).env_remove("BPFDBG_BPFFS"))?;
        let files: Vec<_> = FILES.iter().map(|file| Path::new(DIR).join(file)).collect();
        let modes: Vec<_> = files.iter().map(mode).collect::<Result<_>>()?;
        let of_all = |wanted: u32| modes.iter().all(|(mode, _)| *mode == wanted);
        let told = || format!("{limit} descriptors: {:?} {modes:?} {}", after.code, after.stderr);
        match after.code {
            Some(0) => check(of_all(0o444), told)?,
            _ => check(of_all(0o400) && !after.stderr.contains("refuses"), told)?,
        }
        if after.code == Some(0) {
            has_succeeded = true;
            break;
        }
    }
    check(has_succeeded, || "64 descriptors are not enough".into())
}
