//! A value: what a cell holds, whatever the format.

use std::fmt;

use crate::model::{Attached, Held, Holder, Holders, Ids, Link, Name, User};

/// What a cell holds. Views decide how it looks.
#[derive(Clone, Debug, PartialEq)]
pub enum Value<'a> {
    /// Not known, or there is none: left out of JSON, a dash in a table.
    Absent,
    /// Yes or no.
    Bool(bool),
    /// A number, in the unit of its column.
    Number(u64),
    /// A number that may be below zero.
    Signed(i64),
    /// One of the kernel's words.
    Word(&'static str),
    /// A sentence of our own.
    Text(&'static str),
    /// A name that somebody chose.
    Name(Name<'a>),
    /// A program's tag.
    Tag([u8; 8]),
    /// Numbers by commas.
    Ids(Ids<'a>),
    /// Where a program is attached.
    Attached(Attached<'a>),
    /// Where a link is attached.
    Link(&'a Link<'a>),
    /// The programs that use a map.
    Users(&'a [User<'a>]),
    /// The processes that hold an object.
    Holders(&'a [Holder<'a>]),
}

impl<'a> Value<'a> {
    /// A number that may be unknown.
    pub fn number(number: Option<impl Into<u64>>) -> Self {
        number.map_or(Self::Absent, |number| Self::Number(number.into()))
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

    /// Where a program is attached; absent where nothing is known of it.
    pub fn attached(attached: Attached<'a>) -> Self {
        if attached.is_empty() { Self::Absent } else { Self::Attached(attached) }
    }

    /// The processes that hold an object; absent where there is none or their text is not at hand.
    pub fn holders(holders: Option<&'a Holders<'_>>, held: Held, id: u32) -> Self {
        match holders.map(|holders| holders.of(held, id)) {
            None | Some([]) => Self::Absent,
            Some(holders) => Self::Holders(holders),
        }
    }

    /// Yes, no, or not known.
    pub fn bool(value: Option<bool>) -> Self {
        value.map_or(Self::Absent, Self::Bool)
    }
}

/// The exact text of a value, as a terminal or a script may have it; a dash for none.
impl fmt::Display for Value<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Absent => f.write_str("-"),
            Self::Bool(true) => f.write_str("yes"),
            Self::Bool(false) => f.write_str("no"),
            Self::Number(number) => number.fmt(f),
            Self::Signed(number) => number.fmt(f),
            Self::Word(word) | Self::Text(word) => f.write_str(word),
            Self::Name(name) => name.fmt(f),
            Self::Tag(tag) => write!(f, "{:016x}", u64::from_be_bytes(*tag)),
            Self::Ids(ids) => f.write_str(ids.as_str()),
            Self::Attached(attached) => super::target::all(attached, f),
            Self::Link(link) => super::target::one(link, None, f),
            Self::Users(users) => super::target::users(users, f),
            Self::Holders(holders) => super::target::holders(holders, f),
        }
    }
}
