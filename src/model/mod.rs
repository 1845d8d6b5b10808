//! What a row means: programs, maps and their words, whatever text they came from.
//!
//! Nothing here knows a file, a kernel call or a view. A field that the text at hand does not
//! give is `None`: never zero, never empty.

mod holder;
mod join;
mod link;
mod map;
mod name;
mod pins;
mod prog;
mod runs;
pub mod tree;
mod unlinked;
pub mod words;

pub use holder::{Held, Holder, Holders};
pub use join::{Attached, ByProg, Known, LinksByProg, OfProg, UnlinkedByProg, User, UsersByMap};
pub(crate) use link::number;
pub use link::{Link, Names, Numbers, Target};
pub use map::{Bound, Map};
pub(crate) use name::octal;
pub use name::{Name, Shown};
pub use pins::{Pin, Pins};
pub use prog::{Attachment, BootTime, Prog, ProgRef};
pub use runs::{RunsBefore, RunsSince};
pub use unlinked::{Site, Unlinked};

/// A kind of BPF object that has a file of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
    /// Loaded programs.
    Progs,
    /// Maps.
    Maps,
    /// Links: what holds a program where it is attached.
    Links,
    /// Programs that are attached without a link.
    Attached,
    /// Open descriptors of processes: who holds what. Installed on request only.
    Holders,
}

impl Kind {
    /// Every kind, in the order in which they are shown.
    pub const ALL: [Kind; 5] =
        [Kind::Progs, Kind::Maps, Kind::Links, Kind::Attached, Kind::Holders];

    /// Whether it is installed unless something else is asked for. Who holds what is more than the
    /// objects themselves tell: it shows the processes of all users.
    pub const fn is_usual(self) -> bool {
        !matches!(self, Kind::Holders)
    }

    /// The name of the file in a bpffs; `progs.debug` and `maps.debug` are the kernel's own names.
    pub const fn file_name(self) -> &'static str {
        match self {
            Kind::Progs => "progs.debug",
            Kind::Maps => "maps.debug",
            Kind::Links => "links.debug",
            Kind::Holders => "holders.debug",
            Kind::Attached => "attached.debug",
        }
    }

    /// One object of the kind, as in "no program with id 7".
    pub const fn singular(self) -> &'static str {
        match self {
            Kind::Progs => "program",
            Kind::Maps => "map",
            Kind::Links => "link",
            Kind::Holders => "holder",
            Kind::Attached => "attachment",
        }
    }

    /// The objects, as in "what programs are loaded".
    pub const fn plural(self) -> &'static str {
        match self {
            Kind::Progs => "programs",
            Kind::Maps => "maps",
            Kind::Links => "links",
            Kind::Holders => "holders",
            Kind::Attached => "attachments",
        }
    }
}

/// Numbers by commas, such as the ids of the maps that a program uses; checked when parsed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
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

#[cfg(test)]
mod tests {
    use super::Ids;

    #[test]
    fn ids_are_numbers_by_commas_and_nothing_else() {
        assert_eq!(Ids::new(b"7,4294967295").unwrap().iter().collect::<Vec<_>>(), [7, 4294967295]);
        for bad in [&b""[..], b",", b"1,", b"1,,2", b"+1", b"4294967296", b"1 2", b"\xff"] {
            assert_eq!(Ids::new(bad), None, "{bad:?}");
        }
    }
}
