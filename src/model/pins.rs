//! Where objects are pinned.

use std::path::PathBuf;

use super::Kind;

/// A path at which an object is pinned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pin {
    /// The kind of the object.
    pub kind: Kind,
    /// Its id.
    pub id: u32,
    /// The path, as this process sees it.
    pub path: PathBuf,
}

/// All pins, sorted by object.
#[derive(Clone, Debug, Default)]
pub struct Pins(Vec<Pin>);

impl Pins {
    /// Sorts pins by object; the sort is stable.
    pub fn new(mut pins: Vec<Pin>) -> Self {
        pins.sort_by_key(|pin| (pin.kind, pin.id));
        Self(pins)
    }

    /// The pins of an object.
    pub fn of(&self, kind: Kind, id: u32) -> &[Pin] {
        let start = self.0.partition_point(|pin| (pin.kind, pin.id) < (kind, id));
        let rest = &self.0[start..];
        let count = rest.iter().take_while(|pin| (pin.kind, pin.id) == (kind, id)).count();
        &rest[..count]
    }

    /// Whether any object of a kind is pinned.
    pub fn has(&self, kind: Kind) -> bool {
        self.0.iter().any(|pin| pin.kind == kind)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_object_has_its_own_pins_and_those_of_no_other_kind() {
        let pin = |kind, id, path: &str| Pin { kind, id, path: path.into() };
        let pins = Pins::new(vec![
            pin(Kind::Links, 7, "/c"),
            pin(Kind::Progs, 7, "/b"),
            pin(Kind::Progs, 7, "/a"),
            pin(Kind::Progs, 6, "/d"),
        ]);
        let of = |kind, id| -> Vec<_> {
            pins.of(kind, id).iter().filter_map(|pin| pin.path.to_str()).collect()
        };
        assert_eq!(of(Kind::Progs, 7), ["/b", "/a"]);
        assert_eq!(of(Kind::Links, 7), ["/c"]);
        assert!(of(Kind::Maps, 7).is_empty() && !pins.has(Kind::Maps) && pins.has(Kind::Links));
    }
}
