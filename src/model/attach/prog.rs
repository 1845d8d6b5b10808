//! Where one program is attached.

use super::index::Sources;
use super::{Attachment, DirectAttachment};
use crate::model::{Link, LoadTarget, Name};

/// The attachments of a program, from its own row and those of attachments.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ProgAttachments<'a> {
    /// What the program was loaded to be attached to.
    pub loaded_for: Option<LoadTarget<'a>>,
    links: &'a [Link<'a>],
    direct: &'a [DirectAttachment<'a>],
    /// Which texts these come from.
    sources: Sources,
}

impl<'a> ProgAttachments<'a> {
    pub(super) fn new(
        loaded_for: Option<LoadTarget<'a>>,
        links: &'a [Link<'a>],
        direct: &'a [DirectAttachment<'a>],
        sources: Sources,
    ) -> Self {
        Self { loaded_for, links, direct, sources }
    }

    /// What the program was loaded for, if no attachment is known.
    pub fn loaded_alone(&self) -> Option<&LoadTarget<'a>> {
        self.loaded_for.as_ref().filter(|_| self.attachments().next().is_none())
    }

    /// The known attachments.
    pub fn attachments(&self) -> impl Iterator<Item = Attachment<'a, 'a>> + use<'a> {
        let links = self.links.iter().map(Attachment::Link);
        links.chain(self.direct.iter().map(Attachment::Direct))
    }

    /// Whether the program is known not to be attached: only a link could attach it, and there is
    /// none.
    pub fn is_loaded_only(&self) -> bool {
        const BY_LINK: [&str; 8] =
            ["fentry", "fexit", "fmod_ret", "freplace", "fsession", "iter", "lsm", "tp_btf"];
        let Some(kind) = self.loaded_for.as_ref().and_then(|load_target| load_target.kind) else {
            return false;
        };
        (BY_LINK.contains(&kind) || kind == "struct_ops") && self.is_unattached()
    }

    /// Whether the program has no attachment, and all texts that could tell were read. If a map
    /// update attaches a struct_ops program, there is no link.
    pub fn is_unattached(&self) -> bool {
        let kind = self.loaded_for.as_ref().and_then(|load_target| load_target.kind);
        let is_told = self.sources.links && (kind != Some("struct_ops") || self.sources.maps);
        is_told && self.attachments().next().is_none()
    }

    /// The member of the struct that a program of struct_ops implements, which its link does not
    /// tell.
    pub fn member(&self) -> Option<Name<'a>> {
        let load_target = self.loaded_for?;
        load_target.function.filter(|_| load_target.kind == Some("struct_ops"))
    }

    /// Whether there is nothing to say.
    pub fn is_empty(&self) -> bool {
        self.loaded_for.is_none() && self.attachments().next().is_none()
    }
}
