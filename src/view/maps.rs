//! The columns of maps.

use super::column::{Align::*, Column, Columns, Json, Unit};
use super::value::{MapName, Value};
use crate::model::{FdKind, Kind, Map, words};

/// The listing of maps.
pub struct Maps;

macro_rules! column {
    ($name:literal, $key:literal, $unit:ident, $align:ident, $help:literal, $get:expr $(,)?) => {
        Column::<Self>::new(($name, $key), Unit::$unit, $align, $help, $get)
    };
}

impl Columns for Maps {
    type Row<'a> = Map<'a>;

    const DEFAULT: &'static [&'static str] =
        &["id", "type", "name", "key", "value", "max_entries", "cur_entries", "flags"];

    const TOTAL: Option<&'static str> = Some("bytes_memlock");

    const COLUMNS: &'static [Column<Self>] = &[
        column!("id", "id", None, Right, "The id that the kernel gave the map.", |m, _| {
            Value::Number(m.id.into())
        }),
        column!("type", "type", None, Left, "The type of the map.", |m, _| Value::word(
            words::MAP_TYPES,
            m.map_type
        )),
        column!(
            "name",
            "name",
            None,
            Left,
            "The name of the map; in a table, the whole one, where it is known.",
            |m, _| { m.name.map_or(Value::Absent, |_| Value::MapName(MapName(m))) }
        ),
        column!(
            "full_name",
            "full_name",
            None,
            Left,
            "The whole name of a map of which the kernel keeps 15 characters, from its BTF.",
            |m, _| Value::name(m.full_name)
        ),
        column!(
            "flags",
            "flags",
            None,
            Left,
            "The BPF_F_ flags that the map was made with, as a number; in a table, as words.",
            |m, _| m.flags.map_or(Value::Absent, |bits| Value::Flags(bits, words::MAP_FLAGS))
        )
        .json(Json::Number),
        column!("key", "bytes_key", Bytes, Right, "Size of a key.", |m, _| Value::number(
            m.bytes_key
        )),
        column!("value", "bytes_value", Bytes, Right, "Size of a value.", |m, _| Value::number(
            m.bytes_value
        )),
        column!(
            "max_entries",
            "max_entries",
            None,
            Right,
            "Number of entries that the map may hold; bytes, for a ring buffer.",
            |m, _| { Value::number(m.max_entries) }
        ),
        column!(
            "cur_entries",
            "cur_entries",
            None,
            Right,
            "Number of entries now, of types that count them; bytes that wait, for a ring buffer.",
            |m, _| { Value::number(m.cur_entries) }
        ),
        column!(
            "used",
            "used_percent",
            Percent,
            Right,
            "How full the map is, where its entries are counted.",
            |m, _| m.used().map_or(Value::Absent, Value::Percent)
        ),
        column!(
            "bytes_memlock",
            "bytes_memlock",
            Bytes,
            Right,
            "Size of the memory that the kernel reports for the map.",
            |m, _| Value::number(m.bytes_memlock)
        ),
        column!(
            "owner_prog_type",
            "owner_prog_type",
            None,
            Left,
            "The type of the programs that a program array is bound to.",
            |m, _| { Value::word(words::PROG_TYPES, m.owner_prog_type) }
        ),
        column!(
            "owner_jited",
            "owner_jited",
            None,
            Left,
            "Whether those programs are compiled.",
            |m, _| Value::bool(m.owner_jited)
        )
        .json(Json::Boolean),
        column!(
            "frozen",
            "frozen",
            None,
            Right,
            "Is 1 where user space has given up writing to the map.",
            |m, _| Value::number(m.frozen)
        ),
        column!(
            "btf_id",
            "btf_id",
            None,
            Right,
            "The id of the BTF object that describes key and value.",
            |m, _| Value::number(m.btf_id)
        ),
        column!(
            "value_type",
            "value_type",
            None,
            Left,
            "The name of the value's type in that BTF.",
            |m, _| Value::name(m.value_type)
        ),
        column!(
            "used_by",
            "used_by",
            None,
            Left,
            "The programs that use the map, by name and id.",
            |m, context| context.users.map_or(Value::Absent, |users| Value::Users(users.of(m.id))),
        )
        .json(Json::Array)
        .from(&[Kind::Progs]),
        column!(
            "pinned",
            "pinned",
            None,
            Left,
            "The paths at which the map is pinned.",
            |m, context| { Value::pins(context.pins, Kind::Maps, m.id) }
        )
        .json(Json::Array),
        column!(
            "pids",
            "pids",
            None,
            Left,
            "The processes that have a descriptor of the map, by name and id.",
            |m, context| Value::holders(context.holders, FdKind::Map, m.id),
        )
        .json(Json::Array)
        .from(&[Kind::Holders]),
    ];
}

#[cfg(test)]
mod tests {
    #[test]
    fn columns_are_well_declared() {
        super::super::column::tests::columns_are_well_declared::<super::Maps>();
    }
}
