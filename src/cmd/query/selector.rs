//! The words after a noun: `[show|list] [id N | name NAME | tag TAG | pinned PATH]`, as bpftool has them.

use std::path::PathBuf;

use crate::cli::Listing;
use crate::error::{Error, Result};
use crate::model::{
    Kind, Link, Map, MapMemory, Name, Prog, instead, may_be_decided_by_maps, may_be_told_by,
    quoted, quoted_path, shell_word,
};
use crate::view::Shape;

/// Which rows a listing shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::cmd) enum Selector {
    /// All of them.
    All,
    /// The one with this id.
    Id(u32),
    /// Those of this name, full or, as bpftool's users type it, its first 15 characters.
    Name(String),
    /// Those with this tag.
    Tag([u8; 8]),
    /// The one that is pinned at this path.
    Pinned(PathBuf),
}

impl Selector {
    /// Reads the words.
    pub(in crate::cmd) fn new(words: &[String]) -> Result<Self> {
        let mut words = words.iter().map(String::as_str);
        let is = |word: &str, one: &str| word.eq_ignore_ascii_case(one);
        let mut word = words.next();
        if word.is_some_and(|word| is(word, "show") || is(word, "list")) {
            word = words.next();
        }
        let Some(word) = word else { return Ok(Self::All) };
        let value = words.next();
        if let Some(extra) = words.next() {
            return Err(Error::Usage(format!("unexpected '{}' after the selector", quoted(extra))));
        }
        let value = |what: &str| {
            value.ok_or_else(|| Error::Usage(format!("'{word}' needs {what} after it")))
        };
        if is(word, "id") {
            let number = value("a number")?;
            let id = number
                .parse()
                .map_err(|_| Error::Usage(format!("'{}' is no id", quoted(number))))?;
            Ok(Self::Id(id))
        } else if is(word, "name") {
            Ok(Self::Name(value("a name")?.to_owned()))
        } else if is(word, "tag") {
            Ok(Self::Tag(Self::tag(value("a tag")?)?))
        } else if is(word, "pinned") {
            Ok(Self::Pinned(value("a path")?.into()))
        } else {
            let instead = match Self::meant(word) {
                Some(selector) => format!("did you mean '{selector}'?"),
                None => instead(word, Listing::WORDS.into_iter()),
            };
            Err(Error::Usage(format!("unknown word '{}'; {instead}", quoted(word))))
        }
    }

    /// The selector that somebody means who types its value alone.
    pub(in crate::cmd) fn meant(word: &str) -> Option<String> {
        if word.parse::<u32>().is_ok() {
            Some(format!("id {word}"))
        } else if Self::tag(word).is_ok() {
            Some(format!("tag {word}"))
        } else {
            word.contains('/').then(|| format!("pinned {}", shell_word(word.as_bytes())))
        }
    }

    /// The path of a pin, which only the kernel can resolve to an id.
    pub(in crate::cmd) fn path(&self) -> Option<&PathBuf> {
        match self {
            Self::Pinned(path) => Some(path),
            _ => None,
        }
    }

    /// Reads a tag, of a program.
    pub(in crate::cmd) fn tag(text: &str) -> Result<[u8; 8]> {
        let number = (text.len() == 16).then(|| u64::from_str_radix(text, 16).ok()).flatten();
        let number = number.filter(|_| text.bytes().all(|b| b.is_ascii_hexdigit()));
        number.map(u64::to_be_bytes).ok_or_else(|| {
            Error::Usage(format!("'{}' is no tag, which has 16 hexadecimal digits", quoted(text)))
        })
    }

    /// Its name in an error; `None` for all rows, where an empty result is no error.
    pub(in crate::cmd) fn describe(&self) -> Option<String> {
        match self {
            Self::All => None,
            Self::Id(id) => Some(format!("id {id}")),
            Self::Name(name) => Some(format!("name '{}'", quoted(name))),
            Self::Tag(tag) => Some(format!("tag {:016x}", u64::from_be_bytes(*tag))),
            Self::Pinned(path) => Some(format!("pin '{}'", quoted_path(path))),
        }
    }

    /// The shape of the answer in JSON.
    pub(in crate::cmd) fn shape(&self) -> Shape {
        match self {
            Self::All => Shape::Array,
            _ => Shape::Object,
        }
    }

    fn takes(&self, id: u32, name: Option<Name<'_>>, tag: Option<[u8; 8]>) -> bool {
        match self {
            Self::All => true,
            Self::Id(wanted) => *wanted == id,
            Self::Name(wanted) => name.is_some_and(|name| {
                let name = name.bytes();
                *name == *wanted.as_bytes()
                    || wanted.len() == 15 && name.starts_with(wanted.as_bytes())
            }),
            Self::Tag(wanted) => tag == Some(*wanted),
            // Resolved to an id, which a filter checks.
            Self::Pinned(_) => true,
        }
    }
}

/// A row that can be selected.
pub(in crate::cmd) trait Selected {
    /// Whether rows of this kind have a tag at all.
    const HAS_TAG: bool;

    /// The id.
    fn id(&self) -> u32;

    /// Whether the selector takes the row.
    fn is_taken_by(&self, selector: &Selector) -> bool;

    /// The maps that it is, or uses, with the memory of each where that is known.
    fn map_memory(&self, _: Option<&MapMemory>) -> Vec<(u32, Option<u64>)> {
        Vec::new()
    }

    /// Whether the text of a kind may add to a row of this type; unknown types may be in any.
    fn may_be_in(_: Kind, _: Option<u32>) -> bool {
        true
    }

    /// Whether maps may decide that a row of this type, of which no text tells of an attachment, has
    /// none.
    fn may_be_decided_by_maps(_: Option<u32>) -> bool {
        false
    }
}

impl Selected for Prog<'_> {
    const HAS_TAG: bool = true;

    fn id(&self) -> u32 {
        self.id
    }

    fn is_taken_by(&self, selector: &Selector) -> bool {
        selector.takes(self.id, self.name, self.tag)
    }

    fn map_memory(&self, memory: Option<&MapMemory>) -> Vec<(u32, Option<u64>)> {
        let ids = self.map_ids.into_iter().flat_map(|ids| ids.iter());
        ids.map(|id| (id, memory.and_then(|memory| memory.of(id)))).collect()
    }

    /// Only some types of programs can be attached without a link.
    fn may_be_in(kind: Kind, prog_type: Option<u32>) -> bool {
        match kind {
            Kind::Attached | Kind::Descriptors | Kind::Maps => may_be_told_by(kind, prog_type),
            _ => true,
        }
    }

    fn may_be_decided_by_maps(prog_type: Option<u32>) -> bool {
        may_be_decided_by_maps(prog_type)
    }
}

impl Selected for Map<'_> {
    const HAS_TAG: bool = false;

    fn id(&self) -> u32 {
        self.id
    }

    fn is_taken_by(&self, selector: &Selector) -> bool {
        self.names().into_iter().any(|name| selector.takes(self.id, name, None))
    }

    fn map_memory(&self, _: Option<&MapMemory>) -> Vec<(u32, Option<u64>)> {
        vec![(self.id, self.bytes_memlock)]
    }
}

/// By name, those of a program.
impl Selected for Link<'_> {
    const HAS_TAG: bool = false;

    fn id(&self) -> u32 {
        self.id
    }

    fn is_taken_by(&self, selector: &Selector) -> bool {
        selector.takes(self.id, self.name, None)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn selector(words: &[&str]) -> Result<Selector, String> {
        let words: Vec<_> = words.iter().map(|word| (*word).to_owned()).collect();
        Selector::new(&words).map_err(|error| error.to_string())
    }

    #[test]
    fn show_and_list_stand_in_front_of_a_selector_or_alone() {
        assert_eq!(selector(&[]), Ok(Selector::All));
        assert_eq!(selector(&["show"]), Ok(Selector::All));
        assert_eq!(selector(&["list", "id", "7"]), Ok(Selector::Id(7)));
        assert_eq!(selector(&["SHOW", "Id", "7"]), Ok(Selector::Id(7)));
        assert_eq!(selector(&["name", "show"]), Ok(Selector::Name("show".into())));
    }

    #[test]
    fn what_is_no_selector_is_named() {
        assert_eq!(selector(&["id", "x"]).unwrap_err(), "'x' is no id");
        assert_eq!(
            selector(&["1259"]).unwrap_err(),
            "unknown word '1259'; did you mean 'id 1259'?"
        );
        assert_eq!(
            selector(&["nmae", "x"]).unwrap_err(),
            "unknown word 'nmae'; did you mean 'name'?"
        );
        assert_eq!(
            selector(&["/sys/fs/bpf/A"]).unwrap_err(),
            "unknown word '/sys/fs/bpf/A'; did you mean 'pinned /sys/fs/bpf/A'?"
        );
        assert_eq!(selector(&["id"]).unwrap_err(), "'id' needs a number after it");
        assert_eq!(selector(&["id", "1", "2"]).unwrap_err(), "unexpected '2' after the selector");
        assert_eq!(
            selector(&["tag", "+00000000000000f"]).unwrap_err(),
            "'+00000000000000f' is no tag, which has 16 hexadecimal digits"
        );
        assert_eq!(
            selector(&["dump"]).unwrap_err(),
            "unknown word 'dump'; there are show, list, id, name, tag, pinned"
        );
    }

    #[test]
    fn a_name_of_15_characters_is_also_the_start_of_a_longer_one() {
        let takes = |wanted: &str| {
            Selector::Name(wanted.into()).takes(1, Some(Name::new(b"a_name_of_more_than_15")), None)
        };
        assert!(takes("a_name_of_more_than_15"));
        assert!(takes("a_name_of_more_"));
        assert!(!takes("a_name_of_more"));
    }
}
