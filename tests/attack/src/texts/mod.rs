//! Texts that no kernel prints, and some that one does.

pub(crate) mod forge;
pub(crate) mod large;

use serde_json::Value;

/// The files of one directory, by their names.
#[derive(Clone, Copy)]
pub(crate) struct Capture {
    pub(crate) files: &'static [(&'static str, &'static [u8])],
}

macro_rules! capture {
    ($kernel:literal: $($kind:literal),+) => {
        Capture {
            files: &[$((
                concat!($kind, ".debug"),
                include_bytes!(concat!("../../../captures/", $kernel, "/", $kind, ".debug")),
            )),+],
        }
    };
}

/// What real kernels printed; the newest first.
pub(crate) const CAPTURES: &[Capture] = &[
    capture!("7.3": "progs", "maps", "links", "attached"),
    capture!("6.12": "progs", "maps", "links", "attached"),
    capture!("6.1": "progs", "maps", "links", "attached"),
    capture!("5.10": "progs", "maps", "links", "attached"),
    capture!("6.12-kernel": "progs", "maps"),
    capture!("5.10-kernel": "progs", "maps"),
];

/// The formats of a list, and of a tree.
pub(crate) const FORMATS: [&str; 5] = ["table", "json", "ndjson", "csv", "raw"];
pub(crate) const TREE_FORMATS: [&str; 4] = ["table", "json", "dot", "mermaid"];

/// Every command line of a listing.
pub(crate) fn listings() -> impl Iterator<Item = (&'static str, &'static str)> {
    let of = |noun, formats: &'static [&str]| formats.iter().map(move |format| (noun, *format));
    let lists = ["progs", "maps", "links"].into_iter().flat_map(move |noun| of(noun, &FORMATS));
    lists.chain(of("tree", &TREE_FORMATS))
}

/// Why output is not of its format; an error may have left none.
pub(crate) fn invalid(format: &str, out: &[u8]) -> Option<String> {
    let json = |bytes: &[u8]| serde_json::from_slice::<Value>(bytes).err();
    let error = match format {
        "json" if !out.is_empty() => json(out),
        "ndjson" => out.split(|&byte| byte == b'\n').filter(|line| !line.is_empty()).find_map(json),
        _ => None,
    };
    match error {
        Some(error) => Some(format!("no valid {format}: {error}")),
        None => std::str::from_utf8(out).err().map(|error| format!("no UTF-8: {error}")),
    }
}
