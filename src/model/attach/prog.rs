//! Where one program is attached.

use super::{Attachment, DirectAttachment, WaySet};
use crate::model::{Link, LoadTarget, Name};

/// What is known of the attachment of a program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AttachState {
    /// It is attached.
    Attached,
    /// It was loaded for a target, and is attached to nothing.
    Loaded,
    /// What it was attached to is gone, and it is attached to nothing else.
    Detached,
    /// It is attached to nothing.
    Unattached,
    /// No attachment is known, and a way of attaching it was not read.
    Unknown,
}

impl AttachState {
    /// The word in JSON and in a table.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Attached => "attached",
            Self::Loaded => "loaded",
            Self::Detached => "detached",
            Self::Unattached => "unattached",
            Self::Unknown => "unknown",
        }
    }
}

/// The attachments of a program, from its own row and those of attachments.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ProgAttachments<'a> {
    /// What the program was loaded to be attached to.
    pub loaded_for: Option<LoadTarget<'a>>,
    links: &'a [Link<'a>],
    direct: &'a [DirectAttachment<'a>],
    /// The ways of attaching programs of its type that were not read.
    unread: WaySet,
}

impl<'a> ProgAttachments<'a> {
    pub(super) fn new(
        loaded_for: Option<LoadTarget<'a>>,
        links: &'a [Link<'a>],
        direct: &'a [DirectAttachment<'a>],
        unread: WaySet,
    ) -> Self {
        Self { loaded_for, links, direct, unread }
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

    /// What is known. Only where every way of attaching programs of its type was read, one without
    /// an attachment is known to have none.
    pub fn state(&self) -> AttachState {
        let mut attachments = self.attachments();
        if attachments.any(|attachment| !attachment.target().detached) {
            AttachState::Attached
        } else if !self.unread.is_empty() {
            AttachState::Unknown
        } else if self.attachments().next().is_some() {
            AttachState::Detached
        } else if self.loaded_for.is_some() {
            AttachState::Loaded
        } else {
            AttachState::Unattached
        }
    }

    /// The ways that were not read, of a program whose state is [unknown](AttachState::Unknown) for
    /// that.
    pub fn unread(&self) -> WaySet {
        if self.state() == AttachState::Unknown { self.unread } else { WaySet::NONE }
    }

    /// Whether it was loaded for a target, and is attached to nothing.
    pub fn is_loaded_only(&self) -> bool {
        self.state() == AttachState::Loaded
    }

    /// Whether it is attached to nothing, and never had a target that is gone.
    pub fn is_unattached(&self) -> bool {
        matches!(self.state(), AttachState::Loaded | AttachState::Unattached)
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
