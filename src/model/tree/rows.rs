//! The rows that a tree is made of, with one for everything that another row speaks of.

use std::collections::BTreeMap;

use crate::model::{
    AttachPoint, Attachment, AttachmentIndex, AttachmentRows, DirectAttachment, Function, Holders,
    Link, Map, Name, Prog,
};

/// What the texts of one machine say.
pub struct TreeRows<'a> {
    /// In the order of their ids; a program that only others speak of has what they say.
    pub(super) progs: Vec<Prog<'a>>,
    /// In the order of their ids; a map that only others speak of has no more than its name.
    pub(super) maps: Vec<Map<'a>>,
    pub(super) attachments: AttachmentIndex<'a>,
    /// `None` where there is no text of processes.
    pub(super) holders: Option<Holders<'a>>,
}

/// The rows beside those of programs, in any order; `None` for a text that there is not.
#[derive(Default)]
pub struct Beside<'a> {
    /// Maps.
    pub maps: Option<Vec<Map<'a>>>,
    /// Whether their text tells of what is attached to them.
    pub has_bound: bool,
    /// Links.
    pub links: Option<Vec<Link<'a>>>,
    /// Attachments without a link.
    pub direct: Option<Vec<DirectAttachment<'a>>>,
    /// Processes.
    pub holders: Option<Holders<'a>>,
}

impl<'a> TreeRows<'a> {
    /// Takes programs in any order, and what else is at hand.
    pub fn new(progs: Vec<Prog<'a>>, beside: Beside<'a>) -> Self {
        let Beside { maps, has_bound, links, direct, holders } = beside;
        let attachments = AttachmentIndex::new(AttachmentRows {
            links,
            direct,
            maps: maps.as_deref().filter(|_| has_bound),
            holders: holders.as_ref(),
        });
        let progs = all_progs(progs, attachments.attachments());
        let maps = all_maps(maps.unwrap_or_default(), &progs, attachments.attachments());
        Self { progs, maps, attachments, holders }
    }

    /// All programs that any row speaks of.
    pub fn progs(&self) -> &[Prog<'a>] {
        &self.progs
    }

    /// What is known of attachments.
    pub fn attachments(&self) -> &AttachmentIndex<'a> {
        &self.attachments
    }

    /// The processes, `None` where there is no text of them.
    pub fn holders(&self) -> Option<&Holders<'a>> {
        self.holders.as_ref()
    }
}

/// A program may come, and be attached, after the programs were read.
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
    // The row of what a program was loaded for may be one that could not be read.
    for prog in &progs {
        if let Some(id) = prog.target_id {
            by_id.entry(id).or_insert(Prog { id, name: prog.target, ..Prog::default() });
        }
    }
    by_id.extend(progs.into_iter().map(|prog| (prog.id, prog)));
    by_id.into_values().collect()
}

fn all_maps<'r, 'a: 'r>(
    maps: Vec<Map<'a>>,
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
    by_id.extend(maps.into_iter().map(|map| (map.id, map)));
    by_id.into_values().collect()
}
