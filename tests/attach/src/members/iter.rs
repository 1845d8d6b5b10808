//! Iterators, which are links too: of all tasks, and of the elements of one map.

use std::os::fd::AsFd;

use libbpf_rs::{IterOpts, MapIterOpts};

use crate::error::{Doing, Result};
use crate::object::TRACING;
use crate::stage::{Attached, Ready};

pub(crate) fn tasks() -> Result<Ready> {
    const NAME: &str = "attach_iter_every_task";
    let programs = TRACING.load(&[NAME])?;
    let expect = programs.expect("iter", NAME)?.with("function", "bpf_iter_task");
    Ok(Ready::one(programs, expect, |programs, expect| {
        let prog = programs.prog(NAME)?;
        let link = prog.attach_iter_with_opts(IterOpts::None).doing(|| "attach")?;
        Ok(Attached::one(expect.with("iter", "task").linked(&link), link))
    }))
}

pub(crate) fn map_elements() -> Result<Ready> {
    const NAME: &str = "attach_iter_map_elements";
    const MAP: &str = "iterated_map";
    let programs = TRACING.load_with_maps(&[NAME], &[MAP])?;
    let expect = programs.expect("iter", NAME)?.with("function", "bpf_iter_bpf_map_elem");
    Ok(Ready::one(programs, expect, |programs, expect| {
        let map = programs.map(MAP)?;
        let opts = IterOpts::Map(MapIterOpts::from_fd(map.as_fd()));
        let link = programs.prog(NAME)?.attach_iter_with_opts(opts).doing(|| "attach")?;
        let map = programs.map_use(MAP)?;
        let expect = expect.with("iter", "bpf_map_elem");
        let expect = expect.with("map_id", map.id).with("map_name", map.name);
        Ok(Attached::one(expect.linked(&link), link))
    }))
}
