//! Holds what the attach set says against what the kernel says, and looks for what it leaves.

mod kernel;
mod leftovers;
mod members;
mod names;
mod stock;

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::thread;
use std::time::{Duration, Instant};

use libtest_mimic::{Arguments, Completion, Failed, Trial};

/// What a test answers: an error is a failure, a reason to leave it out is shown as such.
type Outcome = Result<Completion, Failed>;

fn main() {
    let args = Arguments::from_args();
    let mut trials = Vec::new();
    trials.extend(members::trials());
    trials.extend(leftovers::trials());
    trials.extend(names::trials());
    trials.extend(stock::trials());
    libtest_mimic::run(&args, trials).exit();
}

/// A test that needs root, as all here do.
fn trial(name: impl Into<String>, test: impl FnOnce() -> Outcome + Send + 'static) -> Trial {
    Trial::ignorable_test(name, || match fs::metadata("/proc/self") {
        Ok(own) if own.uid() == 0 => test(),
        _ => Ok(Completion::ignored_with("needs root")),
    })
}

/// Fails with a message unless the two are equal.
fn expect_equal<T: PartialEq + std::fmt::Debug>(
    what: &str,
    found: T,
    expected: T,
) -> Result<(), Failed> {
    if found == expected {
        return Ok(());
    }
    Err(format!("{what}: found {found:?}, expected {expected:?}").into())
}

/// Waits until a condition holds; the kernel ends some things only after a grace period.
fn soon(what: &str, holds: impl Fn() -> bool) -> Result<(), Failed> {
    let end = Instant::now() + Duration::from_secs(20);
    while !holds() {
        if Instant::now() > end {
            return Err(format!("not so after 20 seconds: {what}").into());
        }
        thread::sleep(Duration::from_millis(20));
    }
    Ok(())
}
