//! The `bpfdbg` command: runs it, and prints errors and exits in one place.

// The kernel starts its usermode driver with file descriptor 2 closed, perhaps in an initramfs
// without /dev/null. std's start-up code would abort there before `main`, so this is C's `main`.
#![no_main]

use std::io::{self, Write as _};

use bpfdbg::cli::Cli;
use bpfdbg::error::{self, Result};

/// Called by the C library; the arguments are read from `std::env`, which the C library fills.
// SAFETY: no other symbol of this program or of its libraries is named `main`.
#[allow(unsafe_code)]
#[unsafe(no_mangle)]
pub extern "C" fn main(_: i32, _: *const *const std::ffi::c_char) -> i32 {
    i32::from(run())
}

fn run() -> u8 {
    bpfdbg::sys::ignore_sigpipe();
    bpfdbg::sys::occupy_standard_descriptors();
    if is_driver() {
        return finish(bpfdbg::install::serve_kernel(), false);
    }
    match Cli::read() {
        Ok(cli) => finish(bpfdbg::cmd::run(&cli), cli.global.debug),
        Err(error) => {
            // Help and version go to standard output, and are no failure.
            let code = if error.use_stderr() { error::USAGE } else { 0 };
            match error.print() {
                Err(error) if error.kind() != io::ErrorKind::BrokenPipe => error::FAILED,
                _ => code,
            }
        }
    }
}

/// Whether the kernel started this process: directly, with its driver's name and no argument, or
/// through modprobe with `--umd`. A mount waits then, so the command line is not parsed.
fn is_driver() -> bool {
    let mut arguments = std::env::args_os();
    let name = arguments.next();
    name.is_some_and(|name| name == "bpf_preload")
        || arguments.next().is_some_and(|first| first == "--umd") && arguments.next().is_none()
}

fn finish(result: Result<()>, debug: bool) -> u8 {
    match result {
        Ok(()) => 0,
        Err(error) if error.is_broken_pipe() => 0,
        Err(error) => {
            // stderr is gone; nothing to do.
            let _ = io::stderr().write_all(error.report(debug).as_bytes());
            error.exit_code()
        }
    }
}
