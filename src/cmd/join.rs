//! What other texts say of the rows of one.

use std::path::{Path, PathBuf};

use crate::error::{Error, Result};
use crate::model::{
    Holder, Holders, Kind, Known, Link, LinksByProg, Map, Name, Prog, Unlinked, UnlinkedByProg,
    UsersByMap,
};
use crate::parse::{self, Row, Text};
use crate::source::Place;
use crate::view::Context;

/// The texts of other kinds, as read; a kind whose text is not to be had is missing, and what it
/// would tell is not known.
#[derive(Default)]
pub(super) struct Texts(Vec<(Kind, PathBuf, Vec<u8>)>);

impl Texts {
    /// Reads the texts of these kinds in one place. The rows that they are of have been read
    /// before: so an object that is named in both is in both.
    ///
    /// # Errors
    ///
    /// The read(2) that failed.
    pub(super) fn read(kinds: &[Kind], place: &Place) -> Result<Self> {
        let mut texts = Vec::new();
        for kind in kinds {
            if let Some(reader) = place.open(*kind) {
                texts.push((*kind, reader.path().to_owned(), reader.whole()?));
            }
        }
        Ok(Self(texts))
    }

    /// The same with a text of another kind, which has been read before.
    pub(super) fn with(mut self, kind: Kind, path: &Path, text: Vec<u8>) -> Self {
        self.0.push((kind, path.to_owned(), text));
        self
    }

    /// The text of a kind, where it is not empty.
    ///
    /// # Errors
    ///
    /// A header that is none.
    pub(super) fn text(&self, kind: Kind) -> Result<Option<Text>> {
        let found = self.0.iter().find(|(of, _, file)| *of == kind && !file.is_empty());
        let Some((_, path, file)) = found else { return Ok(None) };
        let bad = |source| Error::Parse { path: path.clone(), source };
        Ok(Some(Text::of(kind, file).map_err(bad)?.0))
    }

    /// What they say.
    ///
    /// # Errors
    ///
    /// A line that is no row.
    pub(super) fn joined(&self) -> Result<Joined<'_>> {
        let links = self.rows::<Link<'_>>()?.map(|(_, links)| LinksByProg::new(links));
        // The kernel's own text has no ids of maps.
        let progs = self.rows::<Prog<'_>>()?.filter(|(is_wide, _)| *is_wide);
        let users = progs.map(|(_, progs)| UsersByMap::new(&progs));
        let maps = self.rows::<Map<'_>>()?.map(|(_, maps)| maps);
        let unlinked = self.rows::<Unlinked<'_>>()?;
        let unlinked = unlinked.map(|(_, unlinked)| UnlinkedByProg::new(unlinked));
        let tells = self.text(Kind::Maps)?.is_none_or(|text| text.has("bound"));
        let bound = maps.as_deref().filter(|_| tells).map(UnlinkedByProg::of_maps);
        let holders = self.rows::<Holder<'_>>()?.map(|(_, holders)| Holders::new(holders));
        let held = holders.as_ref().map(|of| UnlinkedByProg::of_holders(of, links.as_ref()));
        Ok(Joined { links, unlinked, bound, held, users, maps, holders })
    }

    /// The rows of a kind, and whether their text is our own.
    ///
    /// # Errors
    ///
    /// A line that is no row.
    pub(super) fn rows<'a, R: Row<'a>>(&'a self) -> Result<Option<(bool, Vec<R>)>> {
        let Some((_, path, file)) = self.0.iter().find(|(kind, ..)| *kind == R::KIND) else {
            return Ok(None);
        };
        let bad = |source| Error::Parse { path: path.clone(), source };
        if file.is_empty() {
            return Ok(Some((true, Vec::new())));
        }
        let (text, _) = Text::of(R::KIND, file).map_err(bad)?;
        Ok(Some((matches!(text, Text::Wide(_)), parse::rows(file).map_err(bad)?)))
    }
}

/// What other texts say, by the rows of one.
#[derive(Default)]
pub(super) struct Joined<'a> {
    links: Option<LinksByProg<'a>>,
    unlinked: Option<UnlinkedByProg<'a>>,
    bound: Option<UnlinkedByProg<'a>>,
    held: Option<UnlinkedByProg<'a>>,
    users: Option<UsersByMap<'a>>,
    maps: Option<Vec<Map<'a>>>,
    holders: Option<Holders<'a>>,
}

impl<'a> Joined<'a> {
    /// Whether there is a text of the kind that tells what is asked of it.
    pub(super) fn has(&self, kind: Kind) -> bool {
        match kind {
            Kind::Progs => self.users.is_some(),
            Kind::Maps => self.maps.is_some(),
            Kind::Links => self.links.is_some(),
            Kind::Attached => self.unlinked.is_some(),
            Kind::Holders => self.holders.is_some(),
        }
    }

    /// The ids and names of the maps.
    pub(super) fn map_names(&self) -> impl Iterator<Item = (u32, Option<Name<'a>>)> {
        self.maps.iter().flatten().map(|map| (map.id, map.name))
    }

    /// The same, for getters.
    pub(super) fn context(&self) -> Context<'_> {
        Context {
            known: Known {
                links: self.links.as_ref(),
                unlinked: self.unlinked.as_ref(),
                bound: self.bound.as_ref(),
                held: self.held.as_ref(),
            },
            users: self.users.as_ref(),
            holders: self.holders.as_ref(),
            ..Context::default()
        }
    }
}
