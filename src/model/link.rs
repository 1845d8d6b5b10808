//! A link: what holds a program at the place where it is attached.

use super::{Ids, Name, ProgRef, words};

/// One row of `links.debug`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Link<'a> {
    /// The id that the kernel gave it.
    pub id: u32,
    /// `enum bpf_link_type`.
    pub link_type: Option<u32>,
    /// The id of its program; struct_ops has none.
    pub prog_id: Option<u32>,
    /// The full name of its program.
    pub name: Option<Name<'a>>,
    /// `enum bpf_prog_type` of its program.
    pub prog_type: Option<u32>,
    /// `enum bpf_attach_type`, of links that have one.
    pub attach_type: Option<u32>,
    /// Where the program is attached.
    pub target: Target<'a>,
}

/// Where a program is attached: what its kind has, and nothing else.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Target<'a> {
    /// A function of the kernel or of a program, or a hook.
    pub function: Option<Name<'a>>,
    /// The id of the program that the function belongs to.
    pub prog_id: Option<u32>,
    /// The full name of that program.
    pub prog_name: Option<Name<'a>>,
    /// The id of the BTF object, or of the program, that has the function's type.
    pub obj_id: Option<u32>,
    /// The id of the function's type in there.
    pub btf_id: Option<u32>,
    /// The subsystem of a tracepoint.
    pub category: Option<Name<'a>>,
    /// A tracepoint.
    pub tracepoint: Option<Name<'a>>,
    /// The kernel function that a kprobe is in.
    pub symbol: Option<Name<'a>>,
    /// The first of many kernel functions.
    pub symbols: Option<Names<'a>>,
    /// The offset in that function, or in a file.
    pub offset: Option<u64>,
    /// The first of many offsets in a file.
    pub offsets: Option<Numbers<'a>>,
    /// The offset of a uprobe's reference counter.
    pub ref_ctr_offset: Option<u64>,
    /// The same, for each of many offsets.
    pub ref_ctr_offsets: Option<Numbers<'a>>,
    /// The file that a uprobe is in.
    pub path: Option<Name<'a>>,
    /// The number of functions or offsets.
    pub count: Option<u32>,
    /// Those that the kernel's text leaves out.
    pub more: Option<u32>,
    /// Whether the program runs at the return.
    pub retprobe: bool,
    /// How often a probe was hit and the program not run.
    pub missed: Option<u64>,
    /// The performance monitoring unit of an event.
    pub pmu: Option<Name<'a>>,
    /// `enum perf_type_id`, or what the kernel made of it.
    pub event_type: Option<u32>,
    /// What the unit is to count.
    pub event_config: Option<u64>,
    /// The CPU that an event is on.
    pub cpu: Option<u32>,
    /// What the program gets to tell its attachments apart.
    pub cookie: Option<u64>,
    /// The same, for each of many functions or offsets.
    pub cookies: Option<Numbers<'a>>,
    /// The process that it is confined to.
    pub pid: Option<u32>,
    /// The descriptor of that process that attaches the program.
    pub fd: Option<u32>,
    /// The thread that it is confined to.
    pub tid: Option<u32>,
    /// The index of a device.
    pub ifindex: Option<u32>,
    /// The device.
    pub device: Option<Name<'a>>,
    /// The inode number of a network namespace; that of the device, if there is one.
    pub netns: Option<u32>,
    /// The id of a cgroup.
    pub cgroup_id: Option<u64>,
    /// The path of the cgroup, from the root of its hierarchy.
    pub cgroup: Option<Name<'a>>,
    /// The id of a map.
    pub map_id: Option<u32>,
    /// The map.
    pub map_name: Option<Name<'a>>,
    /// The struct of functions that a map implements.
    pub ops: Option<Name<'a>>,
    /// The programs of that map.
    pub prog_ids: Option<Ids<'a>>,
    /// What an iterator is of.
    pub iter: Option<Name<'a>>,
    /// The protocol family of a netfilter hook.
    pub pf: Option<u32>,
    /// The netfilter hook.
    pub hook: Option<u32>,
    /// The place among the programs of that hook, or among the filters of a device.
    pub priority: Option<i32>,
    /// The `BPF_F_NETFILTER_*` flags.
    pub flags: Option<u32>,
    /// `enum bpf_xdp_mode`: how XDP runs the program.
    pub mode: Option<u32>,
    /// Whether a filter sees what leaves the device, else what enters.
    pub is_egress: Option<bool>,
    /// The number of a filter among those of its priority.
    pub handle: Option<u32>,
    /// The chain of filters that it is in.
    pub chain: Option<u32>,
    /// Whether a filter's program says itself what becomes of a packet.
    pub direct_action: Option<bool>,
    /// The `BPF_F_ALLOW_*` flags of a cgroup's hook.
    pub attach_flags: Option<u32>,
    /// Whether what it was attached to is gone, while the link is there still.
    pub detached: bool,
    /// Whether a name was too long for the kernel's text, so that its end is missing.
    pub cut: bool,
}

impl<'a> Target<'a> {
    /// The program that the function belongs to.
    pub fn prog(&self) -> Option<ProgRef<'a>> {
        self.prog_name.map(|name| ProgRef { id: self.prog_id, name })
    }

    /// The perf event, where there is a word for it.
    pub fn event(&self) -> Option<&'static str> {
        let pmu = self.pmu.map(Name::token);
        words::perf_event(pmu, self.event_type?, self.event_config?)
    }

    /// The map.
    pub fn map(&self) -> Option<ProgRef<'a>> {
        self.map_name.map(|name| ProgRef { id: self.map_id, name })
    }

    /// Every name in it, for a filter.
    pub fn names(&self) -> impl Iterator<Item = Name<'a>> {
        let single = [
            self.function,
            self.prog_name,
            self.tracepoint,
            self.symbol,
            self.path,
            self.pmu,
            self.device,
            self.cgroup,
            self.map_name,
            self.ops,
            self.iter,
        ];
        single.into_iter().flatten().chain(self.symbols.into_iter().flat_map(Names::iter))
    }
}

impl Link<'_> {
    /// How it is attached, in one of [`words::KINDS`]; `None` for a type that is not known.
    pub fn kind(&self) -> Option<&'static str> {
        let attach_type = self.attach_type.and_then(|n| words::word(words::ATTACH_TYPES, n));
        let is_session = attach_type.is_some_and(|word| word.ends_with("_session"));
        let retprobe = self.target.retprobe;
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
            "perf_event" if self.target.path.is_some() && retprobe => "uretprobe",
            "perf_event" if self.target.path.is_some() => "uprobe",
            "perf_event" if self.target.symbol.is_some() && retprobe => "kretprobe",
            "perf_event" if self.target.symbol.is_some() => "kprobe",
            "perf_event" if self.target.category.is_some() => "tracepoint",
            "kprobe_multi" if is_session => "kprobe_session",
            "kprobe_multi" if retprobe => "kretprobe_multi",
            "uprobe_multi" if is_session => "uprobe_session",
            "uprobe_multi" if retprobe => "uretprobe_multi",
            "unspec" => return None,
            same => same,
        })
    }
}

/// Names by commas, such as the functions of a kprobe_multi link; none of them is empty.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Names<'a>(&'a [u8]);

impl<'a> Names<'a> {
    /// Takes names by single commas; anything else is `None`.
    pub fn new(text: &'a [u8]) -> Option<Self> {
        text.split(|b| *b == b',').all(|name| !name.is_empty()).then_some(Self(text))
    }

    /// The names, in the order of the text.
    pub fn iter(self) -> impl Iterator<Item = Name<'a>> {
        self.0.split(|b| *b == b',').map(Name::new)
    }

    /// The text itself: `vfs_unlink,vfs_rmdir`.
    pub fn text(self) -> Name<'a> {
        Name::new(self.0)
    }
}

/// Numbers by commas, decimal or with `0x` in front; checked when parsed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Numbers<'a>(&'a [u8]);

impl<'a> Numbers<'a> {
    /// Takes numbers by single commas, each at most `u64::MAX`; anything else is `None`.
    pub fn new(text: &'a [u8]) -> Option<Self> {
        text.split(|b| *b == b',').all(|part| number(part).is_some()).then_some(Self(text))
    }

    /// The numbers, in the order of the text.
    pub fn iter(self) -> impl Iterator<Item = u64> + 'a {
        self.0.split(|b| *b == b',').filter_map(number)
    }

    /// The text itself: `0x100,0x1234`.
    pub fn as_str(self) -> &'a str {
        std::str::from_utf8(self.0).unwrap_or_default()
    }
}

/// A number, decimal or with `0x` in front.
pub(crate) fn number(text: &[u8]) -> Option<u64> {
    let (digits, radix) = match text.strip_prefix(b"0x") {
        Some(digits) => (digits, 16),
        None => (text, 10),
    };
    let is_plain = !digits.is_empty() && digits.iter().all(u8::is_ascii_hexdigit);
    u64::from_str_radix(std::str::from_utf8(digits).ok().filter(|_| is_plain)?, radix).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_decimal_or_hexadecimal_and_nothing_else() {
        let numbers = Numbers::new(b"0x1234,7,0xffffffffffffffff").unwrap();
        assert_eq!(numbers.iter().collect::<Vec<_>>(), [0x1234, 7, u64::MAX]);
        for bad in [&b""[..], b"0x", b"1,,2", b"+1", b"0x+1", b"ff", b"18446744073709551616"] {
            assert_eq!(Numbers::new(bad), None, "{bad:?}");
        }
    }

    #[test]
    fn the_kind_of_a_perf_link_follows_from_what_it_has() {
        let mut link = Link { link_type: Some(7), ..Link::default() };
        assert_eq!(link.kind(), Some("perf_event"));
        link.target.symbol = Some(Name::new(b"vfs_unlink"));
        assert_eq!(link.kind(), Some("kprobe"));
        link.target.retprobe = true;
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
