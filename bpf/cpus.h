/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The offset of each CPU's memory from the kernel's per-CPU pointers.
 *
 * __per_cpu_offset is data, whose address /proc/kallsyms has with CONFIG_KALLSYMS_ALL only. But a per-CPU
 * map of our own has a per-CPU pointer, and from 5.19 on bpf_map_lookup_percpu_elem() tells the address of
 * its value on each CPU: their difference is the offset, for all per-CPU memory, until reboot.
 */
#ifndef BPFDBG_CPUS_H
#define BPFDBG_CPUS_H

#include "verifier.h"

/*
 * The most CPUs that any kernel has, and the rounds of one loop: the verifier walks each round, and gives
 * up after some thousand.
 */
#define MAX_CPUS 8192
#define CPU_BATCH 32

/* The rounds of a loop that does not call a global function per batch. */
#define FEW_CPUS 64

/*
 * The possible CPUs, a bit each, and the highest id plus one; the loader sets them. Ids may have gaps:
 * then there are fewer possible CPUs than ids.
 */
const volatile __u64 possible_cpus[MAX_CPUS / 64];
const volatile __u32 cpu_ids = 1;

/*
 * The address of __per_cpu_offset, unsigned long [NR_CPUS]: the loader looks it up where the helper is
 * missing. With a ksym in this object, libbpf would parse /proc/kallsyms at every load.
 */
const volatile __u64 per_cpu_offset = 0;

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u64);
} on_each_cpu SEC(".maps");

/* The offsets of the possible CPUs, without gaps; the loader sets max_entries. */
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

/* Whether the offsets can be found, in either way. */
static __always_inline bool has_cpu_offsets(void)
{
	return has_percpu_helper() || per_cpu_offset;
}

static __always_inline bool is_possible(__u32 id)
{
	return possible_cpus[bounded(id / 64, MAX_CPUS / 64 - 1)] >> id % 64 & 1;
}

static __always_inline __u64 find_offset(__u32 id, __u64 base)
{
	__u64 offset = 0;
	__u32 first = 0;

	if (has_percpu_helper())
		return ptr_to_scalar(bpf_map_lookup_percpu_elem(&on_each_cpu, &first, id)) - base;
	if (per_cpu_offset)
		bpf_probe_read_kernel(&offset, sizeof(offset), (void *)(per_cpu_offset + id * 8));
	return offset;
}

/*
 * Finds the offsets of the possible CPUs among CPU_BATCH ids, stores them from index `cpu` on, and returns
 * the index behind the last. A global function: the verifier walks it once for all calls, and before 5.13
 * its arguments must be scalars.
 */
__noinline __u32 find_offsets(__u32 first_id, __u32 cpu)
{
	__u64 map = ptr_to_scalar(&on_each_cpu), base = 0;

	bpf_probe_read_kernel(&base, sizeof(base),
			      (void *)map + bpf_core_field_offset(struct bpf_array, pptrs));
	cpu = bounded(cpu, MAX_CPUS - 1);
	for (__u32 i = 0; i < CPU_BATCH; i++) {
		__u64 *to = bpf_map_lookup_elem(&cpu_offsets, &cpu);

		/* Bounded on both branches alike, so that the states merge. */
		if (to && is_possible(first_id + i)) {
			*to = find_offset(first_id + i, base);
			cpu = bounded(cpu + 1, MAX_CPUS - 1);
		}
	}
	return cpu;
}

/* To be called before cpu_offset(); concurrent callers store the same. */
static __always_inline void find_cpu_offsets(void)
{
	__u32 cpu = 0;

	for (__u32 id = 0; id < MAX_CPUS && id < cpu_ids; id += CPU_BATCH)
		cpu = find_offsets(id, cpu);
}

/* `cpu` is an index among the possible CPUs. */
static __always_inline __u64 cpu_offset(__u32 cpu)
{
	__u64 *offset = bpf_map_lookup_elem(&cpu_offsets, &cpu);

	return offset ? *offset : 0;
}

#endif
