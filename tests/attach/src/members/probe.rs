//! Single kernel and user probes.

use std::fs;
use std::path::Path;

use libbpf_rs::{KprobeOpts, PerfEventOpts, UprobeOpts};

use super::tracing::{COOKIE, attach_to_event, linked_or_by_perf, with_cookie};
use crate::error::{Doing, Error, Result};
use crate::object::PROBES;
use crate::places::file::ProbedFile;
use crate::stage::{Attached, Ready};
use crate::sys::{self, PerfEvent};

/// A function of every kernel, and one that idle machines do not call.
const SYMBOL: &str = "vfs_unlink";

fn on_symbol(name: &'static str, returns: bool, cookie: Option<u64>) -> Result<Ready> {
    let programs = PROBES.load(&[name])?;
    let expect = programs.expect(if returns { "kretprobe" } else { "kprobe" }, name)?;
    Ok(Ready::one(programs, expect, move |programs, expect| {
        let opts = KprobeOpts { cookie: cookie.unwrap_or(0), ..Default::default() };
        let prog = programs.prog(name)?;
        let link = prog.attach_kprobe_with_opts(returns, SYMBOL, opts).doing(|| "attach")?;
        let expect = with_cookie(expect.with("symbol", SYMBOL).with("offset", "0x0"), cookie);
        Ok(Attached::one(linked_or_by_perf(expect, &link), link))
    }))
}

pub(crate) fn kprobe() -> Result<Ready> {
    on_symbol("attach_kprobe_kernel_symbol", false, None)
}

/// As before there were links.
pub(crate) fn kprobe_ioctl() -> Result<Ready> {
    const NAME: &str = "attach_kprobe_by_ioctl";
    let programs = PROBES.load(&[NAME])?;
    let expect = programs.expect("kprobe", NAME)?;
    Ok(Ready::one(programs, expect, move |programs, expect| {
        let event_type = kprobe_event_type()?;
        let kprobe = PerfEvent::Kprobe { event_type, symbol: SYMBOL, offset: 0 };
        let event = sys::perf_event_open(kprobe).doing(|| "open a kprobe")?;
        let opts = PerfEventOpts { force_ioctl_attach: true, ..Default::default() };
        let link = attach_to_event(&programs.prog(NAME)?, event, opts)?;
        let expect = expect.with("symbol", SYMBOL).with("offset", "0x0");
        Ok(Attached::one(linked_or_by_perf(expect, &link), link))
    }))
}

pub(crate) fn kprobe_cookie() -> Result<Ready> {
    on_symbol("attach_kprobe_with_cookie", false, Some(COOKIE))
}

pub(crate) fn kretprobe() -> Result<Ready> {
    on_symbol("attach_kretprobe_kernel_symbol", true, None)
}

/// Where an instruction may begin that a function has behind its call to ftrace, and what stands
/// before that: ENDBR on x86-64, BTI and the address to return to on arm64. A probe on any other
/// byte is refused.
const OFFSETS: &[u64] = if cfg!(target_arch = "x86_64") { &[5, 9, 4] } else { &[12, 8, 6] };

pub(crate) fn kprobe_offset() -> Result<Ready> {
    const NAME: &str = "attach_kprobe_inside_function";
    let programs = PROBES.load(&[NAME])?;
    let expect = programs.expect("kprobe", NAME)?;
    Ok(Ready::one(programs, expect, |programs, expect| {
        let prog = programs.prog(NAME)?;
        let event_type = kprobe_event_type()?;
        let mut refused = Error::lacks("no offset to try");
        for &offset in OFFSETS {
            let kprobe = PerfEvent::Kprobe { event_type, symbol: SYMBOL, offset };
            let event = match sys::perf_event_open(kprobe) {
                Ok(event) => event,
                Err(err) => {
                    refused = Error::os(format!("open a kprobe at {SYMBOL}+{offset:#x}"), err);
                    continue;
                }
            };
            let link = attach_to_event(&prog, event, PerfEventOpts::default())?;
            let expect = expect.with("symbol", SYMBOL).with("offset", format!("{offset:#x}"));
            return Ok(Attached::one(linked_or_by_perf(expect, &link), link));
        }
        Err(refused)
    }))
}

/// The type of perf events that are kprobes, which the kernel hands out at boot.
fn kprobe_event_type() -> Result<u32> {
    let path = Path::new("/sys/bus/event_source/devices/kprobe/type");
    let text = fs::read_to_string(path).doing(|| format!("read '{}'", path.display()))?;
    text.trim().parse().map_err(|_| Error::lacks("the type of kprobe events is no number"))
}

/// Any offset does: nobody runs the file.
const FILE_OFFSET: usize = 0x1234;

fn on_file(
    name: &'static str,
    returns: bool,
    cookie: Option<u64>,
    suffix: &'static str,
) -> Result<Ready> {
    let programs = PROBES.load(&[name])?;
    let expect = programs.expect(if returns { "uretprobe" } else { "uprobe" }, name)?;
    Ok(Ready::one(programs, expect, move |programs, expect| {
        let file = ProbedFile::new(suffix)?;
        let opts =
            UprobeOpts { retprobe: returns, cookie: cookie.unwrap_or(0), ..Default::default() };
        let every_process = -1;
        let link = programs
            .prog(name)?
            .attach_uprobe_with_opts(every_process, file.path(), FILE_OFFSET, opts)
            .doing(|| "attach")?;
        let expect = expect.with("path", file.path().display());
        let expect = with_cookie(expect.with("offset", format!("{FILE_OFFSET:#x}")), cookie);
        Ok(Attached::one(linked_or_by_perf(expect, &link), link).at(file))
    }))
}

pub(crate) fn uprobe() -> Result<Ready> {
    on_file("attach_uprobe_file_offset", false, None, "")
}

pub(crate) fn uprobe_cookie() -> Result<Ready> {
    on_file("attach_uprobe_with_cookie", false, Some(COOKIE), "")
}

pub(crate) fn uretprobe() -> Result<Ready> {
    on_file("attach_uretprobe_file_offset", true, None, "")
}

/// A path that, printed as it is, begins a new line that looks like a row.
pub(crate) fn uprobe_newline() -> Result<Ready> {
    let suffix = " \t\\040\u{1b}[31m\n  99 evil             a b";
    on_file("attach_uprobe_path_with_newline", false, None, suffix)
}
