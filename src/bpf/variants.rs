//! The programs that can list a kind, in order of preference. Which of them load depends on the
//! kernel's release, its configuration and the JIT, so they are tried.

use super::kernel::Kernel;
use crate::model::Kind;

/// A requirement that not all kernels meet.
#[derive(Clone, Copy)]
enum Takes {
    /// The iterator over links.
    LinkIterator,
    /// bpf_loop().
    Loop,
    /// The address of the kernel's table of links.
    LinkTable,
    /// A task: the reader's own, or the kernel's first.
    Task,
}

/// Why a kernel cannot list links.
pub(super) const NO_LINKS: &str = "this kernel has no iterator over links, which came with 5.19, \
                                   and does not tell where its table of links is, which takes \
                                   CONFIG_KALLSYMS_ALL";

impl Takes {
    /// Whether the kernel has it, as far as its types tell.
    fn is_in(self, kernel: &Kernel) -> bool {
        match self {
            Self::LinkIterator => kernel.has_link_iterator,
            Self::Loop => kernel.has_loop,
            Self::LinkTable => kernel.link_idr.is_some(),
            Self::Task => kernel.has_task(),
        }
    }

    /// The reason to give if the kernel meets the requirements of no variant.
    const fn lack(self) -> &'static str {
        match self {
            Self::LinkIterator | Self::LinkTable => NO_LINKS,
            Self::Loop => "this kernel has no bpf_loop(), which came with 5.17",
            Self::Task => {
                "the JIT is off, and this kernel does not tell where its first task is, which takes \
                 CONFIG_KALLSYMS_ALL"
            }
        }
    }
}

/// A program that lists the objects of a kind.
pub(super) struct Variant {
    /// The program's name in the object.
    pub(super) program: &'static str,
    /// The map whose elements drive it.
    pub(super) over: Option<&'static str>,
    /// The other maps that it uses.
    maps: &'static [&'static str],
    takes: &'static [Takes],
}

/// The maps that hold the state of readers.
const READERS: &[&str] = &["readers", "kept_readers", "readers_of", "readers_of_others"];

impl Variant {
    const fn new(program: &'static str) -> Self {
        Self { program, over: None, maps: &[], takes: &[] }
    }

    const fn over(mut self, map: &'static str, maps: &'static [&'static str]) -> Self {
        (self.over, self.maps) = (Some(map), maps);
        self
    }

    const fn takes(mut self, takes: &'static [Takes]) -> Self {
        self.takes = takes;
        self
    }

    /// Whether the kernel has what it takes.
    fn is_for(&self, kernel: &Kernel) -> bool {
        self.takes.iter().all(|takes| takes.is_in(kernel))
    }

    /// Whether a map is among those that it uses.
    pub(super) fn uses(&self, map: &str) -> bool {
        self.over == Some(map) || self.maps.contains(&map)
    }

    /// Whether it uses bpf_loop(), and so needs fewer elements.
    pub(super) fn has_loop(&self) -> bool {
        self.takes.iter().any(|takes| matches!(takes, Takes::Loop))
    }
}

const PROGS: &[Variant] = &[Variant {
    program: "bpfdbg_progs",
    over: None,
    maps: &["on_each_cpu", "cpu_offsets"],
    takes: &[],
}];

const MAPS: &[Variant] = &[Variant::new("bpfdbg_maps"), Variant::new("bpfdbg_maps_no_kfunc")];

const LINKS: &[Variant] = &[
    Variant::new("bpfdbg_links").takes(&[Takes::LinkIterator, Takes::Loop]),
    Variant::new("bpfdbg_links_no_loop").takes(&[Takes::LinkIterator]),
    Variant::new("bpfdbg_links_walk")
        .over("link_steps", READERS)
        .takes(&[Takes::LinkTable, Takes::Task]),
];

const ATTACHED: &[Variant] = &[
    Variant::new("bpfdbg_attached")
        .over("attached_steps", READERS)
        .takes(&[Takes::Task, Takes::Loop]),
    Variant::new("bpfdbg_attached_no_loop").over("attached_steps", READERS).takes(&[Takes::Task]),
];

const DESCRIPTORS: &[Variant] = &[
    Variant::new("bpfdbg_descriptors").takes(&[Takes::Loop]),
    Variant::new("bpfdbg_descriptors_no_loop"),
];

const HOLDERS: &[Variant] =
    &[Variant::new("bpfdbg_holders").takes(&[Takes::Loop]), Variant::new("bpfdbg_holders_no_loop")];

/// All variants of a kind, the one that tells most first.
const fn all(kind: Kind) -> &'static [Variant] {
    match kind {
        Kind::Progs => PROGS,
        Kind::Maps => MAPS,
        Kind::Links => LINKS,
        Kind::Attached => ATTACHED,
        Kind::Descriptors => DESCRIPTORS,
        Kind::Holders => HOLDERS,
    }
}

/// Those that the kernel has the types for.
pub(super) fn of(kind: Kind, kernel: &Kernel) -> Vec<&'static Variant> {
    all(kind).iter().filter(|variant| variant.is_for(kernel)).collect()
}

/// Why this kernel cannot list objects of a kind, in one line; `None` where it can.
pub fn unsupported_reason(kind: Kind) -> Option<&'static str> {
    let last = all(kind).last()?;
    // A variant without requirements needs no look at the kernel.
    if last.takes.is_empty() {
        return None;
    }
    let kernel = Kernel::get();
    if !of(kind, kernel).is_empty() {
        return None;
    }
    last.takes.iter().find(|takes| !takes.is_in(kernel)).map(|takes| takes.lack())
}
