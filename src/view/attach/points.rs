//! What is told of each kind of point: its words, and its keys in JSON.
//!
//! Matches are exhaustive, so the compiler asks for new kinds and their fields.

use std::fmt;

use serde::ser::SerializeMap;

use super::words::{Style, Words};
use crate::model::{
    AttachPoint, Breakpoint, Cgroup, Device, Functions, Iter, Kprobe, MapRef, Netfilter, Numbers,
    PerfEvent, ProgRef, Sampling, Socket, StructOps, Tracepoint, Uprobe, Uprobes, words,
};
use crate::view::keys::{Number, entry};
use crate::view::named::{MapObject, Named};

/// What a place is, in one word.
pub(in crate::view) fn noun(point: &AttachPoint<'_>) -> &'static str {
    match point {
        AttachPoint::Device(_) => "device",
        AttachPoint::Netfilter(_) => "netfilter",
        AttachPoint::Netns(_) => "netns",
        AttachPoint::Socket(_) => "socket",
        AttachPoint::Cgroup(_) => "cgroup",
        AttachPoint::StructOps(_) => "struct_ops",
        AttachPoint::Tracepoint(_) => "tracepoint",
        AttachPoint::Function(_) | AttachPoint::Kprobe(_) => "function",
        AttachPoint::Functions(_) => "functions",
        AttachPoint::Uprobe(_) | AttachPoint::Uprobes(_) => "file",
        AttachPoint::Event(_) => "event",
        AttachPoint::Iter(_) => "iterator",
        AttachPoint::Map(_) => "map",
        AttachPoint::Unknown => "place",
    }
}

/// What a place is, and what it is called: `device eth0`, `tracepoint sched/sched_switch`.
pub(in crate::view) fn place(point: &AttachPoint<'_>, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let mut words = Words::new(f);
    words.word(format_args!("{}", noun(point)))?;
    words.place(point)
}

/// How a program is attached to a place: `+0x9`, `cpu 3`; each word behind a blank.
pub(in crate::view) fn how(point: &AttachPoint<'_>, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    Words::behind(f).point(point, Style::Details)
}

/// Which way a packet goes.
pub(super) const fn side(is_egress: bool) -> &'static str {
    if is_egress { "egress" } else { "ingress" }
}

impl Words<'_, '_> {
    /// A point in either style.
    pub(super) fn point(&mut self, point: &AttachPoint<'_>, style: Style) -> fmt::Result {
        let is_sentence = style == Style::Sentence;
        match *point {
            // The hook comes before the cgroup that it is confined to.
            AttachPoint::Cgroup(Cgroup { function, .. }) => self.name(function)?,
            // These names say nothing without the noun.
            AttachPoint::Netns(_) | AttachPoint::Map(_) if is_sentence => {
                self.word(format_args!("{}", noun(point)))?;
            }
            // In a tree it stands under the map, which does not say what it is.
            AttachPoint::Iter(Iter { name, map: Some(_), .. }) if !is_sentence => {
                self.name(name)?
            }
            _ => {}
        }
        if is_sentence {
            self.place(point)?;
        }
        self.details(point, style)
    }

    /// What a place is called.
    fn place(&mut self, point: &AttachPoint<'_>) -> fmt::Result {
        match *point {
            AttachPoint::Device(Device { name: Some(name), .. }) => {
                self.word(format_args!("{name}"))
            }
            AttachPoint::Device(Device { ifindex, .. }) => {
                ifindex.map_or(Ok(()), |ifindex| self.word(format_args!("{ifindex}")))
            }
            AttachPoint::Netfilter(Netfilter { pf, hook, .. }) => {
                match words::netfilter_family(pf) {
                    Some(family) => self.word(format_args!("{family}"))?,
                    None => self.word(format_args!("family {pf}"))?,
                }
                match words::word(words::NETFILTER_HOOKS, hook) {
                    Some(hook) => self.word(format_args!("{hook}")),
                    None => self.word(format_args!("hook {hook}")),
                }
            }
            AttachPoint::Netns(inode) => self.word(format_args!("{inode}")),
            AttachPoint::Socket(at) => self.socket(&at),
            AttachPoint::Cgroup(Cgroup { path: Some(path), .. }) => {
                self.word(format_args!("{path}"))
            }
            AttachPoint::Cgroup(Cgroup { id, .. }) => {
                id.map_or(Ok(()), |id| self.word(format_args!("{id}")))
            }
            AttachPoint::StructOps(StructOps { ops, .. }) => self.name(ops),
            AttachPoint::Tracepoint(Tracepoint { name: Some(name), category: Some(category) }) => {
                self.word(format_args!("{category}/{name}"))
            }
            AttachPoint::Tracepoint(Tracepoint { name, .. }) => self.name(name),
            AttachPoint::Function(at) => {
                self.function(at.name, at.prog_name.map(|name| ProgRef { id: at.prog_id, name }))
            }
            AttachPoint::Kprobe(Kprobe { symbol, .. }) => self.name(symbol),
            AttachPoint::Functions(Functions { symbols, more, .. }) => {
                self.name(symbols.map(|symbols| symbols.text()))?;
                self.more(more)
            }
            AttachPoint::Uprobe(Uprobe { path, .. })
            | AttachPoint::Uprobes(Uprobes { path, .. }) => self.name(path),
            AttachPoint::Event(event) => self.event(&event),
            AttachPoint::Iter(Iter { name, .. }) => self.name(name),
            AttachPoint::Map(map) => self.word(format_args!("{}", Named::map(map))),
            AttachPoint::Unknown => Ok(()),
        }
    }

    /// `tcp 127.0.0.1:80`, `packet raw`, `packet raw fanout 7`.
    fn socket(&mut self, at: &Socket) -> fmt::Result {
        let family = words::socket_family(at.family);
        match (family, at.protocol) {
            (Some("inet" | "inet6"), Some(6)) => self.word(format_args!("tcp"))?,
            (Some("inet" | "inet6"), Some(17)) => self.word(format_args!("udp"))?,
            _ => {
                match family {
                    Some(family) => self.word(format_args!("{family}"))?,
                    None => self.word(format_args!("family {}", at.family))?,
                }
                let word = at.socket_type.and_then(|n| words::word(words::SOCKET_TYPES, n));
                if let Some(word) = word {
                    self.word(format_args!("{word}"))?;
                }
            }
        }
        if let Some(bound) = at.bound() {
            self.word(format_args!("{bound}"))?;
        }
        at.fanout.map_or(Ok(()), |id| self.word(format_args!("fanout {id}")))
    }

    fn event(&mut self, event: &PerfEvent<'_>) -> fmt::Result {
        let (number, config) = (event.event_type, event.config);
        if let Some(at) = event.breakpoint {
            self.word(format_args!("breakpoint"))?;
            return self.name(at.symbol);
        }
        match (event.word(), event.pmu, words::word(words::PERF_TYPES, number)) {
            (Some(event), ..) => self.word(format_args!("{event}")),
            (_, Some(pmu), _) => self.word(format_args!("{pmu} config {config:#x}")),
            (.., Some(word)) => self.word(format_args!("{word} config {config:#x}")),
            _ => self.word(format_args!("type {number} config {config:#x}")),
        }
    }

    /// How a program is attached there.
    fn details(&mut self, point: &AttachPoint<'_>, style: Style) -> fmt::Result {
        let is_sentence = style == Style::Sentence;
        match *point {
            // Nearly every probe is at offset zero.
            AttachPoint::Kprobe(Kprobe { offset: Some(0), .. }) if !is_sentence => Ok(()),
            AttachPoint::Kprobe(Kprobe { offset: Some(offset), .. })
            | AttachPoint::Uprobe(Uprobe { offset: Some(offset), .. }) => {
                self.offset(format_args!("+{offset:#x}"), style)
            }
            AttachPoint::Uprobes(Uprobes { offsets, more, .. }) => {
                if let Some(offsets) = offsets {
                    self.offset(format_args!("+{}", offsets.as_str()), style)?;
                }
                self.more(more)
            }
            AttachPoint::Netfilter(Netfilter { priority, .. }) => {
                self.word(format_args!("{}", priority.unwrap_or_default()))
            }
            AttachPoint::Event(event @ PerfEvent { cpu, sampling, breakpoint, .. }) => {
                if let Some(Breakpoint { access, len, .. }) = breakpoint {
                    match words::word(words::BREAKPOINT_TYPES, access).filter(|w| !w.is_empty()) {
                        Some(word) => self.word(format_args!("{word} {len}"))?,
                        None => self.word(format_args!("type {access} {len}"))?,
                    }
                }
                if let Some(cpu) = cpu {
                    self.word(format_args!("cpu {cpu}"))?;
                }
                match (event.frequency(), sampling) {
                    (Some(hertz), _) => self.word(format_args!("{hertz} Hz")),
                    (None, Some(Sampling::Period(period))) => {
                        self.word(format_args!("period {period}"))
                    }
                    _ => Ok(()),
                }
            }
            AttachPoint::StructOps(StructOps { map: Some(map), .. })
            | AttachPoint::Iter(Iter { map: Some(map), .. })
                if is_sentence && map.name.is_some() =>
            {
                self.word(format_args!("map {}", Named::map(map)))
            }
            _ => Ok(()),
        }
    }
}

/// Which key a place's name has.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Naming {
    /// One of its kind: `device`, `cgroup`, `path`.
    Own,
    /// `name`, behind a word for the kind.
    Name,
}

/// The keys of a [place](AttachPoint::place), as a node of a tree has them.
pub(in crate::view) fn node_keys<M: SerializeMap>(
    map: &mut M,
    place: &AttachPoint<'_>,
) -> Result<(), M::Error> {
    keys(map, place, Naming::Name)
}

/// Patterns name all fields, so that a new field does not compile until it is handled.
pub(super) fn keys<M: SerializeMap>(
    map: &mut M,
    point: &AttachPoint<'_>,
    naming: Naming,
) -> Result<(), M::Error> {
    let name = |own| if naming == Naming::Own { own } else { "name" };
    match *point {
        AttachPoint::Device(at) => device(map, at, name("device")),
        AttachPoint::Netfilter(at) => netfilter(map, at),
        AttachPoint::Netns(netns) => entry(map, "netns", Some(netns)),
        AttachPoint::Socket(at) => socket(map, at),
        // The hook of an LSM program is a key of every target.
        AttachPoint::Cgroup(Cgroup { path, id, function: _, attach_flags }) => {
            entry(map, name("cgroup"), path)?;
            entry(map, "cgroup_id", id)?;
            let flags = attach_flags.filter(|flags| *flags != 0);
            entry(map, "attach_flags", flags.map(|n| Number::new(words::ATTACH_FLAGS, n)))
        }
        // Its programs are objects themselves.
        AttachPoint::StructOps(StructOps { ops, map: of, prog_ids: _ }) => {
            entry(map, name("ops"), ops)?;
            entry(map, "map", of.and_then(named))
        }
        AttachPoint::Tracepoint(Tracepoint { name: its, category }) => {
            entry(map, "category", category)?;
            entry(map, name("tracepoint"), its)
        }
        AttachPoint::Function(at) => match naming {
            Naming::Own => entry(map, "prog", at.prog()),
            Naming::Name => {
                entry(map, "name", at.name)?;
                entry(map, "prog_name", at.prog_name)
            }
        },
        // The kind says whether a probe is at the return; a column of links has the misses.
        AttachPoint::Kprobe(Kprobe { symbol, offset, retprobe: _, missed: _ }) => {
            entry(map, name("symbol"), symbol)?;
            entry(map, "offset", offset)
        }
        AttachPoint::Functions(at) => functions(map, at),
        AttachPoint::Uprobe(Uprobe { path, offset, ref_ctr_offset, retprobe: _ }) => {
            entry(map, name("path"), path)?;
            entry(map, "offset", offset)?;
            entry(map, "ref_ctr_offset", ref_ctr_offset)
        }
        AttachPoint::Uprobes(at) => uprobes(map, at, name("path")),
        AttachPoint::Event(at) => perf_event(map, at, name("event")),
        AttachPoint::Iter(Iter { name: its, map: of, pid, tid }) => {
            entry(map, "pid", pid)?;
            entry(map, "tid", tid)?;
            entry(map, name("iter"), its)?;
            entry(map, "map", of.and_then(named))
        }
        AttachPoint::Map(of) => entry(map, "map", named(of)),
        AttachPoint::Unknown => Ok(()),
    }
}

fn device<M: SerializeMap>(map: &mut M, at: Device<'_>, name: &str) -> Result<(), M::Error> {
    let Device {
        netns,
        name: its,
        ifindex,
        mode,
        is_egress,
        priority,
        chain,
        handle,
        direct_action,
    } = at;
    entry(map, name, its)?;
    entry(map, "ifindex", ifindex)?;
    entry(map, "netns", netns)?;
    entry(map, "direction", is_egress.map(side))?;
    entry(map, "priority", priority)?;
    entry(map, "chain", chain)?;
    entry(map, "handle", handle)?;
    entry(map, "direct_action", direct_action)?;
    entry(map, "mode", mode.map(|n| Number::new(words::XDP_MODES, n)))
}

fn socket<M: SerializeMap>(map: &mut M, at: Socket) -> Result<(), M::Error> {
    let Socket { family, socket_type, protocol, address, port, fanout, ifindex, netns } = at;
    entry(map, "family", Some(Number(words::socket_family(family), family)))?;
    entry(map, "socket_type", socket_type.map(|n| Number::new(words::SOCKET_TYPES, n)))?;
    entry(map, "protocol", protocol)?;
    entry(map, "address", address.map(|address| address.to_string()))?;
    entry(map, "port", port)?;
    entry(map, "fanout_id", fanout)?;
    entry(map, "ifindex", ifindex)?;
    entry(map, "netns", netns)
}

/// The counters and cookies are told with the functions of a link.
fn uprobes<M: SerializeMap>(map: &mut M, at: Uprobes<'_>, name: &str) -> Result<(), M::Error> {
    let Uprobes { path, offsets, more, count, pid, retprobe: _, ref_ctr_offsets: _, cookies } = at;
    entry(map, name, path)?;
    entry(map, "offsets", offsets.map(list))?;
    entry(map, "count", count)?;
    entry(map, "more", more)?;
    entry(map, "pid", pid)?;
    entry(map, "cookies", cookies.map(list))
}

fn netfilter<M: SerializeMap>(map: &mut M, at: Netfilter) -> Result<(), M::Error> {
    let Netfilter { netns, pf, hook, priority, flags } = at;
    entry(map, "netns", netns)?;
    entry(map, "pf", Some(Number(words::netfilter_family(pf), pf)))?;
    entry(map, "hook", Some(Number::new(words::NETFILTER_HOOKS, hook)))?;
    entry(map, "priority", priority)?;
    entry(map, "flags", flags)
}

/// The kind says whether they are at the return; a column of links has the misses.
fn functions<M: SerializeMap>(map: &mut M, at: Functions<'_>) -> Result<(), M::Error> {
    let Functions { symbols, more, count, retprobe: _, missed: _, cookies } = at;
    entry(map, "symbols", symbols.map(|names| names.iter().collect::<Vec<_>>()))?;
    entry(map, "count", count)?;
    entry(map, "more", more)?;
    entry(map, "cookies", cookies.map(list))
}

fn perf_event<M: SerializeMap>(map: &mut M, at: PerfEvent<'_>, name: &str) -> Result<(), M::Error> {
    let PerfEvent { pmu, event_type, config, cpu, sampling, breakpoint } = at;
    entry(map, name, at.word())?;
    entry(map, "pmu", pmu)?;
    entry(map, "event_type", Some(Number::new(words::PERF_TYPES, event_type)))?;
    entry(map, "event_config", Some(config))?;
    entry(map, "cpu", cpu)?;
    match sampling {
        Some(Sampling::Frequency(hertz)) => entry(map, "sample_freq", Some(hertz))?,
        Some(Sampling::Period(period)) => entry(map, "sample_period", Some(period))?,
        None => {}
    }
    let Some(Breakpoint { symbol, access, len }) = breakpoint else { return Ok(()) };
    entry(map, "symbol", symbol)?;
    entry(map, "breakpoint_type", Some(Number::new(words::BREAKPOINT_TYPES, access)))?;
    entry(map, "breakpoint_len", Some(len))
}

fn list(numbers: Numbers<'_>) -> Vec<u64> {
    numbers.iter().collect()
}

/// A map of which the name is known.
fn named(map: MapRef<'_>) -> Option<MapObject<'_>> {
    map.name.map(|_| MapObject(map))
}
