//! `--total`: a last line with the memory of the maps that were shown, each counted once.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;

use super::output::UnbufferedStdout;
use super::query::Selected;
use crate::cli::Global;
use crate::error::{Error, Result};
use crate::model::tree::Node;
use crate::model::{Kind, MapMemory};
use crate::view::{OutputFormat, size_text};

/// The sum so far.
pub(super) struct Total {
    kind: Kind,
    progs: BTreeSet<u32>,
    maps: BTreeMap<u32, Option<u64>>,
    is_exact: bool,
}

impl Total {
    /// Begins, where a total was asked for.
    ///
    /// # Errors
    ///
    /// Rows without maps, a format whose last line would be taken for a row, and a watch.
    pub(super) fn new(
        global: &Global,
        kind: Kind,
        format: OutputFormat,
        has_maps: bool,
    ) -> Result<Option<Self>> {
        let usage = |why: String| Err(Error::Usage(format!("--total is not for {why}")));
        if !global.total {
            return Ok(None);
        }
        if !has_maps {
            return usage(format!("{}: they have no maps", kind.plural()));
        }
        if format != OutputFormat::Table || global.watch.is_some() {
            return usage(match global.watch {
                Some(_) => "a watch".into(),
                None => format!("the format {}: it is a line for people", format.name()),
            });
        }
        Ok(Some(Self {
            kind,
            progs: BTreeSet::new(),
            maps: BTreeMap::new(),
            is_exact: global.bytes,
        }))
    }

    /// Counts a row.
    pub(super) fn add(&mut self, row: &impl Selected, memory: Option<&MapMemory>) {
        self.progs.insert(row.id());
        self.maps.extend(row.map_memory(memory));
    }

    /// Counts what stands at a place of a tree; an object may stand at several.
    pub(super) fn add_node(&mut self, node: &Node<'_>) {
        match node {
            Node::Prog(prog) => drop(self.progs.insert(prog.id)),
            Node::Map(map, _) => self.maps.extend(map.map_memory(None)),
            _ => {}
        }
    }

    /// `total: 3 programs, 5 maps, 1.2M`.
    fn text(&self) -> String {
        let count = |number: usize, kind: Kind| {
            let word = if number == 1 { kind.singular() } else { kind.plural() };
            format!("{number} {word}")
        };
        let known: Vec<u64> = self.maps.values().flatten().copied().collect();
        let unknown = self.maps.len() - known.len();
        let bytes = known.iter().fold(0, |sum: u64, bytes| sum.saturating_add(*bytes));
        let mut text = String::from("total: ");
        if self.kind != Kind::Maps {
            text += &format!("{}, ", count(self.progs.len(), self.kind));
        }
        text += &count(self.maps.len(), Kind::Maps);
        match unknown {
            0 => text + ", " + &size_text(bytes, self.is_exact),
            _ if known.is_empty() => text + ", of unknown memory",
            _ => {
                let size = size_text(bytes, self.is_exact);
                format!("{text}, {size} without the unknown memory of {unknown}")
            }
        }
    }

    /// Prints the line.
    ///
    /// # Errors
    ///
    /// That of stdout.
    pub(super) fn print(&self) -> Result<()> {
        let line = format!("{}\n", self.text());
        UnbufferedStdout.write_all(line.as_bytes()).map_err(Error::Output)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Ids, Map, Prog};

    fn total(kind: Kind) -> Total {
        Total { kind, progs: BTreeSet::new(), maps: BTreeMap::new(), is_exact: true }
    }

    #[test]
    fn a_shared_map_is_counted_once_and_an_unknown_one_is_told() {
        let map = |id, bytes_memlock| Map { id, bytes_memlock, ..Map::default() };
        let maps = [map(1, Some(100)), map(2, Some(20)), map(3, None)];
        let memory = MapMemory::new(&maps);
        let prog = |id, ids: &'static [u8]| Prog { id, map_ids: Ids::new(ids), ..Prog::default() };
        let mut sum = total(Kind::Progs);
        sum.add(&prog(7, b"1,2"), Some(&memory));
        sum.add(&prog(8, b"2"), Some(&memory));
        assert_eq!(sum.text(), "total: 2 programs, 2 maps, 120");
        sum.add(&prog(9, b"3"), Some(&memory));
        assert_eq!(sum.text(), "total: 3 programs, 3 maps, 120 without the unknown memory of 1");
        let mut unknown = total(Kind::Progs);
        unknown.add(&prog(7, b"1"), None);
        assert_eq!(unknown.text(), "total: 1 program, 1 map, of unknown memory");
        let mut all = total(Kind::Maps);
        assert_eq!(all.text(), "total: 0 maps, 0");
        maps.iter().for_each(|map| all.add(map, None));
        assert_eq!(all.text(), "total: 3 maps, 120 without the unknown memory of 1");
    }
}
