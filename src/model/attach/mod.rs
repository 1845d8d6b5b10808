//! Attachments: where programs are attached, and by what.

mod direct;
mod index;
mod point;
mod prog;
mod target;
mod ways;

pub use direct::{Attachment, DescriptorAttachment, DirectAttachment};
pub(crate) use direct::{descriptor_columns, direct_columns};
pub use index::{AttachmentIndex, AttachmentRows};
pub use point::*;
pub use prog::{AttachState, ProgAttachments};
pub use target::{Descriptor, Target};
pub use ways::{Way, WaySet, may_be_decided_by_maps, may_be_told_by};
