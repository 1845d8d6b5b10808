//! The help, the man pages and the completions: all held to the command line.
//!
//! `BPFDBG_BLESS=1 cargo test --test bpfdbg docs` writes them anew.

mod completions;
mod man;
mod pictures;
mod schema;

use bpfdbg::cli::Cli;
use bpfdbg::view::{Columns, Head, Links, Maps, OutputFormat, Progs};
use clap::{Arg, Command};
use libtest_mimic::Trial;

use crate::support::{CHEAPEST, Result, Stop, bpfdbg, check, only_on, source_tree, trial};

/// A command that lists something, and its columns.
type Noun = (&'static str, fn() -> NounColumns);

/// All of them; a new one is an entry here, and a page in man/.
const LISTINGS: [Noun; 3] = [
    ("progs", NounColumns::of::<Progs>),
    ("maps", NounColumns::of::<Maps>),
    ("links", NounColumns::of::<Links>),
];

/// The columns of a listing.
struct NounColumns {
    heads: Vec<Head>,
    /// Those of a table that nobody asked otherwise of.
    usual: &'static [&'static str],
}

impl NounColumns {
    fn of<L: Columns>() -> Self {
        Self { heads: L::COLUMNS.iter().map(|column| column.head).collect(), usual: L::DEFAULT }
    }
}

/// The tests of this module.
pub(crate) fn trials() -> Vec<Trial> {
    let mut trials = vec![
        trial("the help fits into 80 columns", the_help_fits),
        trial("every command and option is explained in one line", everything_is_explained),
        trial("README and manual name every format, and those of trees", formats_are_told),
        trial("a word that is no command is answered with the commands", no_command),
    ];
    trials.extend(completions::trials());
    trials.extend(man::trials());
    trials.extend(pictures::trials());
    trials
}

/// The command line, built: every command has the global options, and shows those that it takes.
fn command_line() -> Command {
    Cli::with_help_of_each()
}

fn the_help_fits() -> Result {
    only_on(&[CHEAPEST])?;
    let commands = command_line();
    let names = commands.get_subcommands().map(|command| Some(command.get_name()));
    for name in names.chain([None]) {
        for option in ["--help", "-h"] {
            let output = bpfdbg().args(name).arg(option).env("COLUMNS", "80").output()?;
            let text = String::from_utf8(output.stdout)?;
            if let Some(line) = text.lines().find(|line| line.chars().count() > 80) {
                return Err(format!("{name:?} {option}: {line}").into());
            }
        }
    }
    Ok(())
}

fn everything_is_explained() -> Result {
    let commands = command_line();
    let abouts =
        commands.get_subcommands().map(|command| (command.get_name(), command.get_about()));
    let helps = |command: &Command| {
        let help = |arg: &Arg| (arg.get_id().to_string(), arg.get_help().map(ToString::to_string));
        command.get_arguments().map(help).collect::<Vec<_>>()
    };
    let mut texts: Vec<_> =
        abouts.map(|(name, about)| (name.to_owned(), about.map(ToString::to_string))).collect();
    texts.extend(helps(&commands));
    texts.extend(commands.get_subcommands().flat_map(helps));
    for (name, text) in texts {
        let text = text.unwrap_or_default();
        let starts_well = text.starts_with(|first: char| first.is_uppercase() || first == '[');
        if !starts_well || text.ends_with('.') || text.contains('\n') || text.len() > 70 {
            return Err(format!("{name}: '{text}'").into());
        }
    }
    Ok(())
}

fn formats_are_told() -> Result {
    let read = |file: &str| Ok::<_, Stop>(std::fs::read_to_string(source_tree()?.join(file))?);
    let (readme, options) = (read("README.md")?, read("man/options.in")?);
    let (tree, main) = (read("man/bpfdbg-tree.8.in")?, read("man/bpfdbg.8.in")?);
    for format in OutputFormat::ALL {
        let name = format.name();
        let has = |file: &str, text: &str| {
            let mut words = text.split(|c: char| !c.is_ascii_alphanumeric());
            check(words.any(|word| word == name), || format!("{file} does not name '{name}'"))
        };
        has("README.md", &readme)?;
        if format.has_rows() {
            has("man/bpfdbg.8.in", &main)?;
        }
        if format.has_tree() {
            has("man/options.in", &options)?;
            has("man/bpfdbg-tree.8.in", &tree)?;
        }
    }
    Ok(())
}

fn no_command() -> Result {
    let output = bpfdbg().arg("quux").output()?;
    let text = String::from_utf8(output.stderr)?;
    let is_told = text.contains("'quux'") && text.contains(" status,");
    check(output.status.code() == Some(2) && is_told, || text)
}
