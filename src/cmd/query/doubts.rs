//! Programs that `--unattached` leaves out because they may be attached: how many, and why.

use crate::cmd::message::note;
use crate::model::{Joined, Kind, WaySet};

/// Those that were seen.
#[derive(Clone, Copy, Debug, Default)]
pub(in crate::cmd) struct Doubts {
    count: usize,
    unread: WaySet,
}

impl Doubts {
    /// Counts a program that may be attached in ways that were not read, if there are any.
    pub(in crate::cmd) fn add(&mut self, unread: WaySet) {
        self.count += usize::from(!unread.is_empty());
        self.unread = self.unread | unread;
    }

    /// Prints a note, if there are any; returns whether there are.
    pub(in crate::cmd) fn tell(self, joined: &Joined<'_>) -> bool {
        let is_any = self.count > 0;
        if is_any {
            note(&self.text(joined.has_all_maps()));
        }
        is_any
    }

    /// One line: how many, the texts that would tell, and what no text tells of.
    fn text(self, has_all_maps: bool) -> String {
        let (mut files, mut others) = (Vec::new(), Vec::new());
        for way in self.unread.iter() {
            // All maps may show that there is none to be attached in.
            let maps = Some(Kind::Maps).filter(|_| way.is_within_maps() && !has_all_maps);
            match way.text().or(maps).map(Kind::file_name) {
                Some(file) if !files.contains(&file) => files.push(file),
                Some(_) => {}
                None => others.push(way.word()),
            }
        }
        let programs = if self.count == 1 { "program" } else { "programs" };
        let mut text = format!("{} more {programs} may be attached", self.count);
        for (what, list) in [("not read whole", &files), ("no text tells of", &others)] {
            if !list.is_empty() {
                text += &format!("; {what}: {}", list.join(", "));
            }
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_note_says_which_texts_would_tell_and_what_none_does() {
        let mut doubts = Doubts::default();
        doubts.add(WaySet::NONE);
        assert_eq!(doubts.count, 0);
        doubts.add(WaySet::told(|kind, _| matches!(kind, Kind::Holders | Kind::Links)));
        assert_eq!(
            doubts.text(true),
            "1 more program may be attached; not read whole: links.debug, descriptors.debug"
        );
        doubts.add(WaySet::for_type(Some(1)));
        assert_eq!(
            doubts.text(true),
            "2 more programs may be attached; not read whole: links.debug, descriptors.debug, attached.debug; \
             no text tells of: kcm, xt_bpf, prog_array"
        );
        assert!(doubts.text(false).ends_with(
            "links.debug, descriptors.debug, attached.debug, maps.debug; no text tells of: kcm, xt_bpf"
        ));
    }
}
