//! What a process took, which only wait4(2) tells of one process.

use std::io;
use std::mem::MaybeUninit;
use std::process::Child;

/// What the kernel counted of a process that has ended.
pub(crate) struct Usage {
    /// Seconds on a CPU, in the program and in the kernel.
    pub(crate) cpu: f64,
    /// The most memory that was resident, in KiB.
    pub(crate) peak: u64,
    /// Whether it exited with 0.
    pub(crate) is_success: bool,
}

/// Waits for a process to end.
#[allow(unsafe_code)]
pub(crate) fn wait(child: &Child) -> io::Result<Usage> {
    let mut status = 0;
    let mut usage = MaybeUninit::<libc::rusage>::uninit();
    // SAFETY: both pointers lead to variables that outlive the call.
    let pid = unsafe { libc::wait4(child.id() as i32, &mut status, 0, usage.as_mut_ptr()) };
    if pid < 0 {
        return Err(io::Error::last_os_error());
    }
    // SAFETY: the call succeeded, and so has filled it.
    let usage = unsafe { usage.assume_init() };
    let seconds = |time: libc::timeval| time.tv_sec as f64 + time.tv_usec as f64 / 1e6;
    Ok(Usage {
        cpu: seconds(usage.ru_utime) + seconds(usage.ru_stime),
        peak: usage.ru_maxrss as u64,
        is_success: libc::WIFEXITED(status) && libc::WEXITSTATUS(status) == 0,
    })
}
