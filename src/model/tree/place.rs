//! What a program is shown below: a place, or an object with attachments.

use super::Hook;
use crate::model::{
    AttachPoint, Attachment, Function, Iter, LoadTarget, Name, StructOps, Tracepoint,
};

/// A place that programs are attached to, but for functions of programs and maps, which are objects
/// themselves. The order is that of a tree.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Place<'a> {
    /// A [place](AttachPoint::place) that the text names.
    At(AttachPoint<'a>),
    /// A place that is not identified; only how programs attach there is known.
    Other {
        /// One of [`words::KINDS`](crate::model::words::KINDS).
        kind: Option<&'static str>,
        /// `enum bpf_link_type`.
        link_type: Option<u32>,
    },
    /// Devices, cgroups and namespaces that are gone, while their links are held still.
    Gone,
}

/// What stands above a program.
pub(super) enum Above<'a> {
    Place(Place<'a>),
    /// A function of a program, by the program's id.
    Function(u32, Name<'a>),
    /// A map, by its id.
    Map(u32),
}

impl<'a> Above<'a> {
    /// What a hook is at; `id_of` finds a program of which only the name is known.
    pub(super) fn of(hook: &Hook<'a>, id_of: impl Fn(Name<'a>) -> Option<u32>) -> Self {
        match hook {
            Hook::Attachment(attachment) => Self::of_attachment(*attachment),
            Hook::Loaded(attached) => match attached.loaded_alone() {
                Some(load_target) => Self::of_load_target(load_target, id_of),
                None => Self::Place(Place::Other { kind: None, link_type: None }),
            },
            Hook::Member(_) => Self::at(AttachPoint::StructOps(StructOps::default())),
        }
    }

    fn at(point: AttachPoint<'a>) -> Self {
        Self::Place(Place::At(point.place()))
    }

    fn of_attachment(attachment: Attachment<'_, 'a>) -> Self {
        let target = attachment.target();
        match target.point {
            AttachPoint::Function(Function { name: Some(name), prog_id: Some(prog), .. }) => {
                Self::Function(prog, name)
            }
            // A struct is what its map is attached to.
            AttachPoint::StructOps(StructOps { ops: None, map: Some(map), .. })
            | AttachPoint::Iter(Iter { map: Some(map), .. })
            | AttachPoint::Map(map) => Self::Map(map.id),
            _ if target.detached => Self::Place(Place::Gone),
            point if point.is_named() => Self::at(point),
            _ => Self::Place(Place::Other {
                kind: attachment.kind(),
                link_type: attachment.link_type(),
            }),
        }
    }

    fn of_load_target(
        load_target: &LoadTarget<'a>,
        id_of: impl Fn(Name<'a>) -> Option<u32>,
    ) -> Self {
        let prog = load_target.prog;
        let id = prog.and_then(|prog| prog.id.or_else(|| id_of(prog.name)));
        let name = load_target.function;
        Self::at(match (load_target.kind, name, id) {
            (_, Some(function), Some(id)) => return Self::Function(id, function),
            (Some("tp_btf"), Some(_), _) => {
                AttachPoint::Tracepoint(Tracepoint { name, category: None })
            }
            (Some("iter"), Some(_), _) => AttachPoint::Iter(Iter { name, ..Iter::default() }),
            (Some("struct_ops"), ..) => AttachPoint::StructOps(StructOps::default()),
            (_, Some(_), _) => AttachPoint::Function(Function {
                name,
                prog_name: prog.map(|prog| prog.name),
                ..Function::default()
            }),
            (kind, None, _) => return Self::Place(Place::Other { kind, link_type: None }),
        })
    }
}
