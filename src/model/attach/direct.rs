//! Attachments without a link, and one interface to these and links.

use crate::model::row::row;
use crate::model::{
    AttachPoint, Descriptor, FdKind, Holder, Link, Map, Name, StructOps, Target, words,
};

/// The columns of such a row: `row!` makes the struct of them, and `parse` its table.
macro_rules! direct_columns {
    ($declare:ident) => {
        $declare! {
            /// A program that is attached without a link: a row of `attached.debug`, or derived
            /// from a map or a process's descriptor.
            DirectAttachment<'a> {
                /// The id of the program.
                prog_id: u32 = key "prog_id",
                /// How it is attached, in one of [`words::KINDS`].
                kind: Option<&'static str> = by(words::kind) "kind",
                /// What attached it, in one of [`words::VIAS`].
                via: Option<&'static str> = by(words::via) "via",
                /// The full name of the program.
                name: Option<Name<'a>> = "name",
                /// `enum bpf_prog_type` of the program.
                prog_type: Option<u32> = "prog_type",
                /// `enum bpf_attach_type`, where there is one.
                attach_type: Option<u32> = "attach_type",
                /// Where the program is attached.
                target: Target<'a> = rest "target",
            }
        }
    };
}

direct_columns!(row);
pub(crate) use direct_columns;

/// The columns of such a row: `row!` makes the struct of them, and `parse` its table.
macro_rules! descriptor_columns {
    ($declare:ident) => {
        $declare! {
            /// One row of `descriptors.debug`: a program that is attached through a descriptor,
            /// whosever that is.
            DescriptorAttachment<'a> {
                /// The id of the program.
                prog_id: u32 = key "prog_id",
                /// What the descriptor stands for; `None` where this version has no word for it.
                through: Option<FdKind> = by(FdKind::of) "through",
                /// The full name of the program.
                name: Option<Name<'a>> = "name",
                /// `enum bpf_prog_type` of the program.
                prog_type: Option<u32> = "prog_type",
                /// What the event or socket is.
                target: Target<'a> = rest "target",
            }
        }
    };
}

descriptor_columns!(row);
pub(crate) use descriptor_columns;

impl<'a> DirectAttachment<'a> {
    /// Whether it stands for attachments that the kernel could not print; id 0 is no program.
    pub fn is_missing(&self) -> bool {
        self.prog_id == 0 && self.target.cut
    }

    /// The programs attached to a sockmap, or by the update of a struct_ops map.
    pub fn of_map(map: &Map<'a>) -> impl Iterator<Item = Self> + use<'a> {
        let is_struct_ops = map.map_type == Some(words::STRUCT_OPS_MAP);
        let (kind, via) =
            if is_struct_ops { ("struct_ops", "map_update") } else { ("sockmap", "prog_attach") };
        let its = map.to_ref();
        let point = if map.ops.is_some() {
            AttachPoint::StructOps(StructOps { ops: map.ops, map: Some(its), prog_ids: None })
        } else {
            AttachPoint::Map(its)
        };
        let target = Target { point, ..Target::default() };
        let of = move |(attach_type, prog_id)| Self {
            prog_id,
            kind: Some(kind),
            via: Some(via),
            attach_type,
            target,
            ..Self::default()
        };
        map.bound.into_iter().flat_map(|bound| bound.iter()).map(of)
    }

    /// The program that a descriptor attaches, of a perf event or a socket; `None` for other
    /// descriptors.
    pub fn of_holder(holder: &Holder<'a>) -> Option<Self> {
        let descriptor = Some(Descriptor { pid: holder.pid, fd: holder.fd });
        let target = Target { descriptor, ..holder.target };
        Self::through(holder.held?, Self { prog_id: holder.id, target, ..Self::default() })
    }

    /// The same of a row that does not tell whose descriptor it is.
    pub fn of_descriptor(row: &DescriptorAttachment<'a>) -> Option<Self> {
        let DescriptorAttachment { prog_id, through, name, prog_type, target } = *row;
        Self::through(through?, Self { prog_id, name, prog_type, target, ..Self::default() })
    }

    fn through(held: FdKind, row: Self) -> Option<Self> {
        let (kind, via) = match held {
            FdKind::PerfEvent => {
                let (link_type, target) = (Some(words::PERF_EVENT_LINK), row.target);
                (Link { link_type, target, ..Link::default() }.kind(), "perf_ioctl")
            }
            FdKind::Socket => (Some("socket"), "so_attach_bpf"),
            FdKind::Reuseport => (Some("sk_reuseport"), "so_attach_reuseport_ebpf"),
            FdKind::Fanout => (Some("packet_fanout"), "packet_fanout_data"),
            FdKind::Prog | FdKind::Map | FdKind::Link | FdKind::Btf => return None,
        };
        Some(Self { kind, via: Some(via), ..row })
    }
}

/// One place where a program is attached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Attachment<'r, 'a> {
    /// By a link.
    Link(&'r Link<'a>),
    /// Without one.
    Direct(&'r DirectAttachment<'a>),
}

impl<'r, 'a> Attachment<'r, 'a> {
    /// How the program is attached, in one of [`words::KINDS`].
    pub fn kind(self) -> Option<&'static str> {
        match self {
            Self::Link(link) => link.kind(),
            Self::Direct(direct) => direct.kind,
        }
    }

    /// What attached it, where no link did.
    pub fn via(self) -> Option<&'static str> {
        match self {
            Self::Link(_) => None,
            Self::Direct(direct) => direct.via,
        }
    }

    /// The link that holds it.
    pub fn link_id(self) -> Option<u32> {
        match self {
            Self::Link(link) => Some(link.id),
            Self::Direct(_) => None,
        }
    }

    /// `enum bpf_link_type`, of a link.
    pub fn link_type(self) -> Option<u32> {
        match self {
            Self::Link(link) => link.link_type,
            Self::Direct(_) => None,
        }
    }

    /// The id of the program.
    pub fn prog_id(self) -> Option<u32> {
        match self {
            Self::Link(link) => link.prog_id,
            Self::Direct(direct) => Some(direct.prog_id),
        }
    }

    /// The full name of the program.
    pub fn name(self) -> Option<Name<'a>> {
        match self {
            Self::Link(link) => link.name,
            Self::Direct(direct) => direct.name,
        }
    }

    /// `enum bpf_prog_type` of the program.
    pub fn prog_type(self) -> Option<u32> {
        match self {
            Self::Link(link) => link.prog_type,
            Self::Direct(direct) => direct.prog_type,
        }
    }

    /// `enum bpf_attach_type`, where there is one. Zero is one of cgroups; of others, such as
    /// freplace, it means none.
    pub fn attach_type(self) -> Option<u32> {
        let given = match self {
            Self::Link(link) => link.attach_type,
            Self::Direct(direct) => direct.attach_type,
        };
        given.filter(|number| *number != 0 || self.kind() == Some("cgroup"))
    }

    /// Where the program is attached.
    pub fn target(self) -> &'r Target<'a> {
        match self {
            Self::Link(link) => &link.target,
            Self::Direct(direct) => &direct.target,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zero_is_an_attach_type_of_cgroups_only() {
        let link = |link_type, prog_type| Link {
            link_type: Some(link_type),
            prog_type: Some(prog_type),
            attach_type: Some(0),
            ..Link::default()
        };
        let (freplace, cgroup) = (link(2, words::EXT), link(3, words::CGROUP_SKB));
        assert_eq!(Attachment::Link(&freplace).attach_type(), None);
        assert_eq!(Attachment::Link(&cgroup).attach_type(), Some(0));
        let mut direct = DirectAttachment { attach_type: Some(0), ..DirectAttachment::default() };
        assert_eq!(Attachment::Direct(&direct).attach_type(), None);
        direct.kind = Some("cgroup");
        assert_eq!(Attachment::Direct(&direct).attach_type(), Some(0));
    }
}
