//! perf_event_open(2), for the events that libbpf does not open by itself.

use std::ffi::CString;
use std::io;
use std::mem;
use std::os::fd::OwnedFd;

use super::owned;

/// A perf event to open.
pub(crate) enum PerfEvent<'a> {
    /// A software event by its number, one sample a second at most.
    Software(u64),
    /// A breakpoint at the execution of the code at an address of the kernel.
    Execute(u64),
    /// A tracepoint, by the id that tracefs gives it.
    Tracepoint(u64),
    /// A kprobe: the type that sysfs gives such events, the function, and the offset in it.
    Kprobe { event_type: u32, symbol: &'a str, offset: u64 },
}

/// `PERF_TYPE_SOFTWARE`
pub(crate) const PERF_TYPE_SOFTWARE: u32 = 1;
/// `PERF_COUNT_SW_CPU_CLOCK`
pub(crate) const PERF_COUNT_SW_CPU_CLOCK: u64 = 0;
/// `PERF_COUNT_SW_CPU_MIGRATIONS`
pub(crate) const PERF_COUNT_SW_CPU_MIGRATIONS: u64 = 4;
const PERF_TYPE_TRACEPOINT: u32 = 2;
const PERF_TYPE_BREAKPOINT: u32 = 5;
const HW_BREAKPOINT_X: u32 = 4;
/// `freq`: the sample period is a frequency.
const FREQ: u64 = 1 << 10;
const PERF_FLAG_FD_CLOEXEC: u64 = 8;

/// `struct perf_event_attr` up to its second published size, PERF_ATTR_SIZE_VER1.
#[repr(C)]
#[derive(Default)]
struct PerfEventAttr {
    event_type: u32,
    size: u32,
    config: u64,
    /// A frequency in hertz with [`FREQ`].
    sample_period: u64,
    sample_type: u64,
    read_format: u64,
    flags: u64,
    wakeup_events: u32,
    bp_type: u32,
    config1: u64,
    config2: u64,
}

/// Opens an event for every process of the first CPU.
pub(crate) fn perf_event_open(event: PerfEvent<'_>) -> io::Result<OwnedFd> {
    let mut attr =
        PerfEventAttr { size: mem::size_of::<PerfEventAttr>() as u32, ..Default::default() };
    // Must live until the call: the kernel reads the name of the function from it.
    let name: CString;
    match event {
        PerfEvent::Software(config) => {
            attr.event_type = PERF_TYPE_SOFTWARE;
            attr.config = config;
            attr.flags = FREQ;
            attr.sample_period = 1;
        }
        PerfEvent::Execute(address) => {
            attr.event_type = PERF_TYPE_BREAKPOINT;
            attr.bp_type = HW_BREAKPOINT_X;
            attr.config1 = address;
            attr.config2 = mem::size_of::<std::ffi::c_long>() as u64;
            attr.sample_period = 1;
        }
        PerfEvent::Tracepoint(id) => {
            attr.event_type = PERF_TYPE_TRACEPOINT;
            attr.config = id;
        }
        PerfEvent::Kprobe { event_type, symbol, offset } => {
            name = CString::new(symbol)?;
            attr.event_type = event_type;
            attr.config1 = name.as_ptr() as u64;
            attr.config2 = offset;
        }
    }
    let (pid, cpu, group) = (-1, 0, -1);
    // SAFETY: `attr` says its own size, and the kernel reads no more than that; a name in it ends
    // with a NUL.
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
