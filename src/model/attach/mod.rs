//! Attachments: the points that programs are attached to, and what tells of them.

mod point;
mod target;

pub use point::{
    AttachPoint, Cgroup, Device, Event, Function, Functions, Iter, Kprobe, MapRef, Netfilter,
    StructOps, Tracepoint, Uprobe, Uprobes,
};
pub use target::{Descriptor, Target};
