//! `Map`: one row of `maps.debug`.

use super::row::row;
use super::{Name, number};

/// The columns of such a row: `row!` makes the struct of them, and `parse` its table.
macro_rules! map_columns {
    ($declare:ident) => {
        $declare! {
            /// One row of `maps.debug`.
            ///
            /// The kernel's own text has the first three fields, from 6.6 on the fourth as well.
            Map<'a> {
                /// The id that the kernel gave it.
                id: u32 = key "id",
                /// Its name: 15 characters at most.
                name: Option<Name<'a>> = "name",
                /// The number of entries that it may hold; for some types, bytes.
                max_entries: Option<u32> = "max_entries",
                /// The number of entries now, of the types that count them (6.6).
                cur_entries: Option<u64> = "cur_entries",
                /// `enum bpf_map_type`.
                map_type: Option<u32> = "type",
                /// Bytes of a key.
                bytes_key: Option<u32> = "key_size",
                /// Bytes of a value.
                bytes_value: Option<u32> = "value_size",
                /// The `BPF_F_*` flags that it was made with.
                flags: Option<u32> = "flags",
                /// Whether user space has given up writing to it.
                frozen: Option<bool> = "frozen",
                /// Bytes of memory charged for it (5.10 only).
                bytes_memlock: Option<u64> = "memlock",
                /// The id of the BTF object that describes its key and value.
                btf_id: Option<u32> = "btf_id",
                /// `enum bpf_prog_type` of the programs that a program array is bound to.
                owner_prog_type: Option<u32> = "owner_prog_type",
                /// Whether those programs are compiled.
                owner_jited: Option<bool> = "owner_jited",
                /// The name of the value's type in that BTF object.
                value_type: Option<Name<'a>> = "value_type",
                /// The struct of functions that a map of struct_ops implements.
                ops: Option<Name<'a>> = "ops",
                /// The programs that are attached to it, or by it, without a link.
                bound: Option<MapProgs<'a>> = "bound",
            }
        }
    };
}

map_columns!(row);
pub(crate) use map_columns;

/// Comma-separated program ids, each with its attach type and a colon in front if it has one;
/// validated when parsed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MapProgs<'a>(&'a [u8]);

impl<'a> MapProgs<'a> {
    /// Takes `7,9` or `5:7,4:9`; anything else is `None`.
    pub fn new(text: &'a [u8]) -> Option<Self> {
        text.split(|b| *b == b',').all(|part| pair(part).is_some()).then_some(Self(text))
    }

    /// Attach type and id of each, in the order of the text.
    pub fn iter(self) -> impl Iterator<Item = (Option<u32>, u32)> + 'a {
        self.0.split(|b| *b == b',').filter_map(pair)
    }
}

fn pair(part: &[u8]) -> Option<(Option<u32>, u32)> {
    let uint = |digits: &[u8]| number(digits).and_then(|n| u32::try_from(n).ok());
    match part.iter().position(|b| *b == b':') {
        Some(colon) => Some((Some(uint(&part[..colon])?), uint(&part[colon + 1..])?)),
        None => Some((None, uint(part)?)),
    }
}

#[cfg(test)]
mod tests {
    use super::MapProgs;

    #[test]
    fn programs_have_ids_and_may_have_attach_types() {
        let parsed = |text| MapProgs::new(text).map(|bound| bound.iter().collect::<Vec<_>>());
        assert_eq!(parsed(b"7,9"), Some(vec![(None, 7), (None, 9)]));
        assert_eq!(parsed(b"5:7,4:9"), Some(vec![(Some(5), 7), (Some(4), 9)]));
        for bad in [&b""[..], b",", b"7,", b":7", b"5:", b"5:6:7", b"-1", b"4294967296"] {
            assert_eq!(parsed(bad), None, "{bad:?}");
        }
    }
}
