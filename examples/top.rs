//! The programs that took most of the time, while the kernel counted.
//!
//! `cargo run --no-default-features --example top [DIR]`, DIR being /run/bpfdbg by default.

use std::cmp::Reverse;
use std::error::Error;
use std::path::PathBuf;
use std::{env, fs};

use bpfdbg::model::Prog;
use bpfdbg::parse;

fn main() -> Result<(), Box<dyn Error>> {
    let dir = PathBuf::from(env::args_os().nth(1).unwrap_or_else(|| "/run/bpfdbg".into()));
    let text = fs::read(dir.join("progs.debug"))?;
    // A row that cannot be read costs no other.
    let mut progs: Vec<Prog> = parse::good_rows(&text, |error| {
        eprintln!("{}:{error}", dir.join("progs.debug").display())
    })?;
    progs.retain(|prog| prog.run_cnt.is_some_and(|runs| runs > 0));
    progs.sort_by_key(|prog| Reverse(prog.run_time_ns));
    for prog in progs.iter().take(10) {
        let (runs, time) = (prog.run_cnt.unwrap_or(0), prog.run_time_ns.unwrap_or(0));
        let name = prog.name.map(|name| name.to_string()).unwrap_or_default();
        println!("{:>8} {:>12} runs {:>9} ns each  {name}", prog.id, runs, time / runs.max(1));
    }
    Ok(())
}
