//! What the kernel says by bpf(2), in the words of the attach set.

use std::collections::{BTreeMap, BTreeSet};

use libbpf_rs::btf::{Btf, types::Func};
use libbpf_rs::query::{
    LinkInfo, LinkInfoIter, LinkTypeInfo, ProgInfoIter, ProgInfoQueryOptions, ProgramInfo,
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
    let btf = Btf::from_prog_id(program.id).ok()?;
    let function = btf.type_by_id::<Func<'_>>(program.func_info.first()?.type_id.into())?;
    Some(function.name()?.to_string_lossy().into_owned())
}

/// A link's target, as far as bpf(2) tells it, with the keys of `Expect::target`.
pub(crate) fn target(link: &LinkInfo) -> BTreeMap<&'static str, String> {
    let number = |number: u32| number.to_string();
    match &link.info {
        LinkTypeInfo::RawTracepoint(info) => [("tracepoint", info.name.clone())].into(),
        LinkTypeInfo::Cgroup(info) => [("cgroup_id", info.cgroup_id.to_string())].into(),
        LinkTypeInfo::NetNs(info) => [("netns", number(info.ino))].into(),
        LinkTypeInfo::Xdp(info) => [("ifindex", number(info.ifindex))].into(),
        LinkTypeInfo::Tcx(info) => [("ifindex", number(info.ifindex))].into(),
        LinkTypeInfo::Netkit(info) => [("ifindex", number(info.ifindex))].into(),
        LinkTypeInfo::SockMap(info) => [("map_id", number(info.map_id))].into(),
        LinkTypeInfo::StructOps(info) => [("map_id", number(info.map_id))].into(),
        LinkTypeInfo::KprobeMulti(info) => [("count", number(info.count))].into(),
        LinkTypeInfo::UprobeMulti(info) => [("count", number(info.count))].into(),
        LinkTypeInfo::Netfilter(info) => [
            ("pf", number(info.protocol_family)),
            ("hook", number(info.hooknum)),
            ("priority", info.priority.to_string()),
        ]
        .into(),
        LinkTypeInfo::Iter(info) => {
            [("iter", info.target_name.to_string_lossy().into_owned())].into()
        }
        _ => BTreeMap::new(),
    }
}
