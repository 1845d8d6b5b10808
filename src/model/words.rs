//! The kernel's numbers and libbpf's words for them, which are also bpftool's.
//!
//! Tests hold the tables against libbpf's own, and against the enums in the running kernel's types. A
//! number that is not in a table is shown as a number: a newer kernel knows more than this file.

/// `enum bpf_prog_type`.
pub const PROG_TYPES: &[&str] = &[
    "unspec",
    "socket_filter",
    "kprobe",
    "sched_cls",
    "sched_act",
    "tracepoint",
    "xdp",
    "perf_event",
    "cgroup_skb",
    "cgroup_sock",
    "lwt_in",
    "lwt_out",
    "lwt_xmit",
    "sock_ops",
    "sk_skb",
    "cgroup_device",
    "sk_msg",
    "raw_tracepoint",
    "cgroup_sock_addr",
    "lwt_seg6local",
    "lirc_mode2",
    "sk_reuseport",
    "flow_dissector",
    "cgroup_sysctl",
    "raw_tracepoint_writable",
    "cgroup_sockopt",
    "tracing",
    "struct_ops",
    "ext",
    "lsm",
    "sk_lookup",
    "syscall",
    "netfilter",
];

/// `BPF_PROG_TYPE_CGROUP_SKB`.
pub(super) const CGROUP_SKB: u32 = 8;

/// `BPF_LINK_TYPE_PERF_EVENT`.
pub(super) const PERF_EVENT_LINK: u32 = 7;

/// `BPF_PROG_TYPE_EXT`.
pub(super) const EXT: u32 = 28;

/// `BPF_PROG_TYPE_TRACING`.
pub(super) const TRACING: u32 = 26;

/// `enum bpf_attach_type`.
pub const ATTACH_TYPES: &[&str] = &[
    "cgroup_inet_ingress",
    "cgroup_inet_egress",
    "cgroup_inet_sock_create",
    "cgroup_sock_ops",
    "sk_skb_stream_parser",
    "sk_skb_stream_verdict",
    "cgroup_device",
    "sk_msg_verdict",
    "cgroup_inet4_bind",
    "cgroup_inet6_bind",
    "cgroup_inet4_connect",
    "cgroup_inet6_connect",
    "cgroup_inet4_post_bind",
    "cgroup_inet6_post_bind",
    "cgroup_udp4_sendmsg",
    "cgroup_udp6_sendmsg",
    "lirc_mode2",
    "flow_dissector",
    "cgroup_sysctl",
    "cgroup_udp4_recvmsg",
    "cgroup_udp6_recvmsg",
    "cgroup_getsockopt",
    "cgroup_setsockopt",
    "trace_raw_tp",
    "trace_fentry",
    "trace_fexit",
    "modify_return",
    "lsm_mac",
    "trace_iter",
    "cgroup_inet4_getpeername",
    "cgroup_inet6_getpeername",
    "cgroup_inet4_getsockname",
    "cgroup_inet6_getsockname",
    "xdp_devmap",
    "cgroup_inet_sock_release",
    "xdp_cpumap",
    "sk_lookup",
    "xdp",
    "sk_skb_verdict",
    "sk_reuseport_select",
    "sk_reuseport_select_or_migrate",
    "perf_event",
    "trace_kprobe_multi",
    "lsm_cgroup",
    "struct_ops",
    "netfilter",
    "tcx_ingress",
    "tcx_egress",
    "trace_uprobe_multi",
    "cgroup_unix_connect",
    "cgroup_unix_sendmsg",
    "cgroup_unix_recvmsg",
    "cgroup_unix_getpeername",
    "cgroup_unix_getsockname",
    "netkit_primary",
    "netkit_peer",
    "trace_kprobe_session",
    "trace_uprobe_session",
    "trace_fsession",
    "trace_fentry_multi",
    "trace_fexit_multi",
    "trace_fsession_multi",
];

/// `enum bpf_map_type`.
pub const MAP_TYPES: &[&str] = &[
    "unspec",
    "hash",
    "array",
    "prog_array",
    "perf_event_array",
    "percpu_hash",
    "percpu_array",
    "stack_trace",
    "cgroup_array",
    "lru_hash",
    "lru_percpu_hash",
    "lpm_trie",
    "array_of_maps",
    "hash_of_maps",
    "devmap",
    "sockmap",
    "cpumap",
    "xskmap",
    "sockhash",
    "cgroup_storage",
    "reuseport_sockarray",
    "percpu_cgroup_storage",
    "queue",
    "stack",
    "sk_storage",
    "devmap_hash",
    "struct_ops",
    "ringbuf",
    "inode_storage",
    "task_storage",
    "bloom_filter",
    "user_ringbuf",
    "cgrp_storage",
    "arena",
    "insn_array",
    "rhash",
];

/// `BPF_PROG_TYPE_STRUCT_OPS`.
pub(super) const STRUCT_OPS: u32 = 27;

/// `BPF_LINK_TYPE_STRUCT_OPS`.
pub(super) const STRUCT_OPS_LINK: u32 = 9;

/// `BPF_MAP_TYPE_STRUCT_OPS`.
pub(super) const STRUCT_OPS_MAP: u32 = 26;

/// The `BPF_F_*` flags that a map is made with, by their bits.
pub const MAP_FLAGS: &[&str] = &[
    "no_prealloc",
    "no_common_lru",
    "numa_node",
    "rdonly",
    "wronly",
    "stack_build_id",
    "zero_seed",
    "rdonly_prog",
    "wronly_prog",
    "clone",
    "mmapable",
    "preserve_elems",
    "inner_map",
    "link",
    "path_fd",
    "vtype_btf_obj_fd",
    "token_fd",
    "segv_on_fault",
    "no_user_conv",
    "rb_overwrite",
];

/// `enum bpf_link_type`.
pub const LINK_TYPES: &[&str] = &[
    "unspec",
    "raw_tracepoint",
    "tracing",
    "cgroup",
    "iter",
    "netns",
    "xdp",
    "perf_event",
    "kprobe_multi",
    "struct_ops",
    "netfilter",
    "tcx",
    "uprobe_multi",
    "netkit",
    "sockmap",
    "tracing_multi",
];

/// `enum perf_type_id`, in perf's words, which are bpftool's too.
pub const PERF_TYPES: &[&str] =
    &["hardware", "software", "tracepoint", "hw-cache", "raw", "breakpoint"];

/// `enum perf_sw_ids`, in perf's words.
const PERF_SOFTWARE: &[&str] = &[
    "cpu-clock",
    "task-clock",
    "page-faults",
    "context-switches",
    "cpu-migrations",
    "minor-faults",
    "major-faults",
    "alignment-faults",
    "emulation-faults",
    "dummy",
    "bpf-output",
    "cgroup-switches",
];

/// `enum perf_hw_id`, in perf's words.
const PERF_HARDWARE: &[&str] = &[
    "cpu-cycles",
    "instructions",
    "cache-references",
    "cache-misses",
    "branch-instructions",
    "branch-misses",
    "bus-cycles",
    "stalled-cycles-frontend",
    "stalled-cycles-backend",
    "ref-cycles",
];

/// The word for what a perf event of a type counts, by these two alone, as bpftool has it.
pub fn perf_config(event_type: u32, config: u64) -> Option<&'static str> {
    let config = u32::try_from(config).ok()?;
    match word(PERF_TYPES, event_type)? {
        "software" => word(PERF_SOFTWARE, config),
        "hardware" => word(PERF_HARDWARE, config),
        _ => None,
    }
}

/// The word for a perf event.
///
/// The two clocks are units of their own, to whose type newer kernels change that of the event.
pub fn perf_event(pmu: Option<&[u8]>, event_type: u32, config: u64) -> Option<&'static str> {
    match pmu {
        Some(b"cpu_clock") => Some("cpu-clock"),
        Some(b"task_clock") => Some("task-clock"),
        _ => perf_config(event_type, config),
    }
}

/// `HW_BREAKPOINT_R`, `W` and `X`: when a breakpoint is hit.
pub const BREAKPOINT_TYPES: &[&str] = &["", "read", "write", "read/write", "execute"];

/// Families of sockets, `AF_*`.
pub fn socket_family(family: u32) -> Option<&'static str> {
    match family {
        1 => Some("unix"),
        2 => Some("inet"),
        10 => Some("inet6"),
        16 => Some("netlink"),
        17 => Some("packet"),
        40 => Some("vsock"),
        44 => Some("xdp"),
        _ => None,
    }
}

/// Types of sockets, `SOCK_*`.
pub const SOCKET_TYPES: &[&str] =
    &["", "stream", "dgram", "raw", "rdm", "seqpacket", "dccp", "", "", "", "packet"];

/// `enum nf_inet_hooks`.
pub const NETFILTER_HOOKS: &[&str] =
    &["prerouting", "input", "forward", "output", "postrouting", "ingress"];

/// The protocol families that netfilter has hooks for, as nft names them.
pub fn netfilter_family(pf: u32) -> Option<&'static str> {
    match pf {
        1 => Some("inet"),
        2 => Some("ip"),
        3 => Some("arp"),
        5 => Some("netdev"),
        7 => Some("bridge"),
        10 => Some("ip6"),
        _ => None,
    }
}

/// How a program may be attached: the words of `--kind`, those of the sections in a BPF object
/// file where there is one.
pub const KINDS: &[&str] = &[
    "cgroup",
    "fentry",
    "fexit",
    "flow_dissector",
    "fmod_ret",
    "freplace",
    "fsession",
    "iter",
    "kprobe",
    "kprobe_multi",
    "kprobe_session",
    "kretprobe",
    "kretprobe_multi",
    "lsm",
    "lsm_cgroup",
    "netfilter",
    "netkit",
    "netns",
    "packet_fanout",
    "perf_event",
    "raw_tp",
    "sk_lookup",
    "sk_reuseport",
    "socket",
    "sockmap",
    "struct_ops",
    "tc",
    "tcx",
    "tp_btf",
    "tracepoint",
    "tracing",
    "tracing_multi",
    "tun_filter",
    "tun_steering",
    "uprobe",
    "uprobe_multi",
    "uprobe_session",
    "uretprobe",
    "uretprobe_multi",
    "xdp",
];

/// How a program is attached without a link.
pub const VIAS: &[&str] = &[
    "clsact",
    "map_update",
    "netlink",
    "packet_fanout_data",
    "perf_ioctl",
    "prog_attach",
    "so_attach_bpf",
    "so_attach_reuseport_ebpf",
    "tun_ioctl",
];

/// `enum bpf_xdp_mode`, in bpftool's words.
pub const XDP_MODES: &[&str] = &["generic", "driver", "offload"];

/// `BPF_F_ALLOW_OVERRIDE` and `BPF_F_ALLOW_MULTI`, in bpftool's words.
pub const ATTACH_FLAGS: &[&str] = &["", "override", "multi"];

/// One of [`KINDS`], as a text has it.
pub(crate) fn kind(token: &[u8]) -> Option<&'static str> {
    same(KINDS, token)
}

/// One of [`VIAS`], as a text has it.
pub(crate) fn via(token: &[u8]) -> Option<&'static str> {
    same(VIAS, token)
}

/// The word of a table that a text has.
fn same(table: &'static [&'static str], text: &[u8]) -> Option<&'static str> {
    table.iter().copied().find(|word| word.as_bytes() == text)
}

/// The word for a number, if the table has one.
pub fn word(table: &'static [&'static str], number: u32) -> Option<&'static str> {
    table.get(number as usize).copied()
}

/// How a program that has a target by name is attached to it, from its type and attach type.
///
/// The words are those of the sections in a BPF object file: `fentry`, `freplace`, `tp_btf`.
pub fn attach_kind(prog_type: u32, attach_type: Option<u32>) -> Option<&'static str> {
    let attach_type = attach_type.and_then(|number| word(ATTACH_TYPES, number));
    match (word(PROG_TYPES, prog_type)?, attach_type) {
        ("ext", _) => Some("freplace"),
        ("struct_ops", _) => Some("struct_ops"),
        ("lsm", Some("lsm_cgroup")) => Some("lsm_cgroup"),
        ("lsm", _) => Some("lsm"),
        ("tracing", Some("trace_raw_tp")) => Some("tp_btf"),
        ("tracing", Some("trace_fentry")) => Some("fentry"),
        ("tracing", Some("trace_fexit")) => Some("fexit"),
        ("tracing", Some("trace_fsession")) => Some("fsession"),
        ("tracing", Some("modify_return")) => Some("fmod_ret"),
        ("tracing", Some("trace_iter")) => Some("iter"),
        _ => None,
    }
}
