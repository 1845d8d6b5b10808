//! Every key that bpftool or bpfdbg has in JSON for a program, map or link, and how they compare.

use bpfdbg::view::json_text;
use serde_json::Value;

/// How a key of the two compares.
#[derive(Clone, Copy)]
pub(crate) enum Class {
    /// Present in both, with the same value, or in neither.
    Equal,
    /// The same, with an exception and the reason for it.
    Except(&'static str, fn(Pair<'_>) -> bool),
    /// bpftool's; left out on purpose, for the reason given.
    LeftOut(&'static str),
    /// Ours alone.
    Ours,
}

/// The values of a key in bpftool and bpfdbg, and the two objects.
pub(crate) struct Pair<'a> {
    pub(crate) theirs: Option<&'a Value>,
    pub(crate) ours: Option<&'a Value>,
    pub(crate) row: &'a Value,
}

impl Pair<'_> {
    fn numbers(&self) -> Option<(u64, u64)> {
        Some((self.theirs?.as_u64()?, self.ours?.as_u64()?))
    }
}

/// A noun's keys, in the order of the manual.
pub(crate) type Keys = &'static [(&'static str, Class)];

use Class::{Equal, Except, LeftOut, Ours};

/// Where bpftool tells less.
const MORE: Class = Except("on more types of links than in bpftool", |p| p.theirs.is_none());

/// Where an iterator reads what the kernel did not tell by a call yet.
const OLDER: Class =
    Except("also on older kernels, which do not tell bpftool", |p| p.theirs.is_none());

/// The same of a path, which may hold any byte.
const PATH: Class = Except(
    "also on older kernels, which do not tell bpftool; a backslash in front of three octal digits is escaped in octal itself",
    |p| {
        let theirs = p.theirs.and_then(Value::as_str);
        theirs.is_none_or(|theirs| {
            p.ours.and_then(Value::as_str) == Some(&*json_text(theirs.as_bytes()))
        })
    },
);

/// The same, where bpftool has a zero for it.
const OLDER_ZERO: Class = Except(
    "also on older kernels, which do not tell bpftool, so that it has a zero or nothing",
    |p| p.theirs.is_none_or(|theirs| *theirs == 0),
);

/// What a counter may do between two looks at it.
const GROWS: Class = Except("may have grown between two looks", |p| {
    // The one that looked first may have found nothing yet.
    p.numbers().is_some_and(|(theirs, ours)| theirs <= ours) || p.theirs.is_none()
});

const OFFLOADED: Class = LeftOut("only of what runs in a device by itself");

/// bpftool's buffer for a full name, without the NUL.
const BPFTOOL_NAME: usize = 127;

/// The length of a name from which on bpftool looks for a longer one.
const KERNEL_NAME: usize = 15;

pub(crate) const NOUNS: [(&str, Keys); 3] = [("progs", PROGS), ("maps", MAPS), ("links", LINKS)];

const PROGS: Keys = &[
    ("id", Equal),
    ("type", Equal),
    (
        "name",
        Except(
            "full in all cases; bpftool cuts it at 127 bytes, and has the kernel's own name if that is shorter than 15 bytes",
            |p| {
                let theirs = p.theirs.and_then(Value::as_str).unwrap_or_default();
                let ours = p.ours.and_then(Value::as_str).unwrap_or_default();
                theirs.len() < KERNEL_NAME
                    || theirs.len() == BPFTOOL_NAME && ours.starts_with(theirs)
            },
        ),
    ),
    ("tag", Equal),
    ("gpl_compatible", Equal),
    ("run_time_ns", GROWS),
    ("run_cnt", GROWS),
    ("recursion_misses", GROWS),
    (
        "loaded_at",
        Except("may differ by one where a clock was set in between", |p| {
            p.numbers().is_some_and(|(theirs, ours)| theirs.abs_diff(ours) <= 1)
        }),
    ),
    ("uid", Equal),
    ("orphaned", Equal),
    ("bytes_xlated", Equal),
    ("jited", Equal),
    ("bytes_jited", Equal),
    ("bytes_memlock", Equal),
    ("map_ids", Equal),
    ("map_memory", Ours),
    ("btf_id", Equal),
    ("pinned", ON_REQUEST),
    ("pids", MORE_RIGHTS),
    ("metadata", LeftOut("it is the contents of a map")),
    ("dev", OFFLOADED),
    ("ns_dev", OFFLOADED),
    ("ns_inode", OFFLOADED),
    ("attached", Ours),
    ("attachment", Ours),
    ("unread", Ours),
    ("expected_attach_type", Ours),
    ("load_time", Ours),
    ("verified_insns", Ours),
    ("run_avg_ns", Ours),
    ("runs_per_second", Ours),
    ("run_ns_per_second", Ours),
    ("ns_per_run", Ours),
];

const MORE_RIGHTS: Class =
    Except("where the holders can be read, and bpftool was built to look for them", |p| {
        p.theirs.is_none() || p.ours.is_none()
    });

const ON_REQUEST: Class = Except("with -f only, of what the caller may get", |_| false);

const MAPS: Keys = &[
    ("id", Equal),
    ("type", Equal),
    ("name", Equal),
    ("flags", Equal),
    ("bytes_key", Equal),
    ("bytes_value", Equal),
    ("max_entries", Equal),
    ("bytes_memlock", Equal),
    ("owner_prog_type", Equal),
    ("owner_jited", Equal),
    ("frozen", Equal),
    ("btf_id", Equal),
    ("pinned", ON_REQUEST),
    ("pids", MORE_RIGHTS),
    ("dev", OFFLOADED),
    ("ns_dev", OFFLOADED),
    ("ns_inode", OFFLOADED),
    ("cur_entries", Ours),
    ("used_percent", Ours),
    ("full_name", Ours),
    ("value_type", Ours),
    ("used_by", Ours),
];

const LINKS: Keys = &[
    ("id", Equal),
    ("type", Equal),
    ("prog_id", Equal),
    ("prog_type", MORE),
    (
        "attach_type",
        Except(
            "on more types of links than in bpftool, and a number where there is no word yet",
            |p| p.theirs.is_none() || p.ours.is_some_and(Value::is_number),
        ),
    ),
    ("target_obj_id", OLDER_ZERO),
    ("target_btf_id", OLDER_ZERO),
    ("tp_name", Equal),
    ("tracepoint", OLDER),
    ("func", OLDER),
    ("addr", LeftOut("it is an address in the kernel")),
    ("path", PATH),
    ("file", PATH),
    ("offset", OLDER),
    ("ref_ctr_offset", OLDER),
    ("func_cnt", OLDER),
    (
        "funcs",
        Except(
            "without addresses, in the kernel's order, and the first 16 only; of tracing_multi by name, where bpftool has ids",
            same_functions,
        ),
    ),
    ("btf_obj_id", LeftOut("of tracing_multi, whose object is not read")),
    ("missed", GROWS),
    ("retprobe", OLDER),
    ("cookie", OLDER_ZERO),
    ("event_type", OLDER),
    ("event_config", OLDER),
    ("devname", Equal),
    ("ifindex", Equal),
    ("netns_ino", MORE),
    ("cgroup_id", Equal),
    ("target_name", Equal),
    ("map_id", Equal),
    ("tid", Equal),
    ("pid", OLDER),
    ("pf", Equal),
    ("hook", Equal),
    ("prio", Equal),
    ("flags", Equal),
    ("pinned", ON_REQUEST),
    ("pids", MORE_RIGHTS),
    ("order", LeftOut("of a walk through cgroups, whose start is not read")),
    ("prog_name", Ours),
    ("attached", Ours),
    ("cgroup", Ours),
];

/// Whether all functions that we have are bpftool's, and all of bpftool's are there unless cut.
fn same_functions(pair: Pair<'_>) -> bool {
    let list = |value: Option<&Value>| -> Vec<Value> {
        let mut list = value.and_then(Value::as_array).cloned().unwrap_or_default();
        for function in list.iter_mut().filter_map(Value::as_object_mut) {
            function.remove("addr");
        }
        list
    };
    let (theirs, ours) = (list(pair.theirs), list(pair.ours));
    if pair.theirs.is_none() {
        return true; // an older kernel, which does not tell
    }
    if pair.row["type"] == "tracing_multi" {
        return theirs.len() == ours.len();
    }
    let is_whole = ours.len() == theirs.len() || ours.len() == 16 && theirs.len() > 16;
    is_whole
        && !ours.is_empty()
        && ours.iter().all(|function| theirs.contains(function))
        && pair.row["func_cnt"].as_u64() >= Some(ours.len() as u64)
}
