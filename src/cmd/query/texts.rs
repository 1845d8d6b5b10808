//! The texts of other kinds, joined to the rows of a query.

use super::faults::Faults;
use super::text::Text;
use crate::cmd::message::note;
use crate::error::{Error, Result};
use crate::model::{Beside, Holder, Holders, Joined, Kind, Prog, UsersByMap};
use crate::parse::{Format, Row};
use crate::source::SourceDir;

/// The texts of other kinds. What a missing text would tell is unknown.
#[derive(Default)]
pub(in crate::cmd) struct Texts(Vec<Text>);

impl Texts {
    /// Reads the texts of these kinds. The rows' own text must have been read before, so that links
    /// of a listed program are complete. A text that cannot be read is left out, with a fault, or
    /// with a note if read(2) failed.
    pub(in crate::cmd) fn read(kinds: &[Kind], dir: &SourceDir, faults: &mut Faults) -> Self {
        let mut texts = Vec::new();
        for kind in kinds {
            match read(*kind, dir) {
                Some(Ok(text)) => texts.push(text),
                Some(Err(error @ Error::Path { .. })) => note(&format!("{error}; it is left out")),
                Some(Err(error)) => faults.add(error),
                None => {}
            }
        }
        Self(texts)
    }

    /// What the texts leave out, each in a sentence.
    pub(in crate::cmd) fn cuts(&self) -> impl Iterator<Item = String> {
        self.0.iter().flat_map(Text::cuts)
    }

    fn of(&self, kind: Kind) -> Option<&Text> {
        self.0.iter().find(|text| text.kind == kind)
    }

    /// Parses and joins them; a line that cannot be parsed is a fault.
    pub(in crate::cmd) fn join(&self, faults: &mut Faults) -> Joined<'_> {
        // The kernel's own text has no ids of maps.
        let is_wide =
            |format: Option<&Format>| format.is_none_or(|format| matches!(format, Format::Wide(_)));
        let progs = self.of(Kind::Progs).filter(|progs| is_wide(progs.format()));
        let maps = self.of(Kind::Maps).and_then(Text::format);
        Joined::new(Beside {
            users: progs.map(|progs| UsersByMap::new(&progs.rows::<Prog<'_>>(faults))),
            maps: self.rows(faults),
            has_bound: maps.is_none_or(|format| format.has("bound")),
            links: self.rows(faults),
            direct: self.rows(faults),
            holders: self.rows::<Holder<'_>>(faults).map(Holders::new),
        })
    }

    /// The rows of a kind, where there is its text.
    fn rows<'a, R: Row<'a>>(&'a self, faults: &mut Faults) -> Option<Vec<R>> {
        self.of(R::KIND).map(|text| text.rows(faults))
    }
}

/// How often to restart a text whose iterator lost its position because the object there was freed.
const TRIES: usize = 8;

/// Reads a text of a directory; `None` where it has none.
fn read(kind: Kind, dir: &SourceDir) -> Option<Result<Text>> {
    let mut tries = 1;
    loop {
        match Text::read(kind, dir.open(kind)?) {
            Err(error) if error.is_busy() && tries < TRIES => tries += 1,
            text => return Some(text),
        }
    }
}
