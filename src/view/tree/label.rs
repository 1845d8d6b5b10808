//! The words of a tree: fragments of a sentence, the same in every format for people.
//!
//! Names are shown as a terminal may see them; each format quotes what its own grammar reserves.

use std::fmt::{self, Display, Formatter};

use crate::model::tree::{Entry, Hook, Node, Place};
use crate::model::{AttachPoint, Attachment, Device, Map, Name, Prog, words};
use crate::view::{attach, named};

/// Makes the labels of a tree.
pub(super) struct Labels {
    /// Whether devices are of several network namespaces, so that their names do not tell them apart.
    has_namespaces: bool,
}

impl Labels {
    pub(super) fn new(tree: &[Entry<'_>]) -> Self {
        let mut namespaces = tree.iter().filter_map(|entry| match entry.node {
            Node::Place(Place::At(AttachPoint::Device(device))) => Some(device.netns),
            _ => None,
        });
        let first = namespaces.next();
        Self { has_namespaces: namespaces.any(|other| Some(other) != first) }
    }

    /// What stands at a place of the tree: `device eth0`, `count_packets (21)`.
    pub(super) fn node<'a>(&self, entry: &Entry<'a>) -> impl Display + use<'a> {
        Label(entry.node, self.has_namespaces)
    }

    /// How it is attached there, and what holds it: `tcx ingress`, `link 4`.
    pub(super) fn hook(&self, entry: &Entry<'_>) -> Option<(String, Option<String>)> {
        entry.hook.map(|hook| (How(hook).to_string(), held(hook)))
    }
}

struct Label<'a>(Node<'a>, bool);

impl Display for Label<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self.0 {
            Node::Place(place) => {
                fmt_place(&place, f)?;
                match place {
                    Place::At(AttachPoint::Device(Device { netns: Some(netns), .. })) if self.1 => {
                        write!(f, ", netns {netns}")
                    }
                    _ => Ok(()),
                }
            }
            Node::Function(name) => write!(f, "function {name}"),
            Node::Prog(prog) => named(prog.name, prog.id, f),
            Node::Map(map, users) => fmt_map(map, users, f),
            Node::Processes(holders) => {
                f.write_str("held by ")?;
                named::holders(holders, f)
            }
            Node::Nothing => f.write_str("no program"),
            Node::Unattached => f.write_str("programs that are not attached"),
            Node::Unknown(unread) => {
                write!(f, "programs that may be attached (not read: {unread})")
            }
            Node::Unused => f.write_str("maps without a known program"),
        }
    }
}

/// `attach_xdp (105)`; a program or map without a name has its id alone.
fn named(name: Option<Name<'_>>, id: u32, f: &mut Formatter<'_>) -> fmt::Result {
    match name {
        Some(name) => write!(f, "{name} ({id})"),
        None => write!(f, "({id})"),
    }
}

fn fmt_map(map: &Map<'_>, users: usize, f: &mut Formatter<'_>) -> fmt::Result {
    f.write_str("map ")?;
    named(map.shown_name(), map.id, f)?;
    match map.map_type.map(|number| (words::word(words::MAP_TYPES, number), number)) {
        Some((Some(word), _)) => write!(f, ", {word}")?,
        Some((None, number)) => write!(f, ", type {number}")?,
        None => {}
    }
    if users > 1 { write!(f, ", shared by {users}") } else { Ok(()) }
}

fn fmt_place(place: &Place<'_>, f: &mut Formatter<'_>) -> fmt::Result {
    match place {
        Place::At(point) => attach::place(point, f),
        Place::Other { kind: Some(kind), .. } => f.write_str(kind),
        Place::Other { kind: None, link_type: Some(number) } => write!(f, "link type {number}"),
        Place::Other { kind: None, link_type: None } => f.write_str("places not known"),
        Place::Gone => f.write_str("places that are gone"),
    }
}

/// How a program is attached to what stands above it, but for what that says: `tcx ingress`,
/// `kprobe +0x9`.
struct How<'a>(Hook<'a>);

impl Display for How<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self.0 {
            Hook::Attachment(attachment) => fmt_attachment(attachment, f),
            Hook::Loaded(attached) => {
                let attachment = attached.loaded_alone();
                let kind = attachment.and_then(|attachment| attachment.kind).unwrap_or("attached");
                f.write_str(kind)?;
                match attachment.and_then(|attachment| attachment.function) {
                    // What stands above does not say.
                    Some(function) if attached.is_loaded_only() || kind == "struct_ops" => {
                        write!(f, " {function}")
                    }
                    _ => Ok(()),
                }
            }
            Hook::Member(name) => name.fmt(f),
        }
    }
}

/// The type of a program, of which nothing else is known.
pub(super) fn prog_type(prog: &Prog<'_>) -> String {
    match prog.prog_type.map(|number| (words::word(words::PROG_TYPES, number), number)) {
        Some((Some(word), _)) => word.into(),
        Some((None, number)) => format!("program of type {number}"),
        None => "program".into(),
    }
}

fn fmt_attachment(attachment: Attachment<'_, '_>, f: &mut Formatter<'_>) -> fmt::Result {
    match (attachment.kind(), attachment.link_type()) {
        (Some(kind), _) => f.write_str(kind)?,
        (None, Some(number)) => write!(f, "link type {number}")?,
        (None, None) => f.write_str("link")?,
    }
    attach::how(&attachment.target().point, f)?;
    attach::direction(attachment).map_or(Ok(()), |direction| write!(f, " {direction}"))
}

/// What holds a program there: `link 39`; `by netlink`; `not attached`; nothing for the function of a
/// struct.
fn held(hook: Hook<'_>) -> Option<String> {
    match hook {
        Hook::Attachment(attachment) => match (attachment.link_id(), attachment.via()) {
            (Some(id), _) => Some(format!("link {id}")),
            (None, via) => via.map(|via| format!("by {via}")),
        },
        Hook::Loaded(attached) if attached.is_loaded_only() => Some("not attached".into()),
        Hook::Loaded(_) => Some("unknown whether attached".into()),
        Hook::Member(_) => None,
    }
}
