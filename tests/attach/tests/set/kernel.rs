//! What the kernel says by bpf(2), in the words of the attach set.

use std::collections::{BTreeMap, BTreeSet};

use libbpf_rs::btf::{Btf, types::Func};
use libbpf_rs::query::{
    LinkInfo, LinkInfoIter, LinkTypeInfo, PerfEventType, ProgInfoIter, ProgInfoQueryOptions,
    ProgramInfo,
};

/// The program of this id, with its functions and maps.
pub(crate) fn program(id: u32) -> Option<ProgramInfo> {
    let wanted = ProgInfoQueryOptions::default().include_func_info(true).include_map_ids(true);
    ProgInfoIter::with_query_opts(wanted).find(|info| info.id == id)
}

/// The ids of all programs.
pub(crate) fn program_ids() -> BTreeSet<u32> {
    ProgInfoIter::default().map(|info| info.id).collect()
}

/// The link of this id.
pub(crate) fn link(id: u32) -> Option<LinkInfo> {
    LinkInfoIter::default().find(|info| info.id == id)
}

/// The full name of a program: that of the BTF function at its first instruction.
pub(crate) fn full_name(program: &ProgramInfo) -> Option<String> {
    function_name(program.id, program.func_info.first()?.type_id)
}

/// The name of a function in the BTF of a program.
fn function_name(program: u32, type_id: u32) -> Option<String> {
    let btf = Btf::from_prog_id(program).ok()?;
    let function = btf.type_by_id::<Func<'_>>(type_id.into())?;
    Some(function.name()?.to_string_lossy().into_owned())
}

/// A link's target, as far as bpf(2) tells it, with the keys of `Expect::target`.
///
/// Older kernels tell less: 5.10 no target of tracing links, and those before 6.6 none of perf
/// events. A cookie of 0 is none.
pub(crate) fn target(link: &LinkInfo) -> BTreeMap<&'static str, String> {
    let mut target = BTreeMap::new();
    let mut add = |key, value: &dyn ToString| target.insert(key, value.to_string());
    match &link.info {
        LinkTypeInfo::RawTracepoint(info) => _ = add("tracepoint", &info.name),
        LinkTypeInfo::Tracing(info) => {
            if let Some(program) = program(info.target_obj_id) {
                add("prog_id", &program.id);
                add("prog_name", &full_name(&program).unwrap_or_default());
                let function = function_name(program.id, info.target_btf_id);
                add("function", &function.unwrap_or_default());
            }
        }
        LinkTypeInfo::Cgroup(info) => _ = add("cgroup_id", &info.cgroup_id),
        LinkTypeInfo::NetNs(info) => _ = add("netns", &info.ino),
        LinkTypeInfo::Xdp(info) => _ = add("ifindex", &info.ifindex),
        LinkTypeInfo::Tcx(info) => _ = add("ifindex", &info.ifindex),
        LinkTypeInfo::Netkit(info) => _ = add("ifindex", &info.ifindex),
        LinkTypeInfo::SockMap(info) => _ = add("map_id", &info.map_id),
        LinkTypeInfo::StructOps(info) => _ = add("map_id", &info.map_id),
        LinkTypeInfo::KprobeMulti(info) => _ = add("count", &info.count),
        LinkTypeInfo::UprobeMulti(info) => {
            add("count", &info.count);
            info.path.as_ref().map(|path| add("path", &path.display()));
        }
        LinkTypeInfo::Netfilter(info) => {
            add("pf", &info.protocol_family);
            add("hook", &info.hooknum);
            add("priority", &info.priority);
        }
        LinkTypeInfo::Iter(info) => _ = add("iter", &info.target_name.display()),
        LinkTypeInfo::PerfEvent(info) => perf_target(&info.event_type, &mut add),
        LinkTypeInfo::Unknown => {}
    }
    target
}

/// `PERF_TYPE_MAX`: from here on the kernel hands types out at boot, the CPU clock's among them.
const FIRST_DYNAMIC_TYPE: u32 = 6;

fn perf_target(
    event: &PerfEventType,
    add: &mut dyn FnMut(&'static str, &dyn ToString) -> Option<String>,
) {
    let cookie = match event {
        PerfEventType::Tracepoint { name, cookie } => {
            name.as_ref().map(|name| add("tracepoint", &name.display()));
            *cookie
        }
        PerfEventType::Kprobe { func_name, offset, cookie, .. } => {
            func_name.as_ref().map(|name| add("symbol", &name.display()));
            add("offset", &format!("{offset:#x}"));
            *cookie
        }
        PerfEventType::Uprobe { file_name, offset, cookie, .. } => {
            file_name.as_ref().map(|name| add("path", &name.display()));
            add("offset", &format!("{offset:#x}"));
            *cookie
        }
        PerfEventType::Event { config, event_type, cookie } => {
            add("perf_config", config);
            if *event_type < FIRST_DYNAMIC_TYPE {
                add("perf_type", event_type);
            }
            *cookie
        }
        PerfEventType::Unknown(_) => 0,
    };
    if cookie != 0 {
        add("cookie", &cookie);
    }
}
