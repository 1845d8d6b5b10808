//! Which filter leaves nothing to be shown.

use super::conditions::Conditions;
use crate::cmd::message::note;
use crate::model::Kind;

/// How far rows have come through the filters.
#[derive(Clone, Copy, Debug, Default)]
pub(in crate::cmd) struct Unmet {
    /// The last filter that a row was left out by.
    furthest: Option<usize>,
    is_met: bool,
}

impl Unmet {
    /// Takes down the filter that left a row out, if one did.
    pub(in crate::cmd) fn add(&mut self, filter: Option<usize>) {
        self.is_met |= filter.is_none();
        self.furthest = self.furthest.max(filter);
    }

    /// Prints a note where there were rows and none of them passed.
    pub(in crate::cmd) fn tell(self, conditions: &Conditions<'_>, kind: Kind) {
        let Some(filter) = self.furthest.filter(|_| !self.is_met) else { return };
        let options = &conditions.options()[..=filter];
        // That nothing is unattached is an answer: there is no value that may be mistyped.
        if options.last() != Some(&"--unattached") {
            note(&Self::text(options, kind.singular()));
        }
    }

    /// The filters up to the one that no row passes, which is the last.
    fn text(options: &[&str], kind: &str) -> String {
        match options {
            [passed @ .., unmet] if !passed.is_empty() => {
                format!("no {kind} that passes {} passes {unmet}, too", passed.join(" and "))
            }
            options => format!("no {kind} passes {}", options.join("")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_filter_is_named_that_no_row_passes() {
        assert_eq!(Unmet::text(&["--type"], "map"), "no map passes --type");
        assert_eq!(
            Unmet::text(&["--name", "--type", "--kind"], "program"),
            "no program that passes --name and --type passes --kind, too"
        );
    }

    #[test]
    fn one_row_that_passes_is_enough() {
        let mut unmet = Unmet::default();
        for filter in [Some(0), Some(2), Some(1)] {
            unmet.add(filter);
        }
        assert_eq!((unmet.furthest, unmet.is_met), (Some(2), false));
        unmet.add(None);
        assert!(unmet.is_met);
    }
}
