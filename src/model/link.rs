//! `Link`: one row of `links.debug`, which holds a program where it is attached.

use super::row::row;
use super::{AttachPoint, Name, Target, words};

/// The columns of such a row: `row!` makes the struct of them, and `parse` its table.
macro_rules! link_columns {
    ($declare:ident) => {
        $declare! {
            /// One row of `links.debug`.
            Link<'a> {
                /// The id that the kernel gave it.
                id: u32 = key "id",
                /// `enum bpf_link_type`.
                link_type: Option<u32> = "type",
                /// The id of its program; struct_ops has none.
                prog_id: Option<u32> = "prog_id",
                /// The full name of its program.
                name: Option<Name<'a>> = "name",
                /// `enum bpf_prog_type` of its program.
                prog_type: Option<u32> = "prog_type",
                /// `enum bpf_attach_type`, of links that have one.
                attach_type: Option<u32> = "attach_type",
                /// Where the program is attached.
                target: Target<'a> = rest "target",
            }
        }
    };
}

link_columns!(row);
pub(crate) use link_columns;

impl Link<'_> {
    /// How it is attached, in one of [`words::KINDS`]; `None` for a type that is not known.
    pub fn kind(&self) -> Option<&'static str> {
        let attach_type = self.attach_type.and_then(|n| words::word(words::ATTACH_TYPES, n));
        let is_session = attach_type.is_some_and(|word| word.ends_with("_session"));
        let point = &self.target.point;
        let retprobe = point.is_retprobe();
        let link_type = words::word(words::LINK_TYPES, self.link_type?)?;
        Some(match link_type {
            "raw_tracepoint" if self.prog_type == Some(words::TRACING) => "tp_btf",
            "raw_tracepoint" => "raw_tp",
            "tracing" => self
                .prog_type
                .and_then(|t| words::attach_kind(t, self.attach_type))
                .unwrap_or("tracing"),
            "cgroup" if attach_type == Some("lsm_cgroup") => "lsm_cgroup",
            "netns" => attach_type.unwrap_or("netns"),
            "perf_event" => perf_kind(point),
            "kprobe_multi" if is_session => "kprobe_session",
            "kprobe_multi" if retprobe => "kretprobe_multi",
            "uprobe_multi" if is_session => "uprobe_session",
            "uprobe_multi" if retprobe => "uretprobe_multi",
            "unspec" => return None,
            same => same,
        })
    }
}

/// How a program is attached to a perf event.
fn perf_kind(point: &AttachPoint<'_>) -> &'static str {
    match point {
        AttachPoint::Uprobe(at) if at.retprobe => "uretprobe",
        AttachPoint::Uprobe(_) => "uprobe",
        AttachPoint::Kprobe(at) if at.retprobe => "kretprobe",
        AttachPoint::Kprobe(_) => "kprobe",
        AttachPoint::Tracepoint(_) => "tracepoint",
        _ => "perf_event",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Kprobe;

    #[test]
    fn the_kind_of_a_perf_link_follows_from_what_it_has() {
        let mut link = Link { link_type: Some(7), ..Link::default() };
        assert_eq!(link.kind(), Some("perf_event"));
        let kprobe = Kprobe { symbol: Some(Name::new(b"vfs_unlink")), ..Kprobe::default() };
        link.target.point = AttachPoint::Kprobe(kprobe);
        assert_eq!(link.kind(), Some("kprobe"));
        link.target.point = AttachPoint::Kprobe(Kprobe { retprobe: true, ..kprobe });
        assert_eq!(link.kind(), Some("kretprobe"));
    }

    #[test]
    fn every_kind_is_one_of_the_words_for_them() {
        for link_type in 1..words::LINK_TYPES.len() as u32 {
            let link = Link { link_type: Some(link_type), ..Link::default() };
            if let Some(kind) = link.kind() {
                assert!(words::KINDS.contains(&kind), "{kind}");
            }
        }
        assert_eq!(Link { link_type: Some(99), ..Link::default() }.kind(), None);
    }
}
