//! Patterns of names, as a shell has them.

use crate::model::Name;

/// A pattern that the whole of a name has to match.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::cmd) struct Glob(Vec<u8>);

impl Glob {
    /// Takes a pattern as it was typed; there is none that is wrong.
    pub(super) fn new(text: &str) -> Self {
        Self(text.as_bytes().to_vec())
    }

    /// Whether the name matches.
    pub(super) fn takes(&self, name: Name<'_>) -> bool {
        matches(&self.0, &name.bytes())
    }
}

/// Whether there is a name, and one of the patterns matches it.
pub(super) fn any(globs: &[Glob], name: Option<Name<'_>>) -> bool {
    name.is_some_and(|name| globs.iter().any(|glob| glob.takes(name)))
}

/// Whether all of `text` matches: `*` is any bytes, a slash too, `?` any one, and a backslash takes
/// the next byte as it is.
pub(crate) fn matches(glob: &[u8], text: &[u8]) -> bool {
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
