//! The maps of a machine, or of a capture, as JSON with bpftool's keys.
//!
//! `cargo run --no-default-features --example json [DIR]`, DIR being /run/bpfdbg by default.

use std::error::Error;
use std::path::PathBuf;
use std::{env, fs, io};

use bpfdbg::model::Map;
use bpfdbg::parse;
use bpfdbg::view::{self, Context, Maps, OutputFormat, ViewOptions};

fn main() -> Result<(), Box<dyn Error>> {
    let dir = PathBuf::from(env::args_os().nth(1).unwrap_or_else(|| "/run/bpfdbg".into()));
    let text = fs::read(dir.join("maps.debug"))?;

    let columns = view::choose::<Maps>(None, true, &[])?;
    let heads = columns.iter().map(|column| column.head).collect();
    let options = ViewOptions { pretty: true, ..ViewOptions::default() };
    let mut array = view::view(OutputFormat::Json, heads, options, Box::new(io::stdout()))?;
    for map in parse::rows::<Map>(&text)? {
        let context = Context::default();
        let cells: Vec<_> = columns.iter().map(|column| (column.get)(&map, &context)).collect();
        array.row(&cells)?;
    }
    array.end()?;
    Ok(())
}
