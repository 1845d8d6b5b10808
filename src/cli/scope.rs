//! Which of the options that may stand in front of a command mean something to it.

use clap::parser::ValueSource;
use clap::{ArgMatches, Command};

/// What any command takes: an alias or a script may have it in front of all.
const EVERY: [&str; 6] = ["json", "pretty", "format", "color", "bpffs", "debug"];

/// Those of them that a format of its own leaves.
const FORMATLESS: [&str; 3] = ["color", "bpffs", "debug"];

/// Those of them that change nothing where a command only says what it did.
const ANSWERED: [&str; 4] = ["json", "pretty", "format", "color"];

/// How a list of columns is laid out.
const LAYOUT: [&str; 4] = ["output", "output_all", "sort", "no_header"];

/// What is of rows, or of time, and so of no tree, as is [`LAYOUT`].
const LISTED: [&str; 3] = ["show_pinned", "watch", "stats"];

/// Whether an option means something to a command; options of its own do in any case.
fn takes(command: &str, option: &str) -> bool {
    match command {
        // JSON that was asked for must not be answered with anything else.
        "metrics" => FORMATLESS.contains(&option),
        _ if EVERY.contains(&option) => true,
        "progs" | "maps" | "links" => true,
        "tree" => !LAYOUT.contains(&option) && !LISTED.contains(&option),
        "columns" => LAYOUT.contains(&option),
        _ => false,
    }
}

/// Whether an option changes what a command does.
fn matters(command: &str, option: &str) -> bool {
    let is_silent = matches!(command, "metrics" | "install" | "uninstall" | "completions");
    takes(command, option) && !(is_silent && ANSWERED.contains(&option))
}

/// Hides from the help of each command what changes nothing in it.
pub(super) fn hide(mut command: Command) -> Command {
    command.build();
    let globals: Vec<_> = globals(&command).map(|(id, _)| id.to_owned()).collect();
    command.mut_subcommands(|command| {
        let name = command.get_name().to_owned();
        command.mut_args(|arg| {
            let id = arg.get_id().as_str();
            let is_hidden = arg.is_hide_set()
                || globals.iter().any(|global| global == id) && !matters(&name, id);
            arg.hide(is_hidden)
        })
    })
}

/// The first option that was typed and means nothing to the command, which is the first of the pair.
pub(super) fn refused(command: &Command, matches: &ArgMatches) -> Option<(String, String)> {
    let (name, typed) = matches.subcommand()?;
    let is_typed = |id: &str| typed.value_source(id) == Some(ValueSource::CommandLine);
    let (_, long) = globals(command).find(|(id, _)| !takes(name, id) && is_typed(id))?;
    Some((name.to_owned(), long.to_owned()))
}

/// The identities and long names of the options that may stand in front of a command.
fn globals(command: &Command) -> impl Iterator<Item = (&str, &str)> {
    let args = command.get_arguments().filter(|arg| arg.is_global_set());
    args.filter_map(|arg| Some((arg.get_id().as_str(), arg.get_long()?)))
}
