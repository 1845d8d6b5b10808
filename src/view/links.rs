//! The columns of links.

use super::column::{Align::*, Column, Json, Listed, Unit};
use super::value::Value;
use crate::model::{Held, Kind, Link, Site, words};

/// The listing of links.
pub struct Links;

macro_rules! column {
    ($name:literal, $key:literal, $align:ident, $help:literal, $get:expr $(,)?) => {
        Column::<Self>::new(($name, $key), Unit::None, $align, $help, $get)
    };
}

impl Listed for Links {
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
            Value::Site(Site::Link(l))
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
            |l, _| Value::number(l.target.obj_id)
        ),
        column!(
            "target_btf_id",
            "target_btf_id",
            Right,
            "The id of the function's type in that BTF.",
            |l, _| Value::number(l.target.btf_id)
        ),
        column!("tp_name", "tp_name", Left, "The raw tracepoint.", |l, _| {
            Value::name(l.target.tracepoint.filter(|_| l.target.category.is_none()))
        }),
        column!("tracepoint", "tracepoint", Left, "The tracepoint of a perf event.", |l, _| {
            Value::name(l.target.tracepoint.filter(|_| l.target.category.is_some()))
        }),
        column!("func", "func", Left, "The kernel function that a kprobe is in.", |l, _| {
            Value::name(l.target.symbol)
        }),
        column!("path", "path", Left, "The file that many uprobes are in.", |l, _| {
            Value::name(l.target.path.filter(|_| is(l, &["uprobe_multi"])))
        }),
        column!("file", "file", Left, "The file that the uprobe of a perf event is in.", |l, _| {
            Value::name(l.target.path.filter(|_| is(l, &["perf_event"])))
        }),
        column!("offset", "offset", Right, "The offset in the function or file.", |l, _| {
            Value::number(l.target.offset)
        }),
        column!(
            "ref_ctr_offset",
            "ref_ctr_offset",
            Right,
            "The offset of a uprobe's reference counter in the file.",
            |l, _| match l.target.path.filter(|_| is(l, &["perf_event"])) {
                Some(_) => Value::number_or_zero(l.target.ref_ctr_offset),
                None => Value::Absent,
            }
        ),
        column!("func_cnt", "func_cnt", Right, "The number of functions or offsets.", |l, _| {
            Value::number(l.target.count)
        }),
        column!("funcs", "funcs", Left, "The first of these functions or offsets.", |l, _| {
            if l.target.count.is_some() { Value::Funcs(l) } else { Value::Absent }
        })
        .json(Json::Array),
        column!("missed", "missed", Right, "Hits of the probe that ran no program.", |l, _| {
            let is_kprobe =
                is(l, &["kprobe_multi"]) || is(l, &["perf_event"]) && l.target.symbol.is_some();
            if is_kprobe { Value::number_or_zero(l.target.missed) } else { Value::Absent }
        }),
        column!("retprobe", "retprobe", Left, "Whether the program runs at the return.", |l, _| {
            Value::bool(is_probe(l).then_some(l.target.retprobe))
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
            Value::word(words::PERF_TYPES, l.target.event_type)
        }),
        column!("event_config", "event_config", Right, "What a perf event counts.", |l, _| {
            event_config(l)
        })
        .json(Json::String),
        column!("devname", "devname", Left, "The device.", |l, _| Value::name(l.target.device)),
        column!("ifindex", "ifindex", Right, "The index of the device.", |l, _| {
            Value::number(l.target.ifindex)
        }),
        column!(
            "netns_ino",
            "netns_ino",
            Right,
            "The inode number of the network namespace, the device's if there is one.",
            |l, _| Value::number(l.target.netns)
        ),
        column!("cgroup_id", "cgroup_id", Right, "The id of the cgroup.", |l, _| {
            Value::number(l.target.cgroup_id)
        }),
        column!("cgroup", "cgroup", Left, "The path of the cgroup.", |l, _| {
            Value::name(l.target.cgroup)
        }),
        column!("target_name", "target_name", Left, "What an iterator is of.", |l, _| {
            Value::name(l.target.iter)
        }),
        column!("map_id", "map_id", Right, "The id of the map.", |l, _| {
            Value::number(l.target.map_id)
        }),
        column!("tid", "tid", Right, "The thread that an iterator is confined to.", |l, _| {
            Value::number(l.target.tid)
        }),
        column!("pid", "pid", Right, "The process that the link is confined to.", |l, _| {
            match l.target.pid {
                None if is(l, &["uprobe_multi"]) => Value::Zero,
                pid => Value::number(pid),
            }
        }),
        column!("pf", "pf", Right, "The protocol family of a netfilter hook.", |l, _| {
            Value::number(l.target.pf)
        }),
        column!("hook", "hook", Right, "The netfilter hook.", |l, _| Value::number(l.target.hook)),
        column!("prio", "prio", Right, "The priority at that hook.", |l, _| {
            l.target.priority.map_or(Value::Absent, |priority| Value::Signed(priority.into()))
        }),
        column!("flags", "flags", Right, "The flags of a netfilter link.", |l, _| {
            Value::number(l.target.flags)
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
            |l, context| Value::holders(context.holders, Held::Link, l.id),
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

fn event_config(link: &Link<'_>) -> Value<'static> {
    let (event_type, config) = (link.target.event_type, link.target.event_config);
    let word = event_type.zip(config).and_then(|(t, config)| words::perf_config(t, config));
    word.map_or_else(|| Value::number(config), Value::Word)
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
