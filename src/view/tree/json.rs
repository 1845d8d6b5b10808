//! The tree as JSON: an array of roots; each object has its children.

use std::io::{self, Write};

use serde::ser::{Serialize, SerializeMap, Serializer};
use serde_json::ser::PrettyFormatter;

use crate::model::tree::{Entry, Hook, Node, Place, Turn};
use crate::model::{Name, Way, words};
use crate::view::ViewOptions;
use crate::view::attach::{Object, node_keys, noun};
use crate::view::json::make_plain;
use crate::view::keys::{Number, entry};
use crate::view::named::Process;

pub(in crate::view) fn write(
    tree: &[Entry<'_>],
    options: &ViewOptions,
    to: &mut dyn Write,
) -> io::Result<()> {
    let mut text = Vec::new();
    if options.pretty {
        let formatter = PrettyFormatter::with_indent(b"    ");
        let mut json = serde_json::Serializer::with_formatter(&mut text, formatter);
        Siblings(tree).serialize(&mut json)?;
    } else {
        serde_json::to_writer(&mut text, &Siblings(tree))?;
    }
    make_plain(&mut text, 0);
    text.push(b'\n');
    to.write_all(&text)
}

/// Entries of one depth, each with those below it.
struct Siblings<'t>(&'t [Entry<'t>]);

impl Serialize for Siblings<'_> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let depth = self.0.first().map_or(0, |entry| entry.depth);
        to.collect_seq(self.0.chunk_by(|_, next| next.depth > depth).map(Branch))
    }
}

/// An entry, and those below it.
struct Branch<'t>(&'t [Entry<'t>]);

impl Serialize for Branch<'_> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let mut map = to.serialize_map(None)?;
        let Some((head, below)) = self.0.split_first() else { return map.end() };
        node(&mut map, &head.node)?;
        match &head.hook {
            Some(Hook::Attachment(attachment)) => {
                map.serialize_entry("attachment", &Object::of(*attachment))?;
            }
            Some(Hook::Loaded(attached)) => {
                let object = attached.loaded_alone().map(|own| Object::Loaded(attached, own));
                entry(&mut map, "attachment", object)?;
            }
            Some(Hook::Member(name)) => {
                let object = [("kind", Name::new(b"struct_ops")), ("function", *name)];
                let object: std::collections::BTreeMap<_, _> = object.into_iter().collect();
                map.serialize_entry("attachment", &object)?;
            }
            None => {}
        }
        entry(&mut map, "repeated", (head.turn != Turn::First).then_some(true))?;
        if !below.is_empty() {
            map.serialize_entry("children", &Siblings(below))?;
        }
        map.end()
    }
}

/// What an entry is, by the keys that the listings have for the same.
fn node<M: SerializeMap>(map: &mut M, node: &Node<'_>) -> Result<(), M::Error> {
    match node {
        Node::Place(at) => place(map, at),
        Node::Function(name) => {
            map.serialize_entry("node", "function")?;
            map.serialize_entry("name", name)
        }
        Node::Prog(prog) => {
            map.serialize_entry("node", "program")?;
            map.serialize_entry("id", &prog.id)?;
            let word = |number| Number::new(words::PROG_TYPES, number);
            entry(map, "type", prog.prog_type.map(word))?;
            entry(map, "name", prog.name)?;
            let tag = prog.tag.map(|tag| format!("{:016x}", u64::from_be_bytes(tag)));
            entry(map, "tag", tag)
        }
        Node::Map(row, users) => {
            map.serialize_entry("node", "map")?;
            map.serialize_entry("id", &row.id)?;
            entry(map, "type", row.map_type.map(|number| Number::new(words::MAP_TYPES, number)))?;
            entry(map, "name", row.name)?;
            entry(map, "full_name", row.full_name)?;
            entry(map, "users", (*users > 0).then_some(users))
        }
        Node::Processes(holders) => {
            map.serialize_entry("node", "processes")?;
            let pids: Vec<_> = holders.iter().map(Process).collect();
            map.serialize_entry("pids", &pids)
        }
        Node::Nothing => map.serialize_entry("node", "link"),
        Node::Unattached => map.serialize_entry("node", "unattached"),
        Node::Unknown(unread) => {
            map.serialize_entry("node", "unknown")?;
            let unread: Vec<_> = unread.iter().map(Way::word).collect();
            map.serialize_entry("unread", &unread)
        }
        Node::Unused => map.serialize_entry("node", "unused"),
    }
}

fn place<M: SerializeMap>(map: &mut M, place: &Place<'_>) -> Result<(), M::Error> {
    match place {
        Place::At(point) => {
            map.serialize_entry("node", noun(point))?;
            node_keys(map, point)
        }
        Place::Other { kind, link_type } => {
            map.serialize_entry("node", "other")?;
            entry(map, "kind", *kind)?;
            entry(map, "link_type", link_type.map(|n| Number::new(words::LINK_TYPES, n)))
        }
        Place::Gone => map.serialize_entry("node", "gone"),
    }
}
