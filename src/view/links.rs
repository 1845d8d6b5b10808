//! The columns of links.

use super::column::{Align::*, Column, Columns, Json, Unit};
use super::value::Value;
use crate::model::{AttachPoint, Attachment, FdKind, Kind, Link, words};

/// The listing of links.
pub struct Links;

macro_rules! column {
    ($name:literal, $key:literal, $align:ident, $help:literal, $get:expr $(,)?) => {
        Column::<Self>::new(($name, $key), Unit::None, $align, $help, $get)
    };
}

/// The value of a column that only some kinds of points have.
macro_rules! at {
    ($link:ident, $($($variant:ident)|+ ($at:ident) => $value:expr),+ $(,)?) => {
        match $link.target.point {
            $($(AttachPoint::$variant($at) => $value,)+)+
            _ => Value::Absent,
        }
    };
}

impl Columns for Links {
    type Row<'a> = Link<'a>;

    const DEFAULT: &'static [&'static str] = &["id", "type", "prog_id", "name", "attached"];

    const COLUMNS: &'static [Column<Self>] = &[
        column!("id", "id", Right, "The id that the kernel gave the link.", |l, _| {
            Value::Number(l.id.into())
        }),
        column!("type", "type", Left, "The type of the link.", |l, _| Value::word(
            words::LINK_TYPES,
            l.link_type
        )),
        column!("prog_id", "prog_id", Right, "The id of the link's program.", |l, _| {
            if is(l, &["struct_ops"]) { Value::Zero } else { Value::number(l.prog_id) }
        }),
        column!("name", "prog_name", Left, "The full name of that program.", |l, _| Value::name(
            l.name
        )),
        column!("prog_type", "prog_type", Left, "The type of that program.", |l, _| Value::word(
            words::PROG_TYPES,
            l.prog_type
        )),
        column!("attached", "attached", Left, "Where the program is attached.", |l, _| {
            Value::Attachment(Attachment::Link(l))
        })
        .json(Json::Object),
        column!("attach_type", "attach_type", Left, "The attach type.", |l, _| Value::word(
            words::ATTACH_TYPES,
            l.attach_type
        )),
        column!(
            "target_obj_id",
            "target_obj_id",
            Right,
            "The id of the program or BTF object that has the function.",
            |l, _| at!(l, Function(at) => Value::number(at.obj_id))
        ),
        column!(
            "target_btf_id",
            "target_btf_id",
            Right,
            "The id of the function's type in that BTF.",
            |l, _| at!(l, Function(at) => Value::number(at.btf_id))
        ),
        column!("tp_name", "tp_name", Left, "The raw tracepoint.", |l, _| {
            at!(l, Tracepoint(at) => Value::name(at.name.filter(|_| at.category.is_none())))
        }),
        column!("tracepoint", "tracepoint", Left, "The tracepoint of a perf event.", |l, _| {
            at!(l, Tracepoint(at) => Value::name(at.name.filter(|_| at.category.is_some())))
        }),
        column!("func", "func", Left, "The kernel function that a kprobe is in.", |l, _| {
            at!(l, Kprobe(at) => Value::name(at.symbol))
        }),
        column!("path", "path", Left, "The file that many uprobes are in.", |l, _| {
            at!(l, Uprobes(at) => Value::name(at.path))
        }),
        column!("file", "file", Left, "The file that the uprobe of a perf event is in.", |l, _| {
            at!(l, Uprobe(at) => Value::name(at.path))
        }),
        column!("offset", "offset", Right, "The offset in the function or file.", |l, _| {
            at!(l, Kprobe(at) => Value::number(at.offset), Uprobe(at) => Value::number(at.offset))
        }),
        column!(
            "ref_ctr_offset",
            "ref_ctr_offset",
            Right,
            "The offset of a uprobe's reference counter in the file.",
            |l, _| at!(l, Uprobe(at) => Value::number_or_zero(at.ref_ctr_offset))
        ),
        column!("func_cnt", "func_cnt", Right, "The number of functions or offsets.", |l, _| {
            Value::number(count(l))
        }),
        column!("funcs", "funcs", Left, "The first of these functions or offsets.", |l, _| {
            count(l).map_or(Value::Absent, |_| Value::Funcs(l))
        })
        .json(Json::Array),
        column!("missed", "missed", Right, "Hits of the probe that ran no program.", |l, _| {
            match l.target.point {
                AttachPoint::Kprobe(at) => Value::number_or_zero(at.missed),
                AttachPoint::Functions(at) if is(l, &["kprobe_multi"]) => {
                    Value::number_or_zero(at.missed)
                }
                _ => Value::Absent,
            }
        }),
        column!("retprobe", "retprobe", Left, "Whether the program runs at the return.", |l, _| {
            Value::bool(is_probe(l).then_some(l.target.point.is_retprobe()))
        })
        .json(Json::Boolean),
        column!(
            "cookie",
            "cookie",
            Right,
            "What the program gets to tell its attachments apart.",
            |l, _| match l.target.cookie {
                None if is(l, &["raw_tracepoint", "tracing", "perf_event"]) => Value::Zero,
                cookie => Value::number(cookie),
            }
        ),
        column!("event_type", "event_type", Left, "The type of a perf event.", |l, _| {
            at!(l, Event(at) => Value::word(words::PERF_TYPES, Some(at.event_type)))
        }),
        column!("event_config", "event_config", Right, "What a perf event counts.", |l, _| {
            at!(l, Event(at) => {
                let word = words::perf_config(at.event_type, at.config);
                word.map_or(Value::Number(at.config), Value::Word)
            })
        })
        .json(Json::String),
        column!(
            "devname",
            "devname",
            Left,
            "The device.",
            |l, _| at!(l, Device(at) => Value::name(at.name))
        ),
        column!("ifindex", "ifindex", Right, "The index of the device.", |l, _| {
            at!(l, Device(at) => Value::number(at.ifindex))
        }),
        column!(
            "netns_ino",
            "netns_ino",
            Right,
            "The inode number of the network namespace, the device's if there is one.",
            |l, _| match l.target.point {
                AttachPoint::Device(at) => Value::number(at.netns),
                AttachPoint::Netfilter(at) => Value::number(at.netns),
                AttachPoint::Netns(inode) => Value::Number(inode.into()),
                _ => Value::Absent,
            }
        ),
        column!("cgroup_id", "cgroup_id", Right, "The id of the cgroup.", |l, _| {
            at!(l, Cgroup(at) => Value::number(at.id))
        }),
        column!("cgroup", "cgroup", Left, "The path of the cgroup.", |l, _| {
            at!(l, Cgroup(at) => Value::name(at.path))
        }),
        column!("target_name", "target_name", Left, "What an iterator is of.", |l, _| {
            at!(l, Iter(at) => Value::name(at.name))
        }),
        column!("map_id", "map_id", Right, "The id of the map.", |l, _| {
            Value::number(l.target.point.map().map(|map| map.id))
        }),
        column!("tid", "tid", Right, "The thread that an iterator is confined to.", |l, _| {
            at!(l, Iter(at) => Value::number(at.tid))
        }),
        column!("pid", "pid", Right, "The process that the link is confined to.", |l, _| {
            at!(l, Iter(at) => Value::number(at.pid), Uprobes(at) => Value::number_or_zero(at.pid))
        }),
        column!("pf", "pf", Right, "The protocol family of a netfilter hook.", |l, _| {
            at!(l, Netfilter(at) => Value::Number(at.pf.into()))
        }),
        column!(
            "hook",
            "hook",
            Right,
            "The netfilter hook.",
            |l, _| at!(l, Netfilter(at) => Value::Number(at.hook.into()))
        ),
        column!("prio", "prio", Right, "The priority at that hook.", |l, _| {
            at!(l, Netfilter(at) => at.priority.map_or(Value::Absent, |n| Value::Signed(n.into())))
        }),
        column!("flags", "flags", Right, "The flags of a netfilter link.", |l, _| {
            at!(l, Netfilter(at) => Value::number(at.flags))
        }),
        column!(
            "pinned",
            "pinned",
            Left,
            "The paths at which the link is pinned.",
            |l, context| { Value::pins(context.pins, Kind::Links, l.id) }
        )
        .json(Json::Array),
        column!(
            "pids",
            "pids",
            Left,
            "The processes that have a descriptor of the link, by name and id.",
            |l, context| Value::holders(context.holders, FdKind::Link, l.id),
        )
        .json(Json::Array)
        .from(&[Kind::Holders]),
    ];
}

/// Whether the link is of one of these types.
fn is(link: &Link<'_>, types: &[&str]) -> bool {
    let word = link.link_type.and_then(|number| words::word(words::LINK_TYPES, number));
    word.is_some_and(|word| types.contains(&word))
}

/// How many functions or offsets it has, where it may have many.
fn count(link: &Link<'_>) -> Option<u32> {
    match link.target.point {
        AttachPoint::Functions(at) => at.count,
        AttachPoint::Uprobes(at) => at.count,
        _ => None,
    }
}

/// Whether the link is of those that may run at the return.
fn is_probe(link: &Link<'_>) -> bool {
    link.kind().is_some_and(|kind| kind.contains("probe"))
}

#[cfg(test)]
mod tests {
    #[test]
    fn columns_are_well_declared() {
        super::super::column::tests::columns_are_well_declared::<super::Links>();
    }
}
