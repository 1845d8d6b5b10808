//! Loads each program of an object by itself, and tells which the running kernel takes.

mod rodata;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::ExitCode;
use std::sync::Mutex;

use libbpf_rs::btf::Btf;
use libbpf_rs::btf::types::{Enum, Func, Struct};
use libbpf_rs::{ObjectBuilder, OpenObject, PrintLevel};

const USAGE: &str = "\
usage: bpfdbg-load [--cpus N] [--counts] OBJECT...

Prints a line for each program of each OBJECT: the object, the program, and `loads`, or
`- REASON` where this kernel lacks what the program is for, or `refused ERROR: LAST LINE`
of the verifier. With --cpus, only the programs are loaded that go through all CPUs, and told
of so many; with --counts, what the verifier counted stands behind `loads`. Exits 1 where a program is refused.";

/// `BPF_LOG_STATS`: what the verifier has to say, without the instructions that it walked.
const LOG_STATS: u32 = 4;

/// What libbpf printed; it takes a plain function, hence a static.
static LOG: Mutex<String> = Mutex::new(String::new());

fn keep(_: PrintLevel, message: String) {
    if let Ok(mut log) = LOG.lock() {
        log.push_str(&message);
    }
}

fn main() -> ExitCode {
    libbpf_rs::set_print(Some((PrintLevel::Debug, keep)));
    let mut args = std::env::args().skip(1).peekable();
    let mut cpus = None;
    if args.next_if_eq("--cpus").is_some() {
        match args.next().and_then(|number| number.parse().ok()) {
            Some(number) => cpus = Some(number),
            None => return usage(),
        }
    }
    let wants_counts = args.next_if_eq("--counts").is_some();
    if args.peek().is_none() {
        return usage();
    }
    let mut refused = false;
    for object in args {
        match load_each(Path::new(&object), cpus, wants_counts) {
            Ok(all_load) => refused |= !all_load,
            Err(error) => {
                println!("{object} - refused {error}");
                refused = true;
            }
        }
    }
    ExitCode::from(u8::from(refused))
}

fn usage() -> ExitCode {
    eprintln!("{USAGE}");
    ExitCode::from(2)
}

/// Prints how each program fares. False where one is refused.
fn load_each(object: &Path, cpus: Option<u32>, wants_counts: bool) -> libbpf_rs::Result<bool> {
    let kernel = Btf::from_vmlinux()?;
    let programs = ObjectBuilder::default()
        .open_file(object)?
        .progs()
        .map(|prog| (text(prog.name()), text(prog.section())))
        .collect::<BTreeMap<_, _>>();
    let stem = object.file_stem().unwrap_or_default().to_string_lossy();
    let mut all_load = true;
    for name in programs.keys().filter(|name| cpus.is_none() || name.contains("progs")) {
        let verdict = match lack(&kernel, &programs, name) {
            Some(why) => format!("- {why}"),
            None => match load(object, name, cpus.unwrap_or(2)) {
                Ok(counts) if wants_counts => format!("loads: {counts}"),
                Ok(_) => "loads".to_owned(),
                Err(why) => {
                    all_load = false;
                    format!("refused {why}")
                }
            },
        };
        println!("{stem} {name} {verdict}");
    }
    Ok(all_load)
}

fn text(name: &std::ffi::OsStr) -> String {
    name.to_string_lossy().into_owned()
}

/// What a program is made for and this kernel does not have. A variant's name tells what it does
/// without, and so what the program of the shorter name takes.
fn lack(kernel: &Btf<'_>, programs: &BTreeMap<String, String>, name: &str) -> Option<&'static str> {
    let target = programs[name].trim_start_matches("iter/");
    if kernel.type_by_name::<Struct<'_>>(&format!("bpf_iter__{target}")).is_none() {
        return Some("no such iterator");
    }
    let has_loop = kernel.type_by_name::<Enum<'_>>("bpf_func_id").is_some_and(|helpers| {
        helpers.iter().any(|of| of.name.is_some_and(|name| name == "BPF_FUNC_loop"))
    });
    let has_kfunc = kernel.type_by_name::<Func<'_>>("bpf_map_sum_elem_count").is_some();
    let has_jit =
        fs::read_to_string("/proc/sys/net/core/bpf_jit_enable").is_ok_and(|on| on.trim() != "0");
    let takes = |what: &str| programs.contains_key(&format!("{name}_no_{what}"));
    match (takes("loop"), takes("kfunc") && has_kfunc) {
        (true, _) if !has_loop => Some("no bpf_loop()"),
        (true, _) | (_, true) if !has_jit => Some("no JIT"),
        _ => None,
    }
}

/// Loads one program and gives what the verifier counted; the error is the kernel's and the last
/// line of the verifier's log.
fn load(object: &Path, name: &str, cpus: u32) -> Result<String, String> {
    let opened = open(object, name, cpus).map_err(|error| format!("{error:#}"))?;
    // What libbpf said of opening is of no interest.
    take_log();
    match opened.load() {
        Ok(_) => Ok(counts(&take_log())),
        Err(error) => {
            let mut text = format!("{error:#}");
            if let Some(line) = last_line(&take_log()) {
                let _ = write!(text, ": {line}");
            }
            Err(text)
        }
    }
}

fn take_log() -> String {
    LOG.lock().map(|mut log| std::mem::take(&mut *log)).unwrap_or_default()
}

/// The verifier's counts.
const COUNTS: [&str; 3] = ["processed ", "verification time ", "stack depth "];

fn counts(log: &str) -> String {
    let is_count = |line: &&str| COUNTS.iter().any(|of| line.starts_with(of));
    log.lines().filter(is_count).collect::<Vec<_>>().join(", ")
}

fn open(object: &Path, name: &str, cpus: u32) -> libbpf_rs::Result<OpenObject> {
    let mut open = ObjectBuilder::default().open_file(object)?;
    for mut prog in open.progs_mut() {
        let is_wanted = prog.name() == name;
        prog.set_autoload(is_wanted);
        prog.set_log_level(LOG_STATS);
    }
    let variables = rodata::variables(object)?;
    for mut map in open.maps_mut() {
        let map_name = text(map.name());
        if map_name == "cpu_offsets" {
            map.set_max_entries(cpus)?;
        } else if map_name.ends_with(".rodata")
            && let Some(value) = map.initial_value_mut()
        {
            rodata::fill(value, &variables, cpus);
        }
    }
    Ok(open)
}

/// The last that the verifier said, but for its counts; or else that libbpf did.
fn last_line(log: &str) -> Option<&str> {
    let is_said = |line: &&str| {
        !line.is_empty()
            && !line.starts_with("libbpf: ")
            && !COUNTS.iter().any(|of| line.starts_with(of))
    };
    let said = log.split("-- END PROG LOAD LOG --").next().unwrap_or(log);
    said.lines().rev().find(is_said).or_else(|| log.lines().last())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_line_is_the_verifier_s_and_not_its_counts() {
        let log = "libbpf: prog 'a': BPF program load failed: -EACCES\n\
                   libbpf: prog 'a': -- BEGIN PROG LOAD LOG --\n\
                   func#0 @0\nR1 pointer |= pointer prohibited\n\
                   processed 7 insns (limit 1000000) max_states_per_insn 0\n\
                   -- END PROG LOAD LOG --\nlibbpf: failed to load object 'iterators_bpf'\n";
        assert_eq!(last_line(log), Some("R1 pointer |= pointer prohibited"));
        assert_eq!(last_line("libbpf: no BTF\n"), Some("libbpf: no BTF"));
        assert_eq!(last_line(""), None);
    }
}
