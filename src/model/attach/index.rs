//! All attachments of a machine, indexed by program.

use super::{Attachment, DirectAttachment, ProgAttachments};
use crate::model::{Holders, Link, Map, Prog};

/// Rows sorted by program, so that those of one program are adjacent.
#[derive(Clone, Debug, Default)]
struct ByProg<R>(Vec<R>);

/// A row that belongs to a program.
trait OfProg {
    fn prog_id(&self) -> Option<u32>;
}

impl OfProg for Link<'_> {
    fn prog_id(&self) -> Option<u32> {
        self.prog_id
    }
}

impl OfProg for DirectAttachment<'_> {
    fn prog_id(&self) -> Option<u32> {
        Some(self.prog_id)
    }
}

impl<R: OfProg> ByProg<R> {
    /// Sorts rows by program; the sort is stable.
    fn new(mut rows: Vec<R>) -> Self {
        rows.sort_by_key(R::prog_id);
        Self(rows)
    }

    /// The rows of a program.
    fn of(&self, prog_id: u32) -> &[R] {
        let rest = &self.0[self.0.partition_point(|row| row.prog_id() < Some(prog_id))..];
        // Not counted one by one: a program may have thousands, and be asked for by each of them.
        &rest[..rest.partition_point(|row| row.prog_id() == Some(prog_id))]
    }
}

/// The rows that tell of attachments, in any order; `None` for a text that is not at hand.
#[derive(Clone, Debug, Default)]
pub struct AttachmentRows<'r, 'a> {
    /// Links.
    pub links: Option<Vec<Link<'a>>>,
    /// What is attached to devices, cgroups and namespaces without a link.
    pub direct: Option<Vec<DirectAttachment<'a>>>,
    /// Maps, where their text tells of what is attached to them, or by them.
    pub maps: Option<&'r [Map<'a>]>,
    /// Descriptors of processes.
    pub holders: Option<&'r Holders<'a>>,
}

/// Which texts were read: an attachment may be in one that was not.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::model) struct Sources {
    /// Links.
    pub(in crate::model) links: bool,
    /// What maps tell of the programs attached to them, or by them.
    pub(in crate::model) maps: bool,
}

/// Every attachment that is known, by program.
#[derive(Clone, Debug, Default)]
pub struct AttachmentIndex<'a> {
    links: ByProg<Link<'a>>,
    direct: ByProg<DirectAttachment<'a>>,
    sources: Sources,
}

impl<'a> AttachmentIndex<'a> {
    /// An index of nothing, where no text is at hand.
    pub const EMPTY: Self = Self {
        links: ByProg(Vec::new()),
        direct: ByProg(Vec::new()),
        sources: Sources { links: false, maps: false },
    };

    /// Joins all rows with their programs.
    ///
    /// A struct_ops link has no program of its own, and is listed with each program of its map. If
    /// a link attaches a program to a perf event, the event's descriptor is left out.
    pub fn new(rows: AttachmentRows<'_, 'a>) -> Self {
        let sources = Sources { links: rows.links.is_some(), maps: rows.maps.is_some() };
        let mut links = rows.links.unwrap_or_default();
        for i in 0..links.len() {
            let link = links[i];
            let ids = link.target.point.prog_ids();
            links.extend(ids.map(|id| Link { prog_id: Some(id), ..link }));
        }
        let links = ByProg::new(links);
        let is_linked =
            |id: u32, target| links.of(id).iter().any(|link: &Link<'_>| link.target == target);
        let mut direct = rows.direct.unwrap_or_default();
        direct.retain(|row| !row.is_missing());
        direct.extend(rows.maps.into_iter().flatten().flat_map(DirectAttachment::of_map));
        let held = rows.holders.into_iter().flat_map(Holders::attachments);
        let held = held.filter(|held| !is_linked(held.id, held.target));
        direct.extend(held.filter_map(DirectAttachment::of_holder));
        let direct = ByProg::new(direct);
        Self { links, direct, sources }
    }

    /// The attachments of a program.
    pub fn of<'r>(&'r self, prog: &Prog<'a>) -> ProgAttachments<'r>
    where
        'a: 'r,
    {
        let (links, direct) = (self.links.of(prog.id), self.direct.of(prog.id));
        ProgAttachments::new(prog.load_target(), links, direct, self.sources)
    }

    /// All links; one of struct_ops also with each of its programs.
    pub(in crate::model) fn links(&self) -> &[Link<'a>] {
        &self.links.0
    }

    /// Every attachment, those of a program side by side.
    pub(in crate::model) fn attachments(&self) -> impl Iterator<Item = Attachment<'_, 'a>> {
        let links = self.links.0.iter().map(Attachment::Link);
        links.chain(self.direct.0.iter().map(Attachment::Direct))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{AttachPoint, Ids, MapProgs, Name, StructOps, Target, words};

    fn link(id: u32, prog_id: u32) -> Link<'static> {
        Link { id, prog_id: Some(prog_id), ..Link::default() }
    }

    fn of_links(links: Vec<Link<'static>>) -> AttachmentIndex<'static> {
        AttachmentIndex::new(AttachmentRows { links: Some(links), ..AttachmentRows::default() })
    }

    fn ids(index: &AttachmentIndex<'_>, id: u32) -> Vec<u32> {
        index
            .of(&Prog { id, ..Prog::default() })
            .attachments()
            .filter_map(Attachment::link_id)
            .collect()
    }

    #[test]
    fn a_program_has_all_its_links_in_their_order_and_no_other() {
        let index = of_links(vec![link(1, 9), link(2, 7), link(3, 9), link(4, 8)]);
        assert_eq!(ids(&index, 9), [1, 3]);
        assert_eq!(ids(&index, 7), [2]);
        assert!(ids(&index, 6).is_empty() && ids(&index, 10).is_empty());
    }

    #[test]
    fn a_link_of_struct_ops_stands_with_every_program_of_its_map() {
        let point = AttachPoint::StructOps(StructOps {
            prog_ids: Ids::new(b"5,3"),
            ..StructOps::default()
        });
        let target = Target { point, ..Target::default() };
        let index = of_links(vec![Link { id: 1, target, ..Link::default() }, link(2, 5)]);
        assert_eq!(ids(&index, 5), [2, 1]);
        assert_eq!(ids(&index, 3), [1]);
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
        let links = || Some(vec![link(1, 1)]);
        let is_loaded_only = |prog: &Prog<'static>, links, maps: Option<&[Map<'static>]>| {
            let rows = AttachmentRows { links, maps, ..AttachmentRows::default() };
            AttachmentIndex::new(rows).of(prog).is_loaded_only()
        };
        assert!(!is_loaded_only(&fentry, None, None), "links are not known");
        assert!(!is_loaded_only(&fentry, links(), None));
        assert!(is_loaded_only(&Prog { id: 2, ..fentry }, links(), None));
        // A map update attaches it, and leaves no link.
        let struct_ops = Prog { id: 2, prog_type: Some(27), ..fentry };
        assert!(!is_loaded_only(&struct_ops, links(), None));
        let map = |bound| [Map { bound: MapProgs::new(bound), ..Map::default() }];
        let [its, other] = [b"2", b"3"].map(|bound| map(bound));
        assert!(!is_loaded_only(&struct_ops, links(), Some(&its)));
        assert!(is_loaded_only(&struct_ops, links(), Some(&other)));
    }
}
