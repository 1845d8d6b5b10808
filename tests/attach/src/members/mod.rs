//! The members of the attach set, by what they are attached to.

mod cgroup;
mod device;
mod socket;
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
    kind("raw_tp", tracing::raw_tp),
    kind("raw_tp_cookie", tracing::raw_tp_cookie),
    kind("tp_btf", tracing::tp_btf),
    kind("tracepoint", tracing::tracepoint),
    kind("tracepoint_cookie", tracing::tracepoint_cookie),
    kind("perf_event", tracing::perf_event),
    kind("perf_ioctl", tracing::perf_ioctl),
    kind("shared_map", tracing::shared_map),
    kind("xdp_link", device::xdp_link),
    kind("xdp_netlink", device::xdp_netlink),
    kind("tc_clsact", device::tc_clsact),
    kind("cgroup_link", cgroup::by_link),
    kind("cgroup_attach", cgroup::by_prog_attach),
    kind("socket_filter", socket::filter),
];
