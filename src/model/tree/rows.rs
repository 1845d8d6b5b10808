//! The rows of a tree, completed by one for every object that others refer to.

use std::collections::BTreeMap;

use crate::model::{
    AttachPoint, Attachment, AttachmentIndex, Function, Holders, Joined, Map, Name, Prog,
};

/// What the texts of one machine say.
pub struct TreeRows<'a> {
    /// In the order of their ids; a program that only others speak of has what they say.
    pub(super) progs: Vec<Prog<'a>>,
    /// In the order of their ids; a map that only others speak of has no more than its name.
    pub(super) maps: Vec<Map<'a>>,
    pub(super) attachments: &'a AttachmentIndex<'a>,
    /// `None` where there is no text of processes.
    pub(super) holders: Option<&'a Holders<'a>>,
}

impl<'a> TreeRows<'a> {
    /// Takes programs in any order, and what the other texts say.
    pub fn new(progs: Vec<Prog<'a>>, joined: &'a Joined<'a>) -> Self {
        let attachments = joined.attachments();
        let progs = all_progs(progs, attachments.attachments());
        let maps = all_maps(joined.maps(), &progs, attachments.attachments());
        Self { progs, maps, attachments, holders: joined.holders() }
    }

    /// All programs that any row speaks of.
    pub fn progs(&self) -> &[Prog<'a>] {
        &self.progs
    }
}

/// A program may be loaded and attached after the text of programs was read.
fn all_progs<'r, 'a: 'r>(
    progs: Vec<Prog<'a>>,
    attachments: impl Iterator<Item = Attachment<'r, 'a>>,
) -> Vec<Prog<'a>> {
    let mut by_id: BTreeMap<u32, Prog<'a>> = BTreeMap::new();
    for attachment in attachments {
        let point = &attachment.target().point;
        let (name, prog_type) = (attachment.name(), attachment.prog_type());
        // Of several, one that has its name.
        if let Some(id) =
            attachment.prog_id().filter(|id| name.is_some() || !by_id.contains_key(id))
        {
            by_id.insert(id, Prog { id, name, prog_type, ..Prog::default() });
        }
        if let AttachPoint::Function(Function { prog_id: Some(id), prog_name: name, .. }) = *point {
            by_id.entry(id).or_insert(Prog { id, name, ..Prog::default() });
        }
        for id in point.prog_ids() {
            by_id.entry(id).or_insert(Prog { id, ..Prog::default() });
        }
    }
    // The row of a target program may be one that could not be parsed.
    for prog in &progs {
        if let Some(id) = prog.target_id {
            by_id.entry(id).or_insert(Prog { id, name: prog.target, ..Prog::default() });
        }
    }
    by_id.extend(progs.into_iter().map(|prog| (prog.id, prog)));
    by_id.into_values().collect()
}

fn all_maps<'r, 'a: 'r>(
    maps: &[Map<'a>],
    progs: &[Prog<'a>],
    attachments: impl Iterator<Item = Attachment<'r, 'a>>,
) -> Vec<Map<'a>> {
    let mut by_id: BTreeMap<u32, Map<'a>> = BTreeMap::new();
    let named = attachments
        .filter_map(|attachment| attachment.target().point.map())
        .map(|map| (map.id, map.name));
    let used = progs.iter().filter_map(|prog| prog.map_ids).flat_map(|ids| ids.iter());
    let unnamed: Option<Name<'a>> = None;
    for (id, name) in used.map(|id| (id, unnamed)).chain(named) {
        by_id.insert(id, Map { id, name, ..Map::default() });
    }
    by_id.extend(maps.iter().map(|map| (map.id, *map)));
    by_id.into_values().collect()
}
