//! Links of many probes each: kprobe_multi, uprobe_multi, and the sessions of both.

use std::collections::BTreeSet;
use std::os::fd::AsFd;

use libbpf_rs::UprobeMultiOpts;
use libbpf_sys as raw;

use super::tracing::COOKIE;
use crate::error::{Doing, Error, Result};
use crate::expect::Expect;
use crate::object::PROBES;
use crate::places::file::ProbedFile;
use crate::places::tracefs;
use crate::stage::{Attached, Ready};
use crate::sys::{self, LinkExtra};

/// What to attach to, found out at attach.
type Symbols = fn() -> Result<Vec<String>>;

fn on_symbols(
    kind: &'static str,
    name: &'static str,
    attach_type: u32,
    returns: bool,
    symbols: Symbols,
    with_cookies: bool,
) -> Result<Ready> {
    let programs = PROBES.load(&[name])?;
    let expect = programs.expect(kind, name)?;
    Ok(Ready::one(programs, expect, move |programs, expect| {
        let symbols = symbols()?;
        let cookies: Vec<u64> = match with_cookies {
            true => (COOKIE..).take(symbols.len()).collect(),
            false => Vec::new(),
        };
        let extra = LinkExtra::KprobeMulti { symbols: &symbols, returns, cookies: &cookies };
        let link = sys::link_create(programs.prog(name)?.as_fd(), 0, attach_type, extra)
            .doing(|| format!("attach to {} symbols", symbols.len()))?;
        let expect = expect.with("count", symbols.len()).with("symbols", symbols.join(","));
        Ok(Attached::one(with_numbers(expect, "cookies", &cookies).linked(&link), link))
    }))
}

/// Adds a list of numbers in hexadecimal digits, by commas, unless it is empty.
fn with_numbers(expect: Expect, key: &'static str, numbers: &[u64]) -> Expect {
    if numbers.is_empty() {
        return expect;
    }
    let numbers: Vec<_> = numbers.iter().map(|number| format!("{number:#x}")).collect();
    expect.with(key, numbers.join(","))
}

fn two_symbols() -> Result<Vec<String>> {
    Ok(vec!["vfs_unlink".into(), "vfs_rmdir".into()])
}

/// More functions than any listing shows in a row.
fn many_symbols() -> Result<Vec<String>> {
    const MOST: usize = 300;
    let traceable = tracefs::traceable_functions()?;
    // Two functions of one name cannot be told apart by it.
    let mut once = BTreeSet::new();
    let mut again = BTreeSet::new();
    for name in traceable.iter().filter(|name| name.starts_with("tcp_")) {
        if !once.insert(name) {
            again.insert(name);
        }
    }
    let symbols: Vec<_> = once.difference(&again).take(MOST).map(|name| name.to_string()).collect();
    if symbols.len() < 2 { Err(Error::lacks("no traceable functions")) } else { Ok(symbols) }
}

const MULTI: u32 = raw::BPF_TRACE_KPROBE_MULTI;
const SESSION: u32 = raw::BPF_TRACE_KPROBE_SESSION;

pub(crate) fn kprobe_multi() -> Result<Ready> {
    let name = "attach_kprobe_multi_two_symbols";
    on_symbols("kprobe_multi", name, MULTI, false, two_symbols, true)
}

pub(crate) fn kretprobe_multi() -> Result<Ready> {
    let name = "attach_kretprobe_multi_two_symbols";
    on_symbols("kretprobe_multi", name, MULTI, true, two_symbols, false)
}

pub(crate) fn kprobe_multi_many() -> Result<Ready> {
    let name = "attach_kprobe_multi_many_symbols";
    on_symbols("kprobe_multi", name, MULTI, false, many_symbols, false)
}

pub(crate) fn kprobe_session() -> Result<Ready> {
    let name = "attach_kprobe_session_two_symbols";
    on_symbols("kprobe_session", name, SESSION, false, two_symbols, false)
}

/// Places in a file that nobody runs.
const OFFSETS: [usize; 3] = [0x100, 0x1234, 0x2f00];

fn on_offsets(kind: &'static str, name: &'static str, opts: UprobeMultiOpts) -> Result<Ready> {
    let programs = PROBES.load(&[name])?;
    let expect = programs.expect(kind, name)?;
    Ok(Ready::one(programs, expect, move |programs, expect| {
        let file = ProbedFile::new("")?;
        let cookies = opts.cookies.clone();
        let opts = UprobeMultiOpts { offsets: OFFSETS.to_vec(), ..opts };
        let (every_process, no_pattern) = (-1, "");
        let link = programs
            .prog(name)?
            .attach_uprobe_multi_with_opts(every_process, file.path(), no_pattern, opts)
            .doing(|| "attach")?;
        let expect = expect.with("path", file.path().display()).with("count", OFFSETS.len());
        let expect = with_numbers(expect, "offsets", &OFFSETS.map(|offset| offset as u64));
        Ok(Attached::one(with_numbers(expect, "cookies", &cookies).linked(&link), link).at(file))
    }))
}

pub(crate) fn uprobe_multi() -> Result<Ready> {
    let cookies = (COOKIE..).take(OFFSETS.len()).collect();
    let opts = UprobeMultiOpts { cookies, ..Default::default() };
    on_offsets("uprobe_multi", "attach_uprobe_multi_file_offsets", opts)
}

pub(crate) fn uretprobe_multi() -> Result<Ready> {
    let opts = UprobeMultiOpts { retprobe: true, ..Default::default() };
    on_offsets("uretprobe_multi", "attach_uretprobe_multi_file_offsets", opts)
}

pub(crate) fn uprobe_session() -> Result<Ready> {
    let opts = UprobeMultiOpts { session: true, ..Default::default() };
    on_offsets("uprobe_session", "attach_uprobe_session_file_offsets", opts)
}
