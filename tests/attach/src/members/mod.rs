//! The members of the attach set, by what they are attached to.

mod attach;
mod cgroup;
mod device;
mod extend;
mod function;
mod hostile;
mod iter;
mod multi;
mod netns;
mod probe;
mod socket;
mod struct_ops;
mod tracing;

use crate::error::Result;
use crate::stage::Ready;

/// A member: its name, and the function that loads its programs.
pub(crate) struct Kind {
    pub(crate) name: &'static str,
    pub(crate) load: fn() -> Result<Ready>,
}

const fn kind(name: &'static str, load: fn() -> Result<Ready>) -> Kind {
    Kind { name, load }
}

/// Every member; a new one is a function and a line here.
pub(crate) const KINDS: &[Kind] = &[
    kind("freplace", extend::freplace),
    kind("freplace_two_targets", extend::freplace_two_targets),
    kind("fentry_prog", extend::fentry_prog),
    kind("fexit_prog", extend::fexit_prog),
    kind("fentry", function::fentry),
    kind("fentry_cookie", function::fentry_cookie),
    kind("fexit", function::fexit),
    kind("fmod_ret", function::fmod_ret),
    kind("lsm", function::lsm),
    kind("lsm_cgroup", function::lsm_cgroup),
    kind("tracing_multi", function::tracing_multi),
    kind("tp_btf", tracing::tp_btf),
    kind("raw_tp", tracing::raw_tp),
    kind("raw_tp_cookie", tracing::raw_tp_cookie),
    kind("tracepoint", tracing::tracepoint),
    kind("tracepoint_cookie", tracing::tracepoint_cookie),
    kind("perf_event", tracing::perf_event),
    kind("perf_software", tracing::perf_software),
    kind("perf_ioctl", tracing::perf_ioctl),
    kind("perf_breakpoint", tracing::perf_breakpoint),
    kind("tracepoint_ioctl", tracing::tracepoint_ioctl),
    kind("shared_map", tracing::shared_map),
    kind("kprobe", probe::kprobe),
    kind("kprobe_cookie", probe::kprobe_cookie),
    kind("kprobe_offset", probe::kprobe_offset),
    kind("kprobe_ioctl", probe::kprobe_ioctl),
    kind("kretprobe", probe::kretprobe),
    kind("uprobe", probe::uprobe),
    kind("uprobe_cookie", probe::uprobe_cookie),
    kind("uretprobe", probe::uretprobe),
    kind("kprobe_multi", multi::kprobe_multi),
    kind("kprobe_multi_many", multi::kprobe_multi_many),
    kind("kretprobe_multi", multi::kretprobe_multi),
    kind("kprobe_session", multi::kprobe_session),
    kind("uprobe_multi", multi::uprobe_multi),
    kind("uretprobe_multi", multi::uretprobe_multi),
    kind("uprobe_session", multi::uprobe_session),
    kind("xdp_link", device::xdp_link),
    kind("xdp_netlink", device::xdp_netlink),
    kind("xdp_elsewhere", device::xdp_elsewhere),
    kind("tcx", device::tcx),
    kind("tcx_attach", device::tcx_attach),
    kind("netkit", device::netkit),
    kind("netkit_attach", device::netkit_attach),
    kind("tc_clsact", device::tc_clsact),
    kind("cgroup_link", cgroup::by_link),
    kind("cgroup_attach", cgroup::by_prog_attach),
    kind("sk_lookup", netns::sk_lookup),
    kind("flow_dissector", netns::flow_dissector),
    kind("flow_dissector_attach", netns::flow_dissector_attach),
    kind("netfilter", netns::netfilter),
    kind("sockmap_link", socket::sockmap_link),
    kind("sockmap_attach", socket::sockmap_attach),
    kind("socket_filter", socket::filter),
    kind("reuseport", socket::reuseport),
    kind("tun", socket::tun),
    kind("packet_fanout", socket::packet_fanout),
    kind("struct_ops_link", struct_ops::by_link),
    kind("struct_ops_map", struct_ops::by_map),
    kind("iter_task", iter::tasks),
    kind("iter_map", iter::map_elements),
    kind("hostile_cgroup_newline", hostile::cgroup_newline),
    kind("hostile_cgroup_blanks", hostile::cgroup_blanks),
    kind("hostile_device_alias", hostile::device_alias),
    kind("hostile_device_name", hostile::device_name),
    kind("hostile_uprobe_path", probe::uprobe_newline),
];
