//! A value: what a cell holds, whatever the format.

use std::fmt::{self, Write as _};

use crate::model::{
    AttachState, Attachment, FdKind, Holder, Holders, Ids, Kind, Link, Map, Name, Pin, Pins,
    ProgAttachments, Shown, User, WaySet,
};

/// The change of a row since the previous snapshot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event {
    /// It is as it was.
    Same,
    /// It is new.
    Added,
    /// It is gone.
    Removed,
    /// Something in it is other than it was.
    Changed,
}

impl Event {
    /// The word for a stream; none, where there is nothing to tell.
    pub const fn word(self) -> Option<&'static str> {
        match self {
            Self::Same => None,
            Self::Added => Some("added"),
            Self::Removed => Some("removed"),
            Self::Changed => Some("changed"),
        }
    }

    /// The character in front of a row for people, who see by themselves what changes.
    pub const fn mark(self) -> &'static str {
        match self {
            Self::Same | Self::Changed => " ",
            Self::Added => "+",
            Self::Removed => "-",
        }
    }
}

/// The names of a map, which are all that is compared of it.
#[derive(Clone, Copy)]
pub struct MapName<'a>(pub &'a Map<'a>);

impl fmt::Debug for MapName<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.names().fmt(f)
    }
}

impl PartialEq for MapName<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.0.names() == other.0.names()
    }
}

/// What a cell holds. Views decide how it looks.
#[derive(Clone, Debug, PartialEq)]
pub enum Value<'a> {
    /// Not known, or there is none: left out of JSON, a dash in a table.
    Absent,
    /// It is not known whether there is one: left out of JSON, told in a table.
    Unknown,
    /// There is none, for which bpftool's JSON has a zero, and so has ours.
    Zero,
    /// Yes or no.
    Bool(bool),
    /// A number, in the unit of its column.
    Number(u64),
    /// A number that may be below zero.
    Signed(i64),
    /// Hundredths of a percent.
    Percent(u64),
    /// A number of bits, each of which may have a word.
    Flags(u32, &'static [&'static str]),
    /// One of the kernel's words.
    Word(&'static str),
    /// A sentence of our own.
    Text(&'static str),
    /// A name that somebody chose.
    Name(Name<'a>),
    /// The name of a map: as the kernel has it, and whole for people.
    MapName(MapName<'a>),
    /// A program's tag.
    Tag([u8; 8]),
    /// Numbers by commas.
    Ids(Ids<'a>),
    /// The attachments of a program; boxed, since every value is as large as the largest, and a row
    /// has twenty.
    Attachments(Box<ProgAttachments<'a>>),
    /// One place where a program is attached.
    Attachment(Attachment<'a, 'a>),
    /// The functions or offsets of a link that has many.
    Funcs(&'a Link<'a>),
    /// Ways of attaching programs.
    Ways(WaySet),
    /// The programs that use a map.
    Users(&'a [User<'a>]),
    /// The paths at which an object is pinned.
    Pins(&'a [Pin]),
    /// The processes that hold an object.
    Holders(&'a [Holder<'a>]),
    /// What has become of the row.
    Event(Event),
}

impl<'a> Value<'a> {
    /// A number that may be unknown.
    pub fn number(number: Option<impl Into<u64>>) -> Self {
        number.map_or(Self::Absent, |number| Self::Number(number.into()))
    }

    /// A number, or none, for which JSON has a zero.
    pub fn number_or_zero(number: Option<impl Into<u64>>) -> Self {
        number.map_or(Self::Zero, |number| Self::Number(number.into()))
    }

    /// The word for a number, the number itself where the table has none.
    pub fn word(table: &'static [&'static str], number: Option<u32>) -> Self {
        match number {
            None => Self::Absent,
            Some(n) => {
                crate::model::words::word(table, n).map_or(Self::Number(n.into()), Self::Word)
            }
        }
    }

    /// A name that there may not be.
    pub fn name(name: Option<Name<'a>>) -> Self {
        name.map_or(Self::Absent, Self::Name)
    }

    /// Where a program is attached; absent where it is attached to nothing.
    pub fn attached(attached: ProgAttachments<'a>) -> Self {
        match attached.state() {
            _ if !attached.is_empty() => Self::Attachments(Box::new(attached)),
            AttachState::Unknown => Self::Unknown,
            _ => Self::Absent,
        }
    }

    /// Ways of attaching programs; absent where there are none.
    pub fn ways(ways: WaySet) -> Self {
        if ways.is_empty() { Self::Absent } else { Self::Ways(ways) }
    }

    /// The processes that hold an object; absent where there is none or their text is not at hand.
    pub fn holders(holders: Option<&'a Holders<'_>>, held: FdKind, id: u32) -> Self {
        match holders.map(|holders| holders.of(held, id)) {
            None | Some([]) => Self::Absent,
            Some(holders) => Self::Holders(holders),
        }
    }

    /// Where an object is pinned; absent where nobody looked, or found no object of the kind.
    pub fn pins(pins: Option<&'a Pins>, kind: Kind, id: u32) -> Self {
        match pins.filter(|pins| pins.has(kind)) {
            Some(pins) => Self::Pins(pins.of(kind, id)),
            None => Self::Absent,
        }
    }

    /// Whether there is none, or it is not known.
    pub fn is_none(&self) -> bool {
        matches!(self, Self::Absent | Self::Unknown | Self::Zero)
    }

    /// Yes, no, or not known.
    pub fn bool(value: Option<bool>) -> Self {
        value.map_or(Self::Absent, Self::Bool)
    }
}

impl Value<'_> {
    /// Appends the exact text, as a terminal or a script may have it; a dash for none.
    pub(super) fn put(&self, to: &mut String) {
        match self {
            Self::Absent | Self::Zero => to.push('-'),
            Self::Unknown => to.push_str(AttachState::Unknown.word()),
            Self::Bool(value) => to.push_str(if *value { "yes" } else { "no" }),
            Self::Number(number) => to.push_str(itoa::Buffer::new().format(*number)),
            Self::Percent(hundredths) => percent(*hundredths, to),
            Self::Flags(bits, _) => to.push_str(itoa::Buffer::new().format(*bits)),
            Self::Signed(number) => to.push_str(itoa::Buffer::new().format(*number)),
            Self::Word(word) | Self::Text(word) => to.push_str(word),
            Self::Name(name) => put_name(*name, to),
            Self::MapName(MapName(map)) => map.name.into_iter().for_each(|name| put_name(name, to)),
            Self::Tag(tag) => to.push_str(hex(tag, &mut [0; 16])),
            Self::Ids(ids) => to.push_str(ids.as_str()),
            Self::Event(event) => to.push_str(event.mark()),
            _ => put(to, format_args!("{}", ValueText(self))),
        }
    }

    /// The exact text.
    pub(super) fn text(&self) -> String {
        let mut text = String::new();
        self.put(&mut text);
        text
    }
}

/// Appends a name.
pub(super) fn put_name(name: Name<'_>, to: &mut String) {
    match name.plain() {
        Some(plain) => to.push_str(plain),
        None => put(to, format_args!("{name}")),
    }
}

/// Appends to a string, which takes all that it is given.
pub(super) fn put(to: &mut String, text: fmt::Arguments<'_>) {
    let _ = to.write_fmt(text);
}

/// A percentage as a decimal number: `0.07`, `12.5`, `100`.
pub(super) fn percent(hundredths: u64, to: &mut String) {
    put(to, format_args!("{}", hundredths / 100));
    match hundredths % 100 {
        0 => {}
        tenths if tenths % 10 == 0 => put(to, format_args!(".{}", tenths / 10)),
        rest => put(to, format_args!(".{rest:02}")),
    }
}

/// A tag's digits.
pub(super) fn hex<'d>(tag: &[u8; 8], digits: &'d mut [u8; 16]) -> &'d str {
    let digit = |nibble: u8| nibble + if nibble < 10 { b'0' } else { b'a' - 10 };
    for (pair, byte) in digits.chunks_exact_mut(2).zip(tag) {
        pair.copy_from_slice(&[digit(byte >> 4), digit(byte & 15)]);
    }
    std::str::from_utf8(digits).unwrap_or_default()
}

/// The values that are made of words.
struct ValueText<'r, 'a>(&'r Value<'a>);

impl fmt::Display for ValueText<'_, '_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Value::Attachments(attached) => super::attach::all(attached, f),
            Value::Attachment(attachment) => super::attach::one(*attachment, None, f),
            Value::Funcs(link) => super::funcs::text(&link.target.point, f),
            Value::Ways(ways) => {
                for (i, way) in ways.iter().enumerate() {
                    write!(f, "{}{}", if i == 0 { "" } else { "," }, way.word())?;
                }
                Ok(())
            }
            Value::Users(users) => super::named::users(users, f),
            Value::Holders(holders) => super::named::holders(holders, f),
            Value::Pins([]) => f.write_char('-'),
            Value::Pins(pins) => {
                for (i, pin) in pins.iter().enumerate() {
                    let path = Shown(pin.path.as_os_str().as_encoded_bytes());
                    write!(f, "{}{path}", if i == 0 { "" } else { ", " })?;
                }
                Ok(())
            }
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_percentage_has_no_digit_too_many() {
        let text = |hundredths| super::Value::Percent(hundredths).text();
        assert_eq!(
            [0, 1, 10, 50, 1234, 10_000].map(text),
            ["0", "0.01", "0.1", "0.5", "12.34", "100"]
        );
    }

    #[test]
    fn a_value_is_small() {
        assert!(size_of::<super::Value<'_>>() <= 32, "{}", size_of::<super::Value<'_>>());
    }
}
