//! The texts of other kinds, joined to the rows of a query.

use memchr::memmem::Finder;

use super::faults::Faults;
use super::text::Text;
use crate::cmd::message::note;
use crate::error::{Error, Result};
use crate::model::{Beside, Holder, Holders, Joined, Kind, Prog, UsersByMap, WaySet};
use crate::parse::{Format, Row};
use crate::source::SourceDir;

/// The texts of other kinds. What a missing text would tell is unknown.
#[derive(Default)]
pub(in crate::cmd) struct Texts {
    texts: Vec<Text>,
    /// Whether that of processes may leave out some.
    hides_processes: bool,
}

impl Texts {
    /// Reads the texts of these kinds. The rows' own text must have been read before, so that links
    /// of a listed program are complete. A text that cannot be read is left out, with a fault, or
    /// with a note if read(2) failed.
    pub(in crate::cmd) fn read(
        kinds: &[Kind],
        dir: &SourceDir,
        hides_processes: bool,
        faults: &mut Faults,
    ) -> Self {
        let mut texts = Vec::new();
        for kind in kinds {
            match read(*kind, dir) {
                Some(Ok(text)) => texts.push(text),
                Some(Err(error @ Error::Path { .. })) => note(&format!("{error}; it is left out")),
                Some(Err(error)) => faults.add(error),
                None => {}
            }
        }
        Self { texts, hides_processes }
    }

    /// Reads the text of maps as well.
    pub(in crate::cmd) fn add_maps(&mut self, dir: &SourceDir, faults: &mut Faults) {
        if self.of(Kind::Maps).is_none() {
            self.texts.extend(Self::read(&[Kind::Maps], dir, false, faults).texts);
        }
    }

    /// The programs of links and of what is attached directly, in ascending order; `None` where some
    /// target is gone, so that its program need not be attached.
    pub(in crate::cmd) fn attached_progs(&self) -> Option<Vec<u32>> {
        let gone = Finder::new(b" detached=1");
        let mut progs = Vec::new();
        for text in [Kind::Links, Kind::Attached, Kind::Descriptors]
            .into_iter()
            .filter_map(|kind| self.of(kind))
        {
            for piece in text.pieces() {
                if gone.find(piece).is_some() {
                    return None;
                }
                let format = text.format();
                progs
                    .extend(format.into_iter().flat_map(|f| f.numbers("prog_id", piece)).flatten());
            }
        }
        progs.sort_unstable();
        Some(progs)
    }

    /// What the texts leave out, each in a sentence.
    pub(in crate::cmd) fn cuts(&self) -> impl Iterator<Item = String> {
        self.texts.iter().flat_map(Text::cuts)
    }

    fn of(&self, kind: Kind) -> Option<&Text> {
        self.texts.iter().find(|text| text.kind == kind)
    }

    /// Parses and joins them, and names the kinds of which they tell all; a line that cannot be parsed
    /// is a fault.
    pub(in crate::cmd) fn join(&self, faults: &mut Faults) -> (Joined<'_>, Vec<Kind>) {
        // The kernel's own text has no ids of maps.
        let is_wide =
            |format: Option<&Format>| format.is_none_or(|format| matches!(format, Format::Wide(_)));
        let progs = self.of(Kind::Progs).filter(|progs| is_wide(progs.format()));
        let users = progs.map(|progs| UsersByMap::new(&progs.rows::<Prog<'_>>(faults)));
        let mut whole = Vec::new();
        let maps = self.rows(faults, &mut whole);
        let links = self.rows(faults, &mut whole);
        let direct = self.rows(faults, &mut whole);
        let descriptors = self.rows(faults, &mut whole);
        let holders = self.rows::<Holder<'_>>(faults, &mut whole).map(Holders::new);
        let told = WaySet::told(|kind, column| {
            let format = self.of(kind).and_then(Text::format);
            let has = |column| format.is_none_or(|format| format.has(column));
            whole.contains(&kind) && column.is_none_or(has)
        });
        let has_all_maps = whole.contains(&Kind::Maps);
        let beside =
            Beside { users, maps, has_all_maps, links, direct, descriptors, holders, told };
        (Joined::new(beside), whole)
    }

    /// The rows of a kind, where there is its text; if that tells all, the kind is added to `whole`.
    fn rows<'a, R: Row<'a>>(
        &'a self,
        faults: &mut Faults,
        whole: &mut Vec<Kind>,
    ) -> Option<Vec<R>> {
        let (text, before) = (self.of(R::KIND)?, faults.count());
        let rows = text.rows(faults);
        let is_hidden = R::KIND == Kind::Holders && self.hides_processes;
        if faults.count() == before && text.tells_all() && !is_hidden {
            whole.push(R::KIND);
        }
        Some(rows)
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
