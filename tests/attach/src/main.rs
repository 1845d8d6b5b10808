//! Attaches the set and holds it, or floods the kernel, until stdin is closed.

use std::io::{self, Read, Write};
use std::process::ExitCode;

use bpfdbg_attach::churn::{self, Churn};
use bpfdbg_attach::flood::{self, Flood};
use bpfdbg_attach::hostile::{self, Hostile};
use bpfdbg_attach::{AttachSet, Member, Result};

const USAGE: &str = "\
usage: bpfdbg-attach [MEMBER…]           attach every member, or those named
       bpfdbg-attach load [MEMBER…]      load them, and attach none
       bpfdbg-attach list                list the members
       bpfdbg-attach hostile             load programs and maps with hostile names
       bpfdbg-attach many N [--maps N] [--links N]
       bpfdbg-attach churn RATE          attach and detach so many times a second; at the
                                         end, print how often it did
       bpfdbg-attach ids programs|maps|links [N]
                                         use ids up until those above N (99999) are next

prints what it made as JSON, then holds it until stdin is closed";

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    match run(&args) {
        Ok(code) => code,
        Err(err) => {
            eprintln!("bpfdbg-attach: {err}");
            ExitCode::FAILURE
        }
    }
}

fn run(args: &[&str]) -> Result<ExitCode> {
    bpfdbg_attach::sweep();
    match args {
        ["-h" | "--help" | "help", ..] => println!("{USAGE}"),
        ["list"] => bpfdbg_attach::member_names().for_each(|name| println!("{name}")),
        ["hostile"] => hold_hostile(),
        ["many", rest @ ..] => match parse_many(rest) {
            Some([programs, maps, links]) => many(programs, maps, links)?,
            None => return Ok(usage()),
        },
        ["ids", kind] => return ids(kind, "99999"),
        ["ids", kind, above] => return ids(kind, above),
        ["churn", rate] => match rate.parse() {
            Ok(rate) => churn(rate)?,
            Err(_) => return Ok(usage()),
        },
        ["load", names @ ..] if known(names) => hold_set(AttachSet::load(chosen(names))),
        names if known(names) => hold_set(AttachSet::new(chosen(names))),
        _ => return Ok(usage()),
    }
    Ok(ExitCode::SUCCESS)
}

fn usage() -> ExitCode {
    eprintln!("{USAGE}");
    ExitCode::from(2)
}

fn known(names: &[&str]) -> bool {
    names.iter().all(|name| bpfdbg_attach::member_names().any(|known| known == *name))
}

fn chosen(names: &[&str]) -> impl Fn(&str) -> bool {
    move |name| names.is_empty() || names.contains(&name)
}

fn hold_set(set: AttachSet) {
    let members: Vec<&Member> = set.members().collect();
    print_and_hold(&serde_json::json!({ "pid": std::process::id(), "members": members }));
}

/// The numbers of programs, maps and links in `10000 --maps 10 --links 10`.
fn parse_many(args: &[&str]) -> Option<[usize; 3]> {
    let mut counts = [0; 3];
    let mut args = args.iter();
    while let Some(arg) = args.next() {
        let (index, number) = match *arg {
            "--maps" => (1, *args.next()?),
            "--links" => (2, *args.next()?),
            number => (0, number),
        };
        counts[index] = number.parse().ok()?;
    }
    Some(counts)
}

fn many(programs: usize, maps: usize, links: usize) -> Result<()> {
    let mut flood = Flood::new();
    flood.add_programs(programs)?;
    flood.add_maps(maps)?;
    flood.add_links(links)?;
    print_and_hold(&serde_json::json!({
        "programs": flood.program_ids,
        "maps": flood.map_ids,
        "links": flood.link_ids,
    }));
    Ok(())
}

fn ids(kind: &str, above: &str) -> Result<ExitCode> {
    let advance = match kind {
        "programs" => flood::advance_program_ids,
        "maps" => flood::advance_map_ids,
        "links" => flood::advance_link_ids,
        _ => return Ok(usage()),
    };
    let Ok(above) = above.parse() else { return Ok(usage()) };
    println!("{}", advance(above)?);
    Ok(ExitCode::SUCCESS)
}

fn churn(rate: u32) -> Result<()> {
    let churn = Churn::start(rate)?;
    print_and_hold(&serde_json::json!({ "program": churn::PROGRAM_NAME }));
    println!("{}", churn.stop()?);
    Ok(())
}

fn hold_hostile() {
    let (programs, maps) = (hostile::programs(), hostile::maps());
    let show = |all: &[Hostile]| -> Vec<_> {
        let show = |(what, made): &Hostile| match made {
            Ok(named) => {
                let name = named.name.escape_ascii().to_string();
                serde_json::json!({ "what": what, "id": named.id, "name": name })
            }
            Err(err) => serde_json::json!({ "what": what, "unavailable": err.to_string() }),
        };
        all.iter().map(show).collect()
    };
    print_and_hold(&serde_json::json!({ "programs": show(&programs), "maps": show(&maps) }));
}

/// Prints one document and waits until stdin is closed.
fn print_and_hold(document: &serde_json::Value) {
    let mut stdout = io::stdout().lock();
    // A reader that has gone still wants the objects held until it closes stdin.
    let _ = writeln!(stdout, "{document:#}").and_then(|()| stdout.flush());
    let _ = io::stdin().lock().read_to_end(&mut Vec::new());
}
