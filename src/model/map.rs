//! `Map`: one row of `maps.debug`.

use super::row::row;
use super::{MapRef, Name, number};

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
                /// The number of entries now, of the types that count them; for a ring buffer, the
                /// bytes that wait in it.
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
                /// Bytes of memory that the kernel reports for it.
                bytes_memlock: Option<u64> = "memlock",
                /// The id of the BTF object that describes its key and value.
                btf_id: Option<u32> = "btf_id",
                /// `enum bpf_prog_type` of the programs that a program array is bound to.
                owner_prog_type: Option<u32> = "owner_prog_type",
                /// Whether those programs are compiled.
                owner_jited: Option<bool> = "owner_jited",
                /// The whole name, of which `name` is the beginning: inferred, from the one variable
                /// or section in its BTF that begins so.
                full_name: Option<Name<'a>> = "full_name",
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

impl<'a> Map<'a> {
    /// Both names, by either of which people ask for it.
    pub fn names(&self) -> [Option<Name<'a>>; 2] {
        [self.name, self.full_name]
    }

    /// The name for people: the whole one, where it is known.
    pub fn shown_name(&self) -> Option<Name<'a>> {
        self.full_name.or(self.name)
    }

    /// What other rows speak of.
    pub fn to_ref(&self) -> MapRef<'a> {
        MapRef { id: self.id, name: self.name, full_name: self.full_name }
    }

    /// The entries that it has, and may have at most; `None` where they are not counted or not limited.
    pub fn entries_of_most(&self) -> Option<(u64, u32)> {
        Some((self.cur_entries?, self.max_entries.filter(|most| *most > 0)?))
    }

    /// How full it is, in hundredths of a percent, rounded down: one that is not empty has 1 at
    /// least, and only a full one has 10,000. `None` where the entries are not counted or not
    /// limited.
    pub fn used(&self) -> Option<u64> {
        let (entries, most) = self.entries_of_most()?;
        let used = u128::from(entries) * 10_000 / u128::from(most);
        Some(u64::try_from(used).unwrap_or(u64::MAX).max(entries.min(1)))
    }

    /// Whether it is fuller than so many hundredths of a percent.
    pub fn is_fuller_than(&self, hundredths: u64) -> bool {
        self.entries_of_most().is_some_and(|(entries, most)| {
            u128::from(entries) * 10_000 > u128::from(most) * u128::from(hundredths)
        })
    }
}

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
    use super::{Map, MapProgs};

    #[test]
    fn one_entry_is_not_none_and_one_less_than_all_is_not_all() {
        let used =
            |cur_entries, max_entries| Map { cur_entries, max_entries, ..Map::default() }.used();
        assert_eq!(used(Some(0), Some(1_000_000)), Some(0));
        assert_eq!(used(Some(1), Some(1_000_000)), Some(1));
        assert_eq!(used(Some(1), Some(3)), Some(3333));
        assert_eq!(used(Some(999_999), Some(1_000_000)), Some(9999));
        assert_eq!(used(Some(7), Some(7)), Some(10_000));
        assert_eq!(used(Some(u64::MAX), Some(1)), Some(u64::MAX));
        for (entries, most) in [(None, Some(1)), (Some(1), None), (Some(0), Some(0))] {
            assert_eq!(used(entries, most), None);
        }
    }

    #[test]
    fn a_limit_is_passed_by_one_entry_and_never_by_an_unknown_number() {
        let is_fuller = |cur_entries, max_entries| {
            Map { cur_entries, max_entries, ..Map::default() }.is_fuller_than(9000)
        };
        assert!(!is_fuller(Some(90_000), Some(100_000)) && is_fuller(Some(90_001), Some(100_000)));
        assert!(
            !is_fuller(None, Some(1)) && !is_fuller(Some(1), None) && !is_fuller(Some(1), Some(0))
        );
    }

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
