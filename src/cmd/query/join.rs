//! What other texts say of the rows of one.

use super::faults::Faults;
use super::whole::Whole;
use crate::cmd::note;
use crate::error::{Error, Result};
use crate::model::{
    AttachmentIndex, AttachmentRows, DirectAttachment, Holder, Holders, Kind, Link, Map, Name,
    Prog, UsersByMap,
};
use crate::parse::{Format, Row};
use crate::source::SourceDir;
use crate::view::Context;

/// The texts of other kinds, as read; a kind whose text is not to be had is missing, and what it
/// would tell is not known.
#[derive(Default)]
pub(in crate::cmd) struct Texts(Vec<Whole>);

impl Texts {
    /// Reads the texts of these kinds in one place. The rows that they are of have been read
    /// before: so an object that is named in both is in both. A text that cannot be read is missing,
    /// and a fault or, where the kernel could not print it, a note.
    pub(in crate::cmd) fn read(kinds: &[Kind], place: &SourceDir, faults: &mut Faults) -> Self {
        let mut texts = Vec::new();
        for kind in kinds {
            match read(*kind, place) {
                Some(Ok(text)) => texts.push(text),
                Some(Err(error @ Error::Path { .. })) => note(&format!("{error}; it is left out")),
                Some(Err(error)) => faults.add(error),
                None => {}
            }
        }
        Self(texts)
    }

    /// The same with a text of another kind, which has been read before.
    pub(in crate::cmd) fn with(mut self, text: Whole) -> Self {
        self.0.push(text);
        self
    }

    /// What the texts leave out, each in a sentence.
    pub(in crate::cmd) fn cuts(&self) -> impl Iterator<Item = String> {
        self.0.iter().flat_map(Whole::cuts)
    }

    fn of(&self, kind: Kind) -> Option<&Whole> {
        self.0.iter().find(|text| text.kind == kind)
    }

    /// What the header of the text of a kind says, where it is not empty.
    pub(in crate::cmd) fn format(&self, kind: Kind) -> Option<&Format> {
        self.of(kind)?.format()
    }

    /// What they say; a line that is no row is a fault.
    pub(in crate::cmd) fn joined(&self, faults: &mut Faults) -> Joined<'_> {
        // The kernel's own text has no ids of maps.
        let is_wide =
            |format: Option<&Format>| format.is_none_or(|format| matches!(format, Format::Wide(_)));
        let progs = self.of(Kind::Progs).filter(|progs| is_wide(progs.format()));
        let users = progs.map(|progs| UsersByMap::new(&progs.rows::<Prog<'_>>(faults)));
        let maps = self.rows::<Map<'_>>(faults);
        let tells = self.format(Kind::Maps).is_none_or(|format| format.has("bound"));
        let links = self.rows::<Link<'_>>(faults);
        let direct = self.rows::<DirectAttachment<'_>>(faults);
        let holders = self.rows::<Holder<'_>>(faults).map(Holders::new);
        let (has_links, has_direct) = (links.is_some(), direct.is_some());
        let attachments = AttachmentIndex::new(AttachmentRows {
            links,
            direct,
            maps: maps.as_deref().filter(|_| tells),
            holders: holders.as_ref(),
        });
        Joined { attachments, has_links, has_direct, users, maps, holders }
    }

    /// The rows of a kind, where there is its text; a line that is no row is a fault.
    pub(in crate::cmd) fn rows<'a, R: Row<'a>>(&'a self, faults: &mut Faults) -> Option<Vec<R>> {
        self.of(R::KIND).map(|text| text.rows(faults))
    }
}

/// How often a text is read from its start whose reader the kernel has lost, as what it stood on went
/// while it was not reading.
const TRIES: usize = 8;

/// Reads a text of a place; `None` where it has none.
fn read(kind: Kind, place: &SourceDir) -> Option<Result<Whole>> {
    let mut tries = 1;
    loop {
        match Whole::read(kind, place.open(kind)?) {
            Err(error) if error.is_busy() && tries < TRIES => tries += 1,
            text => return Some(text),
        }
    }
}

/// What other texts say, by the rows of one.
#[derive(Default)]
pub(in crate::cmd) struct Joined<'a> {
    attachments: AttachmentIndex<'a>,
    has_links: bool,
    has_direct: bool,
    users: Option<UsersByMap<'a>>,
    maps: Option<Vec<Map<'a>>>,
    holders: Option<Holders<'a>>,
}

impl<'a> Joined<'a> {
    /// Whether there is a text of the kind that tells what is asked of it.
    pub(in crate::cmd) fn has(&self, kind: Kind) -> bool {
        match kind {
            Kind::Progs => self.users.is_some(),
            Kind::Maps => self.maps.is_some(),
            Kind::Links => self.has_links,
            Kind::Attached => self.has_direct,
            Kind::Holders => self.holders.is_some(),
        }
    }

    /// The ids and names of the maps.
    pub(in crate::cmd) fn map_names(&self) -> impl Iterator<Item = (u32, Option<Name<'a>>)> {
        self.maps.iter().flatten().map(|map| (map.id, map.name))
    }

    /// The same, for getters.
    pub(in crate::cmd) fn context(&self) -> Context<'_> {
        Context {
            attachments: &self.attachments,
            users: self.users.as_ref(),
            holders: self.holders.as_ref(),
            ..Context::default()
        }
    }
}
