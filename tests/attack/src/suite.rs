//! Runs the attacks one after the other, each in a process of its own, and sums up.

use std::io::Write as _;
use std::path::Path;
use std::process::{Command, ExitCode};
use std::time::{Duration, Instant};

use crate::attacks::{self, Attack};
use crate::bed::Bed;
use crate::outcome::{Result, Stop, Tally};
use crate::ran;

/// How much longer than it was given an attack may take, for what it does at its end.
const GRACE: Duration = Duration::from_secs(900);

/// Runs the attacks of these names, or all, and prints one line of each.
pub(crate) fn run(binary: &Path, seconds: u64, seed: u64, names: &[&str]) -> ExitCode {
    if !rustix::process::geteuid().is_root() {
        println!("attacks need root\n0 passed, 0 failed, {} skipped", attacks::ALL.len());
        return ExitCode::SUCCESS;
    }
    bpfdbg_attach::sweep();
    let (mut passed, mut failed, mut skipped) = (0, 0, 0);
    let chosen = |attack: &&Attack| names.is_empty() || names.contains(&attack.name);
    println!("{:<12} {:>9} {:>5}  verdict", "attack", "attempts", "bad");
    for attack in attacks::ALL.iter().filter(chosen) {
        let start = Instant::now();
        let outcome = in_child(attack, binary, seconds, seed);
        let took = start.elapsed().as_secs();
        match outcome {
            Ok(tally) => {
                let good = tally.bad == 0 && tally.attempts > 0;
                if good {
                    passed += 1
                } else {
                    failed += 1
                };
                let verdict = match (good, tally.attempts) {
                    (true, _) => "passed",
                    (false, 0) => "FAILED, for it did nothing",
                    (false, _) => "FAILED",
                };
                let notes = tally.notes.iter().map(|note| format!(", {note}")).collect::<String>();
                let Tally { attempts, bad, examples, .. } = tally;
                println!(
                    "{:<12} {attempts:>9} {bad:>5}  {verdict}  ({took} s{notes})",
                    attack.name
                );
                examples.iter().for_each(|example| println!("    bad: {example}"));
            }
            Err(Stop::Skip(reason)) => {
                skipped += 1;
                println!("{:<12} {:>9} {:>5}  skipped: {reason}", attack.name, 0, 0);
            }
            Err(Stop::Failed(reason)) => {
                failed += 1;
                println!("{:<12} {:>9} {:>5}  FAILED: {reason}", attack.name, "-", "-");
            }
        }
        let _ = std::io::stdout().flush();
    }
    println!("{passed} passed, {failed} failed, {skipped} skipped");
    if failed == 0 && passed > 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn in_child(attack: &Attack, binary: &Path, seconds: u64, seed: u64) -> Result {
    let mut command = Command::new("/proc/self/exe");
    command.arg("--attack").arg(attack.name).arg(binary);
    command.arg(seconds.to_string()).arg(seed.to_string());
    let given = Duration::from_secs_f64(seconds as f64 * attack.share);
    let ran = ran::run(&mut command, given * 2 + GRACE)?;
    let last = ran.out.split(|&byte| byte == b'\n').rfind(|line| !line.is_empty());
    match last.and_then(|line| serde_json::from_slice(line).ok()) {
        Some(outcome) if ran.in_time => outcome,
        _ => Err(format!("the attack itself ended badly: {}", ran.told()).into()),
    }
}

/// Runs one attack in this process, and prints what came of it as JSON.
pub(crate) fn child(name: &str, binary: &Path, seconds: u64, seed: u64) -> ExitCode {
    let attack = attacks::ALL.iter().find(|attack| attack.name == name);
    let outcome = attack.ok_or_else(|| Stop::Failed("no such attack".into())).and_then(|attack| {
        Bed::enter(binary)?;
        (attack.run)(&Bed::new(seconds, seed, attack.share, attack.goal))
    });
    match serde_json::to_string(&outcome) {
        Ok(line) => println!("\n{line}"),
        Err(error) => eprintln!("{error}"),
    }
    ExitCode::SUCCESS
}
