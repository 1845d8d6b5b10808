//! How each kind of row answers filters.

use super::{Filter, glob};
use crate::model::{Attachment, FdKind, Holder, Kind, Link, Map, Prog, WaySet, words};
use crate::view::Context;

/// A text of another kind that a filter looks into.
pub(in crate::cmd) struct Need {
    /// Whose text.
    pub(super) kind: Kind,
    /// Whether nothing can be told without it.
    pub(super) is_vital: bool,
}

const fn vital(kind: Kind) -> Need {
    Need { kind, is_vital: true }
}

const fn useful(kind: Kind) -> Need {
    Need { kind, is_vital: false }
}

/// A row that can be filtered.
pub(in crate::cmd) trait Filtered {
    /// The words for the types of such rows.
    const TYPES: &'static [&'static str];

    /// Why rows of this kind do not support a filter; `None` if they do.
    fn unsupported_reason(filter: &Filter) -> Option<&'static str>;

    /// The column that a filter needs, unless every text has it.
    fn column(filter: &Filter) -> Option<&'static str>;

    /// The texts that a filter looks into beside the row's own.
    fn needs(filter: &Filter) -> &'static [Need];

    /// The ways of attaching the row's program that were not read, if one of them may attach it.
    fn unread(&self, _: &Context<'_>) -> WaySet {
        WaySet::NONE
    }

    /// Whether the row passes the filter.
    fn passes(&self, filter: &Filter, context: &Context<'_>) -> bool;
}

/// Whether any process that holds the object passes the filter.
fn is_held(filter: &Filter, context: &Context<'_>, held: &[FdKind], id: u32) -> bool {
    let any = |takes: &dyn Fn(&Holder<'_>) -> bool| {
        let of = |held: &FdKind| context.holders.map_or(&[][..], |holders| holders.of(*held, id));
        held.iter().flat_map(of).any(takes)
    };
    match filter {
        Filter::Pid(pids) => any(&|holder| pids.contains(&holder.pid)),
        Filter::Comm(globs) => any(&|holder| glob::any(globs, holder.comm)),
        _ => false,
    }
}

/// The text of processes.
const HOLDERS: &[Need] = &[vital(Kind::Holders)];

const NO_ENTRIES: &str = "only maps have entries";
const NO_TAG: &str = "only programs have a tag";
const NO_UID: &str = "the kernel keeps the user of programs only";
const NO_LOAD_TIME: &str = "the kernel keeps the time of load of programs only";
const NO_TARGET: &str = "a map is not attached to anything";

impl Filtered for Prog<'_> {
    const TYPES: &'static [&'static str] = words::PROG_TYPES;

    fn unsupported_reason(filter: &Filter) -> Option<&'static str> {
        matches!(filter, Filter::FullerThan(_)).then_some(NO_ENTRIES)
    }

    fn column(filter: &Filter) -> Option<&'static str> {
        match filter {
            Filter::Type(_) => Some("type"),
            // The kind follows from the type.
            Filter::Target(targets) if targets.option() == "--kind" => Some("type"),
            Filter::Tag(_) => Some("tag"),
            Filter::Uid(_) => Some("uid"),
            Filter::Map(_) => Some("map_ids"),
            Filter::Since(_) => Some("load_time"),
            _ => None,
        }
    }

    fn needs(filter: &Filter) -> &'static [Need] {
        match filter {
            Filter::Map(maps) if !maps.names.is_empty() => const { &[vital(Kind::Maps)] },
            Filter::Target(_) => {
                const {
                    &[
                        useful(Kind::Links),
                        useful(Kind::Attached),
                        useful(Kind::Maps),
                        useful(Kind::Descriptors),
                    ]
                }
            }
            Filter::Unattached => {
                const {
                    &[
                        vital(Kind::Links),
                        useful(Kind::Attached),
                        useful(Kind::Maps),
                        useful(Kind::Descriptors),
                    ]
                }
            }
            Filter::Pid(_) | Filter::Comm(_) => HOLDERS,
            _ => &[],
        }
    }

    fn unread(&self, context: &Context<'_>) -> WaySet {
        context.attachments.of(self).unread()
    }

    fn passes(&self, filter: &Filter, context: &Context<'_>) -> bool {
        // A descriptor that attaches a program also holds it.
        const HELD: &[FdKind] =
            &[FdKind::Prog, FdKind::PerfEvent, FdKind::Socket, FdKind::Reuseport, FdKind::Fanout];
        let attached = || context.attachments.of(self);
        match filter {
            Filter::Name(globs) => glob::any(globs, self.name),
            Filter::Type(types) => self.prog_type.is_some_and(|number| types.contains(&number)),
            Filter::Tag(tags) => self.tag.is_some_and(|tag| tags.contains(&tag)),
            Filter::Uid(uids) => self.uid.is_some_and(|uid| uids.contains(&uid)),
            Filter::Map(maps) => {
                let mut ids = self.map_ids.into_iter().flat_map(|ids| ids.iter());
                ids.any(|id| maps.ids.contains(&id))
            }
            Filter::Prog(progs) => progs.has(Some(self.id), self.name),
            Filter::Target(targets) => targets.takes_attached(&attached()),
            Filter::Unattached => attached().is_unattached(),
            Filter::Since(time) => self.load_time.is_some_and(|load| load >= *time),
            Filter::FullerThan(_) => false,
            Filter::Pid(_) | Filter::Comm(_) => is_held(filter, context, HELD, self.id),
        }
    }
}

impl Filtered for Map<'_> {
    const TYPES: &'static [&'static str] = words::MAP_TYPES;

    fn unsupported_reason(filter: &Filter) -> Option<&'static str> {
        match filter {
            Filter::Tag(_) => Some(NO_TAG),
            Filter::Uid(_) => Some(NO_UID),
            Filter::Since(_) => Some(NO_LOAD_TIME),
            Filter::Target(_) | Filter::Unattached => Some(NO_TARGET),
            _ => None,
        }
    }

    fn column(filter: &Filter) -> Option<&'static str> {
        match filter {
            Filter::Type(_) => Some("type"),
            Filter::FullerThan(_) => Some("cur_entries"),
            _ => None,
        }
    }

    fn needs(filter: &Filter) -> &'static [Need] {
        match filter {
            Filter::Prog(_) => const { &[vital(Kind::Progs)] },
            Filter::Pid(_) | Filter::Comm(_) => HOLDERS,
            _ => &[],
        }
    }

    fn passes(&self, filter: &Filter, context: &Context<'_>) -> bool {
        match filter {
            Filter::Name(globs) => self.names().into_iter().any(|name| glob::any(globs, name)),
            Filter::Type(types) => self.map_type.is_some_and(|number| types.contains(&number)),
            Filter::Map(maps) => self.names().into_iter().any(|name| maps.has(Some(self.id), name)),
            Filter::Prog(progs) => context.users.is_some_and(|users| {
                users.of(self.id).iter().any(|user| progs.has(Some(user.id), user.name))
            }),
            Filter::FullerThan(hundredths) => self.is_fuller_than(*hundredths),
            _ => is_held(filter, context, &[FdKind::Map], self.id),
        }
    }
}

/// `--name` matches the program's name; `--map`, the target map.
impl Filtered for Link<'_> {
    const TYPES: &'static [&'static str] = words::LINK_TYPES;

    fn unsupported_reason(filter: &Filter) -> Option<&'static str> {
        match filter {
            Filter::Tag(_) => Some(NO_TAG),
            Filter::Uid(_) => Some(NO_UID),
            Filter::Since(_) => Some(NO_LOAD_TIME),
            Filter::FullerThan(_) => Some(NO_ENTRIES),
            _ => None,
        }
    }

    fn column(_: &Filter) -> Option<&'static str> {
        None
    }

    fn needs(filter: &Filter) -> &'static [Need] {
        match filter {
            // They have whole names, of which links have the beginnings.
            Filter::Map(maps) if !maps.names.is_empty() => const { &[useful(Kind::Maps)] },
            Filter::Pid(_) | Filter::Comm(_) => HOLDERS,
            _ => &[],
        }
    }

    fn passes(&self, filter: &Filter, context: &Context<'_>) -> bool {
        match filter {
            Filter::Name(globs) => glob::any(globs, self.name),
            Filter::Type(types) => self.link_type.is_some_and(|number| types.contains(&number)),
            Filter::Map(maps) => {
                self.target.point.map().is_some_and(|map| maps.has(Some(map.id), map.name))
            }
            Filter::Prog(progs) => {
                // A struct_ops link matches the programs of its map.
                let mut ids = self.target.point.prog_ids();
                progs.has(self.prog_id, self.name) || ids.any(|id| progs.has(Some(id), None))
            }
            Filter::Target(targets) => targets.takes(Attachment::Link(self)),
            Filter::Unattached => self.target.detached,
            _ => is_held(filter, context, &[FdKind::Link], self.id),
        }
    }
}
