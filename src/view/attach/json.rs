//! A target in JSON: `kind`, and the kind's own keys. What is not known is left out.

use serde::ser::{Serialize, SerializeMap, Serializer};

use super::points::{Naming, keys};
use crate::model::{Attachment, LoadTarget, Name, ProgAttachments, words};
use crate::view::keys::{Number, entry};

/// A target of a program.
pub(in crate::view) enum Object<'r> {
    /// What the program was loaded for.
    Loaded(&'r ProgAttachments<'r>, &'r LoadTarget<'r>),
    /// Where the program is attached, and what a program of struct_ops implements.
    Attachment(Attachment<'r, 'r>, Option<Name<'r>>),
}

impl<'r> Object<'r> {
    /// A place by itself.
    pub(in crate::view) fn of(attachment: Attachment<'r, 'r>) -> Self {
        Self::Attachment(attachment, None)
    }

    /// One object for every target of a program.
    pub(in crate::view) fn all(attached: &'r ProgAttachments<'_>) -> impl Iterator<Item = Self> {
        let alone = attached.loaded_alone().map(|attachment| Object::Loaded(attached, attachment));
        let attachments = attached
            .attachments()
            .map(|attachment| Object::Attachment(attachment, attached.member()));
        alone.into_iter().chain(attachments)
    }
}

impl Serialize for Object<'_> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let mut map = to.serialize_map(None)?;
        match self {
            Self::Loaded(attached, attachment) => {
                entry(&mut map, "kind", attachment.kind)?;
                entry(&mut map, "state", Some(attached.state().word()))?;
                let is_tracepoint = attachment.kind == Some("tp_btf");
                let key = if is_tracepoint { "tracepoint" } else { "function" };
                entry(&mut map, key, attachment.function)?;
                entry(&mut map, "prog", attachment.prog)?;
            }
            Self::Attachment(attachment, member) => {
                let its = attachment.target();
                entry(&mut map, "kind", attachment.kind())?;
                entry(&mut map, "state", its.detached.then_some("detached"))?;
                entry(&mut map, "function", its.point.function().or(*member))?;
                keys(&mut map, &its.point, Naming::Own)?;
                entry(&mut map, "pid", its.descriptor.map(|by| by.pid))?;
                entry(&mut map, "fd", its.descriptor.map(|by| by.fd))?;
                entry(&mut map, "cookie", its.cookie)?;
                let word = |n| Number::new(words::ATTACH_TYPES, n);
                entry(&mut map, "attach_type", attachment.attach_type().map(word))?;
                entry(&mut map, "truncated", its.cut.then_some(true))?;
                entry(&mut map, "link_id", attachment.link_id())?;
                entry(&mut map, "via", attachment.via())?;
            }
        }
        map.end()
    }
}
