//! JSON: one array, or one object a line. What is not known is left out.

use std::borrow::Cow;
use std::io::{self, Write};

use serde::ser::{Serialize, SerializeMap as _, Serializer};
use serde_json::ser::{CompactFormatter, PrettyFormatter};

use super::column::Head;
use super::target;
use super::value::Value;
use super::{Shape, View};
use crate::model::{Name, ProgRef};

/// One row, by the keys of its columns.
struct Object<'r, 'a> {
    heads: &'r [Head],
    cells: &'r [Value<'a>],
}

impl Serialize for Object<'_, '_> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let mut map = to.serialize_map(None)?;
        for (head, cell) in self.heads.iter().zip(self.cells) {
            let is_left_out = head.leaves_out_zero && *cell == Value::Number(0);
            if *cell != Value::Absent && !is_left_out {
                map.serialize_entry(head.key, cell)?;
            }
        }
        map.end()
    }
}

impl Serialize for Value<'_> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Absent => to.serialize_none(),
            Self::Bool(value) => to.serialize_bool(*value),
            Self::Number(number) => to.serialize_u64(*number),
            Self::Signed(number) => to.serialize_i64(*number),
            Self::Word(word) | Self::Text(word) => to.serialize_str(word),
            Self::Name(name) => name.serialize(to),
            Self::Tag(_) => to.collect_str(self),
            Self::Ids(ids) => to.collect_seq(ids.iter()),
            Self::Attached(attached) => to.collect_seq(target::objects(attached)),
            Self::Link(link) => target::Object::of(link).serialize(to),
            Self::Users(users) => to.collect_seq(users.iter().map(target::User)),
            Self::Holders(holders) => to.collect_seq(holders.iter().map(target::Process)),
        }
    }
}

impl Serialize for Name<'_> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&escape(&self.bytes()))
    }
}

impl Serialize for ProgRef<'_> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let mut map = to.serialize_map(None)?;
        if let Some(id) = self.id {
            map.serialize_entry("id", &id)?;
        }
        map.serialize_entry("name", &self.name)?;
        map.end()
    }
}

/// Bytes as a JSON string's text: as they are where they are UTF-8; else a byte that is none, and
/// a backslash, is `\ooo`.
pub fn escape(bytes: &[u8]) -> Cow<'_, str> {
    if let Ok(text) = std::str::from_utf8(bytes) {
        return text.into();
    }
    let mut text = String::with_capacity(bytes.len() + 16);
    for chunk in bytes.utf8_chunks() {
        text.push_str(&chunk.valid().replace('\\', "\\134"));
        for byte in chunk.invalid() {
            text.push_str(&format!("\\{byte:03o}"));
        }
    }
    text.into()
}

/// One array, or one object, written whole at the end: a listing that fails leaves no part of it.
pub(super) struct Array<'o> {
    heads: Vec<Head>,
    pretty: bool,
    shape: Shape,
    /// The objects, one behind the other, and where each ends.
    text: Vec<u8>,
    ends: Vec<usize>,
    out: Box<dyn Write + 'o>,
}

impl<'o> Array<'o> {
    pub(super) fn new(
        heads: Vec<Head>,
        pretty: bool,
        shape: Shape,
        out: Box<dyn Write + 'o>,
    ) -> Self {
        Self { heads, pretty, shape, text: Vec::new(), ends: Vec::new(), out }
    }
}

impl View for Array<'_> {
    fn row(&mut self, cells: &[Value<'_>]) -> io::Result<()> {
        let object = Object { heads: &self.heads, cells };
        let (start, to) = (self.text.len(), &mut self.text);
        if self.pretty {
            let format = PrettyFormatter::with_indent(b"    ");
            object.serialize(&mut serde_json::Serializer::with_formatter(to, format))?;
        } else {
            object.serialize(&mut serde_json::Serializer::with_formatter(to, CompactFormatter))?;
        }
        make_plain(&mut self.text, start);
        self.ends.push(self.text.len());
        Ok(())
    }

    fn end(&mut self) -> io::Result<()> {
        let is_array = self.shape == Shape::Array || self.ends.len() != 1;
        let (mut start, out) = (0, &mut self.out);
        for (i, end) in self.ends.iter().enumerate() {
            let object = &self.text[start..*end];
            start = *end;
            if is_array {
                out.write_all(if i == 0 { b"[" } else { b"," })?;
            }
            if !is_array || !self.pretty {
                out.write_all(object)?;
                continue;
            }
            // No string holds a newline as such, so every one of them starts a line to indent.
            for line in object.split(|b| *b == b'\n') {
                out.write_all(b"\n    ")?;
                out.write_all(line)?;
            }
        }
        out.write_all(match (is_array, self.ends.is_empty(), self.pretty) {
            (false, ..) => b"\n",
            (true, true, _) => b"[]\n",
            (true, false, false) => b"]\n",
            (true, false, true) => b"\n]\n",
        })?;
        out.flush()
    }
}

/// Writes as `\uXXXX` what a terminal may act upon or what may pass for something else; what it
/// stands for stays the same. Such characters occur in strings only.
fn make_plain(text: &mut Vec<u8>, start: usize) {
    // Without an early end, so that many bytes are looked at in one step.
    if text[start..].iter().fold(true, |plain, byte| plain & matches!(byte, b' '..=b'~' | b'\n')) {
        return;
    }
    let is_plain = |c: char| matches!(c, ' '..='~' | '\n') || !c.is_ascii() && c.is_alphanumeric();
    let object = text.split_off(start);
    for c in String::from_utf8_lossy(&object).chars() {
        if is_plain(c) {
            text.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
        } else {
            for unit in c.encode_utf16(&mut [0; 2]) {
                text.extend_from_slice(format!("\\u{unit:04x}").as_bytes());
            }
        }
    }
}

/// One object a line, written as it comes.
pub(super) struct Lines<'o> {
    heads: Vec<Head>,
    line: Vec<u8>,
    out: Box<dyn Write + 'o>,
}

impl<'o> Lines<'o> {
    pub(super) fn new(heads: Vec<Head>, out: Box<dyn Write + 'o>) -> Self {
        Self { heads, line: Vec::new(), out }
    }
}

impl View for Lines<'_> {
    fn row(&mut self, cells: &[Value<'_>]) -> io::Result<()> {
        self.line.clear();
        serde_json::to_writer(&mut self.line, &Object { heads: &self.heads, cells })?;
        make_plain(&mut self.line, 0);
        self.line.push(b'\n');
        self.out.write_all(&self.line)
    }

    fn end(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_that_are_no_utf_8_are_escaped_and_only_then_is_a_backslash() {
        assert_eq!(escape(br"a\b"), r"a\b");
        assert_eq!(escape("caf\u{e9}".as_bytes()), "café");
        assert_eq!(escape(b"a\\caf\xe9"), r"a\134caf\351");
    }

    #[test]
    fn no_character_that_a_terminal_acts_upon_leaves_as_it_is() {
        let plain = |text: &str| {
            let mut json = serde_json::to_vec(text).unwrap();
            make_plain(&mut json, 0);
            let json = String::from_utf8(json).unwrap();
            assert_eq!(serde_json::from_str::<String>(&json).unwrap(), text, "the same string");
            json
        };
        assert_eq!(plain("caf\u{e9} \"x\""), r#""café \"x\"""#);
        assert_eq!(
            plain("\u{7f}\u{9b}2J\u{202e}\u{1f512}\n"),
            r#""\u007f\u009b2J\u202e\ud83d\udd12\n""#
        );
    }
}
