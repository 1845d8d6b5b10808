//! Hostile names and floods: that the kernel has exactly what the loader says.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::thread;
use std::time::{Duration, Instant};

use bpfdbg_attach::churn::{self, Churn};
use bpfdbg_attach::flood::{self, Flood};
use bpfdbg_attach::hostile;
use libbpf_rs::query::{LinkInfoIter, MapInfoIter, ProgInfoIter};
use libtest_mimic::{Completion, Trial};

use crate::{Outcome, expect_equal, kernel, trial};

pub(crate) fn trials() -> Vec<Trial> {
    vec![
        trial("hostile::programs_have_the_names_they_say", hostile_programs),
        trial("hostile::maps_have_the_names_they_say", hostile_maps),
        trial("hostile::a_map_has_4294967295_entries", most_entries),
        trial("flood::600_programs_have_600_names", flood_of_programs),
        trial("flood::every_link_has_a_program_of_its_own", flood_of_links),
        trial("churn::keeps_its_rate_and_leaves_no_link", churned),
        trial("flood::ids_can_be_advanced", advanced_ids),
    ]
}

fn hostile_programs() -> Outcome {
    for (what, made) in hostile::programs() {
        let Ok(named) = made else {
            // Kernels before 6.1 have no names of more than 127 bytes.
            expect_equal("refused", what, "511 bytes")?;
            continue;
        };
        let program = kernel::program(named.id).ok_or("the kernel has no such program")?;
        let kernel_name = program.name.as_bytes();
        match what {
            "empty kernel name" => expect_equal(what, kernel_name, b"")?,
            "two names" => expect_equal(what, kernel_name, b"other_in_kernel")?,
            _ => expect_equal(what, kernel_name, &named.name[..named.name.len().min(15)])?,
        }
        let lines_only = what.starts_with("line_info only");
        expect_equal(what, program.btf_id != 0, lines_only || !program.func_info.is_empty())?;
        if let Some(name) = kernel::full_name(&program) {
            expect_equal(what, name, String::from_utf8_lossy(&named.name).into_owned())?;
        }
    }
    Ok(Completion::Completed)
}

fn hostile_maps() -> Outcome {
    for (what, made) in hostile::maps() {
        let Ok(named) = made else {
            expect_equal("refused", what, "most entries")?;
            continue;
        };
        let map = MapInfoIter::default().find(|map| map.id == named.id);
        let map = map.ok_or("the kernel has no such map")?;
        expect_equal(what, map.name.as_os_str(), OsStr::from_bytes(&named.name))?;
    }
    Ok(Completion::Completed)
}

fn most_entries() -> Outcome {
    let named = match hostile::map_of_most_entries() {
        Ok(named) => named,
        Err(err) => return Ok(Completion::ignored_with(err.to_string())),
    };
    let map = MapInfoIter::default().find(|map| map.id == named.id);
    expect_equal("entries", map.map(|map| map.max_entries), Some(u32::MAX))?;
    Ok(Completion::Completed)
}

fn flood_of_programs() -> Outcome {
    let mut flood = Flood::new();
    flood.add_programs(600)?;
    expect_equal("programs", flood.program_ids.len(), 600)?;
    for number in [0, 1, 599] {
        let program = kernel::program(flood.program_ids[number]).ok_or("no such program")?;
        expect_equal("name", kernel::full_name(&program), Some(flood::program_name(number)))?;
    }
    Ok(Completion::Completed)
}

fn flood_of_links() -> Outcome {
    let mut flood = Flood::new();
    flood.add_links(20)?;
    for (link, program) in flood.link_ids.iter().zip(&flood.program_ids) {
        let link = kernel::link(*link).ok_or("no such link")?;
        expect_equal("program", link.prog_id, *program)?;
    }
    Ok(Completion::Completed)
}

fn churned() -> Outcome {
    let churn = Churn::start(100)?;
    let start = Instant::now();
    while churn.cycles() < 50 && start.elapsed() < Duration::from_secs(20) {
        thread::sleep(Duration::from_millis(10));
    }
    let cycles = churn.stop()?;
    expect_equal("50 cycles or more", cycles >= 50, true)?;
    // A hundred a second at most: fifty take half a second, and none is given in advance.
    expect_equal("not too fast", start.elapsed() >= Duration::from_millis(450), true)?;
    let name = OsStr::new(&churn::PROGRAM_NAME[..15]);
    // Other tests on this machine may attach such programs, too, and detach them in the end.
    let is_linked = || {
        let progs = ProgInfoIter::default().filter(|info| info.name == name);
        let ids: Vec<u32> = progs.map(|info| info.id).collect();
        LinkInfoIter::default().any(|link| ids.contains(&link.prog_id))
    };
    let stopped = Instant::now();
    while is_linked() {
        if stopped.elapsed() > Duration::from_secs(30) {
            return Err("a link is left".into());
        }
        thread::sleep(Duration::from_millis(50));
    }
    Ok(Completion::Completed)
}

fn advanced_ids() -> Outcome {
    let newest = ProgInfoIter::default().map(|info| info.id).max().unwrap_or(0);
    let reached = flood::advance_program_ids(newest + 100)?;
    expect_equal("above", reached > newest + 100, true)?;
    Ok(Completion::Completed)
}
