//! The join of the texts of one machine.

use super::{
    AttachmentIndex, AttachmentRows, DescriptorAttachment, DirectAttachment, Holders, Kind, Link,
    Map, MapMemory, Name, UsersByMap, WaySet,
};

/// The rows to join with those of a listing, in any order; `None` for a text that was not read.
#[derive(Clone, Debug, Default)]
pub struct Beside<'a> {
    /// The programs that use maps.
    pub users: Option<UsersByMap<'a>>,
    /// Maps.
    pub maps: Option<Vec<Map<'a>>>,
    /// Whether these are all maps.
    pub has_all_maps: bool,
    /// Links.
    pub links: Option<Vec<Link<'a>>>,
    /// Attachments without a link.
    pub direct: Option<Vec<DirectAttachment<'a>>>,
    /// Attachments through descriptors.
    pub descriptors: Option<Vec<DescriptorAttachment<'a>>>,
    /// Processes.
    pub holders: Option<Holders<'a>>,
    /// The ways of attaching programs of which these rows tell all; see [`WaySet::told`].
    pub told: WaySet,
}

/// The same rows, indexed by the objects that they are about.
#[derive(Clone, Debug, Default)]
pub struct Joined<'a> {
    attachments: AttachmentIndex<'a>,
    has_links: bool,
    has_direct: bool,
    has_descriptors: bool,
    users: Option<UsersByMap<'a>>,
    maps: Option<Vec<Map<'a>>>,
    memory: Option<MapMemory>,
    holders: Option<Holders<'a>>,
    has_all_maps: bool,
}

impl<'a> Joined<'a> {
    /// Joins the rows.
    pub fn new(beside: Beside<'a>) -> Self {
        let Beside { users, maps, has_all_maps, links, direct, descriptors, holders, told } =
            beside;
        let (has_links, has_direct) = (links.is_some(), direct.is_some());
        let has_descriptors = descriptors.is_some();
        let attachments = AttachmentIndex::new(AttachmentRows {
            links,
            direct,
            maps: maps.as_deref(),
            has_all_maps,
            told,
            descriptors,
            holders: holders.as_ref(),
        });
        let memory = maps.as_deref().map(MapMemory::new);
        Self {
            attachments,
            has_links,
            has_direct,
            has_descriptors,
            users,
            maps,
            memory,
            holders,
            has_all_maps,
        }
    }

    /// Whether the text of a kind was read, and has the columns that a join needs.
    pub fn has(&self, kind: Kind) -> bool {
        match kind {
            Kind::Progs => self.users.is_some(),
            Kind::Maps => self.maps.is_some(),
            Kind::Links => self.has_links,
            Kind::Attached => self.has_direct,
            Kind::Descriptors => self.has_descriptors,
            Kind::Holders => self.holders.is_some(),
        }
    }

    /// Every attachment, by program.
    pub fn attachments(&self) -> &AttachmentIndex<'a> {
        &self.attachments
    }

    /// The programs that use maps; `None` where their text is not at hand.
    pub fn users(&self) -> Option<&UsersByMap<'a>> {
        self.users.as_ref()
    }

    /// The maps; none, where their text is not at hand.
    pub fn maps(&self) -> &[Map<'a>] {
        self.maps.as_deref().unwrap_or_default()
    }

    /// Whether these are all maps.
    pub fn has_all_maps(&self) -> bool {
        self.has_all_maps
    }

    /// The ids and names of the maps; each has two names.
    pub fn map_names(&self) -> impl Iterator<Item = (u32, Option<Name<'a>>)> {
        self.maps().iter().flat_map(|map| map.names().map(|name| (map.id, name)))
    }

    /// The memory of the maps; `None` where their text is not at hand.
    pub fn memory(&self) -> Option<&MapMemory> {
        self.memory.as_ref()
    }

    /// The processes; `None` where their text is not at hand.
    pub fn holders(&self) -> Option<&Holders<'a>> {
        self.holders.as_ref()
    }
}
