//! All attachments of a machine, indexed by program.

use std::collections::HashSet;

use super::ways::Unread;
use super::{Attachment, DirectAttachment, ProgAttachments, WaySet};
use crate::model::{DescriptorAttachment, Holders, Link, Map, Prog, Target, words};

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
    /// Maps.
    pub maps: Option<&'r [Map<'a>]>,
    /// Whether these are all maps.
    pub has_all_maps: bool,
    /// The ways of attaching programs of which the rows tell all.
    pub told: WaySet,
    /// What is attached through descriptors, whosever they are.
    pub descriptors: Option<Vec<DescriptorAttachment<'a>>>,
    /// Descriptors of processes.
    pub holders: Option<&'r Holders<'a>>,
}

/// Every attachment that is known, by program.
#[derive(Clone, Debug)]
pub struct AttachmentIndex<'a> {
    links: ByProg<Link<'a>>,
    direct: ByProg<DirectAttachment<'a>>,
    /// An attachment may be where nobody has looked.
    unread: Unread,
}

impl Default for AttachmentIndex<'_> {
    fn default() -> Self {
        Self::EMPTY
    }
}

impl<'a> AttachmentIndex<'a> {
    /// An index of nothing, where no text is at hand.
    pub const EMPTY: Self =
        Self { links: ByProg(Vec::new()), direct: ByProg(Vec::new()), unread: Unread::ALL };

    /// Joins all rows with their programs.
    ///
    /// A struct_ops link has no program of its own, and is listed with each program of its map. If
    /// a link attaches a program to a perf event, the event's descriptor is left out. Equal rows of
    /// descriptors are one attachment, which a holder's row tells more of.
    pub fn new(rows: AttachmentRows<'_, 'a>) -> Self {
        let mut unread = Unread::new(rows.told, rows.maps.filter(|_| rows.has_all_maps));
        rows.links.iter().flatten().filter_map(doubted).for_each(|of| unread.doubt_links(of));
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
        let held: Vec<_> = held.filter_map(DirectAttachment::of_holder).collect();
        let place = |row: &DirectAttachment<'a>| {
            (row.prog_id, row.kind, Target { descriptor: None, ..row.target })
        };
        let mut known: HashSet<_> = held.iter().map(place).collect();
        let through = rows.descriptors.into_iter().flatten();
        // The row of id 0 says that there are others.
        let through = through.filter(|row| row.prog_id != 0);
        let through = through.filter(|row| !is_linked(row.prog_id, row.target));
        let through = through.filter_map(|row| DirectAttachment::of_descriptor(&row));
        direct.extend(through.filter(|row| known.insert(place(row))));
        direct.extend(held);
        let direct = ByProg::new(direct);
        Self { links, direct, unread }
    }

    /// The attachments of a program.
    pub fn of<'r>(&'r self, prog: &Prog<'a>) -> ProgAttachments<'r>
    where
        'a: 'r,
    {
        let (links, direct) = (self.links.of(prog.id), self.direct.of(prog.id));
        ProgAttachments::new(prog.load_target(), links, direct, self.unread.of(prog.prog_type))
    }

    /// All links; one of struct_ops also with each of its programs.
    pub fn links(&self) -> &[Link<'a>] {
        &self.links.0
    }

    /// Every attachment, those of a program side by side.
    pub(in crate::model) fn attachments(&self) -> impl Iterator<Item = Attachment<'_, 'a>> {
        let links = self.links.0.iter().map(Attachment::Link);
        links.chain(self.direct.0.iter().map(Attachment::Direct))
    }
}

/// The type of programs, or any, of which a link may have some that its row does not name. A link
/// whose target is gone has none.
fn doubted(link: &Link<'_>) -> Option<Option<u32>> {
    if link.prog_id.is_some() || link.target.detached {
        return None;
    }
    let is_struct_ops = link.link_type == Some(words::STRUCT_OPS_LINK);
    let names_all = !link.target.cut && link.target.point.prog_ids().next().is_some();
    (!is_struct_ops || !names_all).then_some(is_struct_ops.then_some(words::STRUCT_OPS))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{
        AttachPoint, AttachState, FdKind, Holder, Ids, Kind, Kprobe, MapProgs, Name, StructOps,
        Target,
    };

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
    fn an_event_with_several_descriptors_is_one_attachment_and_none_where_a_link_attaches_it() {
        let target = |symbol: &'static [u8]| {
            let symbol = Some(Name::new(symbol));
            let point = AttachPoint::Kprobe(Kprobe { symbol, ..Kprobe::default() });
            Target { point, ..Target::default() }
        };
        let row = |prog_id, symbol| DescriptorAttachment {
            prog_id,
            through: Some(FdKind::PerfEvent),
            target: target(symbol),
            ..DescriptorAttachment::default()
        };
        let descriptors =
            vec![row(7, b"f"), row(7, b"g"), row(7, b"f"), row(8, b"f"), row(0, b"f")];
        let links = vec![Link {
            link_type: Some(words::PERF_EVENT_LINK),
            target: target(b"g"),
            ..link(1, 7)
        }];
        let holder = Holder {
            held: Some(FdKind::PerfEvent),
            id: 8,
            pid: 42,
            target: target(b"f"),
            ..Holder::default()
        };
        let holders = Holders::new(vec![holder]);
        let index = AttachmentIndex::new(AttachmentRows {
            links: Some(links),
            descriptors: Some(descriptors),
            holders: Some(&holders),
            ..AttachmentRows::default()
        });
        let places = |id| -> Vec<_> {
            let of = index.of(&Prog { id, ..Prog::default() });
            of.attachments()
                .map(|at| (at.kind(), at.target().descriptor.map(|by| by.pid)))
                .collect()
        };
        assert_eq!(places(7), [(Some("kprobe"), None), (Some("kprobe"), None)]);
        assert_eq!(places(8), [(Some("kprobe"), Some(42))], "a holder's row tells more");
    }

    /// The state of a program where links are at hand, and maps, each if there are any.
    fn state(
        prog: &Prog<'static>,
        links: Option<Vec<Link<'static>>>,
        maps: Option<&[Map<'static>]>,
    ) -> AttachState {
        let told = WaySet::told(|kind, _| match kind {
            Kind::Links => links.is_some(),
            Kind::Maps => maps.is_some(),
            _ => false,
        });
        let has_all_maps = maps.is_some();
        let rows = AttachmentRows { links, maps, has_all_maps, told, ..AttachmentRows::default() };
        AttachmentIndex::new(rows).of(prog).state()
    }

    fn fentry() -> Prog<'static> {
        Prog {
            id: 1,
            prog_type: Some(words::TRACING),
            expected_attach_type: Some(24),
            attached: Some(Name::new(b"vfs_unlink")),
            ..Prog::default()
        }
    }

    #[test]
    fn a_program_loaded_for_a_function_and_never_attached_differs_from_one_that_may_be() {
        use AttachState::*;
        let links = || Some(vec![link(1, 1)]);
        let other = Prog { id: 2, ..fentry() };
        assert_eq!(state(&fentry(), None, None), Unknown);
        assert_eq!(state(&fentry(), links(), None), Attached);
        assert_eq!(state(&other, links(), None), Unknown, "there may be program arrays");
        assert_eq!(state(&other, links(), Some(&[])), Loaded);
        // A map update attaches it, and leaves no link.
        let struct_ops = Prog { prog_type: Some(words::STRUCT_OPS), ..other };
        assert_eq!(state(&struct_ops, links(), None), Unknown);
        let map = |bound| {
            let map_type = Some(words::STRUCT_OPS_MAP);
            [Map { bound: MapProgs::new(bound), map_type, ..Map::default() }]
        };
        let [its, other] = [b"2", b"3"].map(|bound| map(bound));
        assert_eq!(state(&struct_ops, links(), Some(&its)), Attached);
        assert_eq!(state(&struct_ops, links(), Some(&other)), Loaded);
    }

    #[test]
    fn a_program_whose_targets_are_all_gone_is_detached() {
        let target = Target { detached: true, ..Target::default() };
        let gone = Link { target, ..link(1, 1) };
        assert_eq!(state(&fentry(), Some(vec![gone]), Some(&[])), AttachState::Detached);
        assert_eq!(state(&fentry(), Some(vec![gone]), None), AttachState::Unknown);
        assert_eq!(state(&fentry(), Some(vec![gone, link(2, 1)]), None), AttachState::Attached);
    }

    #[test]
    fn a_link_that_does_not_name_its_programs_leaves_them_unknown() {
        let of = |link_type, target| {
            let link = Link { id: 1, link_type: Some(link_type), target, ..Link::default() };
            let struct_ops = Prog { prog_type: Some(words::STRUCT_OPS), ..fentry() };
            [fentry(), struct_ops].map(|prog| state(&prog, Some(vec![link]), Some(&[])))
        };
        use AttachState::*;
        let target = |ids: &'static [u8], cut| {
            let prog_ids = Ids::new(ids);
            let point = AttachPoint::StructOps(StructOps { prog_ids, ..StructOps::default() });
            Target { point, cut, ..Target::default() }
        };
        assert_eq!(of(words::STRUCT_OPS_LINK, target(b"7", false)), [Loaded, Loaded]);
        assert_eq!(of(words::STRUCT_OPS_LINK, target(b"7", true)), [Loaded, Unknown]);
        assert_eq!(of(words::STRUCT_OPS_LINK, Target::default()), [Loaded, Unknown]);
        // Of a type that is not known, it may have programs of any.
        assert_eq!(of(99, Target::default()), [Unknown, Unknown]);
        let gone = Target { detached: true, ..Target::default() };
        assert_eq!(of(words::STRUCT_OPS_LINK, gone), [Loaded, Loaded]);
    }
}
