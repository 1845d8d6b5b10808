//! Lists the programs of a machine, or of a capture, and where each is attached.
//!
//! `cargo run --no-default-features --example list [DIR]`, DIR being /run/bpfdbg by default.

use std::error::Error;
use std::path::PathBuf;
use std::{env, fs, io};

use bpfdbg::model::{AttachmentIndex, AttachmentRows, Link, Prog};
use bpfdbg::parse;
use bpfdbg::view::{self, Columns as _, Context, OutputFormat, Progs, ViewOptions};

fn main() -> Result<(), Box<dyn Error>> {
    let dir = PathBuf::from(env::args_os().nth(1).unwrap_or_else(|| "/run/bpfdbg".into()));
    let progs = fs::read(dir.join("progs.debug"))?;
    // A kernel may have no text of links: what is not known is no empty list.
    let links = fs::read(dir.join("links.debug")).ok();

    let links: Option<Vec<Link>> = links.as_deref().map(parse::rows).transpose()?;
    let attachments = AttachmentIndex::new(AttachmentRows { links, ..AttachmentRows::default() });
    let context = Context { attachments: &attachments, ..Context::default() };

    let columns = view::choose::<Progs>(None, false, Progs::DEFAULT)?;
    let heads = columns.iter().map(|column| column.head).collect();
    let options = ViewOptions::default();
    let mut table = view::view(OutputFormat::Table, heads, options, Box::new(io::stdout()))?;
    for prog in parse::rows::<Prog>(&progs)? {
        let cells: Vec<_> = columns.iter().map(|column| (column.get)(&prog, &context)).collect();
        table.row(&cells)?;
    }
    table.end()?;
    Ok(())
}
