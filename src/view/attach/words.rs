//! The words for a point: the place, and how a program is attached there.

use std::fmt;

use crate::model::{
    AttachPoint, Cgroup, Device, Functions, Iter, Kprobe, Name, Netfilter, PerfEvent, ProgRef,
    StructOps, Tracepoint, Uprobe, Uprobes, words,
};
use crate::view::named::Named;

/// Which of two ways of saying it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Style {
    /// The place and the details: what follows the kind in a list.
    Sentence,
    /// The details alone: what stands at a line of a tree below the place.
    Details,
}

/// What a place is, in one word.
pub(in crate::view) fn noun(point: &AttachPoint<'_>) -> &'static str {
    match point {
        AttachPoint::Device(_) => "device",
        AttachPoint::Netfilter(_) => "netfilter",
        AttachPoint::Netns(_) => "netns",
        AttachPoint::Cgroup(_) => "cgroup",
        AttachPoint::StructOps(_) => "struct_ops",
        AttachPoint::Tracepoint(_) => "tracepoint",
        AttachPoint::Function(_) | AttachPoint::Kprobe(_) => "function",
        AttachPoint::Functions(_) => "functions",
        AttachPoint::Uprobe(_) | AttachPoint::Uprobes(_) => "file",
        AttachPoint::Event(_) => "event",
        AttachPoint::Iter(_) => "iterator",
        AttachPoint::Map(_) => "map",
        AttachPoint::Unknown => "place",
    }
}

/// What a place is, and what it is called: `device eth0`, `tracepoint sched/sched_switch`.
pub(in crate::view) fn place(point: &AttachPoint<'_>, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let mut words = Words::new(f);
    words.word(format_args!("{}", noun(point)))?;
    words.place(point)
}

/// How a program is attached to a place: `+0x9`, `cpu 3`; each word behind a blank.
pub(in crate::view) fn how(point: &AttachPoint<'_>, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    Words { f, blank: " " }.point(point, Style::Details)
}

/// Which way a packet goes.
pub(super) const fn side(is_egress: bool) -> &'static str {
    if is_egress { "egress" } else { "ingress" }
}

/// Words with blanks between them.
pub(super) struct Words<'f, 'g> {
    f: &'f mut fmt::Formatter<'g>,
    blank: &'static str,
}

impl<'f, 'g> Words<'f, 'g> {
    pub(super) fn new(f: &'f mut fmt::Formatter<'g>) -> Self {
        Self { f, blank: "" }
    }
}

impl Words<'_, '_> {
    pub(super) fn word(&mut self, word: fmt::Arguments<'_>) -> fmt::Result {
        self.f.write_str(self.blank)?;
        self.blank = " ";
        self.f.write_fmt(word)
    }

    fn name(&mut self, name: Option<Name<'_>>) -> fmt::Result {
        name.map_or(Ok(()), |name| self.word(format_args!("{name}")))
    }

    fn more(&mut self, more: Option<u32>) -> fmt::Result {
        more.map_or(Ok(()), |more| self.word(format_args!("+{more} more")))
    }

    pub(super) fn function(
        &mut self,
        function: Option<Name<'_>>,
        prog: Option<ProgRef<'_>>,
    ) -> fmt::Result {
        self.name(function)?;
        prog.map_or(Ok(()), |prog| self.word(format_args!("@ {}", Named(prog.name, prog.id))))
    }

    /// A point in either style.
    pub(super) fn point(&mut self, point: &AttachPoint<'_>, style: Style) -> fmt::Result {
        let is_sentence = style == Style::Sentence;
        match *point {
            // The hook comes before the cgroup that it is confined to.
            AttachPoint::Cgroup(Cgroup { function, .. }) => self.name(function)?,
            // These names say nothing without the noun.
            AttachPoint::Netns(_) | AttachPoint::Map(_) if is_sentence => {
                self.word(format_args!("{}", noun(point)))?;
            }
            // In a tree it stands under the map, which does not say what it is.
            AttachPoint::Iter(Iter { name, map: Some(_), .. }) if !is_sentence => {
                self.name(name)?
            }
            _ => {}
        }
        if is_sentence {
            self.place(point)?;
        }
        self.details(point, style)
    }

    /// What a place is called.
    fn place(&mut self, point: &AttachPoint<'_>) -> fmt::Result {
        match *point {
            AttachPoint::Device(Device { name: Some(name), .. }) => {
                self.word(format_args!("{name}"))
            }
            AttachPoint::Device(Device { ifindex, .. }) => {
                ifindex.map_or(Ok(()), |ifindex| self.word(format_args!("{ifindex}")))
            }
            AttachPoint::Netfilter(Netfilter { pf, hook, .. }) => {
                match words::netfilter_family(pf) {
                    Some(family) => self.word(format_args!("{family}"))?,
                    None => self.word(format_args!("family {pf}"))?,
                }
                match words::word(words::NETFILTER_HOOKS, hook) {
                    Some(hook) => self.word(format_args!("{hook}")),
                    None => self.word(format_args!("hook {hook}")),
                }
            }
            AttachPoint::Netns(inode) => self.word(format_args!("{inode}")),
            AttachPoint::Cgroup(Cgroup { path: Some(path), .. }) => {
                self.word(format_args!("{path}"))
            }
            AttachPoint::Cgroup(Cgroup { id, .. }) => {
                id.map_or(Ok(()), |id| self.word(format_args!("{id}")))
            }
            AttachPoint::StructOps(StructOps { ops, .. }) => self.name(ops),
            AttachPoint::Tracepoint(Tracepoint { name: Some(name), category: Some(category) }) => {
                self.word(format_args!("{category}/{name}"))
            }
            AttachPoint::Tracepoint(Tracepoint { name, .. }) => self.name(name),
            AttachPoint::Function(at) => {
                self.function(at.name, at.prog_name.map(|name| ProgRef { id: at.prog_id, name }))
            }
            AttachPoint::Kprobe(Kprobe { symbol, .. }) => self.name(symbol),
            AttachPoint::Functions(Functions { symbols, more, .. }) => {
                self.name(symbols.map(|symbols| symbols.text()))?;
                self.more(more)
            }
            AttachPoint::Uprobe(Uprobe { path, .. })
            | AttachPoint::Uprobes(Uprobes { path, .. }) => self.name(path),
            AttachPoint::Event(event) => self.event(&event),
            AttachPoint::Iter(Iter { name, .. }) => self.name(name),
            AttachPoint::Map(map) => self.word(format_args!("{}", Named::map(map))),
            AttachPoint::Unknown => Ok(()),
        }
    }

    fn event(&mut self, event: &PerfEvent<'_>) -> fmt::Result {
        let (number, config) = (event.event_type, event.config);
        match (event.word(), event.pmu, words::word(words::PERF_TYPES, number)) {
            (Some(event), ..) => self.word(format_args!("{event}")),
            (_, Some(pmu), _) => self.word(format_args!("{pmu} config {config:#x}")),
            (.., Some(word)) => self.word(format_args!("{word} config {config:#x}")),
            _ => self.word(format_args!("type {number} config {config:#x}")),
        }
    }

    /// How a program is attached there.
    fn details(&mut self, point: &AttachPoint<'_>, style: Style) -> fmt::Result {
        let is_sentence = style == Style::Sentence;
        match *point {
            // Where nearly every probe of a function is.
            AttachPoint::Kprobe(Kprobe { offset: Some(0), .. }) if !is_sentence => Ok(()),
            AttachPoint::Kprobe(Kprobe { offset: Some(offset), .. })
            | AttachPoint::Uprobe(Uprobe { offset: Some(offset), .. }) => {
                self.offset(format_args!("+{offset:#x}"), style)
            }
            AttachPoint::Uprobes(Uprobes { offsets, more, .. }) => {
                if let Some(offsets) = offsets {
                    self.offset(format_args!("+{}", offsets.as_str()), style)?;
                }
                self.more(more)
            }
            AttachPoint::Netfilter(Netfilter { priority, .. }) => {
                self.word(format_args!("{}", priority.unwrap_or_default()))
            }
            AttachPoint::Event(PerfEvent { cpu: Some(cpu), .. }) => {
                self.word(format_args!("cpu {cpu}"))
            }
            AttachPoint::StructOps(StructOps { map: Some(map), .. })
            | AttachPoint::Iter(Iter { map: Some(map), .. })
                if is_sentence && map.name.is_some() =>
            {
                self.word(format_args!("map {}", Named::map(map)))
            }
            _ => Ok(()),
        }
    }

    /// An offset, which belongs to the word before it.
    fn offset(&mut self, offset: fmt::Arguments<'_>, style: Style) -> fmt::Result {
        match style {
            Style::Sentence => self.f.write_fmt(offset),
            Style::Details => self.word(offset),
        }
    }
}
