//! Raw tracepoints, tracepoints and plain perf events.

use std::fs;
use std::os::fd::{AsFd, AsRawFd, IntoRawFd, OwnedFd};
use std::process;

use libbpf_rs::{Link, PerfEventOpts, ProgramMut, RawTracepointOpts};

use crate::error::{Doing, Error, Result};
use crate::expect::Expect;
use crate::object::TRACING;
use crate::places::tracefs;
use crate::stage::{Attached, Ready};
use crate::sys::{self, PERF_COUNT_SW_CPU_CLOCK, PERF_COUNT_SW_CPU_MIGRATIONS, PerfEvent};

/// A cookie whose digits stand out in a listing.
pub(crate) const COOKIE: u64 = 0x00c0_ffee;

pub(crate) fn raw_tp() -> Result<Ready> {
    const NAME: &str = "attach_raw_tp_process_fork";
    let programs = TRACING.load(&[NAME])?;
    let expect = programs.expect("raw_tp", NAME)?;
    Ok(Ready::one(programs, expect, |programs, expect| {
        let tracepoint = "sched_process_fork";
        let link = programs.prog(NAME)?.attach_raw_tracepoint(tracepoint).doing(|| "attach")?;
        Ok(Attached::one(expect.linked(&link).with("tracepoint", tracepoint), link))
    }))
}

pub(crate) fn raw_tp_cookie() -> Result<Ready> {
    const NAME: &str = "attach_raw_tp_with_cookie";
    let programs = TRACING.load(&[NAME])?;
    let expect = programs.expect("raw_tp", NAME)?;
    Ok(Ready::one(programs, expect, |programs, expect| {
        let tracepoint = "sched_process_exec";
        let opts = RawTracepointOpts { cookie: COOKIE, ..Default::default() };
        let link = programs
            .prog(NAME)?
            .attach_raw_tracepoint_with_opts(tracepoint, opts)
            .doing(|| "attach")?;
        let expect = expect.linked(&link).with("tracepoint", tracepoint).with("cookie", COOKIE);
        Ok(Attached::one(expect, link))
    }))
}

pub(crate) fn tp_btf() -> Result<Ready> {
    const NAME: &str = "attach_tp_btf_process_exit";
    let programs = TRACING.load(&[NAME])?;
    let expect = programs.expect("tp_btf", NAME)?.with("tracepoint", "sched_process_exit");
    Ok(Ready::one(programs, expect, |programs, expect| {
        let link = programs.prog(NAME)?.attach_trace().doing(|| "attach")?;
        Ok(Attached::one(expect.linked(&link), link))
    }))
}

pub(crate) fn tracepoint() -> Result<Ready> {
    sched_exec("attach_tracepoint_process_exec", None)
}

pub(crate) fn tracepoint_cookie() -> Result<Ready> {
    sched_exec("attach_tracepoint_with_cookie", Some(COOKIE))
}

/// As before there were links.
pub(crate) fn tracepoint_ioctl() -> Result<Ready> {
    const NAME: &str = "attach_tracepoint_by_ioctl";
    let (category, tracepoint) = ("sched", "sched_process_exit");
    let programs = TRACING.load(&[NAME])?;
    let expect = programs.expect("tracepoint", NAME)?;
    Ok(Ready::one(programs, expect, move |programs, expect| {
        let id = tracefs::tracepoint_id(category, tracepoint)?;
        let event =
            sys::perf_event_open(PerfEvent::Tracepoint(id)).doing(|| "open a perf event")?;
        let opts = PerfEventOpts { force_ioctl_attach: true, ..Default::default() };
        let link = attach_to_event(&programs.prog(NAME)?, event, opts)?;
        let expect = expect.with("category", category).with("tracepoint", tracepoint);
        Ok(Attached::one(linked_or_by_perf(expect, &link), link))
    }))
}

/// A function of every kernel that idle machines do not call.
const WATCHED: &str = "vfs_rmdir";

pub(crate) fn perf_breakpoint() -> Result<Ready> {
    const NAME: &str = "attach_perf_breakpoint_execute";
    let programs = TRACING.load(&[NAME])?;
    let expect = programs.expect("perf_event", NAME)?;
    Ok(Ready::one(programs, expect, move |programs, expect| {
        let symbols = fs::read_to_string("/proc/kallsyms").doing(|| "read /proc/kallsyms")?;
        let line = symbols.lines().find(|line| line.split(' ').nth(2) == Some(WATCHED));
        let address = line.and_then(|line| u64::from_str_radix(line.split(' ').next()?, 16).ok());
        let address = address.filter(|address| *address != 0);
        let address = address.ok_or_else(|| Error::lacks("the address of a function"))?;
        let event =
            sys::perf_event_open(PerfEvent::Execute(address)).doing(|| "open a breakpoint")?;
        let opts = PerfEventOpts { force_ioctl_attach: true, ..Default::default() };
        let link = attach_to_event(&programs.prog(NAME)?, event, opts)?;
        let len = size_of::<std::ffi::c_long>();
        let expect = expect.with("symbol", WATCHED).with("breakpoint_type", "execute");
        let expect = expect.with("breakpoint_len", len).with("sample_period", 1);
        Ok(Attached::one(linked_or_by_perf(expect, &link), link))
    }))
}

fn sched_exec(name: &'static str, cookie: Option<u64>) -> Result<Ready> {
    let (category, tracepoint) = ("sched", "sched_process_exec");
    let programs = TRACING.load(&[name])?;
    let expect = programs.expect("tracepoint", name)?;
    Ok(Ready::one(programs, expect, move |programs, expect| {
        let id = tracefs::tracepoint_id(category, tracepoint)?;
        let event =
            sys::perf_event_open(PerfEvent::Tracepoint(id)).doing(|| "open a perf event")?;
        let opts = PerfEventOpts { cookie: cookie.unwrap_or(0), ..Default::default() };
        let link = attach_to_event(&programs.prog(name)?, event, opts)?;
        let expect = expect.with("category", category).with("tracepoint", tracepoint);
        let expect = with_cookie(expect, cookie);
        Ok(Attached::one(linked_or_by_perf(expect, &link), link))
    }))
}

pub(crate) fn attach_to_event(
    prog: &ProgramMut<'_>,
    event: OwnedFd,
    opts: PerfEventOpts,
) -> Result<Link> {
    let link = prog.attach_perf_event_with_opts(event.as_raw_fd(), opts).doing(|| "attach")?;
    // From here on the link owns the descriptor of the event, and closes it.
    let _ = event.into_raw_fd();
    Ok(link)
}

/// Notes the link's id, or, where the kernel knows no perf links (before 5.15), the descriptor
/// of the perf event that holds the program.
pub(crate) fn linked_or_by_perf(expect: Expect, link: &Link) -> Expect {
    let expect = expect.linked(link);
    if expect.link_id.is_some() {
        return expect;
    }
    let fd = link.as_fd().as_raw_fd();
    expect.with("via", "perf_ioctl").with("pid", process::id()).with("fd", fd)
}

pub(crate) fn with_cookie(expect: Expect, cookie: Option<u64>) -> Expect {
    match cookie {
        Some(cookie) => expect.with("cookie", cookie),
        None => expect,
    }
}

/// On the CPU clock, which profilers use. Kernels of today put a type of their own in place of
/// `PERF_TYPE_SOFTWARE` here, which they tell nobody, so no type is expected.
pub(crate) fn perf_event() -> Result<Ready> {
    let known = |expect: Expect| expect.with("event", "cpu-clock");
    software_event("attach_perf_event_cpu_clock", PERF_COUNT_SW_CPU_CLOCK, false, known)
}

pub(crate) fn perf_software() -> Result<Ready> {
    let known = |expect: Expect| {
        expect.with("event", "cpu-migrations").with("perf_type", sys::PERF_TYPE_SOFTWARE)
    };
    software_event("attach_perf_event_migrations", PERF_COUNT_SW_CPU_MIGRATIONS, false, known)
}

/// As before there were links: by PERF_EVENT_IOC_SET_BPF.
pub(crate) fn perf_ioctl() -> Result<Ready> {
    let known =
        |expect: Expect| expect.with("event", "cpu-clock").with("sample_period", 1_000_000_000);
    software_event("attach_perf_ioctl_cpu_clock", PERF_COUNT_SW_CPU_CLOCK, true, known)
}

fn software_event(
    name: &'static str,
    config: u64,
    by_ioctl: bool,
    known: fn(Expect) -> Expect,
) -> Result<Ready> {
    let programs = TRACING.load(&[name])?;
    let expect = programs.expect("perf_event", name)?;
    Ok(Ready::one(programs, expect, move |programs, expect| {
        let event = PerfEvent::Software(config);
        let event = sys::perf_event_open(event).doing(|| "open a perf event")?;
        let opts = PerfEventOpts { force_ioctl_attach: by_ioctl, ..Default::default() };
        let link = attach_to_event(&programs.prog(name)?, event, opts)?;
        let expect = known(expect.with("perf_config", config));
        Ok(Attached::one(linked_or_by_perf(expect, &link), link))
    }))
}

pub(crate) fn shared_map() -> Result<Ready> {
    const NAMES: [&str; 2] = ["attach_shared_map_first_user", "attach_shared_map_second_user"];
    let programs = TRACING.load_with_maps(&NAMES, &["shared_counter"])?;
    let expects = programs.expect_all("raw_tp", NAMES)?;
    Ok(Ready::new(programs, expects.clone(), move |programs| {
        let tracepoint = "sched_process_exit";
        let mut attached = Attached::default();
        for expect in expects {
            let prog = programs.prog(&expect.prog_name)?;
            let link = prog.attach_raw_tracepoint(tracepoint).doing(|| "attach")?;
            attached.add(expect.linked(&link).with("tracepoint", tracepoint), link);
        }
        Ok(attached)
    }))
}
