//! The functions or offsets of a link that has many: words for people, objects in JSON.

use std::fmt;

use serde::ser::{Serialize, SerializeMap as _, Serializer};

use crate::model::{AttachPoint, Functions, Name, Names, Numbers, Uprobes};

/// By commas, with how many more there are: `vfs_unlink,vfs_rmdir,+3`.
pub(super) fn text(point: &AttachPoint<'_>, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let more = match point {
        AttachPoint::Functions(Functions { symbols: Some(symbols), more, .. }) => {
            write!(f, "{}", symbols.text())?;
            more
        }
        AttachPoint::Uprobes(Uprobes { offsets: Some(offsets), more, .. }) => {
            f.write_str(offsets.as_str())?;
            more
        }
        _ => return f.write_str("-"),
    };
    more.map_or(Ok(()), |more| write!(f, ",+{more}"))
}

/// One object for each that the text names, with bpftool's keys but for the address.
pub(super) fn objects<'a>(point: &AttachPoint<'a>) -> impl Iterator<Item = Func<'a>> {
    let (symbols, offsets, counters, cookies) = match *point {
        AttachPoint::Functions(at) => (at.symbols, None, None, at.cookies),
        AttachPoint::Uprobes(at) => (None, at.offsets, at.ref_ctr_offsets, at.cookies),
        _ => (None, None, None, None),
    };
    let numbers = |list: Option<Numbers<'a>>| list.into_iter().flat_map(Numbers::iter);
    let (mut counters, mut cookies) = (numbers(counters), numbers(cookies));
    let symbols = symbols.into_iter().flat_map(Names::iter).map(At::Symbol);
    symbols.chain(numbers(offsets).map(At::Offset)).map(move |at| Func {
        at,
        cookie: cookies.next().unwrap_or_default(),
        ref_ctr_offset: counters.next().unwrap_or_default(),
    })
}

/// A function of the kernel, or an offset in a file.
enum At<'a> {
    Symbol(Name<'a>),
    Offset(u64),
}

/// One of many, and what the program gets to tell it by.
pub(super) struct Func<'a> {
    at: At<'a>,
    cookie: u64,
    ref_ctr_offset: u64,
}

impl Serialize for Func<'_> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let mut map = to.serialize_map(None)?;
        match self.at {
            At::Symbol(symbol) => {
                let (function, module) = split(symbol.token());
                map.serialize_entry("func", &Name::new(function))?;
                map.serialize_entry("module", &module.map(Name::new))?;
            }
            At::Offset(offset) => {
                map.serialize_entry("offset", &offset)?;
                map.serialize_entry("ref_ctr_offset", &self.ref_ctr_offset)?;
            }
        }
        map.serialize_entry("cookie", &self.cookie)?;
        map.end()
    }
}

/// `function:[module]`, of the kernel's own functions without the latter.
fn split(symbol: &[u8]) -> (&[u8], Option<&[u8]>) {
    let start = symbol.windows(2).position(|pair| pair == b":[");
    match (start, symbol.strip_suffix(b"]")) {
        (Some(start), Some(rest)) => (&symbol[..start], Some(&rest[start + 2..])),
        _ => (symbol, None),
    }
}

#[cfg(test)]
mod tests {
    use super::split;

    #[test]
    fn a_module_follows_its_function_in_brackets() {
        assert_eq!(split(b"vfs_unlink"), (&b"vfs_unlink"[..], None));
        assert_eq!(split(b"tun_free:[tun]"), (&b"tun_free"[..], Some(&b"tun"[..])));
        assert_eq!(split(b"odd:["), (&b"odd:["[..], None));
    }
}
