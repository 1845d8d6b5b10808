//! Where a program or a link is attached: a fragment of a sentence for people, an object in JSON.

mod json;
mod points;
mod words;

use std::fmt;

pub(super) use json::Object;
pub(super) use points::{how, node_keys, noun, place};

use self::words::{Style, Words};
use crate::model::{AttachState, Attachment, LoadTarget, Name, ProgAttachments, words as kernel};

/// All targets of a program by commas; see [`one`].
pub(super) fn all(attached: &ProgAttachments<'_>, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    if let Some(load_target) = attached.loaded_alone() {
        return loaded(attached, load_target, f);
    }
    for (i, attachment) in attached.attachments().enumerate() {
        f.write_str(if i == 0 { "" } else { ", " })?;
        one(attachment, attached.member(), f)?;
    }
    Ok(())
}

/// The first target of a program, and how many more there are.
pub(super) fn brief(attached: &ProgAttachments<'_>) -> String {
    struct First<'r, 'a>(&'r ProgAttachments<'a>);

    impl fmt::Display for First<'_, '_> {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            let mut attachments = self.0.attachments();
            match attachments.next() {
                Some(first) => {
                    one(first, self.0.member(), f)?;
                    match attachments.count() {
                        0 => Ok(()),
                        more => write!(f, " +{more} more"),
                    }
                }
                None => all(self.0, f),
            }
        }
    }

    First(attached).to_string()
}

/// `fentry vfs_unlink (not attached)`, of a program that was loaded for it.
fn loaded(
    attached: &ProgAttachments<'_>,
    load_target: &LoadTarget<'_>,
    f: &mut fmt::Formatter<'_>,
) -> fmt::Result {
    let mut words = Words::new(f);
    if let Some(kind) = load_target.kind {
        words.word(format_args!("{kind}"))?;
    }
    words.function(load_target.function, load_target.prog)?;
    match attached.state() {
        AttachState::Unknown => words.word(format_args!("(unknown)")),
        _ => words.word(format_args!("(not attached)")),
    }
}

/// `freplace get_constant @ test_main (21)`, `kprobe vfs_unlink+0x0`, `xdp eth0`.
///
/// `member` is what a program of struct_ops implements.
pub(super) fn one(
    attachment: Attachment<'_, '_>,
    member: Option<Name<'_>>,
    f: &mut fmt::Formatter<'_>,
) -> fmt::Result {
    let target = attachment.target();
    let mut words = Words::new(f);
    match (attachment.kind(), attachment.link_type()) {
        (Some(kind), _) => words.word(format_args!("{kind}"))?,
        (None, Some(number)) => words.word(format_args!("link type {number}"))?,
        (None, None) => {}
    }
    words.function(member.filter(|_| target.point.function().is_none()), None)?;
    words.point(&target.point, Style::Sentence)?;
    if let Some(by) = target.descriptor {
        words.word(format_args!("pid {} fd {}", by.pid, by.fd))?;
    }
    if target.detached {
        words.word(format_args!("detached"))?;
    }
    if target.cut {
        words.word(format_args!("(truncated)"))?;
    }
    match direction(attachment) {
        Some(direction) => words.word(format_args!("{direction}")),
        None => Ok(()),
    }
}

/// The part of an attach type that the kind does not say: `ingress` of `cgroup_inet_ingress`.
pub(super) fn direction(attachment: Attachment<'_, '_>) -> Option<&'static str> {
    if let crate::model::AttachPoint::Device(device) = attachment.target().point
        && let Some(is_egress) = device.is_egress
    {
        return Some(points::side(is_egress));
    }
    let word = kernel::word(kernel::ATTACH_TYPES, attachment.attach_type()?)?;
    match attachment.kind()? {
        "cgroup" => {
            let word = word.strip_prefix("cgroup_")?;
            Some(word.strip_prefix("inet_").unwrap_or(word))
        }
        "tcx" => word.strip_prefix("tcx_"),
        "netkit" => word.strip_prefix("netkit_"),
        "sockmap" => Some(word.strip_prefix("sk_skb_").unwrap_or(word)),
        _ => None,
    }
}
