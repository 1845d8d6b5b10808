//! Facts about the running kernel that decide how the iterators are loaded; read once.
//!
//! Reading the types takes some milliseconds and reading the symbols many more, so types are read
//! once for all questions, and symbols only if nothing else has the answer.

use std::collections::HashMap;
use std::fs::{self, File};
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::PathBuf;
use std::sync::OnceLock;

use rustix::fs::{MemfdFlags, memfd_create};

use super::btf::Types;
use crate::sys::path_of;

/// Where the kernel shows its types.
pub(super) const VMLINUX_BTF: &str = "/sys/kernel/btf/vmlinux";

/// Whether programs are compiled: 0, if they are interpreted. It is missing in a network namespace of a
/// container, and in a kernel that has no JIT.
const JIT: &str = "/proc/sys/net/core/bpf_jit_enable";

/// The function by which a JIT says of which helpers it has the code in itself. A kernel that has it, from
/// 6.10 on, leaves calls of those unresolved, which its interpreter does not know.
const INLINES: &str = "bpf_jit_inlines_helper_call";

/// A function that every kernel with BPF has: what lists it lists the other as well.
const LOADS: &str = "bpf_prog_alloc";

include!(concat!(env!("OUT_DIR"), "/type_names.rs"));

/// The facts that decide which iterators are loaded, and how.
#[derive(Debug)]
pub(super) struct Kernel {
    /// Whether it is of 5.19 or newer, and so has an iterator over links, and a helper that tells
    /// where a per-CPU value lies.
    pub(super) has_link_iterator: bool,
    /// Whether it has bpf_loop(), which came with 5.17.
    pub(super) has_loop: bool,
    /// The flags of `struct trace_event_call` for tracepoints, kprobes and uprobes; zero where they
    /// are not there.
    pub(super) trace_event_flags: [u32; 3],
    /// The attach types of cgroups' programs, in the order in which a cgroup keeps their lists.
    pub(super) cgroup_attach_types: [u8; 64],
    /// Where the table of links lies, on a kernel without an iterator over them.
    pub(super) link_idr: Symbol,
    /// Where the table of the CPUs' offsets lies, on a kernel without that helper.
    pub(super) per_cpu_offset: Symbol,
    /// Where the first task lies, if an iterator may not ask for its own.
    pub(super) init_task: Symbol,
    /// Whether an iterator is known not to be able to ask for its task: the JIT is off, and the kernel may
    /// have left the code of that helper to it.
    has_no_current_task: bool,
    /// The types that the iterators name, in an anonymous file.
    types: Option<File>,
}

/// The address of a symbol: `None` if the kernel has no such symbol or it was not looked up; zero
/// if the kernel hides addresses from this user.
pub(super) type Symbol = Option<u64>;

impl Kernel {
    /// The running kernel.
    pub(super) fn get() -> &'static Self {
        static KERNEL: OnceLock<Kernel> = OnceLock::new();
        KERNEL.get_or_init(Self::look)
    }

    fn look() -> Self {
        let bytes = fs::read(VMLINUX_BTF).unwrap_or_default();
        let types = Types::new(&bytes);
        let types = types.as_ref();
        // If the types cannot be read, loading reports the cause better.
        let has_link_iterator = types.is_none_or(|types| types.has_struct("bpf_iter__bpf_link"));
        let has_jit = fs::read_to_string(JIT).ok().map(|number| number.trim() != "0");
        let [link_idr, per_cpu_offset, init_task, inlines, loads] = match has_jit {
            Some(true) if has_link_iterator => [None; 5],
            // An older kernel has no INLINES, so to look for that as well would be to read all symbols.
            Some(true) => {
                let [link_idr, per_cpu_offset] = addresses(["link_idr", "__per_cpu_offset"]);
                [link_idr, per_cpu_offset, None, None, None]
            }
            _ => addresses(["link_idr", "__per_cpu_offset", "init_task", INLINES, LOADS]),
        };
        let may_inline = has_jit != Some(true) && (inlines.is_some() || loads.is_none());
        Self {
            has_link_iterator,
            has_loop: types.is_none_or(has_loop),
            trace_event_flags: types.map(trace_event_flags).unwrap_or_default(),
            cgroup_attach_types: types.and_then(cgroup_attach_types).unwrap_or_else(same),
            link_idr,
            per_cpu_offset,
            init_task: init_task.filter(|_| may_inline),
            has_no_current_task: has_jit == Some(false) && may_inline,
            types: types.and_then(|types| types.only(TYPE_NAMES)).and_then(file_of),
        }
    }

    /// Whether an iterator can have a task to begin at.
    pub(super) fn has_task(&self) -> bool {
        !self.has_no_current_task || self.init_task.is_some_and(|at| at != 0)
    }

    /// The path of a file with the types that the iterators name; `None` if there cannot be one,
    /// and libbpf has to search all types.
    pub(super) fn types(&self) -> Option<PathBuf> {
        self.types.as_ref().map(path_of).filter(|path| path.exists())
    }
}

fn file_of(bytes: Vec<u8>) -> Option<File> {
    let mut file = File::from(memfd_create(c"bpfdbg-types", MemfdFlags::CLOEXEC).ok()?);
    file.write_all(&bytes).ok().map(|()| file)
}

/// Looks up symbols, which takes reading all of /proc/kallsyms.
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

/// The helpers are members of `enum bpf_func_id`.
fn has_loop(types: &Types<'_>) -> bool {
    let mut helpers = types.enums().filter(|(name, _)| *name == b"bpf_func_id");
    helpers.any(|(_, mut members)| members.any(|(name, _)| name == b"BPF_FUNC_loop"))
}

/// They are members of an anonymous enum, which CO-RE cannot find.
fn trace_event_flags(types: &Types<'_>) -> [u32; 3] {
    const NAMES: [&[u8]; 3] =
        [b"TRACE_EVENT_FL_TRACEPOINT", b"TRACE_EVENT_FL_KPROBE", b"TRACE_EVENT_FL_UPROBE"];
    let mut flags = [0; 3];
    for (_, members) in types.enums().filter(|(name, _)| name.is_empty()) {
        for (name, value) in members {
            if let Some(i) = NAMES.iter().position(|wanted| *wanted == name) {
                flags[i] = value;
            }
        }
        if flags != [0; 3] {
            break;
        }
    }
    flags
}

/// Up to 5.14, lists are indexed by attach type.
fn same() -> [u8; 64] {
    std::array::from_fn(|slot| slot as u8)
}

/// 5.15 and newer index lists by an enum of their own, whose names differ from those of the attach
/// types in their prefix; `None` on older kernels.
fn cgroup_attach_types(kernel: &Types<'_>) -> Option<[u8; 64]> {
    let members = |wanted: &[u8]| {
        let mut enums = kernel.enums();
        enums.find_map(|(name, members)| (name == wanted).then(|| members.collect::<Vec<_>>()))
    };
    let order = members(b"cgroup_bpf_attach_type")?;
    let numbers: HashMap<_, _> = members(b"bpf_attach_type")?.into_iter().collect();
    let number = |name: &[u8]| numbers.get(name).and_then(|number| u8::try_from(*number).ok());
    // Those of LSM programs, one for each function in use, have no names.
    let mut types = [number(b"BPF_LSM_CGROUP").unwrap_or(0); 64];
    for (name, slot) in order {
        let number = number(&[b"BPF_", name].concat());
        if let (Some(slot), Some(number)) = (types.get_mut(slot as usize), number) {
            *slot = number;
        }
    }
    Some(types)
}
