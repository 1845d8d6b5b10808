//! Lists the programs of a machine, or of a capture, and where each is attached.
//!
//! `cargo run --no-default-features --example list [DIR]`, DIR being /run/bpfdbg by default.

use std::error::Error;
use std::path::PathBuf;
use std::{env, fs, io};

use bpfdbg::model::{AttachmentIndex, AttachmentRows, DirectAttachment, Link, Prog};
use bpfdbg::parse;
use bpfdbg::view::{self, Columns as _, Context, OutputFormat, Progs, ViewOptions};

/// A text that is not everywhere. A bpffs answers EPERM for a name that is not there.
fn optional(path: PathBuf) -> io::Result<Option<Vec<u8>>> {
    match fs::read(path) {
        Err(error) if matches!(error.raw_os_error(), Some(1 | 2)) => Ok(None),
        read => read.map(Some),
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let dir = PathBuf::from(env::args_os().nth(1).unwrap_or_else(|| "/run/bpfdbg".into()));
    let progs = fs::read(dir.join("progs.debug"))?;
    // A kernel may have no text of links, for one: what is not known is no empty list.
    let (links, direct) =
        (optional(dir.join("links.debug"))?, optional(dir.join("attached.debug"))?);

    let links: Option<Vec<Link>> = links.as_deref().map(parse::rows).transpose()?;
    let direct: Option<Vec<DirectAttachment>> = direct.as_deref().map(parse::rows).transpose()?;
    let rows = AttachmentRows { links, direct, ..AttachmentRows::default() };
    let attachments = AttachmentIndex::new(rows);
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
