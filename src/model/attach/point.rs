//! Where a program is attached: an enum with one variant per kind of place.

use std::net::{IpAddr, SocketAddr};

use crate::model::{Ids, Name, Names, Numbers, ProgRef, words};

/// The point that a program is attached to.
///
/// The fields of each variant begin with those that identify the place, which several programs may
/// share; the others tell how this program is attached there. The order of the variants is their
/// order in a tree.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum AttachPoint<'a> {
    /// A network device: XDP, tc, tcx, netkit.
    Device(Device<'a>),
    /// A hook of netfilter.
    Netfilter(Netfilter),
    /// A network namespace, by its inode number: sk_lookup, flow_dissector.
    Netns(u32),
    /// A socket, or a group of sockets.
    Socket(Socket),
    /// A cgroup.
    Cgroup(Cgroup<'a>),
    /// A struct of functions that a map implements.
    StructOps(StructOps<'a>),
    /// A tracepoint, raw or not.
    Tracepoint(Tracepoint<'a>),
    /// A function of the kernel or of a program, through a trampoline or in its place.
    Function(Function<'a>),
    /// An instruction of a function of the kernel.
    Kprobe(Kprobe<'a>),
    /// Many functions of the kernel.
    Functions(Functions<'a>),
    /// An instruction in a file.
    Uprobe(Uprobe<'a>),
    /// Many instructions in a file.
    Uprobes(Uprobes<'a>),
    /// A perf event that is no probe.
    Event(PerfEvent<'a>),
    /// What an iterator walks.
    Iter(Iter<'a>),
    /// A map of sockets.
    Map(MapRef<'a>),
    /// The text names no place.
    #[default]
    Unknown,
}

/// A network device, and the hook of it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Device<'a> {
    /// The inode number of its network namespace.
    pub netns: Option<u32>,
    /// Its name.
    pub name: Option<Name<'a>>,
    /// Its index in that namespace.
    pub ifindex: Option<u32>,
    /// `enum bpf_xdp_mode`: how XDP runs the program.
    pub mode: Option<u32>,
    /// Whether a filter sees what leaves the device, else what enters.
    pub is_egress: Option<bool>,
    /// The place of a filter among those of the device.
    pub priority: Option<i32>,
    /// The chain of filters that it is in.
    pub chain: Option<u32>,
    /// The number of a filter among those of its priority.
    pub handle: Option<u32>,
    /// Whether a filter's program says itself what becomes of a packet.
    pub direct_action: Option<bool>,
}

/// A hook of netfilter.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Netfilter {
    /// The inode number of the network namespace.
    pub netns: Option<u32>,
    /// The protocol family.
    pub pf: u32,
    /// The number of the hook.
    pub hook: u32,
    /// The place among the programs of that hook.
    pub priority: Option<i32>,
    /// The `BPF_F_NETFILTER_*` flags.
    pub flags: Option<u32>,
}

/// A socket, or a group of sockets that a program chooses from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Socket {
    /// `AF_*`.
    pub family: u32,
    /// `SOCK_*`.
    pub socket_type: Option<u32>,
    /// The protocol, in the numbers of the family.
    pub protocol: Option<u32>,
    /// The address that a group is bound to.
    pub address: Option<IpAddr>,
    /// The port that a group is bound to.
    pub port: Option<u16>,
    /// The id of a group of packet sockets.
    pub fanout: Option<u32>,
    /// The device that a packet socket is bound to.
    pub ifindex: Option<u32>,
    /// The inode number of its network namespace.
    pub netns: Option<u32>,
}

impl Socket {
    /// The address and port that it is bound to, as far as they are known.
    pub fn bound(&self) -> Option<String> {
        match (self.address, self.port) {
            (Some(address), Some(port)) => Some(SocketAddr::new(address, port).to_string()),
            (Some(address), None) => Some(address.to_string()),
            (None, port) => port.map(|port| format!("*:{port}")),
        }
    }
}

/// A cgroup.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Cgroup<'a> {
    /// Its path, from the root of its hierarchy.
    pub path: Option<Name<'a>>,
    /// Its id.
    pub id: Option<u64>,
    /// The LSM hook that is confined to it.
    pub function: Option<Name<'a>>,
    /// The `BPF_F_ALLOW_*` flags of its hook.
    pub attach_flags: Option<u32>,
}

/// A struct of functions that a map implements.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct StructOps<'a> {
    /// The struct's name.
    pub ops: Option<Name<'a>>,
    /// The map.
    pub map: Option<MapRef<'a>>,
    /// The programs of that map.
    pub prog_ids: Option<Ids<'a>>,
}

/// A tracepoint; a raw one has no category.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Tracepoint<'a> {
    /// Its name.
    pub name: Option<Name<'a>>,
    /// Its subsystem.
    pub category: Option<Name<'a>>,
}

/// A function of the kernel, or of a program.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Function<'a> {
    /// Its name.
    pub name: Option<Name<'a>>,
    /// The full name of the program that it belongs to; `None` for one of the kernel.
    pub prog_name: Option<Name<'a>>,
    /// The id of that program.
    pub prog_id: Option<u32>,
    /// The id of the BTF object, or of the program, that has the function's type.
    pub obj_id: Option<u32>,
    /// The id of the function's type in there.
    pub btf_id: Option<u32>,
}

impl<'a> Function<'a> {
    /// The program that it belongs to.
    pub fn prog(&self) -> Option<ProgRef<'a>> {
        self.prog_name.map(|name| ProgRef { id: self.prog_id, name })
    }
}

/// An instruction of a function of the kernel.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Kprobe<'a> {
    /// The function.
    pub symbol: Option<Name<'a>>,
    /// Bytes from its beginning.
    pub offset: Option<u64>,
    /// Whether the program runs at the return.
    pub retprobe: bool,
    /// How often the probe was hit without running the program.
    pub missed: Option<u64>,
}

/// Many functions of the kernel, which one link is attached to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Functions<'a> {
    /// The first of them.
    pub symbols: Option<Names<'a>>,
    /// How many more the text leaves out.
    pub more: Option<u32>,
    /// How many there are.
    pub count: Option<u32>,
    /// Whether the program runs at the return.
    pub retprobe: bool,
    /// How often they were hit without running the program.
    pub missed: Option<u64>,
    /// The BPF cookies, one for each of `symbols`.
    pub cookies: Option<Numbers<'a>>,
}

/// An instruction in a file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Uprobe<'a> {
    /// The file.
    pub path: Option<Name<'a>>,
    /// Bytes from its beginning.
    pub offset: Option<u64>,
    /// The offset of the reference counter.
    pub ref_ctr_offset: Option<u64>,
    /// Whether the program runs at the return.
    pub retprobe: bool,
}

/// Many instructions in a file, which one link is attached to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Uprobes<'a> {
    /// The file.
    pub path: Option<Name<'a>>,
    /// The first of them, in bytes from its beginning.
    pub offsets: Option<Numbers<'a>>,
    /// How many more the text leaves out.
    pub more: Option<u32>,
    /// How many there are.
    pub count: Option<u32>,
    /// The process that they are confined to.
    pub pid: Option<u32>,
    /// Whether the program runs at the return.
    pub retprobe: bool,
    /// The offsets of the reference counters, for each of `offsets`.
    pub ref_ctr_offsets: Option<Numbers<'a>>,
    /// The BPF cookies, one for each of `offsets`.
    pub cookies: Option<Numbers<'a>>,
}

/// A perf event that is no probe.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PerfEvent<'a> {
    /// The performance monitoring unit.
    pub pmu: Option<Name<'a>>,
    /// `enum perf_type_id`, or what the kernel made of it.
    pub event_type: u32,
    /// What the unit is to count.
    pub config: u64,
    /// The CPU that the event is on.
    pub cpu: Option<u32>,
    /// How often it comes.
    pub sampling: Option<Sampling>,
    /// What a breakpoint watches.
    pub breakpoint: Option<Breakpoint<'a>>,
}

/// How often a perf event comes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Sampling {
    /// Times a second.
    Frequency(u64),
    /// What is counted, from one to the next.
    Period(u64),
}

/// What a breakpoint watches.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Breakpoint<'a> {
    /// The name at its address, where that is the kernel's.
    pub symbol: Option<Name<'a>>,
    /// `HW_BREAKPOINT_*`.
    pub access: u32,
    /// How many bytes.
    pub len: u64,
}

impl PerfEvent<'_> {
    /// The event in a word, where there is one.
    pub fn word(&self) -> Option<&'static str> {
        words::perf_event(self.pmu.map(Name::token), self.event_type, self.config)
    }

    /// How often a second it comes, where that is fixed. Of the clocks, the kernel makes a period in
    /// nanoseconds of a frequency.
    pub fn frequency(&self) -> Option<u64> {
        const SECOND: u64 = 1_000_000_000;
        match self.sampling? {
            Sampling::Frequency(hertz) => Some(hertz),
            Sampling::Period(period @ 1..)
                if matches!(self.word(), Some("cpu-clock" | "task-clock")) =>
            {
                let hertz = SECOND / period;
                // As the kernel divides it.
                let near = [hertz, hertz + 1].into_iter().filter(|hertz| *hertz > 0);
                near.into_iter().find(|hertz| SECOND / hertz == period)
            }
            Sampling::Period(_) => None,
        }
    }
}

/// What an iterator walks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Iter<'a> {
    /// What it is of.
    pub name: Option<Name<'a>>,
    /// The map whose elements it walks.
    pub map: Option<MapRef<'a>>,
    /// The process that it is confined to.
    pub pid: Option<u32>,
    /// The thread that it is confined to.
    pub tid: Option<u32>,
}

/// A map that another row speaks of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct MapRef<'a> {
    /// Its id.
    pub id: u32,
    /// Its name: 15 characters at most.
    pub name: Option<Name<'a>>,
    /// The whole name, where the row is one that tells it.
    pub full_name: Option<Name<'a>>,
}

impl<'a> AttachPoint<'a> {
    /// The place alone, without how this program is attached: equal for all programs that share it.
    /// All ways of attaching to one kernel function share that function.
    pub fn place(self) -> Self {
        let function = |name| Self::Function(Function { name, ..Function::default() });
        match self {
            Self::Device(Device { netns, name, ifindex, .. }) => {
                Self::Device(Device { netns, name, ifindex, ..Device::default() })
            }
            Self::Netfilter(at) => Self::Netfilter(Netfilter { priority: None, flags: None, ..at }),
            Self::Cgroup(Cgroup { path, id, .. }) => {
                Self::Cgroup(Cgroup { path, id, ..Cgroup::default() })
            }
            Self::StructOps(at) => Self::StructOps(StructOps { ops: at.ops, ..<_>::default() }),
            Self::Function(Function { name, prog_name, .. }) => {
                Self::Function(Function { name, prog_name, ..Function::default() })
            }
            Self::Kprobe(at) => function(at.symbol),
            Self::Functions(at) => match at.only() {
                Some(name) => function(Some(name)),
                None => Self::Functions(Functions {
                    symbols: at.symbols,
                    more: at.more,
                    ..Functions::default()
                }),
            },
            Self::Uprobe(Uprobe { path, .. }) | Self::Uprobes(Uprobes { path, .. }) => {
                Self::Uprobe(Uprobe { path, ..Uprobe::default() })
            }
            Self::Event(at) => Self::Event(PerfEvent { cpu: None, sampling: None, ..at }),
            Self::Iter(at) => Self::Iter(Iter { name: at.name, ..Iter::default() }),
            Self::Netns(_)
            | Self::Socket(_)
            | Self::Tracepoint(_)
            | Self::Map(_)
            | Self::Unknown => self,
        }
    }

    /// Whether the program runs at the return of what is probed.
    pub fn is_retprobe(&self) -> bool {
        match self {
            Self::Kprobe(at) => at.retprobe,
            Self::Functions(at) => at.retprobe,
            Self::Uprobe(at) => at.retprobe,
            Self::Uprobes(at) => at.retprobe,
            _ => false,
        }
    }

    /// Whether the place is identified, so that programs can share it.
    pub fn is_named(&self) -> bool {
        match self {
            Self::Device(at) => at.name.is_some() || at.ifindex.is_some(),
            Self::Cgroup(at) => at.path.is_some() || at.id.is_some(),
            Self::StructOps(at) => at.ops.is_some(),
            Self::Tracepoint(at) => at.name.is_some(),
            Self::Function(at) => at.name.is_some(),
            Self::Kprobe(at) => at.symbol.is_some(),
            Self::Functions(at) => at.symbols.is_some(),
            Self::Uprobe(at) => at.path.is_some(),
            Self::Uprobes(at) => at.path.is_some(),
            Self::Iter(at) => at.name.is_some(),
            Self::Netfilter(_)
            | Self::Netns(_)
            | Self::Socket(_)
            | Self::Event(_)
            | Self::Map(_) => true,
            Self::Unknown => false,
        }
    }

    /// The function of the kernel or of a program, or the LSM hook.
    pub fn function(&self) -> Option<Name<'a>> {
        match self {
            Self::Function(at) => at.name,
            Self::Cgroup(at) => at.function,
            _ => None,
        }
    }

    /// The map that the program is attached to, or whose elements it iterates over.
    pub fn map(&self) -> Option<MapRef<'a>> {
        match self {
            Self::StructOps(at) => at.map,
            Self::Iter(at) => at.map,
            Self::Map(map) => Some(*map),
            _ => None,
        }
    }

    /// The programs of a struct_ops map; its link has no program of its own.
    pub fn prog_ids(&self) -> impl Iterator<Item = u32> + use<'a> {
        let ids = match self {
            Self::StructOps(at) => at.prog_ids,
            _ => None,
        };
        ids.into_iter().flat_map(Ids::iter)
    }

    /// Every name in it, for a filter.
    pub fn names(&self) -> impl Iterator<Item = Name<'a>> + use<'a> {
        let single = match *self {
            Self::Device(at) => [at.name, None],
            Self::Cgroup(at) => [at.path, at.function],
            Self::StructOps(at) => [at.ops, at.map.and_then(|map| map.name)],
            Self::Tracepoint(at) => [at.name, None],
            Self::Function(at) => [at.name, at.prog_name],
            Self::Kprobe(at) => [at.symbol, None],
            Self::Uprobe(Uprobe { path, .. }) | Self::Uprobes(Uprobes { path, .. }) => [path, None],
            Self::Event(at) => [at.pmu, at.breakpoint.and_then(|at| at.symbol)],
            Self::Iter(at) => [at.name, at.map.and_then(|map| map.name)],
            Self::Map(map) => [map.name, map.full_name],
            Self::Netfilter(_)
            | Self::Netns(_)
            | Self::Socket(_)
            | Self::Functions(_)
            | Self::Unknown => [None; 2],
        };
        let symbols = match self {
            Self::Functions(at) => at.symbols,
            _ => None,
        };
        single.into_iter().flatten().chain(symbols.into_iter().flat_map(Names::iter))
    }
}

impl<'a> Functions<'a> {
    /// The function, if there is only one.
    fn only(&self) -> Option<Name<'a>> {
        let mut symbols = self.symbols.filter(|_| self.more.is_none())?.iter();
        symbols.next().filter(|_| symbols.next().is_none())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_sits_in_one_function_shares_it_by_whatever_way() {
        let name = Some(Name::new(b"vfs_unlink"));
        let kprobe = Kprobe { symbol: name, offset: Some(9), ..Kprobe::default() };
        let function = Function { name, btf_id: Some(7), ..Function::default() };
        let symbols = Names::new(b"vfs_unlink");
        let one = Functions { symbols, count: Some(1), ..Functions::default() };
        let place = AttachPoint::Function(function).place();
        assert_eq!(AttachPoint::Kprobe(kprobe).place(), place);
        assert_eq!(AttachPoint::Functions(one).place(), place);
        let many = Functions { more: Some(3), ..one };
        assert_ne!(AttachPoint::Functions(many).place(), place);
    }

    #[test]
    fn a_point_is_a_fraction_of_what_all_kinds_have_together() {
        assert!(size_of::<AttachPoint<'_>>() <= 120, "{}", size_of::<AttachPoint<'_>>());
    }
}
