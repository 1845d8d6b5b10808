//! Where a program or a link is attached: a fragment of a sentence for people, an object in JSON.

use std::fmt::{self, Write as _};

use serde::ser::{Serialize, SerializeMap, Serializer};

use crate::model::{Attached, Attachment, Holder, Name, ProgRef, Site, Target, words};

/// All targets of a program by commas; see [`one`].
pub(super) fn all(attached: &Attached<'_>, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    if let Some(attachment) = attached.loaded_alone() {
        return loaded(attached, attachment, f);
    }
    for (i, site) in attached.sites().enumerate() {
        f.write_str(if i == 0 { "" } else { ", " })?;
        one(site, attached.member(), f)?;
    }
    Ok(())
}

/// The first target of a program, and how many more there are.
pub(super) fn brief(attached: &Attached<'_>) -> String {
    struct First<'r, 'a>(&'r Attached<'a>);

    impl fmt::Display for First<'_, '_> {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            let mut sites = self.0.sites();
            match sites.next() {
                Some(first) => {
                    one(first, self.0.member(), f)?;
                    match sites.count() {
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

/// `fentry vfs_unlink`, of a program that may never have been attached.
fn loaded(
    attached: &Attached<'_>,
    attachment: &Attachment<'_>,
    f: &mut fmt::Formatter<'_>,
) -> fmt::Result {
    let mut words = Words { f, blank: "" };
    if let Some(kind) = attachment.kind {
        words.word(format_args!("{kind}"))?;
    }
    words.function(attachment.function, attachment.prog)?;
    if attached.is_loaded_only() { words.word(format_args!("(not attached)")) } else { Ok(()) }
}

/// `freplace get_constant @ test_main (21)`, `kprobe vfs_unlink+0x0`, `xdp eth0`.
///
/// `member` is what a program of struct_ops implements.
pub(super) fn one(
    site: Site<'_, '_>,
    member: Option<Name<'_>>,
    f: &mut fmt::Formatter<'_>,
) -> fmt::Result {
    let target = site.target();
    let mut words = Words { f, blank: "" };
    match (site.kind(), site.link_type()) {
        (Some(kind), _) => words.word(format_args!("{kind}"))?,
        (None, Some(number)) => words.word(format_args!("link type {number}"))?,
        (None, None) => {}
    }
    words.function(target.function.or(member), target.prog())?;
    if let Some(tracepoint) = target.tracepoint {
        match target.category {
            Some(category) => words.word(format_args!("{category}/{tracepoint}"))?,
            None => words.word(format_args!("{tracepoint}"))?,
        }
    }
    words.place(target)?;
    words.object(target)?;
    if target.detached {
        words.word(format_args!("detached"))?;
    }
    match direction(site) {
        Some(direction) => words.word(format_args!("{direction}")),
        None => Ok(()),
    }
}

/// The part of an attach type that the kind does not say: `ingress` of `cgroup_inet_ingress`.
pub(super) fn direction(site: Site<'_, '_>) -> Option<&'static str> {
    if let Some(is_egress) = site.target().is_egress {
        return Some(if is_egress { "egress" } else { "ingress" });
    }
    let word = words::word(words::ATTACH_TYPES, site.attach_type()?)?;
    match site.kind()? {
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

/// Words with blanks between them.
struct Words<'f, 'g> {
    f: &'f mut fmt::Formatter<'g>,
    blank: &'static str,
}

impl Words<'_, '_> {
    fn word(&mut self, word: fmt::Arguments<'_>) -> fmt::Result {
        self.f.write_str(self.blank)?;
        self.blank = " ";
        self.f.write_fmt(word)
    }

    fn function(&mut self, function: Option<Name<'_>>, prog: Option<ProgRef<'_>>) -> fmt::Result {
        if let Some(function) = function {
            self.word(format_args!("{function}"))?;
        }
        match prog {
            Some(prog) => self.word(format_args!("@ {}", Named(prog))),
            None => Ok(()),
        }
    }

    /// Symbols and offsets.
    fn place(&mut self, target: &Target<'_>) -> fmt::Result {
        if let Some(name) = target.symbol.or(target.path) {
            self.word(format_args!("{name}"))?;
            if let Some(offset) = target.offset {
                write!(self.f, "+{offset:#x}")?;
            }
            if let Some(offsets) = target.offsets {
                write!(self.f, "+{}", offsets.as_str())?;
            }
        }
        if let Some(symbols) = target.symbols {
            self.word(format_args!("{}", symbols.text()))?;
        }
        match target.more {
            Some(more) => self.word(format_args!("+{more} more")),
            None => Ok(()),
        }
    }

    /// Devices, cgroups, namespaces, maps, events.
    fn object(&mut self, target: &Target<'_>) -> fmt::Result {
        if let Some(name) = target.device.or(target.cgroup) {
            self.word(format_args!("{name}"))?;
        }
        if let Some(iter) = target.iter {
            self.word(format_args!("{iter}"))?;
        }
        if let Some(ops) = target.ops {
            self.word(format_args!("{ops}"))?;
        }
        if let Some(map) = target.map() {
            self.word(format_args!("map {}", Named(map)))?;
        }
        if let (Some(pf), Some(hook)) = (target.pf, target.hook) {
            match words::netfilter_family(pf) {
                Some(family) => self.word(format_args!("{family}"))?,
                None => self.word(format_args!("family {pf}"))?,
            }
            match words::word(words::NETFILTER_HOOKS, hook) {
                Some(hook) => self.word(format_args!("{hook}"))?,
                None => self.word(format_args!("hook {hook}"))?,
            }
            self.word(format_args!("{}", target.priority.unwrap_or_default()))?;
        }
        if let (Some(netns), None, None) = (target.netns, target.device, target.pf) {
            self.word(format_args!("netns {netns}"))?;
        }
        if let (Some(event_type), Some(config)) = (target.event_type, target.event_config) {
            match (target.event(), target.pmu, words::word(words::PERF_TYPES, event_type)) {
                (Some(event), ..) => self.word(format_args!("{event}"))?,
                (_, Some(pmu), _) => self.word(format_args!("{pmu} config {config:#x}"))?,
                (.., Some(word)) => self.word(format_args!("{word} config {config:#x}"))?,
                _ => self.word(format_args!("type {event_type} config {config:#x}"))?,
            }
            if let Some(cpu) = target.cpu {
                self.word(format_args!("cpu {cpu}"))?;
            }
        }
        if let (Some(pid), Some(fd)) = (target.pid, target.fd) {
            self.word(format_args!("pid {pid} fd {fd}"))?;
        }
        Ok(())
    }
}

/// A name with the id behind it.
struct Named<'a>(ProgRef<'a>);

impl fmt::Display for Named<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.name.fmt(f)?;
        match self.0.id {
            Some(id) => write!(f, " ({id})"),
            None => Ok(()),
        }
    }
}

/// Programs that use a map, by commas.
pub(super) fn users(users: &[crate::model::User<'_>], f: &mut fmt::Formatter<'_>) -> fmt::Result {
    for (i, user) in users.iter().enumerate() {
        f.write_str(if i == 0 { "" } else { ", " })?;
        match user.name {
            Some(name) => write!(f, "{}", Named(ProgRef { id: Some(user.id), name }))?,
            None => write!(f, "({})", user.id)?,
        }
    }
    if users.is_empty() { f.write_char('-') } else { Ok(()) }
}

/// Processes that hold an object, by commas: `systemd(1), sshd(811)`.
pub(super) fn holders(holders: &[Holder<'_>], f: &mut fmt::Formatter<'_>) -> fmt::Result {
    for (i, holder) in holders.iter().enumerate() {
        f.write_str(if i == 0 { "" } else { ", " })?;
        if let Some(comm) = holder.comm {
            write!(f, "{comm}")?;
        }
        write!(f, "({})", holder.pid)?;
    }
    Ok(())
}

/// One object for every target of a program.
pub(super) fn objects<'r>(attached: &'r Attached<'_>) -> impl Iterator<Item = Object<'r>> {
    let alone = attached.loaded_alone().map(|attachment| Object::Loaded(attached, attachment));
    let sites = attached.sites().map(|site| Object::Site(site, attached.member()));
    alone.into_iter().chain(sites)
}

/// A target in JSON: `kind`, and the kind's own keys.
pub(super) enum Object<'r> {
    /// What a program was loaded for.
    Loaded(&'r Attached<'r>, &'r Attachment<'r>),
    /// Where a program is attached, and what a program of struct_ops implements.
    Site(Site<'r, 'r>, Option<Name<'r>>),
}

impl<'r> Object<'r> {
    /// A place by itself.
    pub(super) fn of(site: Site<'r, 'r>) -> Self {
        Self::Site(site, None)
    }
}

impl Serialize for Object<'_> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let mut map = to.serialize_map(None)?;
        match self {
            Self::Loaded(attached, attachment) => {
                entry(&mut map, "kind", attachment.kind)?;
                entry(&mut map, "state", attached.is_loaded_only().then_some("loaded"))?;
                let is_tracepoint = attachment.kind == Some("tp_btf");
                let key = if is_tracepoint { "tracepoint" } else { "function" };
                entry(&mut map, key, attachment.function)?;
                entry(&mut map, "prog", attachment.prog)?;
            }
            Self::Site(site, member) => {
                let its = site.target();
                entry(&mut map, "kind", site.kind())?;
                entry(&mut map, "state", its.detached.then_some("detached"))?;
                entry(&mut map, "function", its.function.or(*member))?;
                target(&mut map, its)?;
                let word = |n| Number::new(words::ATTACH_TYPES, n);
                entry(&mut map, "attach_type", site.attach_type().map(word))?;
                entry(&mut map, "truncated", its.cut.then_some(true))?;
                entry(&mut map, "link_id", site.link_id())?;
                entry(&mut map, "via", site.via())?;
            }
        }
        map.end()
    }
}

fn target<M: SerializeMap>(map: &mut M, target: &Target<'_>) -> Result<(), M::Error> {
    entry(map, "prog", target.prog())?;
    entry(map, "category", target.category)?;
    entry(map, "tracepoint", target.tracepoint)?;
    entry(map, "symbol", target.symbol)?;
    entry(map, "symbols", target.symbols.map(|names| names.iter().collect::<Vec<_>>()))?;
    entry(map, "path", target.path)?;
    entry(map, "offset", target.offset)?;
    entry(map, "offsets", target.offsets.map(|list| list.iter().collect::<Vec<_>>()))?;
    entry(map, "ref_ctr_offset", target.ref_ctr_offset)?;
    entry(map, "count", target.count)?;
    entry(map, "more", target.more)?;
    entry(map, "event", target.event())?;
    entry(map, "pmu", target.pmu)?;
    entry(map, "event_type", target.event_type.map(|n| Number::new(words::PERF_TYPES, n)))?;
    entry(map, "event_config", target.event_config)?;
    entry(map, "cpu", target.cpu)?;
    entry(map, "pid", target.pid)?;
    entry(map, "fd", target.fd)?;
    entry(map, "tid", target.tid)?;
    entry(map, "device", target.device)?;
    entry(map, "ifindex", target.ifindex)?;
    entry(map, "cgroup", target.cgroup)?;
    entry(map, "cgroup_id", target.cgroup_id)?;
    entry(map, "netns", target.netns)?;
    entry(map, "iter", target.iter)?;
    entry(map, "ops", target.ops)?;
    entry(map, "map", target.map())?;
    entry(map, "pf", target.pf.map(|n| Number(words::netfilter_family(n), n)))?;
    entry(map, "hook", target.hook.map(|n| Number::new(words::NETFILTER_HOOKS, n)))?;
    let direction = |is_egress| if is_egress { "egress" } else { "ingress" };
    entry(map, "direction", target.is_egress.map(direction))?;
    entry(map, "priority", target.priority)?;
    entry(map, "chain", target.chain)?;
    entry(map, "handle", target.handle)?;
    entry(map, "direct_action", target.direct_action)?;
    entry(map, "mode", target.mode.map(|n| Number::new(words::XDP_MODES, n)))?;
    let flags = target.attach_flags.filter(|flags| *flags != 0);
    entry(map, "attach_flags", flags.map(|n| Number::new(words::ATTACH_FLAGS, n)))?;
    entry(map, "flags", target.flags)?;
    entry(map, "cookie", target.cookie)?;
    entry(map, "cookies", target.cookies.map(|list| list.iter().collect::<Vec<_>>()))
}

/// What is not known is left out.
pub(super) fn entry<M: SerializeMap>(
    map: &mut M,
    key: &str,
    value: Option<impl Serialize>,
) -> Result<(), M::Error> {
    value.map_or(Ok(()), |value| map.serialize_entry(key, &value))
}

/// The word for a number, or the number.
pub(super) struct Number(pub(super) Option<&'static str>, pub(super) u32);

impl Number {
    pub(super) fn new(table: &'static [&'static str], number: u32) -> Self {
        Self(words::word(table, number), number)
    }
}

impl Serialize for Number {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Some(word) => to.serialize_str(word),
            None => to.serialize_u32(self.1),
        }
    }
}

/// A program that uses a map, in JSON.
pub(super) struct User<'r>(pub(super) &'r crate::model::User<'r>);

impl Serialize for User<'_> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let mut map = to.serialize_map(None)?;
        entry(&mut map, "id", Some(self.0.id))?;
        entry(&mut map, "name", self.0.name)?;
        map.end()
    }
}

/// A process that holds an object, in JSON, by the keys that bpftool has for it.
pub(super) struct Process<'r>(pub(super) &'r Holder<'r>);

impl Serialize for Process<'_> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let mut map = to.serialize_map(None)?;
        entry(&mut map, "pid", Some(self.0.pid))?;
        entry(&mut map, "comm", self.0.comm)?;
        map.end()
    }
}
