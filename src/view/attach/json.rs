//! A target in JSON: `kind`, and the kind's own keys. What is not known is left out.

use serde::ser::{Serialize, SerializeMap, Serializer};

use super::words::side;
use crate::model::{
    AttachPoint, Attachment, Cgroup, Device, Functions, Iter, Kprobe, LoadTarget, MapRef, Name,
    Netfilter, Numbers, PerfEvent, ProgAttachments, ProgRef, StructOps, Tracepoint, Uprobe,
    Uprobes, words,
};
use crate::view::keys::{Number, entry};

/// A target of a program.
pub(in crate::view) enum Object<'r> {
    /// What the program was loaded for.
    Loaded(&'r ProgAttachments<'r>, &'r LoadTarget<'r>),
    /// Where the program is attached, and what a program of struct_ops implements.
    Attachment(Attachment<'r, 'r>, Option<Name<'r>>),
}

impl<'r> Object<'r> {
    /// A place by itself.
    pub(in crate::view) fn of(attachment: Attachment<'r, 'r>) -> Self {
        Self::Attachment(attachment, None)
    }

    /// One object for every target of a program.
    pub(in crate::view) fn all(attached: &'r ProgAttachments<'_>) -> impl Iterator<Item = Self> {
        let alone = attached.loaded_alone().map(|attachment| Object::Loaded(attached, attachment));
        let attachments = attached
            .attachments()
            .map(|attachment| Object::Attachment(attachment, attached.member()));
        alone.into_iter().chain(attachments)
    }
}

impl Serialize for Object<'_> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let mut map = to.serialize_map(None)?;
        match self {
            Self::Loaded(attached, attachment) => {
                entry(&mut map, "kind", attachment.kind)?;
                entry(&mut map, "state", attached.is_loaded_only().then_some("loaded"))?;
                let is_tracepoint = attachment.kind == Some("tp_btf");
                let key = if is_tracepoint { "tracepoint" } else { "function" };
                entry(&mut map, key, attachment.function)?;
                entry(&mut map, "prog", attachment.prog)?;
            }
            Self::Attachment(attachment, member) => {
                let its = attachment.target();
                entry(&mut map, "kind", attachment.kind())?;
                entry(&mut map, "state", its.detached.then_some("detached"))?;
                entry(&mut map, "function", its.point.function().or(*member))?;
                keys(&mut map, &its.point, Naming::Own)?;
                entry(&mut map, "pid", its.descriptor.map(|by| by.pid))?;
                entry(&mut map, "fd", its.descriptor.map(|by| by.fd))?;
                entry(&mut map, "cookie", its.cookie)?;
                let word = |n| Number::new(words::ATTACH_TYPES, n);
                entry(&mut map, "attach_type", attachment.attach_type().map(word))?;
                entry(&mut map, "truncated", its.cut.then_some(true))?;
                entry(&mut map, "link_id", attachment.link_id())?;
                entry(&mut map, "via", attachment.via())?;
            }
        }
        map.end()
    }
}

/// Which key a place's name has.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Naming {
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

/// All fields of each variant are named, so that one that is new must be thought of here.
fn keys<M: SerializeMap>(
    map: &mut M,
    point: &AttachPoint<'_>,
    naming: Naming,
) -> Result<(), M::Error> {
    let name = |own| if naming == Naming::Own { own } else { "name" };
    match *point {
        AttachPoint::Device(at) => device(map, at, name("device")),
        AttachPoint::Netfilter(Netfilter { netns, pf, hook, priority, flags }) => {
            entry(map, "netns", netns)?;
            entry(map, "pf", Some(Number(words::netfilter_family(pf), pf)))?;
            entry(map, "hook", Some(Number::new(words::NETFILTER_HOOKS, hook)))?;
            entry(map, "priority", priority)?;
            entry(map, "flags", flags)
        }
        AttachPoint::Netns(netns) => entry(map, "netns", Some(netns)),
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
        AttachPoint::Functions(Functions {
            symbols,
            more,
            count,
            retprobe: _,
            missed: _,
            cookies,
        }) => {
            entry(map, "symbols", symbols.map(|names| names.iter().collect::<Vec<_>>()))?;
            entry(map, "count", count)?;
            entry(map, "more", more)?;
            entry(map, "cookies", cookies.map(list))
        }
        AttachPoint::Uprobe(Uprobe { path, offset, ref_ctr_offset, retprobe: _ }) => {
            entry(map, name("path"), path)?;
            entry(map, "offset", offset)?;
            entry(map, "ref_ctr_offset", ref_ctr_offset)
        }
        AttachPoint::Uprobes(at) => uprobes(map, at, name("path")),
        AttachPoint::Event(event) => {
            let PerfEvent { pmu, event_type, config, cpu } = event;
            entry(map, name("event"), event.word())?;
            entry(map, "pmu", pmu)?;
            entry(map, "event_type", Some(Number::new(words::PERF_TYPES, event_type)))?;
            entry(map, "event_config", Some(config))?;
            entry(map, "cpu", cpu)
        }
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

fn list(numbers: Numbers<'_>) -> Vec<u64> {
    numbers.iter().collect()
}

/// A map of which the name is known.
fn named(map: MapRef<'_>) -> Option<ProgRef<'_>> {
    map.name.map(|name| ProgRef { id: Some(map.id), name })
}
