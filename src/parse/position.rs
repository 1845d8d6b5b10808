//! How far a text has been read.

use std::collections::HashSet;

/// The line below the header.
const FIRST_ROW: usize = 2;

/// Where the next piece of a text goes on.
#[derive(Debug)]
pub struct Position {
    /// The number in the file of the next line; the header is number 1.
    pub(super) row: usize,
    pub(super) seen: SeenIds,
}

/// Below the header.
impl Default for Position {
    fn default() -> Self {
        Self { row: FIRST_ROW, seen: SeenIds::default() }
    }
}

/// The ids that rows have had. An id is that of one object: rows that share one would each be joined with
/// all that is said of it, and a short text make a listing without end.
#[derive(Debug, Default)]
pub(super) struct SeenIds {
    /// Most texts have theirs in ascending order.
    ascending: Vec<u32>,
    others: HashSet<u32>,
}

impl SeenIds {
    /// Takes note of an id; false where a row has had it.
    pub(super) fn insert(&mut self, id: u32) -> bool {
        match self.ascending.last() {
            Some(last) if id <= *last => {
                self.ascending.binary_search(&id).is_err() && self.others.insert(id)
            }
            _ => {
                self.ascending.push(id);
                true
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_new_once_in_whatever_order() {
        let mut seen = SeenIds::default();
        let new: Vec<_> = [3, 5, 4, 4, 5, 9, 1, 3, 9, 8, 8].map(|id| seen.insert(id)).into();
        let first = [true, true, true, false, false, true, true, false, false, true, false];
        assert_eq!(new, first);
    }
}
