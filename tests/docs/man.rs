//! Man pages: the templates in man/, with what the program itself declares put in.
//!
//! A line of a template that starts with `@` is replaced:
//!
//! - `@commands`: the commands, with their help;
//! - `@options [without HEADING, …]`: the options of the page's command, with the prose of
//!   man/options.in;
//! - `@columns`: the columns of the page's command;
//! - `@keys NOUN`: the keys of the noun's rows in JSON;
//! - `@compared NOUN`: how these compare with bpftool's;
//! - `@exit-status`: the exit codes, as `--help` has them;
//! - `@include FILE`: a file of man/;
//! - `@see-also PAGES`: the other pages of bpfdbg, then these.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::Command as Process;

use bpfdbg::view::Unit;
use clap::{Arg, Command};
use clap_mangen::Man;
use clap_mangen::roff::{Roff, roman};
use libtest_mimic::Trial;

use super::{LISTINGS, command_line, schema};
use crate::sandbox::fed;
use crate::support::{Result, matches_file, program, skip, source_tree, trial};

/// The version that the pages are of, and the day of its release, which is their date.
const RELEASE: (&str, &str) = ("0.1.0", "2026-11-22");

/// A page of two commands is found by the name of either.
const ALIASES: [(&str, &str); 1] = [("bpfdbg-uninstall", "bpfdbg-install")];

/// The pages of formats and files.
const FORMATS: [&str; 2] = ["bpfdbg-json", "bpfdbg.conf"];

/// The section that a page is in.
fn section(page: &str) -> &'static str {
    if FORMATS.contains(&page) { "5" } else { "8" }
}

const MANUAL: &str = "BPF debugging";

/// What clap_mangen writes in front of every part.
const PREAMBLE: &str = ".ie \\n(.g .ds Aq \\(aq\n.el .ds Aq '\n";

pub(super) fn trials() -> Vec<Trial> {
    vec![
        trial("man pages match the command line", pages_match),
        trial("man pages bear the date of this version's release", || {
            (RELEASE.0 == env!("CARGO_PKG_VERSION"))
                .then_some(())
                .ok_or_else(|| "give RELEASE the new version and its date".into())
        }),
        trial("json is of the types that its manual has", schema::json_types),
        trial("every command has a man page", every_command_has_a_page),
        trial("man pages speak of no option that there is not", prose_is_of_options),
        trial("man finds no fault in the man pages", || {
            // Other programs of this name take other options.
            match Process::new(program("man")?).arg("--version").output()?.stdout {
                version if version.starts_with(b"man 2.") => {
                    finds_no_fault("man", &["--warnings", "--local-file", "-"])
                }
                _ => skip("needs man-db"),
            }
        }),
        trial("groff finds no fault in the man pages", || {
            finds_no_fault("groff", &["-ww", "-man", "-Tutf8", "-z"])
        }),
        trial("mandoc finds no fault in the man pages", || {
            finds_no_fault("mandoc", &["-T", "lint", "-W", "warning"])
        }),
    ]
}

/// The names of all pages: one for each template.
fn pages() -> Result<BTreeSet<String>> {
    let mut pages = BTreeSet::new();
    for entry in fs::read_dir(source_tree()?.join("man"))? {
        let name = entry?.file_name().to_string_lossy().into_owned();
        let name = name.strip_suffix(".8.in").or(name.strip_suffix(".5.in"));
        pages.extend(name.map(str::to_owned));
    }
    Ok(pages)
}

/// All pages, by name.
fn rendered() -> Result<Vec<(String, String)>> {
    let all = pages()?;
    all.iter().map(|name| Ok((name.clone(), Page::new(name)?.render(&all)?))).collect()
}

fn pages_match() -> Result {
    for (name, text) in rendered()? {
        matches_file(&format!("man/{name}.{}", section(&name)), text.as_bytes())?;
    }
    for (alias, name) in ALIASES {
        matches_file(&format!("man/{alias}.8"), format!(".so man8/{name}.8\n").as_bytes())?;
    }
    Ok(())
}

fn every_command_has_a_page() -> Result {
    let mut pages = pages()?;
    pages.extend(ALIASES.map(|(alias, _)| alias.to_owned()));
    let main = fs::read_to_string(source_tree()?.join("man/bpfdbg.8.in"))?;
    for command in command_line().get_subcommands() {
        let name = command.get_name();
        if !pages.contains(&format!("bpfdbg-{name}")) && !main.contains(&format!("bpfdbg {name}")) {
            return Err(format!("no man page tells of 'bpfdbg {name}'").into());
        }
    }
    Ok(())
}

fn finds_no_fault(checker: &str, options: &[&str]) -> Result {
    let checker = program(checker)?;
    for (name, text) in rendered()? {
        let mut command = Process::new(&checker);
        command.args(options).env("LC_ALL", "C.UTF-8").env("MANWIDTH", "80");
        let ran = fed(&mut command, text.as_bytes())?;
        let mut faults = ran.stderr;
        // What mandoc finds is its output.
        if checker.ends_with("mandoc") {
            faults += &String::from_utf8_lossy(&ran.stdout);
        }
        if ran.code != Some(0) || !faults.is_empty() {
            return Err(format!("{name}: exit code {:?}\n{faults}", ran.code).into());
        }
    }
    Ok(())
}

/// A page, and the command that it is of.
struct Page<'a> {
    name: &'a str,
    man: &'static Path,
    command: Command,
}

impl<'a> Page<'a> {
    fn new(name: &'a str) -> Result<Self> {
        let main = command_line();
        let command = match name.strip_prefix("bpfdbg-") {
            _ if FORMATS.contains(&name) => main,
            None => main,
            Some(command) => main
                .find_subcommand(command)
                .cloned()
                .ok_or_else(|| format!("'{name}' is the page of no command"))?,
        };
        Ok(Self { name, man: source_tree()?, command })
    }

    fn render(&self, pages: &BTreeSet<String>) -> Result<String> {
        let title = |to: &mut Vec<u8>| {
            Man::new(self.command.clone())
                .title(self.name.to_uppercase())
                .section(section(self.name))
                .date(RELEASE.1)
                .source(format!("bpfdbg {}", RELEASE.0))
                .manual(MANUAL)
                .render_title(to)
        };
        let mut text = format!(
            ".\\\" Made of man/{}.{}.in: change that, then BPFDBG_BLESS=1 cargo test --test bpfdbg docs\n{PREAMBLE}{}",
            self.name,
            section(self.name),
            part(title)?
        );
        for line in self.read(&format!("{}.{}.in", self.name, section(self.name)))?.lines() {
            let Some(directive) = line.strip_prefix('@') else {
                let _ = writeln!(text, "{line}");
                continue;
            };
            text += &match directive.split_once(' ').unwrap_or((directive, "")) {
                ("commands", "") => self.commands(pages),
                ("options", "") => self.options()?,
                ("columns", "") => self.columns()?,
                ("keys", noun) => schema::keys(noun)?,
                ("compared", noun) => schema::compared(noun)?,
                ("exit-status", "") => exit_status()?,
                ("include", file) => self.read(file)?,
                ("see-also", others) => self.see_also(pages, others),
                _ => return Err(format!("{}: cannot read '{line}'", self.name).into()),
            };
        }
        Ok(text)
    }

    fn read(&self, file: &str) -> Result<String> {
        let text = fs::read_to_string(self.man.join("man").join(file));
        Ok(text.map_err(|error| format!("cannot read 'man/{file}': {error}"))?)
    }

    fn commands(&self, pages: &BTreeSet<String>) -> String {
        let mut text = String::new();
        for command in self.command.get_subcommands() {
            let name = command.get_name();
            let about = command.get_about().map(ToString::to_string).unwrap_or_default();
            let names = command.get_name_and_visible_aliases().join(", ");
            let _ = writeln!(text, ".TP\n.B {}\n{}.", escaped(&names), escaped(&about));
            let page = format!("bpfdbg-{name}");
            if pages.contains(&page) || ALIASES.iter().any(|(alias, _)| *alias == page) {
                let _ = writeln!(text, "See\n.BR {} ({}).", escaped(&page), section(&page));
            }
        }
        text
    }

    /// The options that mean something to the command.
    fn options(&self) -> Result<String> {
        let prose = prose()?;
        let mut command = Command::new("bpfdbg")
            .version(RELEASE.0)
            .disable_help_flag(true)
            .disable_version_flag(true);
        for arg in self.command.get_arguments() {
            let mut help = arg.get_help().map(ToString::to_string).unwrap_or_default();
            // clap's own help of --help tells of the other one in brackets.
            help.truncate(help.find(" (see").unwrap_or(help.len()));
            help.push('.');
            if let Some(prose) = prose.get(&key(arg)) {
                let _ = write!(help, " {prose}");
            }
            for alias in arg.get_visible_aliases().unwrap_or_default() {
                let _ = write!(help, " --{alias} is the same.");
            }
            if !arg.is_hide_set() {
                command = command.arg(arg.clone().long_help(help));
            }
        }
        let text = part(|to| Man::new(command).render_options_section(to))?;
        // A list of values close to its option; the section's title is the template's.
        let text = text
            .replace(".br\n\n.br\n\\fIPossible values:\\fR\n.RS 14\n", ".PD 0\n.RS 7\n")
            .replace(".RE\n", ".RE\n.PD\n");
        Ok(text.strip_prefix(".SH OPTIONS\n").unwrap_or(&text).to_owned())
    }

    fn columns(&self) -> Result<String> {
        let columns = columns_of(self.command.get_name())?;
        let mut text = self.read("columns.in")?;
        for head in columns.heads {
            let mark = if columns.usual.contains(&head.name) { " *" } else { "" };
            let key = match head.key == head.name {
                true => String::new(),
                false => format!(" (JSON: \\fB{}\\fR)", head.key),
            };
            let _ = writeln!(text, ".TP\n\\fB{}\\fR{mark}{key}\n{}", head.name, escaped(head.help));
            text += match head.unit {
                Unit::None => "",
                Unit::Bytes => "In bytes.\n",
                Unit::Nanoseconds => "In nanoseconds.\n",
                Unit::Percent => "In percent, of two decimals; in a table, whole.\n",
                Unit::UnixTime => "In seconds since 1970; in a table, as local time.\n",
            };
            if let Some(release) = head.since {
                let _ = writeln!(text, "Since {release}.");
            }
        }
        Ok(text)
    }

    fn see_also(&self, pages: &BTreeSet<String>, others: &str) -> String {
        let own = pages.iter().filter(|page| *page != self.name);
        let own = own.map(|page| format!("{page}({})", section(page)));
        let lines = own.chain(others.split(", ").map(str::to_owned)).map(|page| {
            let (name, section) = page.split_once('(').unwrap_or((&page, ""));
            format!(".BR {} ({section}", escaped(name))
        });
        lines.collect::<Vec<_>>().join(",\n") + "\n"
    }
}

/// The columns of a noun.
pub(super) fn columns_of(noun: &str) -> Result<super::NounColumns> {
    let columns = LISTINGS.iter().find(|(name, _)| *name == noun).map(|(_, columns)| columns());
    Ok(columns.ok_or_else(|| format!("'{noun}' has no columns"))?)
}

/// How man/options.in calls an option or argument.
fn key(arg: &Arg) -> String {
    match arg.get_long() {
        Some(long) => format!("--{long}"),
        None => arg.get_value_names().map(|names| names.concat()).unwrap_or_default(),
    }
}

/// What man/options.in says of each option of any command: paragraphs, each below its name.
fn prose() -> Result<BTreeMap<String, String>> {
    let file = fs::read_to_string(source_tree()?.join("man/options.in"))?;
    let paragraphs = file.split("\n\n").filter_map(|paragraph| paragraph.split_once('\n'));
    let prose = |(name, text): (&str, &str)| match text.contains("\n--") {
        true => Err(format!("man/options.in: no empty line behind the prose of '{name}'")),
        false => Ok((name.to_owned(), text.trim().replace('\n', " "))),
    };
    Ok(paragraphs.map(prose).collect::<std::result::Result<_, _>>()?)
}

fn prose_is_of_options() -> Result {
    let (mut prose, main) = (prose()?, command_line());
    for command in main.get_subcommands().chain([&main]) {
        for arg in command.get_arguments() {
            prose.remove(&key(arg));
        }
    }
    match prose.keys().next() {
        None => Ok(()),
        Some(key) => Err(format!("man/options.in speaks of '{key}', which there is not").into()),
    }
}

/// One part of a page as clap_mangen writes it.
fn part(render: impl FnOnce(&mut Vec<u8>) -> std::io::Result<()>) -> Result<String> {
    let mut text = Vec::new();
    render(&mut text)?;
    Ok(String::from_utf8(text)?.replace(PREAMBLE, ""))
}

/// The exit codes that the help lists, one a line: `  1  failed, or …`.
fn exit_status() -> Result<String> {
    let help = command_line().get_after_help().map(ToString::to_string).unwrap_or_default();
    let mut text = String::new();
    let (_, codes) = help.split_once("Exit status:").ok_or("the help lists no exit codes")?;
    for line in codes.lines() {
        let Some((code, meaning)) = line.trim().split_once("  ") else { continue };
        let mut letters = meaning.chars();
        let first = letters.next().map(|letter| letter.to_uppercase().to_string());
        let (first, rest) = (first.unwrap_or_default(), escaped(letters.as_str()));
        let _ = writeln!(text, ".TP\n.B {code}\n{first}{rest}.");
    }
    if text.is_empty() { Err("the help lists no exit codes".into()) } else { Ok(text) }
}

/// Plain text, so that roff takes nothing in it for its own.
pub(super) fn escaped(text: &str) -> String {
    Roff::new().text([roman(text)]).render().replace(PREAMBLE, "").trim_end().to_owned()
}
