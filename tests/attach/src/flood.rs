//! Objects by the thousand, for benches and for ids of more than four digits.

use std::ffi::CStr;
use std::os::fd::{AsFd, OwnedFd};

use libbpf_sys as raw;

use crate::btf::Btf;
use crate::error::{Doing, Result};
use crate::handmade::{kernel_name, small_array, socket_filter};
use crate::object::TRACING;
use crate::sys::{self, FuncInfo, LinkExtra, RawMap, RawProg};

/// A tracepoint of the kernel's own test runs, which nothing else fires.
const QUIET_TRACEPOINT: &CStr = c"bpf_test_finish";

/// Descriptors left for everything that is not flooded.
const SPARE_DESCRIPTORS: u64 = 1000;

/// Many objects; they go when this is dropped.
///
/// Programs are held by a map, or by their links, since a process may have few descriptors: each
/// call of [`Flood::add_programs`] makes one map more. Maps and links take a descriptor each (a
/// map of maps could hold maps, but waits for a grace period at every one).
#[derive(Default)]
pub struct Flood {
    held: Vec<OwnedFd>,
    /// The ids of the programs by number, those of [`Flood::add_links`] included.
    pub program_ids: Vec<u32>,
    /// The ids of the maps, those that hold programs not included.
    pub map_ids: Vec<u32>,
    /// The ids of the links.
    pub link_ids: Vec<u32>,
}

/// The full name of the program of this number, 30 bytes long.
pub fn program_name(number: usize) -> String {
    format!("bpfdbg_flood_program_nr_{number:06}")
}

impl Flood {
    /// Nothing yet.
    pub fn new() -> Flood {
        // Where root may not raise it, kernels of today do not need it.
        let _ = sys::allow_locked_memory();
        Flood::default()
    }

    /// Loads `count` socket filters, each with a full name of its own ([`program_name`]).
    pub fn add_programs(&mut self, count: usize) -> Result<()> {
        if count == 0 {
            return Ok(());
        }
        let holder = program_holder(count)?;
        let mut key = 0..;
        self.load(count, raw::BPF_PROG_TYPE_SOCKET_FILTER, |_, prog| {
            let key = key.next().unwrap_or_default();
            sys::map_hold(holder.as_fd(), key, prog.as_fd()).doing(|| "hold a program")
        })?;
        self.held.push(holder);
        Ok(())
    }

    /// Runs the first of the programs so many times; 5.10 takes no more than are done in a second.
    pub fn run_program(&self, times: u32) -> Result<()> {
        let id = self.program_ids.first().copied().unwrap_or_default();
        let prog = sys::prog_by_id(id).doing(|| "open a program")?;
        sys::prog_run(prog, times).doing(|| "run a program")
    }

    /// Loads `count` programs and attaches each to a raw tracepoint that never fires.
    pub fn add_links(&mut self, count: usize) -> Result<()> {
        self.allow_descriptors(count)?;
        self.load(count, raw::BPF_PROG_TYPE_RAW_TRACEPOINT, |flood, prog| {
            let link = sys::raw_tracepoint_open(prog.as_fd(), QUIET_TRACEPOINT)
                .doing(|| "attach to a raw tracepoint")?;
            flood.link_ids.push(sys::link_id(&link).doing(|| "ask for a link")?);
            flood.held.push(link);
            Ok(())
        })
    }

    /// Creates `count` arrays of one element.
    pub fn add_maps(&mut self, count: usize) -> Result<()> {
        self.allow_descriptors(count)?;
        for _ in 0..count {
            let name = format!("flood_{:06}", self.map_ids.len());
            let map = sys::map_create(&small_array(name.as_bytes())).doing(|| "create a map")?;
            self.map_ids.push(sys::map_info(&map).doing(|| "ask for a map")?.id);
            self.held.push(map);
        }
        Ok(())
    }

    fn allow_descriptors(&self, more: usize) -> Result<()> {
        let wanted = (self.held.len() + more) as u64 + SPARE_DESCRIPTORS;
        sys::allow_open_files(wanted).doing(|| format!("allow {wanted} descriptors"))
    }

    fn load(
        &mut self,
        count: usize,
        prog_type: u32,
        mut keep: impl FnMut(&mut Flood, OwnedFd) -> Result<()>,
    ) -> Result<()> {
        let first = self.program_ids.len();
        let mut btf = Btf::new();
        let named: Vec<_> = (first..first + count)
            .map(program_name)
            .map(|name| (btf.function(name.as_bytes()), name))
            .collect();
        let btf = btf.load().doing(|| "load BTF")?;
        for (type_id, name) in named {
            let prog = sys::prog_load(&RawProg {
                prog_type,
                btf: Some(btf.as_fd()),
                func_info: &[FuncInfo { insn_off: 0, type_id }],
                ..socket_filter(kernel_name(name.as_bytes()))
            })
            .doing(|| "load a program")?;
            self.program_ids.push(sys::prog_info(&prog).doing(|| "ask for a program")?.id);
            keep(self, prog)?;
        }
        Ok(())
    }
}

/// A map that keeps `count` programs alive.
fn program_holder(count: usize) -> Result<OwnedFd> {
    sys::map_create(&RawMap {
        map_type: raw::BPF_MAP_TYPE_PROG_ARRAY,
        value_size: 4,
        max_entries: count as u32,
        ..small_array(b"flood_holder")
    })
    .doing(|| "create a map that holds programs")
}

/// A program array for tail calls, with one program in it.
pub fn tail_call(prog_id: u32) -> Result<OwnedFd> {
    let array = program_holder(1)?;
    let prog = sys::prog_by_id(prog_id).doing(|| "open a program")?;
    sys::map_hold(array.as_fd(), 0, prog.as_fd()).doing(|| "hold a program")?;
    Ok(array)
}

/// Loads and unloads programs until one has an id above `id`, and gives that id.
///
/// The kernel hands ids out in a cycle, so one loaded next has a higher one still.
pub fn advance_program_ids(id: u32) -> Result<u32> {
    let make = || sys::prog_load(&socket_filter(b"")).doing(|| "load a program");
    let id_of = |prog: &OwnedFd| Ok(sys::prog_info(prog).doing(|| "ask for a program")?.id);
    advance(id, make, id_of)
}

/// The same for maps.
pub fn advance_map_ids(id: u32) -> Result<u32> {
    let make = || sys::map_create(&small_array(b"")).doing(|| "create a map");
    let id_of = |map: &OwnedFd| Ok(sys::map_info(map).doing(|| "ask for a map")?.id);
    advance(id, make, id_of)
}

/// The same for links, with those of an iterator, which nothing else has to wait for.
pub fn advance_link_ids(id: u32) -> Result<u32> {
    const NAME: &str = "attach_iter_every_task";
    let programs = TRACING.load(&[NAME])?;
    let prog = programs.prog(NAME)?;
    let make = || {
        sys::link_create(prog.as_fd(), 0, raw::BPF_TRACE_ITER, LinkExtra::Nothing)
            .doing(|| "attach an iterator")
    };
    advance(id, make, |link| sys::link_id(link).doing(|| "ask for a link"))
}

fn advance(
    id: u32,
    make: impl Fn() -> Result<OwnedFd>,
    id_of: impl Fn(&OwnedFd) -> Result<u32>,
) -> Result<u32> {
    let _ = sys::allow_locked_memory();
    loop {
        let reached = id_of(&make()?)?;
        if reached > id {
            return Ok(reached);
        }
        // Each object takes one id at least, so this many need not be asked for theirs.
        for _ in reached + 1..id {
            make()?;
        }
    }
}
