//! Completions: clap_complete's, and what it cannot know: columns by commas, groups, selectors.

use std::fmt::Write as _;
use std::process::{Command as Process, Stdio};

use bpfdbg::cli::{Cli, Listing};
use bpfdbg::view::Head;
use clap::builder::PossibleValuesParser;
use clap::{Arg, Command, CommandFactory as _, ValueHint};
use clap_complete::Shell;
use libtest_mimic::Trial;

use super::LISTINGS;
use crate::support::{Result, matches_file, program, source_tree, trial};

const BASH: &str = "completions/bpfdbg.bash";
const ZSH: &str = "completions/_bpfdbg";
const FISH: &str = "completions/bpfdbg.fish";

pub(super) fn trials() -> Vec<Trial> {
    vec![
        trial("bash completions match the command line", || matches(Shell::Bash, bash, BASH)),
        trial("zsh completions match the command line", || matches(Shell::Zsh, zsh, ZSH)),
        trial("fish completions match the command line", || matches(Shell::Fish, fish, FISH)),
        trial("bash completes commands, options, selectors and columns", || {
            completes("bash", &["--norc"], "ask.bash", BASH)
        }),
        trial("zsh completes commands, options, selectors and columns", || {
            completes("zsh", &["-f"], "ask.zsh", ZSH)
        }),
        trial("fish completes commands, options, selectors and columns", || {
            completes("fish", &["--no-config"], "ask.fish", FISH)
        }),
    ]
}

/// What stands in a generated text, and what shall stand there.
type Edits = Vec<(String, String)>;

fn matches(shell: Shell, edits: fn() -> Edits, path: &str) -> Result {
    let mut text = Vec::new();
    clap_complete::generate(shell, &mut command(), "bpfdbg", &mut text);
    let mut text = String::from_utf8(text)?;
    for (from, to) in edits() {
        if !text.contains(&from) {
            return Err(format!("clap_complete no longer writes '{from}' for {shell}").into());
        }
        text = text.replace(&from, &to);
    }
    matches_file(path, text.as_bytes())
}

/// The command line as clap_complete can take it, with a mark for each value that an edit
/// completes.
fn command() -> Command {
    let cli = Cli::command();
    let is_marked = |arg: &&Arg| ["output", "sort"].contains(&arg.get_id().as_str());
    // A positional argument beside commands would have zsh look for the command in second place.
    let options = cli.get_arguments().filter(|arg| !arg.is_positional());
    let options = options.map(|arg| match is_marked(&arg) {
        true => marked(arg, LISTINGS[0].0),
        false => arg.clone(),
    });
    let commands = cli.get_subcommands().map(|command| {
        let (name, mut command) = (command.get_name(), command.clone());
        if let Some((_, columns)) = LISTINGS.iter().find(|(noun, _)| *noun == name) {
            // clap leaves alone a global option that a command has of its own.
            let own = cli.get_arguments().filter(is_marked);
            command = command.args(own.map(|arg| marked(arg, name)));
            command = command.mut_arg("words", |arg| arg.value_parser(selectors(&columns().heads)));
        } else if name == "tree" {
            let selectors = selectors(&LISTINGS[0].1().heads);
            command = command.mut_arg("words", |arg| arg.value_parser(selectors));
        } else if name == "install" {
            command = command.mut_arg("group", |arg| arg.value_parser(["@groups@"]));
        }
        command
    });
    Command::new("bpfdbg")
        .version("")
        .disable_help_subcommand(true)
        .args(options)
        .subcommands(commands)
}

/// The argument with a mark for its value.
fn marked(arg: &Arg, noun: &str) -> Arg {
    let mark: &str = mark(arg.get_id().as_str(), noun).leak();
    // Bash sets no blank behind the value for this hint: a comma may follow.
    let hint = if arg.get_id() == "output" { ValueHint::Other } else { ValueHint::Unknown };
    arg.clone().value_parser(PossibleValuesParser::new([mark])).value_hint(hint)
}

fn mark(option: &str, noun: &str) -> String {
    format!("@{option}-{noun}@")
}

/// The words of a selector: what an object is selected by is a column of it.
fn selectors(columns: &[Head]) -> Vec<&'static str> {
    let is_column = |word: &str| columns.iter().any(|column| column.name == word);
    let mut words = Listing::WORDS.to_vec();
    words.retain(|word| ["show", "list"].contains(word) || is_column(word));
    words
}

/// The names of a command, its own and its visible aliases.
fn names(command: &str) -> Vec<String> {
    let cli = Cli::command();
    let command = cli.find_subcommand(command).map(Command::get_name_and_visible_aliases);
    command.unwrap_or_default().into_iter().map(str::to_owned).collect()
}

fn bash() -> Edits {
    let mut edits = Vec::new();
    let mut edit = |from: &str, to: &str| edits.push((from.to_owned(), to.to_owned()));
    for (noun, columns) in LISTINGS {
        let names: Vec<_> = columns().heads.iter().map(|head| head.name).collect();
        let to = format!("_bpfdbg_columns {}", names.join(" "));
        for option in ["output", "sort"] {
            edit(&format!("compgen -W \"{}\" -- \"${{cur}}\"", mark(option, noun)), &to);
        }
    }
    edit("compgen -W \"@groups@\"", "compgen -g");
    edit("    prev=\"$3\"\n", include_str!("completions/equals.bash"));
    // What starts with a minus sign may be a column to sort by.
    let condition = "if [[ ${cur} == -* ";
    edit(condition, &format!("{condition}&& ${{prev}} != -x && ${{prev}} != --sort "));
    let end = "if [[ \"${BASH_VERSINFO[0]}\" -eq 4 ";
    edit(end, &format!("{}\n{end}", include_str!("completions/columns.bash")));
    edits
}

fn zsh() -> Edits {
    let mut edits = Vec::new();
    let mut edit = |from: &str, to: &str| edits.push((from.to_owned(), to.to_owned()));
    let (mut nouns, mut cases) = (Vec::new(), String::new());
    for (i, (noun, columns)) in LISTINGS.into_iter().enumerate() {
        for option in ["output", "sort"] {
            edit(&format!("({})", mark(option, noun)), &format!(" _bpfdbg_columns {option}"));
        }
        nouns.extend(names(noun));
        // The first is what no command stands for.
        let pattern = names(noun).join("|") + if i == 0 { "|''" } else { "" };
        let _ = writeln!(cases, "        ({pattern})\n            columns=(");
        for head in columns().heads {
            let text = quoted(&format!("{}:{}", head.name, head.help));
            let _ = writeln!(cases, "                {text}");
        }
        cases += "            )\n            ;;\n";
    }
    edit("(@groups@)", "_groups");
    let end = "if [ \"$funcstack[1]\" = \"_bpfdbg\" ]";
    let function = include_str!("completions/columns.zsh");
    let function = function.replace("@nouns@", &nouns.join("|")).replace("@columns@\n", &cases);
    edit(end, &format!("{function}\n{end}"));
    edits
}

fn fish() -> Edits {
    let mut edits = Vec::new();
    let mut edit = |from: &str, to: &str| edits.push((from.to_owned(), to.to_owned()));
    let mut cases = String::new();
    for (noun, columns) in LISTINGS {
        for option in ["output", "sort"] {
            let to = format!("(__fish_bpfdbg_columns {noun})");
            edit(&format!("{}\\t''", mark(option, noun)), &to);
        }
        let _ = write!(cases, "        case {noun}\n            printf \"$head%s\\t%s\\n\"");
        for head in columns().heads {
            let _ = write!(cases, " \\\n                {} {}", head.name, quoted(head.help));
        }
        cases += "\n";
    }
    edit("@groups@\\t''", "(__fish_complete_groups)");
    let mut front = include_str!("completions/columns.fish").replace("@columns@\n", &cases);
    // The generator leaves arguments that are no options to others.
    for command in command().get_subcommands() {
        for arg in command.get_positionals() {
            let values = arg.get_possible_values();
            let values: Vec<_> = values.iter().map(|value| value.get_name()).collect();
            let _ = write!(
                front,
                "\ncomplete -c bpfdbg -n \"__fish_bpfdbg_using_subcommand {}\" -f -a \"{}\"",
                command.get_name_and_visible_aliases().join(" "),
                values.join(" ")
            );
        }
    }
    // An option whose value is being typed stands alone as yet.
    let parse = "argparse -s (__fish_bpfdbg_global_optspecs) -- $cmd";
    edit(
        &format!("    {parse} 2>/dev/null\n"),
        &format!("    {parse} 2>/dev/null\n    or {parse}[1..-2] 2>/dev/null\n"),
    );
    let start = "# Print an optspec";
    edit(start, &format!("{front}\n\n{start}"));
    edits
}

/// A word in single quotes; fish and zsh agree on it as long as it has no backslash.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "'\\''"))
}

/// What is typed, and what its last word becomes, as far as it can be told.
const TYPED: [(&str, &str); 12] = [
    ("bpfdbg pr", "prog"),
    ("bpfdbg -j sta", "status"),
    ("bpfdbg progs --form", "--format"),
    ("bpfdbg progs --format=nd", "ndjson"),
    ("bpfdbg progs ta", "tag"),
    ("bpfdbg maps li", "list"),
    ("bpfdbg -o id,map_i", "id,map_ids"),
    ("bpfdbg progs -o id,ru", "id,run_"),
    ("bpfdbg maps -o +fro", "+frozen"),
    ("bpfdbg prog --sort verif", "verified_insns"),
    ("bpfdbg install --group roo", "root"),
    ("bpfdbg completions z", "zsh"),
];

/// Has a real shell complete what is typed.
fn completes(shell: &str, options: &[&str], script: &str, completions: &str) -> Result {
    let (tree, shell) = (source_tree()?, program(shell)?);
    let output = Process::new(program("timeout")?)
        .arg("60")
        .arg(shell)
        .args(options)
        .arg(tree.join("tests/docs/completions").join(script))
        .arg(tree.join(completions))
        .args(TYPED.map(|(line, _)| line))
        .stdin(Stdio::null())
        .output()?;
    let answers = String::from_utf8(output.stdout)?;
    // What stands behind the last word awaits the next; bash has only what is behind the `=`.
    let word = |word: &str| {
        let word = word.trim_end_matches([',', '=']);
        word.rsplit('=').next().unwrap_or_default().to_owned()
    };
    let found: Vec<_> =
        answers.lines().map(|line| common_start(line.split(' ').map(word))).collect();
    if found == TYPED.map(|(_, expected)| expected) {
        return Ok(());
    }
    Err(format!("{answers}\n{}", String::from_utf8_lossy(&output.stderr)).into())
}

fn common_start(words: impl Iterator<Item = String>) -> String {
    let common = |a: String, b: String| {
        a.chars().zip(b.chars()).take_while(|(a, b)| a == b).map(|(a, _)| a).collect()
    };
    words.reduce(common).unwrap_or_default()
}
