/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Where the memory of each CPU lies, from where the kernel's per-CPU pointers point to.
 *
 * The kernel's own table of that is data, and so has an address for us with CONFIG_KALLSYMS_ALL only.
 * But a map of one's own has a per-CPU pointer, too, and from 5.19 on a helper tells where its value
 * lies on each CPU: the difference is the same for all per-CPU memory, as long as the kernel runs.
 */
#ifndef BPFDBG_CPUS_H
#define BPFDBG_CPUS_H

#include "verifier.h"

/* A bound for the verifier's sake: more CPUs than any kernel has. */
#define MAX_CPUS 8192

/*
 * The address of __per_cpu_offset, unsigned long [NR_CPUS]: the loader looks it up where the helper is
 * not there. Were it a symbol of this object, libbpf would read all of the kernel's at every load.
 */
const volatile __u64 per_cpu_offset = 0;

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u64);
} on_each_cpu SEC(".maps");

/* One for each possible CPU: the loader says how many. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u64);
} cpu_offsets SEC(".maps");

static __always_inline bool has_percpu_helper(void)
{
	return bpf_core_enum_value_exists(enum bpf_func_id, BPF_FUNC_map_lookup_percpu_elem);
}

/* Whether this kernel tells, in either way. */
static __always_inline bool has_cpu_offsets(void)
{
	return has_percpu_helper() || per_cpu_offset;
}

/* To be called once before cpu_offset(); a second caller finds the same. */
static __always_inline void find_cpu_offsets(void)
{
	__u64 map = ptr_to_scalar(&on_each_cpu), base = 0;
	__u32 first = 0;

	bpf_probe_read_kernel(&base, sizeof(base),
			      (void *)map + bpf_core_field_offset(struct bpf_array, pptrs));
	for (__u32 cpu = 0; cpu < MAX_CPUS && cpu < cpus; cpu++) {
		__u32 key = cpu;
		__u64 offset = 0, *to = bpf_map_lookup_elem(&cpu_offsets, &key);

		if (!to)
			break;
		if (has_percpu_helper())
			offset = ptr_to_scalar(bpf_map_lookup_percpu_elem(&on_each_cpu, &first, cpu)) - base;
		else if (per_cpu_offset)
			bpf_probe_read_kernel(&offset, sizeof(offset),
					      (void *)(per_cpu_offset + cpu * 8));
		*to = offset;
	}
}

static __always_inline __u64 cpu_offset(__u32 cpu)
{
	__u64 *offset = bpf_map_lookup_elem(&cpu_offsets, &cpu);

	return offset ? *offset : 0;
}

#endif
