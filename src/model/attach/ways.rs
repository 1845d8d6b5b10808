//! The ways by which a program can be attached, and which text tells of each.
//!
//! A program without an attachment is unattached only where every way for its type was read. What a
//! new text tells of is one line here.

use std::fmt;
use std::ops::BitOr;

use crate::model::{Kind, Map, words};

/// Who tells of a way: the texts, each of which suffices, with a column that not all versions have.
type Tellers = &'static [(Kind, Option<&'static str>)];

/// What is known of a way.
struct WayFacts {
    word: &'static str,
    /// The types of programs that it is for; empty for all.
    types: &'static [&'static str],
    told_by: Tellers,
    /// The types of maps in which programs are attached so; if there are none, no program is.
    within: &'static [&'static str],
}

/// Declares the ways.
macro_rules! ways {
    ($($(#[$doc:meta])* $way:ident {
        word: $word:literal,
        types: $types:expr,
        told_by: $told_by:expr,
        within: $within:expr,
    })*) => {
        /// A way by which programs of some types can be attached.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Way {
            $($(#[$doc])* $way,)*
        }

        impl Way {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$way),*];

            const fn facts(self) -> &'static WayFacts {
                match self {
                    $(Self::$way => &WayFacts {
                        word: $word,
                        types: $types,
                        told_by: $told_by,
                        within: $within,
                    },)*
                }
            }
        }
    };
}

/// The types whose programs a link attaches.
const LINKED: &[&str] = &[
    "cgroup_device",
    "cgroup_skb",
    "cgroup_sock",
    "cgroup_sock_addr",
    "cgroup_sockopt",
    "cgroup_sysctl",
    "ext",
    "flow_dissector",
    "kprobe",
    "lsm",
    "netfilter",
    "perf_event",
    "raw_tracepoint",
    "raw_tracepoint_writable",
    "sched_cls",
    "sk_lookup",
    "sk_msg",
    "sk_skb",
    "sock_ops",
    "struct_ops",
    "tracepoint",
    "tracing",
    "xdp",
];

/// The types whose programs are attached to cgroups, among them those for lsm_cgroup.
const OF_CGROUPS: &[&str] = &[
    "cgroup_device",
    "cgroup_skb",
    "cgroup_sock",
    "cgroup_sock_addr",
    "cgroup_sockopt",
    "cgroup_sysctl",
    "lsm",
    "sock_ops",
];

/// In attached.debug.
const DIRECT: Tellers = &[(Kind::Attached, None)];

/// In maps.debug, unless an old version wrote it.
const BOUND: Tellers = &[(Kind::Maps, Some("bound"))];

/// In the text of descriptors, or that of processes.
const DESCRIPTORS: Tellers = &[(Kind::Descriptors, None), (Kind::Holders, None)];

/// In the text of descriptors alone: that of processes may be of a version that did not look.
const DESCRIPTORS_ONLY: Tellers = &[(Kind::Descriptors, None)];

/// No text tells of it yet.
const NOBODY: Tellers = &[];

ways! {
    /// A link.
    Link { word: "link", types: LINKED, told_by: &[(Kind::Links, None)], within: &[], }
    /// BPF_PROG_ATTACH to a cgroup.
    Cgroup { word: "cgroup", types: OF_CGROUPS, told_by: DIRECT, within: &[], }
    /// BPF_PROG_ATTACH to a network namespace.
    Netns { word: "netns", types: &["flow_dissector"], told_by: DIRECT, within: &[], }
    /// XDP by netlink, offloaded or not.
    Xdp { word: "xdp", types: &["xdp"], told_by: DIRECT, within: &[], }
    /// A filter of the clsact or ingress queueing discipline.
    Clsact { word: "clsact", types: &["sched_cls"], told_by: DIRECT, within: &[], }
    /// BPF_PROG_ATTACH to a device: tcx, netkit.
    Tcx { word: "tcx", types: &["sched_cls"], told_by: DIRECT, within: &[], }
    /// A filter of a classful queueing discipline, or of a block whose chain 0 is empty.
    Classful { word: "classful_qdisc", types: &["sched_cls"], told_by: NOBODY, within: &[], }
    /// An action of tc, with a filter or by itself.
    Action { word: "tc_action", types: &["sched_act"], told_by: NOBODY, within: &[], }
    /// BPF_PROG_ATTACH to a map of sockets.
    Sockmap { word: "sockmap", types: &["sk_msg", "sk_skb"], told_by: BOUND, within: &[], }
    /// A socket that was put into a map of sockets keeps the programs that the map then had.
    Psock {
        word: "psock",
        types: &["sk_msg", "sk_skb"],
        told_by: NOBODY,
        within: &["sockhash", "sockmap"],
    }
    /// The update of a struct_ops map.
    StructOps { word: "struct_ops", types: &["struct_ops"], told_by: BOUND, within: &[], }
    /// PERF_EVENT_IOC_SET_BPF.
    PerfEvent {
        word: "perf_event",
        types: &["kprobe", "perf_event", "tracepoint"],
        told_by: DESCRIPTORS,
        within: &[],
    }
    /// SO_ATTACH_BPF.
    Socket { word: "socket", types: &["socket_filter"], told_by: DESCRIPTORS, within: &[], }
    /// SO_ATTACH_REUSEPORT_EBPF.
    Reuseport {
        word: "reuseport",
        types: &["sk_reuseport", "socket_filter"],
        told_by: DESCRIPTORS,
        within: &[],
    }
    /// PACKET_FANOUT_DATA.
    Fanout {
        word: "fanout",
        types: &["socket_filter"],
        told_by: DESCRIPTORS_ONLY,
        within: &[],
    }
    /// TUNSETSTEERINGEBPF, TUNSETFILTEREBPF.
    Tun { word: "tun", types: &["socket_filter"], told_by: DIRECT, within: &[], }
    /// SIOCKCMATTACH.
    Kcm { word: "kcm", types: &["socket_filter"], told_by: NOBODY, within: &[], }
    /// A match of iptables.
    Xtables { word: "xt_bpf", types: &["socket_filter"], told_by: NOBODY, within: &[], }
    /// A route: LWT and seg6local.
    Route {
        word: "route",
        types: &["lwt_in", "lwt_out", "lwt_seg6local", "lwt_xmit"],
        told_by: NOBODY,
        within: &[],
    }
    /// BPF_PROG_ATTACH to an infrared receiver.
    Lirc { word: "lirc", types: &["lirc_mode2"], told_by: NOBODY, within: &[], }
    /// An element of a map of devices.
    Devmap {
        word: "devmap",
        types: &["xdp"],
        told_by: NOBODY,
        within: &["devmap", "devmap_hash"],
    }
    /// An element of a map of CPUs.
    Cpumap { word: "cpumap", types: &["xdp"], told_by: NOBODY, within: &["cpumap"], }
    /// An element of a program array, for tail calls.
    ProgArray { word: "prog_array", types: &[], told_by: NOBODY, within: &["prog_array"], }
    /// Those of a program whose type the text does not give, or this version does not know.
    OfNewType { word: "unknown_type", types: NO_TYPE, told_by: NOBODY, within: &[], }
}

/// No type of programs has this word.
const NO_TYPE: &[&str] = &[""];

impl Way {
    /// Its word in JSON and in notes.
    pub const fn word(self) -> &'static str {
        self.facts().word
    }

    /// The first of the texts that tell of it; `None` where none does.
    pub fn text(self) -> Option<Kind> {
        self.facts().told_by.first().map(|(kind, _)| *kind)
    }

    /// Whether programs are attached so in maps, and nowhere else.
    pub fn is_within_maps(self) -> bool {
        !self.facts().within.is_empty()
    }

    /// Whether programs of a type can be attached so.
    fn is_for(self, prog_type: &str) -> bool {
        let types = self.facts().types;
        types.is_empty() || types.contains(&prog_type)
    }

    /// Whether the text of a kind tells of it.
    fn is_told_by(self, kind: Kind) -> bool {
        self.facts().told_by.iter().any(|(of, _)| *of == kind)
    }
}

/// A set of ways.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct WaySet(u32);

const _: () = assert!(Way::ALL.len() <= u32::BITS as usize);

impl WaySet {
    /// No way.
    pub const NONE: Self = Self(0);

    /// Every way.
    const ALL: Self = Self(u32::MAX >> (u32::BITS as usize - Way::ALL.len()));

    /// The ways that are taken.
    fn of(takes: impl Fn(Way) -> bool) -> Self {
        let taken = Way::ALL.iter().filter(|way| takes(**way));
        Self(taken.fold(0, |set, way| set | 1 << (*way as u32)))
    }

    /// The ways of which texts tell; `is_whole` says whether the text of a kind was read whole, and
    /// has a column.
    pub fn told(is_whole: impl Fn(Kind, Option<&str>) -> bool) -> Self {
        Self::of(|way| way.facts().told_by.iter().any(|(kind, column)| is_whole(*kind, *column)))
    }

    /// The ways by which a program of a type can be attached.
    pub fn for_type(prog_type: Option<u32>) -> Self {
        match prog_type.and_then(|number| words::word(words::PROG_TYPES, number)) {
            Some(word) if word != "unspec" => Self::of(|way| way.is_for(word)),
            _ => Self::ALL,
        }
    }

    fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    /// Whether there is none.
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    fn has(self, way: Way) -> bool {
        self.0 & 1 << (way as u32) != 0
    }

    /// Those in the set.
    pub fn iter(self) -> impl Iterator<Item = Way> {
        Way::ALL.iter().copied().filter(move |way| self.has(*way))
    }
}

/// Their words by commas.
impl fmt::Display for WaySet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, way) in self.iter().enumerate() {
            write!(f, "{}{}", if i == 0 { "" } else { ", " }, way.word())?;
        }
        Ok(())
    }
}

impl BitOr for WaySet {
    type Output = Self;

    fn bitor(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

/// Whether the text of a kind may tell of an attachment of a program of this type; unknown types may
/// be in any.
pub fn may_be_told_by(kind: Kind, prog_type: Option<u32>) -> bool {
    WaySet::for_type(prog_type).iter().any(|way| way.is_told_by(kind))
}

/// Whether maps may decide that a program of this type is unattached, if no text tells of an
/// attachment.
pub fn may_be_decided_by_maps(prog_type: Option<u32>) -> bool {
    // Where a way is beyond all texts, it does not help that there is no map for another.
    let is_decided = |way: Way| !way.facts().told_by.is_empty() || way.is_within_maps();
    WaySet::for_type(prog_type).iter().all(is_decided)
}

/// For each type of programs, the ways that were not read.
#[derive(Clone, Debug)]
pub(super) struct Unread {
    by_type: [WaySet; words::PROG_TYPES.len()],
}

impl Unread {
    /// Nothing was read.
    pub(super) const ALL: Self = Self { by_type: [WaySet::ALL; words::PROG_TYPES.len()] };

    /// What texts do not tell of; `maps` are all maps, if they are known.
    pub(super) fn new(told: WaySet, maps: Option<&[Map<'_>]>) -> Self {
        let holders = maps.map(MapsOfProgs::new);
        let mut unread = Self::ALL;
        for (number, unread) in (0..).zip(&mut unread.by_type) {
            let empty = holders.as_ref().map_or(WaySet::NONE, |maps| maps.hold_no(number));
            *unread = WaySet::for_type(Some(number)).without(told | empty);
        }
        unread
    }

    /// Those of a program of a type.
    pub(super) fn of(&self, prog_type: Option<u32>) -> WaySet {
        let of_type = prog_type.and_then(|number| self.by_type.get(number as usize));
        of_type.copied().unwrap_or(WaySet::ALL)
    }

    /// Takes the rows of links for less than all that there is to programs of a type.
    pub(super) fn doubt_links(&mut self, prog_type: Option<u32>) {
        let link = WaySet::of(|way| way == Way::Link);
        for (number, unread) in (0..).zip(&mut self.by_type) {
            if prog_type.is_none_or(|of| of == number) {
                *unread = *unread | link;
            }
        }
    }
}

/// The maps that have programs in them.
#[derive(Default)]
struct MapsOfProgs {
    /// The ways for which there is a map.
    ways: WaySet,
    /// The types of the programs that program arrays are bound to.
    owners: Vec<u32>,
    /// Whether there is a program array that may be bound to any type.
    has_free: bool,
}

impl MapsOfProgs {
    fn new(maps: &[Map<'_>]) -> Self {
        let of_type = |word: &&str| WaySet::of(|way: Way| way.facts().within.contains(word));
        let by_type: Vec<_> = words::MAP_TYPES.iter().map(of_type).collect();
        let mut found = Self::default();
        for map in maps {
            let number = map.map_type.and_then(|number| by_type.get(number as usize));
            // A map of a type that is not known may have anything in it.
            found.ways = found.ways | number.copied().unwrap_or(WaySet::ALL);
            match map.owner_prog_type {
                Some(owner) if !found.owners.contains(&owner) => found.owners.push(owner),
                Some(_) => {}
                None => found.has_free |= number.is_none_or(|ways| ways.has(Way::ProgArray)),
            }
        }
        found
    }

    /// The ways by which no map has a program of this type. A program array takes one type only; a
    /// program that replaces a function counts as of the function's type.
    fn hold_no(&self, prog_type: u32) -> WaySet {
        let is_free = self.has_free || prog_type == words::EXT && !self.owners.is_empty();
        WaySet::of(|way| match way {
            _ if !way.is_within_maps() => false,
            Way::ProgArray => !is_free && !self.owners.contains(&prog_type),
            _ => !self.ways.has(way),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number(word: &str) -> Option<u32> {
        (0..).zip(words::PROG_TYPES).find(|(_, other)| **other == word).map(|(number, _)| number)
    }

    fn map(word: &str, owner_prog_type: Option<u32>) -> Map<'static> {
        let found = (0..).zip(words::MAP_TYPES).find(|(_, other)| **other == word);
        Map { map_type: found.map(|(number, _)| number), owner_prog_type, ..Map::default() }
    }

    /// The ways for a type that were not read, with all texts at hand and these maps.
    fn unread(word: &str, maps: &[Map<'_>]) -> Vec<&'static str> {
        let unread = Unread::new(WaySet::told(|_, _| true), Some(maps));
        unread.of(number(word)).iter().map(Way::word).collect()
    }

    #[test]
    fn every_way_is_for_types_that_there_are_and_is_told_of_or_within_maps_that_there_are() {
        for way in Way::ALL {
            let WayFacts { types, within, .. } = way.facts();
            assert!(within.iter().all(|word| words::MAP_TYPES.contains(word)), "{way:?}");
            let is_known = |word: &&str| number(word).is_some();
            assert!(*way == Way::OfNewType || types.iter().all(is_known), "{way:?}");
        }
        for word in &words::PROG_TYPES[1..] {
            // Whatever the type, a program may be in a program array.
            let ways = WaySet::for_type(number(word));
            assert!(ways.has(Way::ProgArray), "{word}");
            assert!(!ways.has(Way::OfNewType), "{word}");
            // Only what BPF_PROG_RUN alone runs has no other.
            assert!(ways.iter().count() > 1 || *word == "syscall", "{word}");
        }
    }

    #[test]
    fn a_type_that_is_not_known_may_be_attached_in_a_way_that_is_not() {
        let all = Unread::new(WaySet::told(|_, _| true), Some(&[]));
        for unknown in [None, Some(0), Some(words::PROG_TYPES.len() as u32), Some(u32::MAX)] {
            assert!(all.of(unknown).has(Way::OfNewType), "{unknown:?}");
        }
    }

    #[test]
    fn what_is_attached_by_a_link_alone_is_decided_by_links_and_the_absence_of_program_arrays() {
        let links = |kind, _: Option<&str>| kind == Kind::Links;
        for word in ["tracing", "ext", "sk_lookup", "netfilter", "raw_tracepoint"] {
            let unread = |maps| Unread::new(WaySet::told(links), maps).of(number(word));
            assert!(unread(Some(&[])).is_empty(), "{word}");
            assert_eq!(unread(None), WaySet::of(|way| way == Way::ProgArray), "{word}");
        }
        assert!(!Unread::new(WaySet::told(links), Some(&[])).of(number("xdp")).is_empty());
    }

    #[test]
    fn a_program_array_holds_programs_of_its_own_type_and_what_replaces_a_function() {
        let arrays = [map("prog_array", number("sched_cls")), map("hash", None)];
        assert_eq!(unread("tracing", &arrays), <[&str; 0]>::default());
        assert_eq!(unread("cgroup_skb", &arrays), <[&str; 0]>::default());
        assert_eq!(unread("ext", &arrays), ["prog_array"]);
        let arrays = [map("prog_array", number("tracing"))];
        assert_eq!(unread("tracing", &arrays), ["prog_array"]);
        // An old text does not tell to what type an array is bound.
        assert_eq!(unread("cgroup_skb", &[map("prog_array", None)]), ["prog_array"]);
    }

    #[test]
    fn maps_in_which_programs_are_attached_leave_those_of_their_type_unknown() {
        assert_eq!(unread("xdp", &[map("hash", None)]), <[&str; 0]>::default());
        assert_eq!(unread("xdp", &[map("devmap_hash", None)]), ["devmap"]);
        assert_eq!(
            unread("xdp", &[map("cpumap", None), map("devmap", None)]),
            ["devmap", "cpumap"]
        );
        // Sockets keep programs that were detached from their map.
        assert_eq!(unread("sk_msg", &[map("sockmap", None)]), ["psock"]);
        let new = Map { map_type: Some(u32::MAX), ..Map::default() };
        for map in [new, Map::default()] {
            assert_eq!(unread("xdp", &[map]), ["devmap", "cpumap", "prog_array"]);
        }
    }

    #[test]
    fn texts_are_read_where_they_tell_of_a_type_and_maps_where_they_decide() {
        let told = |kind, word| may_be_told_by(kind, number(word));
        assert!(told(Kind::Attached, "xdp") && !told(Kind::Attached, "kprobe"));
        assert!(told(Kind::Descriptors, "kprobe") && !told(Kind::Descriptors, "tracing"));
        assert!(told(Kind::Maps, "struct_ops") && !told(Kind::Maps, "tracing"));
        // No map would decide what a filter of sockets is attached to.
        let decided = |word| may_be_decided_by_maps(number(word));
        assert!(decided("tracing") && decided("kprobe") && !decided("socket_filter"));
        assert!(!may_be_decided_by_maps(None));
        assert!(Kind::ALL.into_iter().skip(1).all(|kind| may_be_told_by(kind, None)));
    }
}
