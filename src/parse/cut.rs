//! Counts what the kernel could not print: rows with the token `cut=1`.

use memchr::memmem::Finder;

/// How much a text leaves out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Cuts {
    /// Rows whose target is told in part.
    pub rows: usize,
    /// Rows that stand for others, which are missing: their id is zero.
    pub missing: usize,
}

impl Cuts {
    /// Looks through what is below a header.
    pub fn of(below: &[u8]) -> Self {
        let mut cuts = Self::default();
        cuts.add(below);
        cuts
    }

    /// Looks through another piece, which ends where a row ends.
    ///
    /// No other token can be taken for it, since a blank in a name is escaped.
    pub fn add(&mut self, below: &[u8]) {
        let mut rest = 0;
        for at in Finder::new(b" cut=1").find_iter(below) {
            let is_token = matches!(below.get(at + 6), None | Some(b' ' | b'\n' | b'\r'));
            if !is_token || at < rest {
                continue;
            }
            let line = memchr::memrchr(b'\n', &below[..at]).map_or(0, |end| end + 1);
            rest = memchr::memchr(b'\n', &below[at..]).map_or(below.len(), |end| at + end);
            let mut words =
                below[line..at].split(u8::is_ascii_whitespace).filter(|w| !w.is_empty());
            if words.next() == Some(b"0") {
                self.missing += 1;
            } else {
                self.rows += 1;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_that_are_cut_are_counted_and_those_that_stand_for_others() {
        let text =
            b"  7 cgroup - - - - cgroup=/a cut=1\n  8 - - path=/cut=1 cut=12\n  0 - - cut=1\n";
        assert_eq!(Cuts::of(text), Cuts { rows: 1, missing: 1 });
        assert_eq!(Cuts::of(b"   0 - - - cut=1"), Cuts { rows: 0, missing: 1 });
        assert_eq!(Cuts::of(b" cut=1 cut=1\n"), Cuts { rows: 1, missing: 0 });
        assert_eq!(Cuts::of(b"   7 - - - cut=1\r\n"), Cuts { rows: 1, missing: 0 });
        assert_eq!(Cuts::of(b""), Cuts::default());
    }
}
