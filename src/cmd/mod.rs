//! The commands. Only here do reading and installing meet.

mod describe;
mod layout;
mod list;
mod message;
mod metrics;
mod output;
mod query;
mod replace;
mod status;
mod terminal;
mod total;
mod tree;
mod watch;

/// Parsers of command-line words, for the fuzzer.
pub(crate) mod typed {
    pub(crate) use super::list::seconds;
    pub(crate) use super::query::{glob_takes, nanoseconds};

    /// Whether the words after a noun are a selector.
    pub(crate) fn selector(words: &[String]) -> crate::error::Result<()> {
        super::query::Selector::new(words).map(drop)
    }
}

use clap::CommandFactory as _;

use crate::cli::{Cli, Command, Global, Install, Listing};
use crate::error::{Error, Result};
use crate::install::{self, Access, Wanted};
use crate::model::{instead, quoted};
use crate::view::{Links, Maps, Progs};

/// Runs the command.
///
/// # Errors
///
/// Whatever ends the command; see [`Error::exit_code`].
pub fn run(cli: &Cli) -> Result<()> {
    obey(cli).map_err(|error| match error {
        Error::NothingToRead { kind, places, source, next: None } => {
            let next = Some(status::next(&cli.global));
            Error::NothingToRead { kind, places, source, next }
        }
        error => error,
    })
}

fn obey(cli: &Cli) -> Result<()> {
    let global = &cli.global;
    if cli.umd {
        return install::serve_kernel();
    }
    value_apart(cli)?;
    match &cli.command {
        None => list::list::<Progs>(noun_missing(&cli.listing)?, global),
        Some(Command::Progs(listing)) => list::list::<Progs>(both(&cli.listing, listing)?, global),
        Some(Command::Maps(listing)) => list::list::<Maps>(both(&cli.listing, listing)?, global),
        Some(Command::Links(listing)) => list::list::<Links>(both(&cli.listing, listing)?, global),
        Some(Command::Tree(listing)) => tree::show(both(&cli.listing, listing)?, global),
        Some(Command::Metrics(options)) => metrics::metrics(options, global),
        Some(Command::Install(options)) => {
            install::install(global.bpffs.as_deref(), &wanted(options)?)
        }
        Some(Command::Uninstall) => install::uninstall(global.bpffs.as_deref()),
        Some(Command::Status) => status::status(global),
        Some(Command::Columns { noun }) => describe::columns(*noun, global),
        Some(Command::Version) => describe::version(global),
        Some(Command::Completions { shell }) => describe::completions(*shell),
    }
}

/// What `install` is told to change.
fn wanted(options: &Install) -> Result<Wanted> {
    let access = match &options.group {
        Some(name) => Some(Access::group_of(name)?),
        None if options.public => Some(Access::Public),
        None => options.private.then_some(Access::Private),
    };
    let holders = options.holders.then_some(true).or(options.no_holders.then_some(false));
    Ok(Wanted { access, holders, restore: options.restore })
}

/// Rejects a number that was meant as the value of `--watch` or `--stats`, for which nothing else is
/// taken than what stands behind an equals sign.
fn value_apart(cli: &Cli) -> Result<()> {
    let listing = match &cli.command {
        Some(Command::Progs(listing) | Command::Maps(listing) | Command::Links(listing)) => listing,
        Some(_) => return Ok(()),
        None => &cli.listing,
    };
    let Global { watch, stats, .. } = &cli.global;
    let option = watch.as_ref().map(|_| "--watch").or(stats.as_ref().map(|_| "--stats"));
    match (option, &listing.words[..]) {
        (Some(option), [number]) if number.parse::<f64>().is_ok() => {
            let number = quoted(number);
            let meant = format!("'{number}' is no selector; did you mean '{option}={number}'?");
            Err(Error::Usage(meant))
        }
        _ => Ok(()),
    }
}

/// Rejects a selector in front of the command.
fn both<'a>(front: &Listing, listing: &'a Listing) -> Result<&'a Listing> {
    match front.words.first() {
        None => Ok(listing),
        Some(word) => {
            Err(Error::Usage(format!("unexpected '{}' before the command", quoted(word))))
        }
    }
}

/// Without a command, the first word must start a selector; otherwise it is an unknown command.
fn noun_missing(listing: &Listing) -> Result<&Listing> {
    let is_selector = |word: &str| Listing::WORDS.iter().any(|one| one.eq_ignore_ascii_case(word));
    let Some(word) = listing.words.first().filter(|word| !is_selector(word)) else {
        return Ok(listing);
    };
    if let Some(selector) = query::Selector::meant(word) {
        let word = quoted(word);
        return Err(Error::Usage(format!("unknown command '{word}'; did you mean '{selector}'?")));
    }
    let cli = Cli::command();
    let names = cli.get_subcommands().map(|command| command.get_name());
    let instead = instead(word, names.chain(Listing::WORDS));
    Err(Error::Usage(format!("unknown command '{}'; {instead}", quoted(word))))
}
