//! Comma-separated lists of names, numbers and ids: validated when parsed, split when iterated.

use super::Name;

/// Numbers by commas, such as the ids of the maps that a program uses; checked when parsed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Ids<'a>(&'a [u8]);

impl<'a> Ids<'a> {
    /// Takes digits by single commas, each number at most `u32::MAX`; anything else is `None`.
    pub fn new(text: &'a [u8]) -> Option<Self> {
        let valid = |part: &[u8]| {
            std::str::from_utf8(part).is_ok_and(|digits| {
                digits.bytes().all(|b| b.is_ascii_digit()) && digits.parse::<u32>().is_ok()
            })
        };
        text.split(|b| *b == b',').all(valid).then_some(Self(text))
    }

    /// The numbers, in the order of the text.
    pub fn iter(self) -> impl Iterator<Item = u32> + 'a {
        self.0
            .split(|b| *b == b',')
            .map(|part| part.iter().fold(0, |n, b| n * 10 + u32::from(b - b'0')))
    }

    /// The text itself: `1,2,3`.
    pub fn as_str(self) -> &'a str {
        std::str::from_utf8(self.0).unwrap_or_default()
    }
}

/// Names by commas, such as the functions of a kprobe_multi link; none of them is empty.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Names<'a>(&'a [u8]);

impl<'a> Names<'a> {
    /// Takes names by single commas; anything else is `None`.
    pub fn new(text: &'a [u8]) -> Option<Self> {
        text.split(|b| *b == b',').all(|name| !name.is_empty()).then_some(Self(text))
    }

    /// The names, in the order of the text.
    pub fn iter(self) -> impl Iterator<Item = Name<'a>> {
        self.0.split(|b| *b == b',').map(Name::new)
    }

    /// The text itself: `vfs_unlink,vfs_rmdir`.
    pub fn text(self) -> Name<'a> {
        Name::new(self.0)
    }
}

/// Numbers by commas, decimal or with `0x` in front; checked when parsed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Numbers<'a>(&'a [u8]);

impl<'a> Numbers<'a> {
    /// Takes numbers by single commas, each at most `u64::MAX`; anything else is `None`.
    pub fn new(text: &'a [u8]) -> Option<Self> {
        text.split(|b| *b == b',').all(|part| number(part).is_some()).then_some(Self(text))
    }

    /// The numbers, in the order of the text.
    pub fn iter(self) -> impl Iterator<Item = u64> + 'a {
        self.0.split(|b| *b == b',').filter_map(number)
    }

    /// The text itself: `0x100,0x1234`.
    pub fn as_str(self) -> &'a str {
        std::str::from_utf8(self.0).unwrap_or_default()
    }
}

/// A number, decimal or with `0x` in front.
pub(crate) fn number(text: &[u8]) -> Option<u64> {
    let (digits, radix) = match text.strip_prefix(b"0x") {
        Some(digits) => (digits, 16),
        None => (text, 10),
    };
    let is_plain = !digits.is_empty() && digits.iter().all(u8::is_ascii_hexdigit);
    u64::from_str_radix(std::str::from_utf8(digits).ok().filter(|_| is_plain)?, radix).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_numbers_by_commas_and_nothing_else() {
        assert_eq!(Ids::new(b"7,4294967295").unwrap().iter().collect::<Vec<_>>(), [7, 4294967295]);
        for bad in [&b""[..], b",", b"1,", b"1,,2", b"+1", b"4294967296", b"1 2", b"\xff"] {
            assert_eq!(Ids::new(bad), None, "{bad:?}");
        }
    }

    #[test]
    fn numbers_are_decimal_or_hexadecimal_and_nothing_else() {
        let numbers = Numbers::new(b"0x1234,7,0xffffffffffffffff").unwrap();
        assert_eq!(numbers.iter().collect::<Vec<_>>(), [0x1234, 7, u64::MAX]);
        for bad in [&b""[..], b"0x", b"1,,2", b"+1", b"0x+1", b"ff", b"18446744073709551616"] {
            assert_eq!(Numbers::new(bad), None, "{bad:?}");
        }
    }
}
