//! What rows of different files say of each other.

use super::{Attachment, Holders, Link, Map, Name, Prog, Site, Unlinked};

/// Rows in the order of their programs, so that those of one program lie side by side.
#[derive(Clone, Debug, Default)]
pub struct ByProg<R>(Vec<R>);

/// A row that tells of a program.
pub trait OfProg {
    /// The program's id.
    fn prog_id(&self) -> Option<u32>;
}

impl<R: OfProg> ByProg<R> {
    fn sorted(mut rows: Vec<R>) -> Self {
        rows.sort_by_key(R::prog_id);
        Self(rows)
    }

    /// The rows of a program.
    pub fn of(&self, prog_id: u32) -> &[R] {
        let start = self.0.partition_point(|row| row.prog_id() < Some(prog_id));
        let count = self.0[start..].iter().take_while(|row| row.prog_id() == Some(prog_id)).count();
        &self.0[start..start + count]
    }
}

/// Links by their programs.
pub type LinksByProg<'a> = ByProg<Link<'a>>;

impl OfProg for Link<'_> {
    fn prog_id(&self) -> Option<u32> {
        self.prog_id
    }
}

impl<'a> LinksByProg<'a> {
    /// Takes links in any order; those of one program stay in theirs.
    ///
    /// A link of struct_ops has no program of its own, and stands here with each of its map's.
    pub fn new(mut links: Vec<Link<'a>>) -> Self {
        for i in 0..links.len() {
            let link = links[i];
            let ids = link.target.point.prog_ids();
            links.extend(ids.map(|id| Link { prog_id: Some(id), ..link }));
        }
        Self::sorted(links)
    }

    /// All links; one of struct_ops also with each of its programs.
    pub(super) fn all(&self) -> &[Link<'a>] {
        &self.0
    }
}

/// Attachments without a link, by their programs.
pub type UnlinkedByProg<'a> = ByProg<Unlinked<'a>>;

impl OfProg for Unlinked<'_> {
    fn prog_id(&self) -> Option<u32> {
        Some(self.prog_id)
    }
}

impl<'a> UnlinkedByProg<'a> {
    /// Takes what is attached to devices, cgroups and namespaces.
    pub fn new(unlinked: Vec<Unlinked<'a>>) -> Self {
        Self::sorted(unlinked)
    }

    /// Takes maps, which tell of what is attached to them, or by them.
    pub fn of_maps(maps: &[Map<'a>]) -> Self {
        Self::sorted(maps.iter().flat_map(Unlinked::of_map).collect())
    }

    /// Takes descriptors of processes. A perf event that a link attaches the program to has a
    /// descriptor as well, and is left to the link.
    pub fn of_holders(holders: &Holders<'a>, links: Option<&LinksByProg<'a>>) -> Self {
        let is_linked = |id: u32, target| {
            links.is_some_and(|links| links.of(id).iter().any(|link| link.target == target))
        };
        let unlinked = holders.attachments().filter(|held| !is_linked(held.id, held.target));
        Self::sorted(unlinked.filter_map(Unlinked::of_holder).collect())
    }
}

/// What texts tell of attachments; `None` for each that is not at hand.
#[derive(Clone, Copy, Debug, Default)]
pub struct Known<'a> {
    /// Links.
    pub links: Option<&'a LinksByProg<'a>>,
    /// Attachments to devices, cgroups and namespaces without a link.
    pub unlinked: Option<&'a UnlinkedByProg<'a>>,
    /// Attachments to maps without a link.
    pub bound: Option<&'a UnlinkedByProg<'a>>,
    /// Attachments by descriptors of processes.
    pub held: Option<&'a UnlinkedByProg<'a>>,
}

/// Where a program is attached, as far as its own row and those of attachments tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Attached<'a> {
    /// What the program was loaded to be attached to.
    pub loaded_for: Option<Attachment<'a>>,
    /// Its links; `None` where there is no text of links.
    pub links: Option<&'a [Link<'a>]>,
    /// Its attachments without a link; `None` where there is no text of them.
    pub unlinked: Option<&'a [Unlinked<'a>]>,
    /// Those to maps; `None` where no text of maps tells.
    pub bound: Option<&'a [Unlinked<'a>]>,
    /// Those by descriptors of processes; `None` where no text of them is at hand.
    pub held: Option<&'a [Unlinked<'a>]>,
}

impl<'a> Attached<'a> {
    /// Puts together what is known of a program.
    pub fn new(prog: &Prog<'a>, known: Known<'a>) -> Self {
        Self {
            loaded_for: prog.attachment(),
            links: known.links.map(|links| links.of(prog.id)),
            unlinked: known.unlinked.map(|unlinked| unlinked.of(prog.id)),
            bound: known.bound.map(|bound| bound.of(prog.id)),
            held: known.held.map(|held| held.of(prog.id)),
        }
    }

    /// What the program was loaded for, where no attachment says more.
    pub fn loaded_alone(&self) -> Option<&Attachment<'a>> {
        self.loaded_for.as_ref().filter(|_| self.sites().next().is_none())
    }

    /// Where the program is attached: none, where that is not known.
    pub fn sites(&self) -> impl Iterator<Item = Site<'a, 'a>> + use<'a> {
        let links = self.links.unwrap_or_default().iter().map(Site::Link);
        let unlinked = [self.unlinked, self.bound, self.held].into_iter().flatten().flatten();
        let unlinked = unlinked.map(Site::Unlinked);
        links.chain(unlinked)
    }

    /// Whether the program is known not to be attached: it was loaded for what only a link can
    /// attach it to, and has none.
    pub fn is_loaded_only(&self) -> bool {
        const BY_LINK: [&str; 8] =
            ["fentry", "fexit", "fmod_ret", "freplace", "fsession", "iter", "lsm", "tp_btf"];
        let Some(kind) = self.loaded_for.as_ref().and_then(|attachment| attachment.kind) else {
            return false;
        };
        (BY_LINK.contains(&kind) || kind == "struct_ops") && self.is_unattached()
    }

    /// Whether nothing is known that the program is attached to, and what could tell is known. A
    /// program of struct_ops leaves no link where an update of its map attaches it.
    pub fn is_unattached(&self) -> bool {
        let kind = self.loaded_for.as_ref().and_then(|attachment| attachment.kind);
        let is_told = self.links.is_some() && (kind != Some("struct_ops") || self.bound.is_some());
        is_told && self.sites().next().is_none()
    }

    /// The member of the struct that a program of struct_ops implements, which its link does not
    /// tell.
    pub fn member(&self) -> Option<Name<'a>> {
        let attachment = self.loaded_for?;
        attachment.function.filter(|_| attachment.kind == Some("struct_ops"))
    }

    /// Whether there is nothing to say.
    pub fn is_empty(&self) -> bool {
        self.loaded_for.is_none() && self.sites().next().is_none()
    }
}

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
    use super::super::{AttachPoint, Bound, Ids, StructOps, Target, words};
    use super::*;

    fn link(id: u32, prog_id: u32) -> Link<'static> {
        Link { id, prog_id: Some(prog_id), ..Link::default() }
    }

    fn ids(links: &LinksByProg<'_>, prog_id: u32) -> Vec<u32> {
        links.of(prog_id).iter().map(|link| link.id).collect()
    }

    #[test]
    fn a_program_has_all_its_links_in_their_order_and_no_other() {
        let links = LinksByProg::new(vec![link(1, 9), link(2, 7), link(3, 9), link(4, 8)]);
        assert_eq!(ids(&links, 9), [1, 3]);
        assert_eq!(ids(&links, 7), [2]);
        assert!(ids(&links, 6).is_empty() && ids(&links, 10).is_empty());
    }

    #[test]
    fn a_link_of_struct_ops_stands_with_every_program_of_its_map() {
        let point = AttachPoint::StructOps(StructOps {
            prog_ids: Ids::new(b"5,3"),
            ..StructOps::default()
        });
        let target = Target { point, ..Target::default() };
        let links = LinksByProg::new(vec![Link { id: 1, target, ..Link::default() }, link(2, 5)]);
        assert_eq!(ids(&links, 5), [2, 1]);
        assert_eq!(ids(&links, 3), [1]);
    }

    #[test]
    fn a_program_loaded_for_a_function_and_never_attached_differs_from_one_that_may_be() {
        let fentry = Prog {
            id: 1,
            prog_type: Some(words::TRACING),
            expected_attach_type: Some(24),
            attached: Some(Name::new(b"vfs_unlink")),
            ..Prog::default()
        };
        fn is_loaded_only<'a>(
            prog: &Prog<'a>,
            links: Option<&'a LinksByProg<'a>>,
            bound: Option<&'a UnlinkedByProg<'a>>,
        ) -> bool {
            Attached::new(prog, Known { links, bound, ..Known::default() }).is_loaded_only()
        }
        assert!(!is_loaded_only(&fentry, None, None), "links are not known");
        let links = LinksByProg::new(vec![link(1, 1)]);
        assert!(!is_loaded_only(&fentry, Some(&links), None));
        assert!(is_loaded_only(&Prog { id: 2, ..fentry }, Some(&links), None));
        // A map update attaches it, and leaves no link.
        let struct_ops = Prog { id: 2, prog_type: Some(27), ..fentry };
        assert!(!is_loaded_only(&struct_ops, Some(&links), None));
        let map = |bound| Map { bound: Bound::new(bound), ..Map::default() };
        let [its, other] = [b"2", b"3"].map(|bound| UnlinkedByProg::of_maps(&[map(bound)]));
        assert!(!is_loaded_only(&struct_ops, Some(&links), Some(&its)));
        assert!(is_loaded_only(&struct_ops, Some(&links), Some(&other)));
    }

    #[test]
    fn a_map_has_the_programs_that_use_it() {
        let prog =
            |id, maps: &'static [u8]| Prog { id, map_ids: Ids::new(maps), ..Prog::default() };
        let users = UsersByMap::new(&[prog(1, b"7,8"), prog(2, b"7")]);
        let of = |map| -> Vec<u32> { users.of(map).iter().map(|user| user.id).collect() };
        assert_eq!((of(7), of(8), of(9)), (vec![1, 2], vec![1], Vec::new()));
    }
}
