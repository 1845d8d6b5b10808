//! Every test of the command, in one binary that also runs inside the virtual machines.
//!
//! `cargo test --test bpfdbg -- docs` runs the tests of one module.

mod attached;
mod bad_rows;
mod bounds;
mod bpftool;
mod describe;
mod descriptors;
mod docs;
mod escapes;
mod filters;
mod fuzz;
mod holders;
mod install;
mod links;
mod listing;
mod map_facts;
mod map_names;
mod metrics;
mod mistakes;
mod modprobe;
mod package;
mod pinned;
mod places;
mod progs;
mod readers;
mod rooms;
mod sandbox;
mod service;
mod stats;
mod support;
mod tree;
mod umd;
mod unattached;
mod watch;

use libtest_mimic::{Arguments, Trial};

fn main() {
    let mut arguments = std::env::args().skip(1);
    match arguments.next().as_deref() {
        Some(umd::DOUBLE) => umd::run_double(&arguments.next().unwrap_or_default()),
        Some(attached::HOLDER) => attached::hold(&arguments.next().unwrap_or_default()),
        Some(readers::HOLDER) => readers::hold(&arguments.next().unwrap_or_default()),
        Some(links::HOLDER) => links::hold(&arguments.next().unwrap_or_default()),
        _ => {}
    }
    modprobe::silence();
    let modules: Vec<(&str, Vec<Trial>)> = vec![
        ("bpftool", bpftool::trials()),
        ("describe", describe::trials()),
        ("descriptors", descriptors::trials()),
        ("attached", attached::trials()),
        ("bad_rows", bad_rows::trials()),
        ("bounds", bounds::trials()),
        ("docs", docs::trials()),
        ("escapes", escapes::trials()),
        ("filters", filters::trials()),
        ("fuzz", fuzz::trials()),
        ("holders", holders::trials()),
        ("install", install::trials()),
        ("links", links::trials()),
        ("listing", listing::trials()),
        ("map_facts", map_facts::trials()),
        ("map_names", map_names::trials()),
        ("metrics", metrics::trials()),
        ("mistakes", mistakes::trials()),
        ("modprobe", modprobe::trials()),
        ("package", package::trials()),
        ("pinned", pinned::trials()),
        ("places", places::trials()),
        ("progs", progs::trials()),
        ("readers", readers::trials()),
        ("rooms", rooms::trials()),
        ("service", service::trials()),
        ("stats", stats::trials()),
        ("tree", tree::trials()),
        ("umd", umd::trials()),
        ("unattached", unattached::trials()),
        ("watch", watch::trials()),
    ];
    let trials = modules
        .into_iter()
        .flat_map(|(name, trials)| trials.into_iter().map(move |trial| trial.with_kind(name)))
        .collect();
    libtest_mimic::run(&Arguments::from_args(), trials).exit();
}
