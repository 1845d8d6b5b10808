//! `--kind` and `--attached-to`: filters on attachments.

use super::glob::Glob;
use crate::error::{Error, Result};
use crate::model::{
    AttachPoint, Attachment, Name, ProgAttachments, Tracepoint, instead, quoted, words,
};

/// A filter on attachments; a row passes if one of its attachments does.
#[derive(Clone, Debug)]
pub(in crate::cmd) struct Targets {
    kinds: Vec<String>,
    globs: Vec<Glob>,
}

impl Targets {
    /// Takes words of `--kind` and patterns of `--attached-to`; `None` where there are neither.
    ///
    /// # Errors
    ///
    /// A kind that there is not.
    pub(super) fn new(kinds: &[String], globs: &[String]) -> Result<Option<Self>> {
        let kinds: Vec<_> = kinds.iter().map(|kind| kind.to_ascii_lowercase()).collect();
        if let Some(kind) = kinds.iter().find(|kind| !words::KINDS.contains(&kind.as_str())) {
            let instead = instead(kind, words::KINDS.iter().copied());
            return Err(Error::Usage(format!("no kind '{}'; {instead}", quoted(kind))));
        }
        let globs: Vec<_> = globs.iter().map(|glob| Glob::new(glob)).collect();
        let targets = Self { kinds, globs };
        Ok((!targets.kinds.is_empty() || !targets.globs.is_empty()).then_some(targets))
    }

    /// The option that asks for the kind, or else for the name.
    pub(super) fn option(&self) -> &'static str {
        if self.kinds.is_empty() { "--attached-to" } else { "--kind" }
    }

    /// Whether an attachment passes.
    pub(in crate::cmd) fn takes(&self, attachment: Attachment<'_, '_>) -> bool {
        self.take(attachment.kind(), || self.names_match(&attachment.target().point))
    }

    /// Whether a program passes.
    pub(in crate::cmd) fn takes_attached(&self, attached: &ProgAttachments<'_>) -> bool {
        attached.attachments().any(|attachment| self.takes(attachment))
            || attached.loaded_alone().is_some_and(|load_target| {
                let names = [load_target.function, load_target.prog.map(|prog| prog.name)];
                self.take(load_target.kind, || names.into_iter().flatten().any(|n| self.matches(n)))
            })
    }

    fn take(&self, kind: Option<&str>, names_match: impl FnOnce() -> bool) -> bool {
        (self.kinds.is_empty() || kind.is_some_and(|kind| self.kinds.iter().any(|k| k == kind)))
            && (self.globs.is_empty() || names_match())
    }

    fn names_match(&self, point: &AttachPoint<'_>) -> bool {
        let whole = match point {
            AttachPoint::Tracepoint(Tracepoint { name: Some(name), category: Some(category) }) => {
                self.matches(Name::new(&[category.token(), name.token()].join(&b'/')))
            }
            AttachPoint::Socket(at) => {
                at.bound().is_some_and(|bound| self.matches(Name::new(bound.as_bytes())))
            }
            _ => false,
        };
        whole || point.names().any(|name| self.matches(name))
    }

    fn matches(&self, name: Name<'_>) -> bool {
        self.globs.iter().any(|glob| glob.takes(name))
    }
}
