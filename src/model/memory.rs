//! The memory of maps, by their ids.

use super::Map;

/// What each map takes, in the order of their ids.
#[derive(Clone, Debug, Default)]
pub struct MapMemory(Vec<(u32, Option<u64>)>);

impl MapMemory {
    /// Takes maps in any order.
    pub fn new(maps: &[Map<'_>]) -> Self {
        let mut memory: Vec<_> = maps.iter().map(|map| (map.id, map.bytes_memlock)).collect();
        memory.sort_unstable();
        Self(memory)
    }

    /// The bytes of a map; `None` where they are not known, or there is no such map.
    pub fn of(&self, map_id: u32) -> Option<u64> {
        let at = self.0.binary_search_by_key(&map_id, |(id, _)| *id).ok()?;
        self.0[at].1
    }

    /// The bytes of several maps; `None` where those of one are not known.
    pub fn sum(&self, map_ids: impl IntoIterator<Item = u32>) -> Option<u64> {
        map_ids.into_iter().try_fold(0u64, |sum, id| Some(sum.saturating_add(self.of(id)?)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sum_with_an_unknown_part_is_unknown_and_none_of_no_map_is_zero() {
        let map = |id, bytes_memlock| Map { id, bytes_memlock, ..Map::default() };
        let memory = MapMemory::new(&[map(9, Some(4096)), map(2, Some(8)), map(5, None)]);
        assert_eq!((memory.of(9), memory.of(5), memory.of(3)), (Some(4096), None, None));
        assert_eq!(memory.sum([2, 9]), Some(4104));
        assert_eq!((memory.sum([2, 5]), memory.sum([2, 3])), (None, None));
        assert_eq!(memory.sum([]), Some(0));
    }
}
