//! What every module of tests needs: trials that may be skipped, the command, the source tree.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Mutex, OnceLock};
use std::time::Instant;
use std::{env, fs};

use libtest_mimic::{Completion, Failed, Trial};

/// Why a test ends early: it failed, or it cannot run here and says why.
///
/// Made by `?` from whatever can be printed, and by [`skip`].
#[derive(Debug)]
pub(crate) enum Stop {
    /// The test failed.
    Failed(String),
    /// The test needs what is not here.
    Skip(String),
}

impl<M: ToString> From<M> for Stop {
    fn from(message: M) -> Self {
        Self::Failed(message.to_string())
    }
}

/// What a test returns.
pub(crate) type Result<T = (), E = Stop> = std::result::Result<T, E>;

/// A test; the name is a sentence. `BPFDBG_SLOW=SECONDS` names those that take longer on stderr.
pub(crate) fn trial(
    name: impl Into<String>,
    test: impl FnOnce() -> Result + Send + 'static,
) -> Trial {
    let name = name.into();
    Trial::ignorable_test(name.clone(), move || {
        let start = Instant::now();
        let result = test();
        let took = start.elapsed().as_secs_f64();
        let limit = env::var("BPFDBG_SLOW").ok().and_then(|seconds| seconds.parse().ok());
        if limit.is_some_and(|limit: f64| took > limit) {
            eprintln!("slow: {took:5.1} s  {name}");
        }
        match result {
            Ok(()) => Ok(Completion::Completed),
            Err(Stop::Skip(reason)) => Ok(Completion::ignored_with(reason)),
            Err(Stop::Failed(message)) => Err(Failed::from(message)),
        }
    })
}

/// Ends a test that cannot run here: it is counted as ignored, and the reason is shown.
pub(crate) fn skip<T>(reason: impl ToString) -> Result<T> {
    Err(Stop::Skip(reason.to_string()))
}

/// Fails with a message unless what a test asserts holds.
pub(crate) fn check(holds: bool, message: impl FnOnce() -> String) -> Result {
    if holds { Ok(()) } else { Err(message().into()) }
}

/// What several tests look at and one makes; each of them fails or is skipped as that one.
pub(crate) fn once<T>(
    cell: &'static OnceLock<Result<T>>,
    make: impl FnOnce() -> Result<T>,
) -> Result<&'static T> {
    match cell.get_or_init(make) {
        Ok(made) => Ok(made),
        Err(Stop::Skip(reason)) => skip(reason),
        Err(Stop::Failed(message)) => Err(message.into()),
    }
}

/// Held by a test that has the kernel count runs, or that looks whether it does.
pub(crate) static COUNTING: Mutex<()> = Mutex::new(());

/// The root of the source tree; the test is skipped in a virtual machine, which has none.
pub(crate) fn source_tree() -> Result<&'static Path> {
    if in_machine() {
        skip("needs the source tree")
    } else {
        Ok(Path::new(env!("CARGO_MANIFEST_DIR")))
    }
}

/// Whether the tests run in a virtual machine, which is emulated.
pub(crate) fn in_machine() -> bool {
    env::var_os("BPFDBG_VM").is_some()
}

/// How often to do a thing: an emulated machine takes a second for what takes a hundredth here.
pub(crate) fn times<N>(here: N, in_a_machine: N) -> N {
    if in_machine() { in_a_machine } else { here }
}

/// The name of the virtual machine's kernel, empty on a host.
pub(crate) fn kernel() -> String {
    env::var("BPFDBG_VM").unwrap_or_default()
}

/// The kernel on which loading costs an emulated machine least.
pub(crate) const CHEAPEST: &str = "6.1";

/// Skips a test in all machines but those of these kernels: one that takes seconds there, to see
/// what no other kernel decides.
pub(crate) fn only_on(kernels: &[&str]) -> Result {
    let kernel = kernel();
    if kernel.is_empty() || kernels.contains(&&*kernel) {
        return Ok(());
    }
    skip(format!("is the same on {}", kernels.join(" and ")))
}

/// Whether programs can call back functions of theirs: on 5.17 and newer, with the JIT.
pub(crate) fn has_loop() -> bool {
    let jit = fs::read_to_string("/proc/sys/net/core/bpf_jit_enable");
    kernel() != "5.10" && jit.is_ok_and(|number| number.trim() != "0")
}

/// The command under test.
pub(crate) fn bpfdbg() -> Command {
    let built = env!("CARGO_BIN_EXE_bpfdbg");
    Command::new(env::var_os("BPFDBG_BIN").unwrap_or_else(|| built.into()))
}

/// A program of this machine, by name; the test is skipped where there is none.
pub(crate) fn program(name: &str) -> Result<PathBuf> {
    let path = env::var_os("PATH").unwrap_or_default();
    let found = env::split_paths(&path).map(|dir| dir.join(name)).find(|file| file.is_file());
    found.map_or_else(|| skip(format!("needs {name}")), Ok)
}

/// Holds a file of the source tree to what it should be; `BPFDBG_BLESS=1` rewrites it in place.
pub(crate) fn matches_file(path: &str, expected: &[u8]) -> Result {
    let file = source_tree()?.join(path);
    if env::var_os("BPFDBG_BLESS").is_some() {
        fs::create_dir_all(file.parent().unwrap_or(&file))?;
        return Ok(fs::write(&file, expected)?);
    }
    let found = fs::read(&file).map_err(|error| format!("cannot read '{path}': {error}"))?;
    if found == expected {
        return Ok(());
    }
    let (found, expected) = (String::from_utf8_lossy(&found), String::from_utf8_lossy(expected));
    let same = found.lines().zip(expected.lines()).take_while(|(a, b)| a == b).count();
    let line = |text: &str| text.lines().nth(same).unwrap_or("the end of the file").to_owned();
    Err(format!(
        "'{path}' is out of date from line {}:\n  found:    {}\n  expected: {}\nhint: 'BPFDBG_BLESS=1 cargo test --test bpfdbg' rewrites it",
        same + 1,
        line(&found),
        line(&expected)
    )
    .into())
}
