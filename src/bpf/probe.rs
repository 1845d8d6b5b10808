//! What only a map of one's own tells of the kernel.

use std::fs;
use std::os::fd::{AsFd as _, AsRawFd as _};

use libbpf_rs::libbpf_sys::{BPF_F_NO_PREALLOC, bpf_map_create_opts};
use libbpf_rs::{MapHandle, MapType};

/// The bytes that the kernel reports for an empty hash table of one bucket; zero where it does not tell.
///
/// From 6.4 on they include some for each CPU, which the types of the kernel do not show: until 7.x for
/// locks that 6.15 had already removed.
pub(super) fn empty_hash_memory() -> u64 {
    let opts = bpf_map_create_opts {
        sz: size_of::<bpf_map_create_opts>() as u64,
        map_flags: BPF_F_NO_PREALLOC,
        ..bpf_map_create_opts::default()
    };
    let probe = MapHandle::create(MapType::Hash, Some("bpfdbg_probe"), 4, 4, 1, &opts);
    let reported = probe.ok().and_then(|map| {
        let fd = map.as_fd().as_raw_fd();
        let info = fs::read_to_string(format!("/proc/self/fdinfo/{fd}")).ok()?;
        let memory = info.lines().find_map(|line| line.strip_prefix("memlock:"))?;
        memory.trim().parse().ok()
    });
    reported.unwrap_or_default()
}
