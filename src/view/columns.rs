//! The listing of columns, with columns of its own.

use super::column::{Align::*, Column, Columns, Head, Json, Unit};
use super::value::Value;

/// The listing of columns.
pub struct ColumnHelp;

/// A column as a row.
#[derive(Clone, Copy, Debug)]
pub struct Described {
    /// The noun that lists such rows.
    pub noun: &'static str,
    /// All that a view knows of the column.
    pub head: Head,
    /// Whether a table has it that nobody asked otherwise of.
    pub is_default: bool,
}

impl Described {
    /// All columns of a listing.
    pub fn all<L: Columns>(noun: &'static str) -> impl Iterator<Item = Self> {
        L::COLUMNS.iter().map(move |column| Self {
            noun,
            head: column.head,
            is_default: L::DEFAULT.contains(&column.head.name),
        })
    }
}

macro_rules! column {
    ($name:literal, $help:literal, $get:expr $(,)?) => {
        Column::<Self>::new(($name, $name), Unit::None, Left, $help, $get)
    };
}

impl Columns for ColumnHelp {
    type Row<'a> = Described;

    const DEFAULT: &'static [&'static str] =
        &["noun", "name", "key", "type", "unit", "since", "default", "help"];

    const COLUMNS: &'static [Column<Self>] = &[
        column!("noun", "The noun that lists such rows.", |c, _| Value::Word(c.noun)),
        column!("name", "The name for --output and --sort.", |c, _| Value::Word(c.head.name)),
        column!("key", "The key in JSON.", |c, _| Value::Word(c.head.key)),
        column!("type", "What it is in JSON.", |c, _| Value::Word(c.head.json.word())),
        column!("unit", "What its number counts.", |c, _| {
            c.head.unit.word().map_or(Value::Absent, Value::Word)
        }),
        column!("since", "The first release of the kernel that has it, if not all.", |c, _| {
            c.head.since.map_or(Value::Absent, Value::Word)
        }),
        column!("default", "Whether a table has it by default.", |c, _| Value::Bool(c.is_default))
            .json(Json::Boolean),
        column!("help", "What it is.", |c, _| Value::Text(c.head.help)),
    ];
}

#[cfg(test)]
mod tests {
    #[test]
    fn columns_are_well_declared() {
        super::super::column::tests::columns_are_well_declared::<super::ColumnHelp>();
    }
}
