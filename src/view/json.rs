//! Rows as JSON: one array, or one object a line. What is not known is left out.

use std::borrow::Cow;
use std::io::{self, Write};

use memchr::memchr_iter;
use serde::ser::{Serialize, SerializeMap as _, Serializer};
use serde_json::ser::PrettyFormatter;

use super::attach::Object;
use super::column::Head;
use super::value::{MapName, Value, hex, put};
use super::{Shape, View, ViewOptions, named};
use crate::model::{Name, Pin, ProgRef, Way, is_letter, octal};

/// The layout of an object, made once for all rows.
struct Layout {
    /// What stands before the value of each column, from the comma to the colon, and whether a zero
    /// is left out.
    keys: Vec<(Vec<u8>, bool)>,
    /// A line for every member, indented as if the object stood alone.
    pretty: bool,
}

impl Layout {
    fn new(heads: &[Head], pretty: bool) -> Self {
        let key = |head: &Head| {
            if pretty {
                format!(",\n    \"{}\": ", head.key)
            } else {
                format!(",\"{}\":", head.key)
            }
        };
        let keys = heads.iter().map(|head| (key(head).into_bytes(), head.leaves_out_zero));
        Self { keys: keys.collect(), pretty }
    }

    /// Appends a row, by the keys of its columns.
    fn object(&self, cells: &[Value<'_>], to: &mut Vec<u8>) -> io::Result<()> {
        let start = to.len();
        for ((key, leaves_out_zero), cell) in self.keys.iter().zip(cells) {
            match cell {
                Value::Absent | Value::Unknown => continue,
                Value::Number(0) if *leaves_out_zero => continue,
                _ => {}
            }
            to.extend_from_slice(key);
            self.value(cell, to)?;
        }
        match to.get_mut(start) {
            // Before the first, an object begins.
            Some(comma) => *comma = b'{',
            None => {
                to.extend_from_slice(b"{}");
                return Ok(());
            }
        }
        to.extend_from_slice(if self.pretty { b"\n}" } else { b"}" });
        Ok(())
    }

    /// A short path for values that need no escapes, as nearly all do.
    fn value(&self, value: &Value<'_>, to: &mut Vec<u8>) -> io::Result<()> {
        match value {
            Value::Bool(value) => to.extend_from_slice(if *value { b"true" } else { b"false" }),
            Value::Number(n) => to.extend_from_slice(itoa::Buffer::new().format(*n).as_bytes()),
            Value::Flags(n, _) => to.extend_from_slice(itoa::Buffer::new().format(*n).as_bytes()),
            Value::Signed(n) => to.extend_from_slice(itoa::Buffer::new().format(*n).as_bytes()),
            Value::Percent(_) => to.extend_from_slice(value.text().as_bytes()),
            Value::Word(word) => quoted(word, to),
            Value::Tag(tag) => quoted(hex(tag, &mut [0; 16]), to),
            Value::Name(name) => match name.plain() {
                Some(plain) => quoted(plain, to),
                None => self.serialized(value, to)?,
            },
            Value::MapName(MapName(map)) => {
                return self.value(&Value::name(map.name), to);
            }
            _ => self.serialized(value, to)?,
        }
        Ok(())
    }

    fn serialized(&self, value: &Value<'_>, to: &mut Vec<u8>) -> io::Result<()> {
        let start = to.len();
        if !self.pretty {
            serde_json::to_writer(&mut *to, value)?;
            make_plain(to, start);
            return Ok(());
        }
        let format = PrettyFormatter::with_indent(INDENT);
        value.serialize(&mut serde_json::Serializer::with_formatter(&mut *to, format))?;
        make_plain(to, start);
        let value = to.split_off(start);
        indent(&value, to)
    }
}

/// Writes a text with all its lines but the first a step deeper. No string holds a newline as such,
/// so every one of them starts a line.
fn indent(text: &[u8], to: &mut impl Write) -> io::Result<()> {
    for (i, line) in text.split(|b| *b == b'\n').enumerate() {
        if i > 0 {
            to.write_all(b"\n")?;
            to.write_all(INDENT)?;
        }
        to.write_all(line)?;
    }
    Ok(())
}

/// bpftool's step.
const INDENT: &[u8] = b"    ";

/// A string that has nothing to be escaped.
fn quoted(text: &str, to: &mut Vec<u8>) {
    to.push(b'"');
    to.extend_from_slice(text.as_bytes());
    to.push(b'"');
}

impl Serialize for Value<'_> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Absent | Self::Unknown => to.serialize_none(),
            Self::Zero => to.serialize_u64(0),
            Self::Bool(value) => to.serialize_bool(*value),
            Self::Number(number) => to.serialize_u64(*number),
            // Rows have their own path, which keeps its digits.
            Self::Percent(hundredths) => to.serialize_f64(*hundredths as f64 / 100.0),
            Self::Flags(bits, _) => to.serialize_u32(*bits),
            Self::Signed(number) => to.serialize_i64(*number),
            Self::Word(word) | Self::Text(word) => to.serialize_str(word),
            Self::Name(name) => name.serialize(to),
            Self::MapName(MapName(map)) => map.name.serialize(to),
            Self::Tag(tag) => to.serialize_str(hex(tag, &mut [0; 16])),
            Self::Ids(ids) => to.collect_seq(ids.iter()),
            Self::Attachments(attached) => to.collect_seq(Object::all(attached)),
            Self::Attachment(attachment) => Object::of(*attachment).serialize(to),
            Self::Funcs(link) => to.collect_seq(super::funcs::objects(&link.target.point)),
            Self::Ways(ways) => to.collect_seq(ways.iter().map(Way::word)),
            Self::Users(users) => to.collect_seq(users.iter().map(named::UserObject)),
            Self::Event(event) => event.word().serialize(to),
            Self::Pins(pins) => {
                let path =
                    |pin: &'_ Pin| escape(pin.path.as_os_str().as_encoded_bytes()).into_owned();
                to.collect_seq(pins.iter().map(path))
            }
            Self::Holders(holders) => to.collect_seq(holders.iter().map(named::Process)),
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

/// Bytes as a JSON string's text, in which `\ooo` is always a byte: one that is no UTF-8, or a
/// backslash that would seem to begin such an escape. Every other backslash stands for itself, as
/// in the `\x2d` of systemd's names. [`Name::bytes`] takes all of it back.
pub fn escape(bytes: &[u8]) -> Cow<'_, str> {
    let is_ambiguous = |at: usize| octal(&bytes[at..]).is_some();
    let text = std::str::from_utf8(bytes);
    if let (Ok(text), false) = (text, memchr_iter(b'\\', bytes).any(is_ambiguous)) {
        return text.into();
    }
    let mut text = String::with_capacity(bytes.len() + 16);
    let mut at = 0;
    for chunk in bytes.utf8_chunks() {
        for c in chunk.valid().chars() {
            if c == '\\' && is_ambiguous(at) {
                text.push_str("\\134");
            } else {
                text.push(c);
            }
            at += c.len_utf8();
        }
        for byte in chunk.invalid() {
            put(&mut text, format_args!("\\{byte:03o}"));
        }
        at += chunk.invalid().len();
    }
    text.into()
}

/// How much text is kept in one piece, and what of it is left for a last row.
const PIECE: usize = 64 << 10;
const LAST: usize = 4 << 10;

/// One array, or one object, written whole at the end: a listing that fails leaves no part of it.
pub(super) struct Array<'o> {
    layout: Layout,
    pretty: bool,
    shape: Shape,
    /// The objects and their separators, in pieces that reuse the memory of input pieces freed
    /// before.
    pieces: Vec<Vec<u8>>,
    text: Vec<u8>,
    rows: usize,
    out: Box<dyn Write + 'o>,
}

impl<'o> Array<'o> {
    pub(super) fn new(heads: Vec<Head>, options: ViewOptions, out: Box<dyn Write + 'o>) -> Self {
        let ViewOptions { pretty, shape, .. } = options;
        let layout = Layout::new(&heads, pretty);
        Self { layout, pretty, shape, pieces: Vec::new(), text: Vec::new(), rows: 0, out }
    }
}

impl View for Array<'_> {
    fn row(&mut self, cells: &[Value<'_>]) -> io::Result<()> {
        if self.text.capacity() == 0 || self.text.len() > PIECE - LAST {
            let full = std::mem::replace(&mut self.text, Vec::with_capacity(PIECE));
            self.pieces.push(full);
        }
        if self.rows > 0 {
            self.text.extend_from_slice(if self.pretty { b",\n" } else { b"," });
        }
        self.rows += 1;
        self.layout.object(cells, &mut self.text)
    }

    fn end(&mut self) -> io::Result<()> {
        self.pieces.push(std::mem::take(&mut self.text));
        let is_array = self.shape == Shape::Array || self.rows != 1;
        let is_deeper = is_array && self.pretty && self.rows > 0;
        let out = &mut self.out;
        if is_array {
            out.write_all(b"[")?;
        }
        if is_deeper {
            out.write_all(b"\n")?;
            out.write_all(INDENT)?;
        }
        for piece in &self.pieces {
            if is_deeper {
                indent(piece, out)?;
            } else {
                out.write_all(piece)?;
            }
        }
        if is_deeper {
            out.write_all(b"\n")?;
        }
        out.write_all(if is_array { b"]\n" } else { b"\n" })?;
        out.flush()
    }
}

/// Writes as `\uXXXX` what a terminal may act upon or what may pass for something else; what it
/// stands for stays the same. Such characters occur in strings only.
pub(super) fn make_plain(text: &mut Vec<u8>, start: usize) {
    // No early exit, so that the loop is vectorised.
    if text[start..].iter().fold(true, |plain, byte| plain & matches!(byte, b' '..=b'~' | b'\n')) {
        return;
    }
    let is_plain = |c: char| matches!(c, ' '..='~' | '\n') || is_letter(c);
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

/// The same JSON, of which a terminal acts upon nothing.
pub fn plain(json: String) -> String {
    let mut text = json.into_bytes();
    make_plain(&mut text, 0);
    // It was a string, and is plain since.
    String::from_utf8(text).unwrap_or_default()
}

/// One object a line, written as it comes.
pub(super) struct NdJson<'o> {
    layout: Layout,
    line: Vec<u8>,
    out: Box<dyn Write + 'o>,
}

impl<'o> NdJson<'o> {
    pub(super) fn new(heads: Vec<Head>, out: Box<dyn Write + 'o>) -> Self {
        Self { layout: Layout::new(&heads, false), line: Vec::new(), out }
    }
}

impl View for NdJson<'_> {
    fn row(&mut self, cells: &[Value<'_>]) -> io::Result<()> {
        self.line.clear();
        self.layout.object(cells, &mut self.line)?;
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
    fn bytes_that_are_no_utf_8_are_escaped_and_so_is_a_backslash_that_seems_to_escape() {
        assert_eq!(escape(br"a\b\x2d\9\400"), r"a\b\x2d\9\400");
        assert_eq!(escape("caf\u{e9}".as_bytes()), "café");
        assert_eq!(escape(b"a\\caf\xe9"), r"a\caf\351");
        assert_eq!(escape(b"\xff"), r"\377");
        assert_eq!(escape(br"\377"), r"\134377");
        assert_eq!(escape(b"\\\xff\\12\\0123"), r"\\377\12\1340123");
    }

    #[test]
    fn an_escaped_string_gives_its_bytes_back() {
        // Every string of these up to a length: what escapes, what seems to, and what does neither.
        let alphabet = [b'\\', b'1', b'7', b'9', b'x', 0xff, 0xc3, 0xa9];
        let mut strings = vec![Vec::new()];
        for start in 0.. {
            let Some(text) = strings.get(start).cloned() else { break };
            assert_eq!(
                *Name::new(escape(&text).as_bytes()).bytes(),
                text,
                "{}",
                text.escape_ascii()
            );
            if text.len() < 5 {
                strings.extend(alphabet.iter().map(|byte| [&text[..], &[*byte]].concat()));
            }
        }
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
