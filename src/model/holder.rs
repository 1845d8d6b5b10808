//! `Holder`: one row of `holders.debug`, an open descriptor of a process.

use super::row::row;
use super::{Name, Target};

/// What an open descriptor stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum FdKind {
    /// A program.
    Prog,
    /// A map.
    Map,
    /// A link.
    Link,
    /// A BTF object.
    Btf,
    /// A perf event that runs a program.
    PerfEvent,
    /// A socket whose filter is a program, by SO_ATTACH_BPF.
    Socket,
    /// A socket of a group that a program chooses from, by SO_ATTACH_REUSEPORT_EBPF.
    Reuseport,
    /// A packet socket of a group that a program chooses from, by PACKET_FANOUT_DATA.
    Fanout,
}

impl FdKind {
    /// Those that attach a program.
    pub const ATTACHING: [Self; 4] = [Self::PerfEvent, Self::Socket, Self::Reuseport, Self::Fanout];

    /// The word in the text.
    pub const fn word(self) -> &'static str {
        match self {
            FdKind::Prog => "prog",
            FdKind::Map => "map",
            FdKind::Link => "link",
            FdKind::Btf => "btf",
            FdKind::PerfEvent => "perf_event",
            FdKind::Socket => "socket",
            FdKind::Reuseport => "reuseport",
            FdKind::Fanout => "fanout",
        }
    }

    /// Whether the descriptor attaches a program, rather than holding an object itself.
    pub fn is_attachment(self) -> bool {
        Self::ATTACHING.contains(&self)
    }

    /// Parses a word; `None` for one of a newer version.
    pub fn of(word: &[u8]) -> Option<Self> {
        use FdKind::*;
        let mut all = [Prog, Map, Link, Btf].into_iter().chain(Self::ATTACHING);
        all.find(|held| held.word().as_bytes() == word)
    }
}

/// The columns of such a row: `row!` makes the struct of them, and `parse` its table.
macro_rules! holder_columns {
    ($declare:ident) => {
        $declare! {
            /// One row of `holders.debug`: one descriptor of one process.
            Holder<'a> {
                /// The process, as the first pid namespace numbers it.
                pid: u32 = key "pid",
                /// The name of its first thread, which it may choose: 15 bytes at most.
                comm: Option<Name<'a>> = "comm",
                /// The descriptor.
                fd: u32 = key "fd",
                /// What the descriptor stands for; `None` where this version has no word for it.
                held: Option<FdKind> = by(FdKind::of) "held",
                /// The object's id; of a perf event and of a socket, that of its program.
                id: u32 = key "id",
                /// What a perf event or a socket stands for.
                target: Target<'a> = rest "target",
            }
        }
    };
}

holder_columns!(row);
pub(crate) use holder_columns;

/// The holders of all objects, in the order of what they hold.
#[derive(Clone, Debug, Default)]
pub struct Holders<'a>(Vec<Holder<'a>>);

impl<'a> Holders<'a> {
    /// Takes holders in any order.
    ///
    /// A process with several descriptors of an object is kept once, with the lowest, as in
    /// bpftool; perf events and sockets are all kept, since each has a program of its own.
    pub fn new(mut holders: Vec<Holder<'a>>) -> Self {
        holders.sort_by_key(|h| (h.held, h.id, h.pid, h.fd));
        holders.dedup_by(|next, kept| {
            let is_object = !next.held.is_some_and(FdKind::is_attachment);
            is_object && (next.held, next.id, next.pid) == (kept.held, kept.id, kept.pid)
        });
        Self(holders)
    }

    /// The descriptors that attach a program, in the order of the programs.
    pub(super) fn attachments(&self) -> impl Iterator<Item = &Holder<'a>> {
        self.0.iter().filter(|holder| holder.held.is_some_and(FdKind::is_attachment))
    }

    /// Who holds an object: for a perf event and a socket, the object is the program.
    pub fn of(&self, held: FdKind, id: u32) -> &[Holder<'a>] {
        let start = self.0.partition_point(|h| (h.held, h.id) < (Some(held), id));
        let rest = &self.0[start..];
        let count = rest.iter().take_while(|h| (h.held, h.id) == (Some(held), id)).count();
        &rest[..count]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_process_holds_an_object_once_and_each_event_by_itself() {
        let holder = |pid, fd, held, id| Holder { pid, fd, held: Some(held), id, ..<_>::default() };
        let holders = Holders::new(vec![
            holder(9, 7, FdKind::Prog, 1),
            holder(9, 3, FdKind::Prog, 1),
            holder(8, 4, FdKind::Prog, 1),
            holder(9, 5, FdKind::Map, 1),
            holder(9, 6, FdKind::PerfEvent, 1),
            holder(9, 8, FdKind::PerfEvent, 1),
        ]);
        let of = |held, id| -> Vec<_> {
            holders.of(held, id).iter().map(|holder| (holder.pid, holder.fd)).collect()
        };
        assert_eq!(of(FdKind::Prog, 1), [(8, 4), (9, 3)]);
        assert_eq!(of(FdKind::Map, 1), [(9, 5)]);
        assert_eq!(of(FdKind::PerfEvent, 1), [(9, 6), (9, 8)]);
        assert!(of(FdKind::Prog, 2).is_empty() && of(FdKind::Link, 1).is_empty());
    }
}
