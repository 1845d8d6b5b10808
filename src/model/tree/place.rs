//! Where a program can be attached, as a place that several programs may share.

use super::Hook;
use crate::model::{Attachment, Name, Site, Target};

/// A place that programs are attached to, but for functions of programs and maps, which are objects
/// themselves. The order is that of a tree: the network first, then cgroups, then the kernel.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Place<'a> {
    /// A network device.
    Device {
        /// The inode number of its network namespace.
        netns: Option<u32>,
        /// Its name.
        name: Option<Name<'a>>,
        /// Its index in that namespace.
        ifindex: Option<u32>,
    },
    /// A hook of netfilter.
    Netfilter {
        /// The inode number of the network namespace.
        netns: Option<u32>,
        /// The protocol family.
        pf: u32,
        /// The number of the hook.
        hook: u32,
    },
    /// A network namespace, by its inode number.
    Netns(u32),
    /// A cgroup.
    Cgroup {
        /// Its path, from the root of its hierarchy.
        path: Option<Name<'a>>,
        /// Its id.
        id: Option<u64>,
    },
    /// A struct of functions that a map implements.
    StructOps(Option<Name<'a>>),
    /// A tracepoint; a raw one has no category.
    Tracepoint {
        /// Its name.
        name: Name<'a>,
        /// Its subsystem.
        category: Option<Name<'a>>,
    },
    /// A function of the kernel, or one of a program of which the text has no more than a name.
    Function {
        /// Its name.
        name: Name<'a>,
        /// The program that it belongs to.
        prog: Option<Name<'a>>,
    },
    /// Many functions of the kernel, which one link is attached to.
    Functions {
        /// The first of them, by commas.
        names: Name<'a>,
        /// How many more there are.
        more: Option<u32>,
    },
    /// A file that probes are in.
    File(Name<'a>),
    /// A perf event.
    Event {
        /// The performance monitoring unit.
        pmu: Option<Name<'a>>,
        /// `enum perf_type_id`.
        event_type: u32,
        /// What the unit is to count.
        config: u64,
    },
    /// What an iterator is of; one of a map's elements is attached to the map.
    Iterator(Name<'a>),
    /// A place of which no more is known than how one attaches to it.
    Other {
        /// One of [`words::KINDS`](crate::model::words::KINDS).
        kind: Option<&'static str>,
        /// `enum bpf_link_type`.
        link_type: Option<u32>,
    },
    /// Devices, cgroups and namespaces that are gone, while their links are held still.
    Gone,
}

/// What stands above a program: a place, or an object that programs can be attached to.
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
            Hook::Site(site) => Self::of_site(*site),
            Hook::Loaded(attached) => match attached.loaded_alone() {
                Some(attachment) => Self::of_attachment(attachment, id_of),
                None => Self::Place(Place::Other { kind: None, link_type: None }),
            },
            Hook::Member(_) => Self::Place(Place::StructOps(None)),
        }
    }

    fn of_site(site: Site<'_, 'a>) -> Self {
        let target = site.target();
        match (target.function, target.prog_id, target.map_id) {
            (Some(function), Some(prog), _) => Self::Function(prog, function),
            // A struct is what its map is attached to.
            (_, _, Some(map)) if target.ops.is_none() => Self::Map(map),
            _ => Self::Place(
                place(target)
                    .unwrap_or(Place::Other { kind: site.kind(), link_type: site.link_type() }),
            ),
        }
    }

    fn of_attachment(attachment: &Attachment<'a>, id_of: impl Fn(Name<'a>) -> Option<u32>) -> Self {
        let prog = attachment.prog;
        let id = prog.and_then(|prog| prog.id.or_else(|| id_of(prog.name)));
        Self::Place(match (attachment.kind, attachment.function, id) {
            (_, Some(function), Some(id)) => return Self::Function(id, function),
            (Some("tp_btf"), Some(name), _) => Place::Tracepoint { name, category: None },
            (Some("iter"), Some(name), _) => Place::Iterator(name),
            (Some("struct_ops"), ..) => Place::StructOps(None),
            (_, Some(name), _) => Place::Function { name, prog: prog.map(|prog| prog.name) },
            (kind, None, _) => Place::Other { kind, link_type: None },
        })
    }
}

/// The place of a link, by what its kind has.
fn place<'a>(target: &Target<'a>) -> Option<Place<'a>> {
    if target.detached {
        return Some(Place::Gone);
    }
    let Target { netns, ifindex, .. } = *target;
    if target.device.is_some() || ifindex.is_some() {
        return Some(Place::Device { netns, name: target.device, ifindex });
    }
    if target.cgroup.is_some() || target.cgroup_id.is_some() {
        return Some(Place::Cgroup { path: target.cgroup, id: target.cgroup_id });
    }
    if let (Some(pf), Some(hook)) = (target.pf, target.hook) {
        return Some(Place::Netfilter { netns, pf, hook });
    }
    if let Some(name) = target.iter {
        return Some(Place::Iterator(name));
    }
    if target.ops.is_some() {
        return Some(Place::StructOps(target.ops));
    }
    if let Some(name) = target.tracepoint {
        return Some(Place::Tracepoint { name, category: target.category });
    }
    if let Some(path) = target.path {
        return Some(Place::File(path));
    }
    if let Some(names) = target.symbols {
        let more = target.more;
        let is_one = more.is_none() && names.iter().count() == 1;
        let names = names.text();
        return Some(match is_one {
            true => Place::Function { name: names, prog: None },
            false => Place::Functions { names, more },
        });
    }
    if let Some(name) = target.symbol.or(target.function) {
        return Some(Place::Function { name, prog: target.prog_name });
    }
    if let (Some(event_type), Some(config)) = (target.event_type, target.event_config) {
        return Some(Place::Event { pmu: target.pmu, event_type, config });
    }
    netns.map(Place::Netns)
}
