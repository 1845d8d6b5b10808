//! Words with blanks between them, of which the sentences for points are made.

use std::fmt;

use crate::model::{Name, ProgRef};
use crate::view::named::Named;

/// The two styles.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Style {
    /// The place and the details: what follows the kind in a list.
    Sentence,
    /// The details alone: what stands at a line of a tree below the place.
    Details,
}

/// Words with blanks between them.
pub(super) struct Words<'f, 'g> {
    f: &'f mut fmt::Formatter<'g>,
    blank: &'static str,
}

impl<'f, 'g> Words<'f, 'g> {
    pub(super) fn new(f: &'f mut fmt::Formatter<'g>) -> Self {
        Self { f, blank: "" }
    }

    /// Words that stand behind others.
    pub(super) fn behind(f: &'f mut fmt::Formatter<'g>) -> Self {
        Self { f, blank: " " }
    }
}

impl Words<'_, '_> {
    pub(super) fn word(&mut self, word: fmt::Arguments<'_>) -> fmt::Result {
        self.f.write_str(self.blank)?;
        self.blank = " ";
        self.f.write_fmt(word)
    }

    pub(super) fn name(&mut self, name: Option<Name<'_>>) -> fmt::Result {
        name.map_or(Ok(()), |name| self.word(format_args!("{name}")))
    }

    pub(super) fn more(&mut self, more: Option<u32>) -> fmt::Result {
        more.map_or(Ok(()), |more| self.word(format_args!("+{more} more")))
    }

    pub(super) fn function(
        &mut self,
        function: Option<Name<'_>>,
        prog: Option<ProgRef<'_>>,
    ) -> fmt::Result {
        self.name(function)?;
        prog.map_or(Ok(()), |prog| self.word(format_args!("@ {}", Named(prog.name, prog.id))))
    }

    /// An offset, which belongs to the word before it.
    pub(super) fn offset(&mut self, offset: fmt::Arguments<'_>, style: Style) -> fmt::Result {
        match style {
            Style::Sentence => self.f.write_fmt(offset),
            Style::Details => self.word(offset),
        }
    }
}
