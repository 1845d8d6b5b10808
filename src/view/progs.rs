//! The columns of programs.

use super::column::{Align::*, Column, Columns, Context, Json, Unit};
use super::value::Value;
use crate::model::{FdKind, Kind, Prog, RunsSince, words};

/// The listing of programs.
pub struct Progs;

macro_rules! column {
    ($name:literal, $key:literal, $unit:ident, $align:ident, $help:literal, $get:expr $(,)?) => {
        Column::<Self>::new(($name, $key), Unit::$unit, $align, $help, $get)
    };
}

/// The texts that tell of attachments.
const ATTACHMENTS: &[Kind] =
    &[Kind::Links, Kind::Attached, Kind::Maps, Kind::Descriptors, Kind::Holders];

fn loaded_at<'r>(prog: &Prog<'_>, context: &Context<'r>) -> Value<'r> {
    match (prog.load_time, context.boot_time) {
        (Some(load), Some(boot)) => Value::Number(boot.at(load)),
        _ => Value::Absent,
    }
}

/// A counter; zero, of a program that has not run, is none where nobody knows that it was counted.
fn counter(prog: &Prog<'_>, context: &Context<'_>, value: Option<u64>) -> Option<u64> {
    value.filter(|_| context.counts_runs || prog.run_cnt != Some(0))
}

/// A text that has no types has no ids of maps either.
fn map_memory<'r>(prog: &Prog<'_>, context: &Context<'r>) -> Value<'r> {
    let ids = prog.map_ids.into_iter().flat_map(|ids| ids.iter());
    let memory = context.memory.filter(|_| prog.prog_type.is_some());
    Value::number(memory.and_then(|memory| memory.sum(ids)))
}

fn since(prog: &Prog<'_>, context: &Context<'_>) -> Option<RunsSince> {
    context.before?.since(prog)
}

impl Columns for Progs {
    type Row<'a> = Prog<'a>;

    const DEFAULT: &'static [&'static str] = &["id", "type", "name", "attached"];

    // What may be wide is last, so that a terminal shows the numbers.
    const RUNS: Option<(&'static [&'static str], &'static str)> =
        Some((&["id", "type", "run_rate", "run_mean", "run_load", "name", "attached"], "run_load"));

    const TOTAL: Option<&'static str> = Some("map_memory");

    const COLUMNS: &'static [Column<Self>] = &[
        column!("id", "id", None, Right, "The id that the kernel gave the program.", |p, _| {
            Value::Number(p.id.into())
        }),
        column!("type", "type", None, Left, "The type of the program.", |p, _| Value::word(
            words::PROG_TYPES,
            p.prog_type
        )),
        column!(
            "name",
            "name",
            None,
            Left,
            "The full name: that of the main function in the program's BTF.",
            |p, _| Value::name(p.name)
        ),
        column!(
            "attached",
            "attached",
            None,
            Left,
            "What the program is attached to, or was loaded to be attached to.",
            |p, context| Value::attached(context.attachments.of(p)),
        )
        .json(Json::Array)
        .from(ATTACHMENTS),
        column!(
            "attachment",
            "attachment",
            None,
            Left,
            "What is known of it: attached, loaded, detached, unattached or unknown.",
            |p, context| Value::Word(context.attachments.of(p).state().word()),
        )
        .from(ATTACHMENTS),
        column!(
            "unread",
            "unread",
            None,
            Left,
            "If that is unknown, the ways of attaching the program that were not read.",
            |p, context| Value::ways(context.attachments.of(p).unread()),
        )
        .json(Json::Array)
        .from(ATTACHMENTS),
        column!(
            "attach_type",
            "expected_attach_type",
            None,
            Left,
            "The attach type that the program was loaded with.",
            |p, _| { Value::word(words::ATTACH_TYPES, p.attach_type()) }
        ),
        column!("tag", "tag", None, Left, "A hash over the instructions.", |p, _| p
            .tag
            .map_or(Value::Absent, Value::Tag)),
        column!(
            "gpl",
            "gpl_compatible",
            None,
            Left,
            "Whether the license is compatible with the GPL.",
            |p, _| Value::bool(p.gpl_compatible)
        )
        .json(Json::Boolean),
        column!(
            "orphaned",
            "orphaned",
            None,
            Left,
            "Whether the program was loaded into a device that is gone.",
            |p, _| Value::bool(p.orphaned)
        )
        .json(Json::Boolean),
        column!(
            "run_time",
            "run_time_ns",
            Nanoseconds,
            Right,
            "Time spent in the program while the kernel counted.",
            |p, context| Value::number(counter(p, context, p.run_time_ns))
        )
        .without_zero()
        .of_runs(),
        column!(
            "run_cnt",
            "run_cnt",
            None,
            Right,
            "Number of runs while the kernel counted.",
            |p, context| Value::number(counter(p, context, p.run_cnt))
        )
        .without_zero()
        .of_runs(),
        column!(
            "run_avg",
            "run_avg_ns",
            Nanoseconds,
            Right,
            "Time of a run on average, over all that the kernel counted.",
            |p, _| Value::number(p.run_avg_ns())
        )
        .of_runs(),
        column!(
            "run_rate",
            "runs_per_second",
            None,
            Right,
            "Runs a second since the look before, with --watch or --stats.",
            |p, context| Value::number(since(p, context).map(RunsSince::per_second))
        )
        .of_runs(),
        column!(
            "run_mean",
            "ns_per_run",
            Nanoseconds,
            Right,
            "Time of a run on average since the look before.",
            |p, context| Value::number(since(p, context).and_then(RunsSince::time_per_run))
        )
        .of_runs(),
        column!(
            "run_load",
            "run_ns_per_second",
            Nanoseconds,
            Right,
            "Time spent in the program in a second since the look before, on all CPUs.",
            |p, context| Value::number(since(p, context).map(RunsSince::time_per_second))
        )
        .of_runs(),
        column!(
            "misses",
            "recursion_misses",
            None,
            Right,
            "Runs left out, for the program was already running on that CPU.",
            |p, _| { Value::number(p.recursion_misses) }
        )
        .since("5.12")
        .without_zero(),
        column!(
            "loaded_at",
            "loaded_at",
            UnixTime,
            Right,
            "When the program was loaded.",
            loaded_at
        ),
        column!("load_time", "load_time", Nanoseconds, Right, "Time from boot to load.", |p, _| {
            Value::number(p.load_time)
        }),
        column!("uid", "uid", None, Right, "The user who loaded the program.", |p, _| {
            Value::number(p.uid)
        }),
        column!(
            "bytes_xlated",
            "bytes_xlated",
            Bytes,
            Right,
            "Size of the instructions after the verifier's rewriting.",
            |p, _| Value::number(p.bytes_xlated)
        ),
        column!(
            "jited",
            "jited",
            None,
            Left,
            "Whether the program was compiled to machine code.",
            |p, _| Value::bool(p.bytes_jited.map(|n| n > 0))
        )
        .json(Json::Boolean),
        column!("bytes_jited", "bytes_jited", Bytes, Right, "Size of the machine code.", |p, _| {
            Value::number(p.bytes_jited)
        })
        .without_zero(),
        column!(
            "bytes_memlock",
            "bytes_memlock",
            Bytes,
            Right,
            "Size of the memory that holds the program.",
            |p, _| Value::number(p.bytes_memlock)
        ),
        column!(
            "map_ids",
            "map_ids",
            None,
            Left,
            "The ids of the maps that the program uses.",
            |p, _| p.map_ids.map_or(Value::Absent, Value::Ids)
        )
        .json(Json::Array),
        column!(
            "map_memory",
            "map_memory",
            Bytes,
            Right,
            "Size of the memory of those maps, also of those that other programs use.",
            map_memory
        )
        .taking_all(&[Kind::Maps]),
        column!("btf_id", "btf_id", None, Right, "The id of the program's BTF object.", |p, _| {
            Value::number(p.btf_id)
        })
        .without_zero(),
        column!(
            "verified_insns",
            "verified_insns",
            None,
            Right,
            "Number of instructions that the verifier looked at.",
            |p, _| { Value::number(p.verified_insns) }
        )
        .since("5.16"),
        column!(
            "pinned",
            "pinned",
            None,
            Left,
            "The paths at which the program is pinned.",
            |p, context| { Value::pins(context.pins, Kind::Progs, p.id) }
        )
        .json(Json::Array),
        column!(
            "pids",
            "pids",
            None,
            Left,
            "The processes that have a descriptor of the program, by name and id.",
            |p, context| Value::holders(context.holders, FdKind::Prog, p.id),
        )
        .json(Json::Array)
        .from(&[Kind::Holders]),
    ];
}

#[cfg(test)]
mod tests {
    #[test]
    fn columns_are_well_declared() {
        super::super::column::tests::columns_are_well_declared::<super::Progs>();
    }
}
