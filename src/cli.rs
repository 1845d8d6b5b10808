//! What was typed. Nothing is opened and nothing decided here.

mod filters;
mod mistake;
mod scope;

use std::path::PathBuf;

use clap::builder::PossibleValue;
use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{
    ArgAction, Args, CommandFactory as _, FromArgMatches as _, Parser, Subcommand, ValueEnum,
    ValueHint,
};

use crate::view::OutputFormat;
pub use filters::FilterFlags;
use mistake::OneLine;

/// Show every BPF program, map and link of this machine, by full name
///
/// Without a command, the programs are listed.
#[derive(Debug, Parser)]
#[command(name = "bpfdbg", version, max_term_width = 100, disable_help_subcommand = true)]
#[command(args_conflicts_with_subcommands = false, subcommand_negates_reqs = true)]
#[command(override_usage = "bpfdbg [OPTIONS] [SELECTOR]...\n       bpfdbg [OPTIONS] <COMMAND>")]
#[command(after_help = "Examples:
  sudo bpfdbg install --public  let everybody list, from now on
  bpfdbg                        list the programs, and where they are attached
  bpfdbg tree                   show it all, place by place
  bpfdbg progs id 42 --pretty   tell everything of one program
  bpfdbg status                 tell why there is nothing to list

Exit status:
  0  done, also for an empty list
  1  failed, or an explicit selector found nothing
  2  the command line cannot be understood
  3  nothing to read: the iterators are not installed
  4  permission denied")]
pub struct Cli {
    /// The command; `progs` without one.
    #[command(subcommand)]
    pub command: Option<Command>,
    /// Show or list, and a selector, of programs.
    #[command(flatten)]
    pub listing: Listing,
    /// Serve the kernel as its usermode driver, on fd 0 and 1
    #[arg(long)]
    pub umd: bool,
    /// Flags that count before and after the command.
    #[command(flatten)]
    pub global: Global,
}

impl Cli {
    /// Reads the command line of this process.
    ///
    /// # Errors
    ///
    /// Words that cannot be understood, an option that means nothing to the command, or the help, which is
    /// no failure.
    pub fn read() -> Result<Self, clap::error::Error<OneLine>> {
        let mut command = Self::command();
        let matches = match command.try_get_matches_from_mut(std::env::args_os()) {
            // Only a help tells what is hidden from it, which takes longer than most listings.
            Err(error) if error.kind() == ErrorKind::DisplayHelp => {
                scope::hide(Self::command()).try_get_matches()
            }
            matches => matches,
        };
        let matches = matches.map_err(clap::error::Error::apply)?;
        if let Some((name, option)) = scope::refused(&command, &matches) {
            let mut error = clap::error::Error::new(ErrorKind::ArgumentConflict);
            error.insert(ContextKind::InvalidArg, ContextValue::String(format!("--{option}")));
            error.insert(ContextKind::InvalidSubcommand, ContextValue::String(name));
            return Err(error);
        }
        Self::from_arg_matches(&matches).map_err(clap::error::Error::apply)
    }

    /// The command line, built, with the help that each command shows.
    pub fn with_help_of_each() -> clap::Command {
        scope::hide(Self::command())
    }
}

/// A command.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// List the loaded programs
    #[command(visible_alias = "prog", alias = "program", alias = "programs")]
    Progs(Listing),
    /// List the maps
    #[command(visible_alias = "map")]
    Maps(Listing),
    /// List the links: which program is attached where
    #[command(visible_alias = "link")]
    Links(Listing),
    /// Show what is attached where as a tree, with the maps of each program
    Tree(Listing),
    /// Write what is loaded and attached in numbers, for Prometheus
    Metrics(Metrics),
    /// Install the iterators, so that a listing needs no privilege
    Install(Install),
    /// Take away what install made
    Uninstall,
    /// Show which files can be read, by whom, and what to type next
    Status,
    /// List the columns of a listing, or of all
    Columns {
        /// The listing
        noun: Option<ListingName>,
    },
    /// Show the version, of the iterators and of JSON too
    Version,
    /// Print the completions for a shell
    Completions {
        /// The shell
        shell: Shell,
    },
}

/// What to list.
#[derive(Args, Clone, Debug, Default)]
pub struct Listing {
    /// [show|list] [id N | name NAME | tag TAG | pinned PATH]
    #[arg(value_name = "SELECTOR", num_args = 0..)]
    pub words: Vec<String>,
}

impl Listing {
    /// Every word that a selector may start with.
    pub const WORDS: [&str; 6] = ["show", "list", "id", "name", "tag", "pinned"];
}

/// How `metrics` writes what, and how much of it.
#[derive(Args, Clone, Debug)]
pub struct Metrics {
    /// Write to FILE, which is replaced as a whole
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub out: Option<PathBuf>,
    /// The format of OpenMetrics, in place of Prometheus' own
    #[arg(long)]
    pub openmetrics: bool,
    /// At most N series of each metric; the others are counted
    #[arg(long, value_name = "N", default_value_t = 1000)]
    #[arg(value_parser = clap::value_parser!(u32).range(1..))]
    pub max_series: u32,
    /// Run counters too, a series for each program
    #[arg(long)]
    pub by_id: bool,
}

/// Who may read what `install` installs; what is not given is as configured, or stays as it is.
#[derive(Args, Clone, Debug)]
pub struct Install {
    /// Let the members of GROUP read the files (mode 0440, directory 0750)
    #[arg(long, value_name = "GROUP", conflicts_with = "public")]
    pub group: Option<String>,
    /// Let everybody read the files (mode 0444, directory 0755)
    #[arg(long)]
    pub public: bool,
    /// Let only root read the files (mode 0400, directory 0700)
    #[arg(long, conflicts_with_all = ["group", "public"])]
    pub private: bool,
    /// Tell, too, which processes hold what; never to everybody
    #[arg(long)]
    pub holders: bool,
    /// Do not tell, or no longer, which processes hold what
    #[arg(long, conflicts_with = "holders")]
    pub no_holders: bool,
    /// Only bring back what is missing from what is installed
    #[arg(long)]
    pub restore: bool,
}

/// Flags that count before and after the command.
#[derive(Args, Clone, Debug, Default)]
#[command(next_help_heading = "Output options")]
pub struct Global {
    /// JSON, as --format json
    #[arg(short, long, global = true)]
    pub json: bool,
    /// JSON for people, indented
    #[arg(short, long, global = true)]
    pub pretty: bool,
    /// The format of the output
    #[arg(long, global = true, value_name = "FORMAT", ignore_case = true)]
    #[arg(conflicts_with_all = ["json", "pretty"])]
    pub format: Option<OutputFormat>,
    /// Comma-separated columns; +COL adds to the default
    #[arg(short, long, global = true, value_name = "COLUMNS", allow_hyphen_values = false)]
    pub output: Option<String>,
    /// All columns
    #[arg(short = 'O', long, global = true)]
    pub output_all: bool,
    /// Sort by a column; -COL sorts in descending order
    #[arg(short = 'x', long, global = true, value_name = "COLUMN", allow_hyphen_values = true)]
    pub sort: Option<String>,
    /// No header line
    #[arg(short, long, global = true, visible_alias = "noheadings")]
    pub no_header: bool,
    /// Sizes and durations as exact numbers
    #[arg(short, long, global = true)]
    pub bytes: bool,
    /// A last line with the sum of the memory of the maps, each counted once
    #[arg(long, global = true)]
    pub total: bool,
    /// Show the paths at which objects are pinned
    #[arg(short = 'f', long, global = true)]
    pub show_pinned: bool,
    /// When to use colour
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto", ignore_case = true)]
    pub color: ColorWhen,
    /// List anew every second, or every SECONDS, and show changes
    #[arg(short = 'W', long, global = true, value_name = "SECONDS")]
    #[arg(num_args = 0..=1, require_equals = true, default_missing_value = "1")]
    pub watch: Option<String>,
    /// Have the kernel count runs for a second, or for SECONDS
    #[arg(long, global = true, value_name = "SECONDS")]
    #[arg(num_args = 0..=1, require_equals = true, default_missing_value = "1")]
    pub stats: Option<String>,
    /// The directory of progs.debug, and of the files beside it
    #[arg(long, global = true, value_name = "DIR", value_hint = ValueHint::DirPath)]
    #[arg(help_heading = "Global options")]
    pub bpffs: Option<PathBuf>,
    /// Show what libbpf and the verifier say about an error
    #[arg(short, long, global = true, action = ArgAction::SetTrue, help_heading = "Global options")]
    pub debug: bool,
    /// Flags that leave rows out.
    #[command(flatten)]
    pub filters: FilterFlags,
}

/// A listing by name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ListingName {
    /// Programs
    #[value(alias = "prog")]
    Progs,
    /// Maps
    #[value(alias = "map")]
    Maps,
    /// Links
    #[value(alias = "link")]
    Links,
}

impl ListingName {
    /// All of them, in the order in which they are shown.
    pub const ALL: [Self; 3] = [Self::Progs, Self::Maps, Self::Links];
}

impl ValueEnum for OutputFormat {
    fn value_variants<'a>() -> &'a [Self] {
        Self::ALL
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        Some(PossibleValue::new(self.name()).help(self.help()))
    }
}

/// When to use colour.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum ColorWhen {
    /// On a terminal, unless NO_COLOR is set or TERM is dumb
    #[default]
    Auto,
    /// In any case
    Always,
    /// In no case
    Never,
}

/// A shell that completions exist for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Shell {
    /// To be sourced, or to go to /usr/share/bash-completion/completions/bpfdbg
    Bash,
    /// To go to /usr/share/zsh/vendor-completions/_bpfdbg, or elsewhere in $fpath
    Zsh,
    /// To go to /usr/share/fish/vendor_completions.d/bpfdbg.fish
    Fish,
}
