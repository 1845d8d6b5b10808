//! perf_event_open(2), for the events that libbpf does not open by itself.

use std::io;
use std::mem;
use std::os::fd::OwnedFd;

use super::owned;

/// A perf event to open.
#[derive(Clone, Copy)]
pub(crate) enum PerfEvent {
    /// The software clock of one CPU, one sample a second.
    CpuClock,
    /// A tracepoint, by the id that tracefs gives it.
    Tracepoint(u64),
}

/// `PERF_TYPE_SOFTWARE`
pub(crate) const PERF_TYPE_SOFTWARE: u32 = 1;
/// `PERF_COUNT_SW_CPU_CLOCK`
pub(crate) const PERF_COUNT_SW_CPU_CLOCK: u64 = 0;
const PERF_TYPE_TRACEPOINT: u32 = 2;
const PERF_FLAG_FD_CLOEXEC: u64 = 8;

/// `struct perf_event_attr` up to its first published size, PERF_ATTR_SIZE_VER0.
#[repr(C)]
#[derive(Default)]
struct PerfEventAttr {
    event_type: u32,
    size: u32,
    config: u64,
    /// A frequency in hertz where bit 10 of `flags` is set.
    sample_period: u64,
    sample_type: u64,
    read_format: u64,
    flags: u64,
    wakeup_events: u32,
    bp_type: u32,
    config1: u64,
}

/// Opens an event for every process of the first CPU.
pub(crate) fn perf_event_open(event: PerfEvent) -> io::Result<OwnedFd> {
    let (event_type, config, sample_period, flags) = match event {
        PerfEvent::CpuClock => (PERF_TYPE_SOFTWARE, PERF_COUNT_SW_CPU_CLOCK, 1, 1 << 10),
        PerfEvent::Tracepoint(id) => (PERF_TYPE_TRACEPOINT, id, 0, 0),
    };
    let attr = PerfEventAttr {
        event_type,
        size: mem::size_of::<PerfEventAttr>() as u32,
        config,
        sample_period,
        flags,
        ..Default::default()
    };
    let (pid, cpu, group) = (-1, 0, -1);
    // SAFETY: `attr` says its own size, and the kernel reads no more than that.
    let fd = unsafe {
        libc::syscall(
            libc::SYS_perf_event_open,
            std::ptr::from_ref(&attr),
            pid,
            cpu,
            group,
            PERF_FLAG_FD_CLOEXEC,
        )
    };
    owned(fd as i32)
}
