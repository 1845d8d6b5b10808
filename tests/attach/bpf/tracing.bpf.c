// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/* Programs that trace the kernel through BTF, raw tracepoints, tracepoints and perf events. */
#include "minimal.h"

LICENSE;

PROGRAM("raw_tp", attach_raw_tp_process_fork, 0)
PROGRAM("raw_tp", attach_raw_tp_with_cookie, 0)
PROGRAM("tp_btf/sched_process_exit", attach_tp_btf_process_exit, 0)
PROGRAM("tracepoint", attach_tracepoint_process_exec, 0)
PROGRAM("tracepoint", attach_tracepoint_with_cookie, 0)
PROGRAM("perf_event", attach_perf_event_cpu_clock, 0)
PROGRAM("perf_event", attach_perf_event_migrations, 0)
PROGRAM("perf_event", attach_perf_ioctl_cpu_clock, 0)
PROGRAM("perf_event", attach_perf_breakpoint_execute, 0)
PROGRAM("tracepoint", attach_tracepoint_by_ioctl, 0)

PROGRAM("fentry/bpf_fentry_test1", attach_fentry_kernel_function, 0)
PROGRAM("fentry/bpf_fentry_test2", attach_fentry_with_cookie, 0)
PROGRAM("fexit/bpf_fentry_test1", attach_fexit_kernel_function, 0)
PROGRAM("fmod_ret/security_inode_rename", attach_fmod_ret_kernel_function, 0)
PROGRAM("lsm/inode_rename", attach_lsm_inode_rename, 0)
PROGRAM("lsm_cgroup/socket_bind", attach_lsm_cgroup_socket_bind, 1)

PROGRAM("iter/task", attach_iter_every_task, 0)

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 8);
	__type(key, __u32);
	__type(value, __u64);
} iterated_map SEC(".maps");

PROGRAM("iter/bpf_map_elem", attach_iter_map_elements, 0)

/* Two programs that share one map, for what lists the users of a map. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u64);
} shared_counter SEC(".maps");

static __always_inline int count(void)
{
	__u32 key = 0;
	__u64 *value = bpf_map_lookup_elem(&shared_counter, &key);

	if (value)
		__sync_fetch_and_add(value, 1);
	return 0;
}

SEC("raw_tp")
int attach_shared_map_first_user(void *ctx)
{
	return count();
}

SEC("raw_tp")
int attach_shared_map_second_user(void *ctx)
{
	return count();
}
