//! `--kind` and `--attached-to`: which rows to leave out for where they are attached.

use super::shown;
use crate::cli::Global;
use crate::error::{Error, Result};
use crate::model::{Attached, Link, Name, Target, words};

/// What a row's target has to be; one target of several suffices.
#[derive(Clone, Debug, Default)]
pub(super) struct Filter {
    kind: Option<String>,
    glob: Option<Vec<u8>>,
}

impl Filter {
    /// Reads the flags.
    ///
    /// # Errors
    ///
    /// A kind that there is not.
    pub(super) fn new(global: &Global) -> Result<Self> {
        if let Some(kind) = global.kind.as_deref().filter(|kind| !words::KINDS.contains(kind)) {
            let (kind, kinds) = (shown(kind), words::KINDS.join(", "));
            return Err(Error::Usage(format!("no kind '{kind}'; there are {kinds}")));
        }
        let glob = global.attached_to.as_ref().map(|glob| glob.clone().into_bytes());
        Ok(Self { kind: global.kind.clone(), glob })
    }

    /// Whether every row passes.
    pub(super) fn is_none(&self) -> bool {
        self.kind.is_none() && self.glob.is_none()
    }

    /// Whether a link passes.
    pub(super) fn takes_link(&self, link: &Link<'_>) -> bool {
        self.takes(link.kind(), || self.names_match(&link.target))
    }

    /// Whether a program passes.
    pub(super) fn takes_attached(&self, attached: &Attached<'_>) -> bool {
        attached.links().iter().any(|link| self.takes_link(link))
            || attached.without_link().is_some_and(|attachment| {
                let names = [attachment.function, attachment.prog.map(|prog| prog.name)];
                self.takes(attachment.kind, || names.into_iter().flatten().any(|n| self.matches(n)))
            })
    }

    fn takes(&self, kind: Option<&str>, names_match: impl FnOnce() -> bool) -> bool {
        (self.kind.is_none() || kind == self.kind.as_deref())
            && (self.glob.is_none() || names_match())
    }

    fn names_match(&self, target: &Target<'_>) -> bool {
        let whole = target.category.zip(target.tracepoint).is_some_and(|(category, name)| {
            self.matches(Name::new(&[category.token(), name.token()].join(&b'/')))
        });
        whole || target.names().any(|name| self.matches(name))
    }

    fn matches(&self, name: Name<'_>) -> bool {
        self.glob.as_ref().is_some_and(|glob| matches(glob, &name.bytes()))
    }
}

/// Whether all of `text` matches: `*` is any bytes, a slash too, `?` any one, and a backslash takes
/// the next byte as it is.
fn matches(glob: &[u8], text: &[u8]) -> bool {
    let (mut g, mut t) = (0, 0);
    // Where to go on when what follows the last star does not match here.
    let mut star = None;
    loop {
        let literal = match glob.get(g) {
            Some(b'*') => {
                star = Some((g + 1, t));
                g += 1;
                continue;
            }
            Some(b'\\') if g + 1 < glob.len() => Some((glob[g + 1], 2)),
            Some(&byte) => Some((byte, 1)),
            None => None,
        };
        match (literal, text.get(t)) {
            (None, None) => return true,
            (Some((byte, step)), Some(found)) if byte == *found || step == 1 && byte == b'?' => {
                g += step;
                t += 1;
            }
            _ => match star {
                Some((after, from)) if from < text.len() => {
                    (g, t) = (after, from + 1);
                    star = Some((after, from + 1));
                }
                _ => return false,
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::matches;

    #[test]
    fn a_glob_matches_the_whole_of_a_name() {
        for (glob, text) in [
            ("vfs_unlink", "vfs_unlink"),
            ("vfs_*", "vfs_unlink"),
            ("*", ""),
            ("*.service", "/system.slice/ssh.service"),
            ("a*b*c", "a-b-b-c"),
            ("eth?", "eth0"),
            (r"\*x", "*x"),
            ("**", "x"),
        ] {
            assert!(matches(glob.as_bytes(), text.as_bytes()), "{glob} {text}");
        }
        for (glob, text) in [
            ("vfs", "vfs_unlink"),
            ("vfs_*", "do_vfs_unlink"),
            ("eth?", "eth10"),
            ("a*b*c", "a-c-b"),
            (r"\*x", "xx"),
            ("", "x"),
            ("?", ""),
        ] {
            assert!(!matches(glob.as_bytes(), text.as_bytes()), "{glob} {text}");
        }
    }
}
