//! Which programs use a map.

use super::{Name, Prog};

/// A program that uses a map.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct User<'a> {
    map_id: u32,
    /// The program's id.
    pub id: u32,
    /// The program's full name.
    pub name: Option<Name<'a>>,
}

/// The programs that use maps, in the order of the maps.
#[derive(Clone, Debug, Default)]
pub struct UsersByMap<'a>(Vec<User<'a>>);

impl<'a> UsersByMap<'a> {
    /// Takes programs in any order.
    pub fn new(progs: &[Prog<'a>]) -> Self {
        let users = |prog: &Prog<'a>| {
            let (id, name) = (prog.id, prog.name);
            let ids = prog.map_ids.into_iter().flat_map(|ids| ids.iter());
            ids.map(move |map_id| User { map_id, id, name })
        };
        let mut users: Vec<_> = progs.iter().flat_map(users).collect();
        users.sort_by_key(|user| user.map_id);
        Self(users)
    }

    /// The programs that use a map.
    pub fn of(&self, map_id: u32) -> &[User<'a>] {
        let start = self.0.partition_point(|user| user.map_id < map_id);
        let count = self.0[start..].iter().take_while(|user| user.map_id == map_id).count();
        &self.0[start..start + count]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Ids;

    #[test]
    fn a_map_has_the_programs_that_use_it() {
        let prog =
            |id, maps: &'static [u8]| Prog { id, map_ids: Ids::new(maps), ..Prog::default() };
        let users = UsersByMap::new(&[prog(1, b"7,8"), prog(2, b"7")]);
        let of = |map| -> Vec<u32> { users.of(map).iter().map(|user| user.id).collect() };
        assert_eq!((of(7), of(8), of(9)), (vec![1, 2], vec![1], Vec::new()));
    }
}
