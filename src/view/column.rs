//! Columns, each declared once: its name, key, help, unit, alignment and getter.

use super::Value;
use crate::model::{
    AttachmentIndex, BootTime, Holders, Kind, MapMemory, Pins, RunsBefore, UsersByMap, instead,
    quoted,
};

/// Which side a column's cells keep to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Align {
    /// Words and names.
    Left,
    /// Numbers.
    Right,
}

/// What a number counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// Things, or nothing.
    None,
    /// Bytes.
    Bytes,
    /// Nanoseconds.
    Nanoseconds,
    /// Seconds since 1970.
    UnixTime,
    /// Parts of a hundred.
    Percent,
}

impl Unit {
    /// The unit in a word; `None` for things, which have none.
    pub fn word(self) -> Option<&'static str> {
        match self {
            Self::None => None,
            Self::Bytes => Some("bytes"),
            Self::Nanoseconds => Some("nanoseconds"),
            Self::UnixTime => Some("unix_seconds"),
            Self::Percent => Some("percent"),
        }
    }
}

/// What a value is in JSON.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Json {
    /// A number.
    Number,
    /// A string; a number for what this version has no word for.
    String,
    /// True or false.
    Boolean,
    /// An array.
    Array,
    /// An object.
    Object,
}

impl Json {
    /// The type in a word.
    pub fn word(self) -> &'static str {
        match self {
            Self::Number => "number",
            Self::String => "string",
            Self::Boolean => "boolean",
            Self::Array => "array",
            Self::Object => "object",
        }
    }
}

/// All that a view knows of a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Head {
    /// The name for `-o` and, in capitals, above the table.
    pub name: &'static str,
    /// The key in JSON: bpftool's, where bpftool has the field.
    pub key: &'static str,
    /// One sentence for people.
    pub help: &'static str,
    /// What a number counts.
    pub unit: Unit,
    /// Which side cells keep to.
    pub align: Align,
    /// What it is in JSON.
    pub json: Json,
    /// The first release of the kernel that has it; `None` for one that all kernels have.
    pub since: Option<&'static str>,
    /// Whether JSON leaves out a zero, as bpftool does where zero is no value of its own.
    pub leaves_out_zero: bool,
}

/// The change of a row since the previous snapshot: an extra column in front of the others.
pub const EVENT: Head = Head {
    name: "",
    key: "event",
    help: "What has become of the row since the look before.",
    unit: Unit::None,
    align: Align::Left,
    json: Json::String,
    since: None,
    leaves_out_zero: false,
};

/// What column getters need beside the row.
#[derive(Clone, Copy, Debug)]
pub struct Context<'a> {
    /// When the machine booted; `None` for a capture.
    pub boot_time: Option<BootTime>,
    /// What is known of attachments, by program.
    pub attachments: &'a AttachmentIndex<'a>,
    /// The programs that use maps; `None` where their text is not at hand.
    pub users: Option<&'a UsersByMap<'a>>,
    /// The memory of maps; `None` where their text is not at hand.
    pub memory: Option<&'a MapMemory>,
    /// The processes that hold objects; `None` where their text is not at hand.
    pub holders: Option<&'a Holders<'a>>,
    /// Whether the kernel is known to count runs, so that zero is what it counted.
    pub counts_runs: bool,
    /// The run counters of the previous snapshot; `None` if there was none.
    pub before: Option<&'a RunsBefore>,
    /// The pins that this process sees; `None` if they were not looked for.
    pub pins: Option<&'a Pins>,
}

impl Default for Context<'_> {
    fn default() -> Self {
        static NONE: AttachmentIndex<'static> = AttachmentIndex::EMPTY;
        Self {
            boot_time: None,
            attachments: &NONE,
            users: None,
            memory: None,
            holders: None,
            counts_runs: false,
            before: None,
            pins: None,
        }
    }
}

/// A kind of row that can be listed.
pub trait Columns: Sized + 'static {
    /// The row, which borrows from the text.
    type Row<'a>;

    /// All columns, in the order in which they are shown.
    const COLUMNS: &'static [Column<Self>];

    /// The columns of a table that nobody asked otherwise of.
    const DEFAULT: &'static [&'static str];

    /// The columns that such a table has in their place where the kernel is made to count runs, and
    /// the one that it is sorted by, the largest first; none, for rows that are not run.
    const RUNS: Option<(&'static [&'static str], &'static str)> = None;

    /// The column of the memory of maps, which `--total` sums up; none, for rows that have no maps.
    const TOTAL: Option<&'static str> = None;
}

/// A column of a kind of row.
pub struct Column<L: Columns> {
    /// All that a view knows of it.
    pub head: Head,
    /// Whether it tells what the kernel counts only while it is asked to.
    pub is_of_runs: bool,
    /// The kinds whose texts the value is taken from, beside the row's own.
    pub needs: &'static [Kind],
    /// Whether they add to rows of every type.
    pub is_of_all: bool,
    /// Takes the value from a row.
    pub get: for<'r, 'a> fn(&'r L::Row<'a>, &Context<'r>) -> Value<'r>,
}

impl<L: Columns> Column<L> {
    /// Declares a column of a row's own text that all kernels have: a number if it keeps to the right,
    /// a string if not.
    pub(super) const fn new(
        (name, key): (&'static str, &'static str),
        unit: Unit,
        align: Align,
        help: &'static str,
        get: for<'r, 'a> fn(&'r L::Row<'a>, &Context<'r>) -> Value<'r>,
    ) -> Self {
        let json = match align {
            Align::Right => Json::Number,
            Align::Left => Json::String,
        };
        let head = Head { name, key, help, unit, align, json, since: None, leaves_out_zero: false };
        Self { head, is_of_runs: false, needs: &[], is_of_all: false, get }
    }

    /// The same, as something else in JSON.
    pub(super) const fn json(mut self, json: Json) -> Self {
        self.head.json = json;
        self
    }

    /// The same, from this release of the kernel on.
    pub(super) const fn since(mut self, release: &'static str) -> Self {
        self.head.since = Some(release);
        self
    }

    /// The same, left out of JSON where it is zero.
    pub(super) const fn without_zero(mut self) -> Self {
        self.head.leaves_out_zero = true;
        self
    }

    /// The same, known only while the kernel counts runs.
    pub(super) const fn of_runs(mut self) -> Self {
        self.is_of_runs = true;
        self
    }

    /// The same, from the texts of other kinds, whatever type a row has.
    pub(super) const fn taking_all(mut self, kinds: &'static [Kind]) -> Self {
        (self.needs, self.is_of_all) = (kinds, true);
        self
    }

    /// The same, from the texts of other kinds.
    pub(super) const fn from(mut self, kinds: &'static [Kind]) -> Self {
        self.needs = kinds;
        self
    }
}

/// The columns to show: those of `-o`, `+COL` added to the usual ones, all of them for `-O` and for
/// a format that leaves nothing out.
///
/// # Errors
///
/// A name that is no column; the message says which there are.
pub fn choose<L: Columns>(
    output: Option<&str>,
    all: bool,
    usual: &[&str],
) -> Result<Vec<&'static Column<L>>, String> {
    let default = || usual.iter().filter_map(|name| find::<L>(name));
    let Some(output) = output else {
        return Ok(if all { L::COLUMNS.iter().collect() } else { default().collect() });
    };
    let mut chosen: Vec<&Column<L>> = Vec::new();
    if all {
        chosen.extend(L::COLUMNS);
    } else if output.starts_with('+') {
        chosen.extend(default());
    }
    for name in output.split(',').map(|name| name.trim_start_matches('+')) {
        let column = find::<L>(name).ok_or_else(|| {
            let known = L::COLUMNS.iter().map(|column| column.head.name);
            format!("no column '{}'; {}", quoted(name), instead(name, known))
        })?;
        // `-o id,id` shows it twice, as it was asked for; `+id` adds nothing that is there.
        if !(output.starts_with('+') && chosen.iter().any(|c| std::ptr::eq(*c, column))) {
            chosen.push(column);
        }
    }
    Ok(chosen)
}

/// The column of that name or key, in either case.
pub fn find<L: Columns>(name: &str) -> Option<&'static Column<L>> {
    let is = |column: &&Column<L>| {
        column.head.name.eq_ignore_ascii_case(name) || column.head.key.eq_ignore_ascii_case(name)
    };
    L::COLUMNS.iter().find(is)
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// What holds of every table of columns.
    pub(in crate::view) fn columns_are_well_declared<L: Columns>() {
        for (i, column) in L::COLUMNS.iter().enumerate() {
            let Head { name, key, help, .. } = column.head;
            for text in [name, key] {
                assert!(
                    !text.is_empty() && text.bytes().all(|b| b.is_ascii_lowercase() || b == b'_'),
                    "{text}"
                );
            }
            assert!(
                help.ends_with('.') && help.starts_with(|c: char| c.is_uppercase()),
                "{name}: {help}"
            );
            assert!(!help.contains("; since "), "{name}: that is a field of its own");
            for other in &L::COLUMNS[..i] {
                assert!(![other.head.name, other.head.key].contains(&name), "{name}");
                assert!(![other.head.name, other.head.key].contains(&key), "{key}");
            }
        }
        for name in L::DEFAULT {
            assert!(find::<L>(name).is_some(), "no column {name}");
        }
    }
}
