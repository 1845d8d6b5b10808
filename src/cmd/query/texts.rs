//! The texts of other kinds, which say more of the rows of one.

use super::faults::Faults;
use super::text::Text;
use crate::cmd::note;
use crate::error::{Error, Result};
use crate::model::{Beside, Holder, Holders, Joined, Kind, Prog, UsersByMap};
use crate::parse::{Format, Row};
use crate::source::SourceDir;

/// The texts of other kinds, as read; a kind whose text is not to be had is missing, and what it
/// would tell is not known.
#[derive(Default)]
pub(in crate::cmd) struct Texts(Vec<Text>);

impl Texts {
    /// Reads the texts of these kinds in one directory. The rows that they are of have been read
    /// before: so an object that is named in both is in both. A text that cannot be read is missing,
    /// and a fault or, where the kernel could not print it, a note.
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

    /// What they say; a line that is no row is a fault.
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

/// How often a text is read from its start whose reader the kernel has lost, as what it stood on went
/// while it was not reading.
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
