//! Keys of a JSON object: a value that is not known is left out, a number is its word.

use serde::ser::{Serialize, SerializeMap, Serializer};

use crate::model::words;

/// Writes a key, where its value is known.
pub(super) fn entry<M: SerializeMap>(
    map: &mut M,
    key: &str,
    value: Option<impl Serialize>,
) -> Result<(), M::Error> {
    value.map_or(Ok(()), |value| map.serialize_entry(key, &value))
}

/// The word for a number, or the number.
pub(super) struct Number(pub(super) Option<&'static str>, pub(super) u32);

impl Number {
    pub(super) fn new(table: &'static [&'static str], number: u32) -> Self {
        Self(words::word(table, number), number)
    }
}

impl Serialize for Number {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Some(word) => to.serialize_str(word),
            None => to.serialize_u32(self.1),
        }
    }
}
