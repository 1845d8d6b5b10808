//! Every test of the command, in one binary that also runs inside the virtual machines.
//!
//! `cargo test --test bpfdbg -- docs` runs the tests of one module.

mod docs;
mod install;
mod listing;
mod progs;
mod sandbox;
mod support;

use libtest_mimic::{Arguments, Trial};

fn main() {
    let modules: Vec<(&str, Vec<Trial>)> = vec![
        ("docs", docs::trials()),
        ("install", install::trials()),
        ("listing", listing::trials()),
        ("progs", progs::trials()),
    ];
    let trials = modules
        .into_iter()
        .flat_map(|(name, trials)| trials.into_iter().map(move |trial| trial.with_kind(name)))
        .collect();
    libtest_mimic::run(&Arguments::from_args(), trials).exit();
}
