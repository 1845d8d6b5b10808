//! Attachments: the points that programs are attached to, and what tells of them.

mod direct;
mod index;
mod point;
mod prog;
mod target;

pub use direct::{Attachment, DirectAttachment};
pub use index::{AttachmentIndex, AttachmentRows};
pub use point::{
    AttachPoint, Cgroup, Device, Function, Functions, Iter, Kprobe, MapRef, Netfilter, PerfEvent,
    StructOps, Tracepoint, Uprobe, Uprobes,
};
pub use prog::ProgAttachments;
pub use target::{Descriptor, Target};
