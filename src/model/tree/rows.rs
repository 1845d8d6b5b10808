//! The rows that a tree is made of, with one for everything that another row speaks of.

use std::collections::BTreeMap;

use crate::model::{Known, Link, LinksByProg, Map, Name, Prog, Unlinked, UnlinkedByProg};

/// What the texts of one machine say.
pub struct Rows<'a> {
    /// In the order of their ids; a program that only a link speaks of has what the link says.
    pub(super) progs: Vec<Prog<'a>>,
    /// In the order of their ids; a map that only others speak of has no more than its name.
    pub(super) maps: Vec<Map<'a>>,
    /// `None` where there is no text of links.
    pub(super) links: Option<LinksByProg<'a>>,
    /// `None` where there is no text of attachments without a link.
    pub(super) unlinked: Option<UnlinkedByProg<'a>>,
    /// `None` where no text of maps tells.
    pub(super) bound: Option<UnlinkedByProg<'a>>,
}

impl<'a> Rows<'a> {
    /// Takes rows in any order, `None` for a text that there is not.
    pub fn new(
        progs: Vec<Prog<'a>>,
        maps: Option<Vec<Map<'a>>>,
        links: Option<Vec<Link<'a>>>,
    ) -> Self {
        let mut by_id: BTreeMap<u32, Prog<'a>> = BTreeMap::new();
        // A program may come, and be attached, after the programs were read.
        for link in links.iter().flatten() {
            let Link { name, prog_type, target, .. } = *link;
            if let Some(id) = link.prog_id {
                by_id.insert(id, Prog { id, name, prog_type, ..Prog::default() });
            }
            if let Some(id) = target.prog_id {
                let name = target.prog_name;
                by_id.entry(id).or_insert(Prog { id, name, ..Prog::default() });
            }
            for id in target.prog_ids.into_iter().flat_map(|ids| ids.iter()) {
                by_id.entry(id).or_insert(Prog { id, ..Prog::default() });
            }
        }
        by_id.extend(progs.into_iter().map(|prog| (prog.id, prog)));
        let progs: Vec<_> = by_id.into_values().collect();

        let mut by_id: BTreeMap<u32, Map<'a>> = BTreeMap::new();
        let named = links.iter().flatten();
        let named = named.filter_map(|link| Some((link.target.map_id?, link.target.map_name)));
        let used = progs.iter().filter_map(|prog| prog.map_ids).flat_map(|ids| ids.iter());
        let unnamed: Option<Name<'a>> = None;
        for (id, name) in used.map(|id| (id, unnamed)).chain(named) {
            by_id.insert(id, Map { id, name, ..Map::default() });
        }
        by_id.extend(maps.into_iter().flatten().map(|map| (map.id, map)));
        let maps = by_id.into_values().collect();
        Self { progs, maps, links: links.map(LinksByProg::new), unlinked: None, bound: None }
    }

    /// The same with what is attached without a link, `None` where there is no text of that.
    pub fn with_unlinked(mut self, unlinked: Option<Vec<Unlinked<'a>>>) -> Self {
        let Some(unlinked) = unlinked else { return self };
        for &Unlinked { prog_id: id, name, prog_type, .. } in &unlinked {
            // As with links: it may come after the programs were read.
            if let Err(place) = self.progs.binary_search_by_key(&id, |prog| prog.id) {
                self.progs.insert(place, Prog { id, name, prog_type, ..Prog::default() });
            }
        }
        self.unlinked = Some(UnlinkedByProg::new(unlinked));
        self
    }

    /// The same with what is attached to maps without a link, which not every text of maps tells.
    pub fn with_bound(mut self) -> Self {
        self.bound = Some(UnlinkedByProg::of_maps(&self.maps));
        self
    }

    /// What is known of attachments.
    pub fn known(&self) -> Known<'_> {
        Known {
            links: self.links.as_ref(),
            unlinked: self.unlinked.as_ref(),
            bound: self.bound.as_ref(),
        }
    }

    /// All programs that any row speaks of.
    pub fn progs(&self) -> &[Prog<'a>] {
        &self.progs
    }

    /// The links, `None` where there is no text of them.
    pub fn links(&self) -> Option<&LinksByProg<'a>> {
        self.links.as_ref()
    }
}
