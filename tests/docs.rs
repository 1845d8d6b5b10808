//! The help, the man pages and the completions: all held to the command line.

use bpfdbg::cli::Cli;
use clap::CommandFactory as _;
use clap_complete::Shell;
use libtest_mimic::Trial;

use crate::support::{Result, bpfdbg, matches_file, program, source_tree, trial};

/// The tests of this module.
pub(crate) fn trials() -> Vec<Trial> {
    vec![
        trial("the help fits into 80 columns", help_fits),
        trial("completions match the command line", completions_match),
        trial("bash completes commands and options", bash_completes),
    ]
}

fn help_fits() -> Result {
    for command in ["--help", "-h"] {
        let output = bpfdbg().arg(command).env("COLUMNS", "80").output()?;
        let text = String::from_utf8(output.stdout)?;
        if let Some(line) = text.lines().find(|line| line.chars().count() > 80) {
            return Err(format!("{command}: {line}").into());
        }
    }
    Ok(())
}

fn completions_match() -> Result {
    for (shell, path) in [
        (Shell::Bash, "completions/bpfdbg.bash"),
        (Shell::Zsh, "completions/_bpfdbg"),
        (Shell::Fish, "completions/bpfdbg.fish"),
    ] {
        let mut text = Vec::new();
        clap_complete::generate(shell, &mut Cli::command(), "bpfdbg", &mut text);
        matches_file(path, &text)?;
    }
    Ok(())
}

fn bash_completes() -> Result {
    let script = source_tree()?.join("completions/bpfdbg.bash");
    let status = std::process::Command::new(program("bash")?).arg("-n").arg(script).status()?;
    if status.success() { Ok(()) } else { Err("bash cannot read its completions".into()) }
}
