//! The attack bed: does to an installation what its neighbours on a machine can do, and counts what
//! came of it.
//!
//! Each attack runs in a process and a mount namespace of its own. A *stranger* is a process of uid
//! 65534 without any capability.

mod attacks;
mod bed;
mod outcome;
mod ran;
mod random;
mod roles;
mod snapshot;
mod suite;
mod sys;
mod texts;

use std::path::PathBuf;
use std::process::ExitCode;

const USAGE: &str = "\
usage: bpfdbg-attack BPFDBG SECONDS [--seed N] [ATTACK]...
       bpfdbg-attack list

Runs the attacks, or those named, against the program BPFDBG. The longest takes SECONDS, each other a
part of that. Prints one line an attack, and fails where anything bad came of one, or where one did
nothing.";

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    match args[..] {
        ["list"] => {
            for attack in attacks::ALL {
                println!("{:<12} {}", attack.name, attack.what);
            }
            ExitCode::SUCCESS
        }
        // The roles in which this program starts itself.
        ["--attack", name, binary, seconds, seed] => {
            suite::child(name, binary.as_ref(), number(seconds), number(seed))
        }
        ["--stranger", role, ref args @ ..] => roles::stranger(role, args),
        ["--namespace"] => roles::namespace(),
        ["--enter", pid, program, ref args @ ..] => roles::enter(pid, program, args),
        [binary, seconds, ref rest @ ..] => match (seconds.parse(), options(rest)) {
            (Ok(seconds), Some((seed, names))) => {
                suite::run(&PathBuf::from(binary), seconds, seed, &names)
            }
            _ => usage(),
        },
        _ => usage(),
    }
}

fn usage() -> ExitCode {
    eprintln!("{USAGE}");
    ExitCode::from(2)
}

fn number(arg: &str) -> u64 {
    arg.parse().unwrap_or_default()
}

fn options<'a>(rest: &[&'a str]) -> Option<(u64, Vec<&'a str>)> {
    let (seed, names) = match rest {
        ["--seed", seed, names @ ..] => (seed.parse().ok()?, names),
        names => (1, names),
    };
    let known = |name: &&str| attacks::ALL.iter().any(|attack| attack.name == *name);
    names.iter().all(known).then(|| (seed, names.to_vec()))
}
