//! What must be known of the running kernel before the iterators are loaded: read once.
//!
//! Its types take some milliseconds to read, and its symbols many more, so the former are read once
//! for all questions, and the latter only where nothing else has the answer.

use std::collections::HashMap;
use std::fs::File;
use std::io::{BufRead as _, BufReader};
use std::sync::OnceLock;

use libbpf_rs::btf::{Btf, types};

/// The facts that decide which iterators are loaded, and how.
#[derive(Debug)]
pub(super) struct Kernel {
    /// Whether it is of 5.19 or newer, and so has an iterator over links, bpf_loop(), and a helper
    /// that tells where a per-CPU value lies.
    pub(super) has_link_iterator: bool,
    /// The flags of `struct trace_event_call` for tracepoints, kprobes and uprobes; zero where they
    /// are not there.
    pub(super) trace_event_flags: [u32; 3],
    /// The attach types of cgroups' programs, in the order in which a cgroup keeps their lists.
    pub(super) cgroup_attach_types: [u8; 64],
    /// Where the table of links lies, on a kernel without an iterator over them.
    pub(super) link_idr: Symbol,
    /// Where the table of the CPUs' offsets lies, on a kernel without that helper.
    pub(super) per_cpu_offset: Symbol,
}

/// Where a symbol lies: `None` where the kernel has no such symbol, or is not asked for it; zero
/// where it keeps the address from this user.
pub(super) type Symbol = Option<u64>;

impl Kernel {
    /// The running kernel.
    pub(super) fn get() -> &'static Self {
        static KERNEL: OnceLock<Kernel> = OnceLock::new();
        KERNEL.get_or_init(Self::look)
    }

    fn look() -> Self {
        let btf = Btf::from_vmlinux().ok();
        let has =
            |btf: &Btf<'_>| btf.type_by_name::<types::Struct<'_>>("bpf_iter__bpf_link").is_some();
        // Where the types cannot be read, loading tells better what is wrong.
        let has_link_iterator = btf.as_ref().is_none_or(has);
        let symbols =
            if has_link_iterator { [None; 2] } else { addresses(["link_idr", "__per_cpu_offset"]) };
        Self {
            has_link_iterator,
            trace_event_flags: btf.as_ref().map(trace_event_flags).unwrap_or_default(),
            cgroup_attach_types: btf.as_ref().and_then(cgroup_attach_types).unwrap_or_else(same),
            link_idr: symbols[0],
            per_cpu_offset: symbols[1],
        }
    }
}

/// Looks symbols up; all that the kernel lists are read for it.
fn addresses<const N: usize>(names: [&str; N]) -> [Symbol; N] {
    let mut found = [None; N];
    let Ok(file) = File::open("/proc/kallsyms") else { return found };
    let mut file = BufReader::with_capacity(64 << 10, file);
    let mut line = Vec::new();
    while found.contains(&None) && matches!(file.read_until(b'\n', &mut line), Ok(1..)) {
        // "ffffffff82a5c3e0 d link_idr", and behind it the module, if there is one.
        let mut words = line.trim_ascii_end().split(|byte| *byte == b' ');
        if let (Some(address), Some(_), Some(name), None) =
            (words.next(), words.next(), words.next(), words.next())
            && let Some(at) = names.iter().position(|wanted| wanted.as_bytes() == name)
        {
            let address = std::str::from_utf8(address).ok();
            found[at] = address.and_then(|digits| u64::from_str_radix(digits, 16).ok());
        }
        line.clear();
    }
    found
}

/// They are members of an enum without a name, which CO-RE cannot find.
fn trace_event_flags(btf: &Btf<'_>) -> [u32; 3] {
    const NAMES: [&str; 3] =
        ["TRACE_EVENT_FL_TRACEPOINT", "TRACE_EVENT_FL_KPROBE", "TRACE_EVENT_FL_UPROBE"];
    let mut flags = [0; 3];
    for members in btf.type_by_kind::<types::Enum<'_>>() {
        for member in members.iter() {
            let Some(name) = member.name.and_then(|name| name.to_str()) else { continue };
            if let Some(i) = NAMES.iter().position(|wanted| *wanted == name) {
                flags[i] = u32::try_from(member.value).unwrap_or(0);
            }
        }
        if flags != [0; 3] {
            break;
        }
    }
    flags
}

/// A list stands at the number of its attach type, up to 5.14.
fn same() -> [u8; 64] {
    std::array::from_fn(|slot| slot as u8)
}

/// The kernel has an enum of its own for that order (5.15), whose names differ from those of the
/// attach types in their prefix; `None` where it has not.
fn cgroup_attach_types(btf: &Btf<'_>) -> Option<[u8; 64]> {
    let order = btf.type_by_name::<types::Enum<'_>>("cgroup_bpf_attach_type")?;
    let all = btf.type_by_name::<types::Enum<'_>>("bpf_attach_type")?;
    let name = |member: types::EnumMember<'_>| {
        member.name.and_then(|name| name.to_str()).map(str::to_owned).unwrap_or_default()
    };
    let numbers: HashMap<_, _> =
        all.iter().map(|member| (name(member), u8::try_from(member.value).unwrap_or(0))).collect();
    // Those of LSM programs, one for each function in use, have no names.
    let mut types = [numbers.get("BPF_LSM_CGROUP").copied().unwrap_or(0); 64];
    for member in order.iter() {
        let number = numbers.get(&format!("BPF_{}", name(member)));
        let slot = usize::try_from(member.value).ok().and_then(|slot| types.get_mut(slot));
        if let (Some(slot), Some(number)) = (slot, number) {
            *slot = *number;
        }
    }
    Some(types)
}
