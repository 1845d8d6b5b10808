//! What a row means: programs, maps and their words, whatever text they came from.
//!
//! Nothing here knows a file, a kernel call or a view. A field that the text at hand does not
//! give is `None`: never zero, never empty.

mod attach;
mod holder;
mod link;
mod list;
mod map;
mod name;
mod pins;
mod prog;
mod runs;
pub mod tree;
mod users;
pub mod words;

pub use attach::{
    AttachPoint, Attached, AttachmentIndex, AttachmentRows, Cgroup, Descriptor, Device, Event,
    Function, Functions, Iter, Kprobe, MapRef, Netfilter, Site, StructOps, Target, Tracepoint,
    Unlinked, Uprobe, Uprobes,
};
pub use holder::{Held, Holder, Holders};
pub use link::Link;
pub(crate) use list::number;
pub use list::{Ids, Names, Numbers};
pub use map::{Bound, Map};
pub(crate) use name::octal;
pub use name::{Name, Shown};
pub use pins::{Pin, Pins};
pub use prog::{Attachment, BootTime, Prog, ProgRef};
pub use runs::{RunsBefore, RunsSince};
pub use users::{User, UsersByMap};

/// A kind of BPF object that has a file of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
    /// Loaded programs.
    Progs,
    /// Maps.
    Maps,
    /// Links: what holds a program where it is attached.
    Links,
    /// Programs that are attached without a link.
    Attached,
    /// Open descriptors of processes: who holds what. Installed on request only.
    Holders,
}

impl Kind {
    /// Every kind, in the order in which they are shown.
    pub const ALL: [Kind; 5] =
        [Kind::Progs, Kind::Maps, Kind::Links, Kind::Attached, Kind::Holders];

    /// Whether it is installed unless something else is asked for. Who holds what is more than the
    /// objects themselves tell: it shows the processes of all users.
    pub const fn is_usual(self) -> bool {
        !matches!(self, Kind::Holders)
    }

    /// The name of the file in a bpffs; `progs.debug` and `maps.debug` are the kernel's own names.
    pub const fn file_name(self) -> &'static str {
        match self {
            Kind::Progs => "progs.debug",
            Kind::Maps => "maps.debug",
            Kind::Links => "links.debug",
            Kind::Holders => "holders.debug",
            Kind::Attached => "attached.debug",
        }
    }

    /// The first columns of its wide text, which tell the kinds apart; those of programs and maps are
    /// the kernel's own.
    pub const fn first_columns(self) -> [&'static str; 4] {
        match self {
            Kind::Progs => ["id", "name", "attached", "target"],
            Kind::Maps => ["id", "name", "max_entries", "cur_entries"],
            Kind::Links => ["id", "type", "prog_id", "name"],
            Kind::Holders => ["pid", "comm", "fd", "held"],
            Kind::Attached => ["prog_id", "kind", "via", "name"],
        }
    }

    /// One object of the kind, as in "no program with id 7".
    pub const fn singular(self) -> &'static str {
        match self {
            Kind::Progs => "program",
            Kind::Maps => "map",
            Kind::Links => "link",
            Kind::Holders => "holder",
            Kind::Attached => "attachment",
        }
    }

    /// The objects, as in "what programs are loaded".
    pub const fn plural(self) -> &'static str {
        match self {
            Kind::Progs => "programs",
            Kind::Maps => "maps",
            Kind::Links => "links",
            Kind::Holders => "holders",
            Kind::Attached => "attachments",
        }
    }
}
