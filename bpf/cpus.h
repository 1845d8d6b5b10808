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

#include "machine.h"
#include "verifier.h"

/*
 * More CPUs than any kernel has, and as many as one loop goes through: the verifier walks every round
 * of it, and gives up after some thousand.
 */
#define MAX_CPUS 8192
#define CPU_BATCH 32

/* And in a loop that calls no such function. */
#define FEW_CPUS 64

/*
 * The possible CPUs, a bit each, and the number behind the highest of them, set by the loader. There
 * may be gaps: `cpus`, of the possible ones, is less then.
 */
const volatile __u64 possible_cpus[MAX_CPUS / 64];
const volatile __u32 cpu_ids = 1;

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

/* One for each possible CPU, without gaps: the loader says how many. */
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
 * Finds the offsets of the possible CPUs among CPU_BATCH ids; `cpu` is the place of the first one's,
 * and returned is that behind the last one's. A global function is walked by the verifier once,
 * whoever calls it how often. All that it can be given before 5.13 is numbers.
 */
__noinline __u32 find_offsets(__u32 first_id, __u32 cpu)
{
	__u64 map = ptr_to_scalar(&on_each_cpu), base = 0;

	bpf_probe_read_kernel(&base, sizeof(base),
			      (void *)map + bpf_core_field_offset(struct bpf_array, pptrs));
	cpu = bounded(cpu, MAX_CPUS - 1);
	for (__u32 i = 0; i < CPU_BATCH; i++) {
		__u64 *to = bpf_map_lookup_elem(&cpu_offsets, &cpu);

		/* Of the same bounds either way, so that the verifier goes on with one state. */
		if (to && is_possible(first_id + i)) {
			*to = find_offset(first_id + i, base);
			cpu = bounded(cpu + 1, MAX_CPUS - 1);
		}
	}
	return cpu;
}

/* To be called once before cpu_offset(); a second caller finds the same. */
static __always_inline void find_cpu_offsets(void)
{
	__u32 cpu = 0;

	for (__u32 id = 0; id < MAX_CPUS && id < cpu_ids; id += CPU_BATCH)
		cpu = find_offsets(id, cpu);
}

/* Of the possible CPUs, counted without gaps. */
static __always_inline __u64 cpu_offset(__u32 cpu)
{
	__u64 *offset = bpf_map_lookup_elem(&cpu_offsets, &cpu);

	return offset ? *offset : 0;
}

#endif
