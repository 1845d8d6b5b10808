/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The memory of a map, as the kernel reports it in fdinfo: the pages charged, up to 5.10; then one estimate
 * for all types; from 6.4 on, what map_mem_usage() of each type says. A program cannot call that, so it is
 * computed here as there. A type that is not here is not known.
 */
#ifndef BPFDBG_MAP_MEMORY_H
#define BPFDBG_MAP_MEMORY_H

#include "machine.h"
#include "map_entries.h"

/* Rounds up to a multiple of `to`, a power of two. */
#define ROUND_UP(number, to) (((number) + (to) - 1) & ~((__u64)(to) - 1))

#define POINTER sizeof(void *)

/*
 * The memory of an empty hash table of one bucket, as the loader sees it reported; zero where it is not told.
 * Beside its own size, kernels count some bytes a CPU of which their types show nothing.
 */
const volatile __u64 empty_hash_memory = 0;

/* The size of a type in the kernel; zero where it has no such type. */
#define SIZE_OF(type) ((__u64)bpf_core_type_size(type))

/* From 5.11 to 6.3. */
static __always_inline __u64 estimate_memory(struct bpf_map *map)
{
	__u64 value = map->value_size;

	switch (map->map_type) {
	case BPF_MAP_TYPE_PERCPU_HASH:
	case BPF_MAP_TYPE_PERCPU_ARRAY:
	case BPF_MAP_TYPE_LRU_PERCPU_HASH:
	case BPF_MAP_TYPE_PERCPU_CGROUP_STORAGE:
		value = ROUND_UP(value, 8) * cpus;
		break;
	default:
		break;
	}
	return ROUND_UP(map->max_entries * ROUND_UP(map->key_size + value, 8), page_size);
}

static __always_inline __u64 array_memory(struct bpf_map *map)
{
	__u64 all = map->max_entries * ROUND_UP(map->value_size, 8), size = SIZE_OF(struct bpf_array);

	if (map->map_type == BPF_MAP_TYPE_PERCPU_ARRAY)
		return size + map->max_entries * POINTER + all * cpus;
	if (map->map_flags & BPF_F_MMAPABLE)
		return ROUND_UP(size, page_size) + ROUND_UP(all, page_size);
	return size + all;
}

static __always_inline __u64 bucket_size(void)
{
	__u64 end = bpf_core_field_offset(struct bucket, raw_lock) +
		    bpf_core_field_size(struct bucket, raw_lock);

	return ROUND_UP(end, POINTER);
}

static __always_inline struct known hash_memory(struct bpf_map *map, struct known count)
{
	struct bpf_htab *htab = (void *)map;
	bool is_lru = map->map_type == BPF_MAP_TYPE_LRU_HASH ||
		      map->map_type == BPF_MAP_TYPE_LRU_PERCPU_HASH;
	bool is_percpu = map->map_type == BPF_MAP_TYPE_PERCPU_HASH ||
			 map->map_type == BPF_MAP_TYPE_LRU_PERCPU_HASH;
	__u32 values = ROUND_UP(map->value_size, 8) * cpus; /* wraps as the kernel's */
	__u64 element = BPF_CORE_READ(htab, elem_size), entries = map->max_entries;
	__u64 size = empty_hash_memory + bucket_size() * (BPF_CORE_READ(htab, n_buckets) - 1ULL);

	if (!empty_hash_memory)
		return (struct known){};
	if (map->map_flags & BPF_F_NO_PREALLOC) {
		entries = count.number;
		element += POINTER;
		if (is_percpu)
			element += 2 * POINTER + values;
		count.number = size + element * entries;
		return count;
	}
	if (is_percpu)
		element += values;
	else if (!is_lru)
		size += POINTER * cpus;
	if (!is_percpu && !is_lru && BPF_CORE_READ(htab, extra_elems))
		entries += cpus;
	return COUNTED(size + element * entries);
}

static __always_inline __u64 ringbuf_memory(struct bpf_map *map)
{
	__u64 pages = BPF_CORE_READ((struct bpf_ringbuf_map *)map, rb, nr_pages);
	__u64 data = map->max_entries / page_size;

	/* The data's pages are mapped twice, in a row. */
	return SIZE_OF(struct bpf_ringbuf_map) + pages * page_size + (pages + data) * POINTER;
}

/* Not from 6.4 to 6.11, which count the members of another type. */
static __always_inline struct known struct_ops_memory(struct bpf_map *map)
{
	struct bpf_struct_ops_map *ops = (void *)map;
	__u64 value, count, size = SIZE_OF(struct bpf_struct_ops_map);

	if (!bpf_core_field_exists(ops->funcs_cnt))
		return (struct known){};
	value = BPF_CORE_READ(ops, st_ops_desc, value_type, size);
	count = BPF_CORE_READ(ops, funcs_cnt);
	size += value - SIZE_OF(struct bpf_struct_ops_value) + value + count * POINTER + page_size;
	if (bpf_core_field_exists(ops->ksyms))
		size += count * POINTER;
	return COUNTED(size);
}

static __always_inline __u64 devmap_memory(struct bpf_map *map, __u64 devices)
{
	__u64 slots = map->max_entries;

	if (map->map_type == BPF_MAP_TYPE_DEVMAP_HASH)
		slots = BPF_CORE_READ((struct bpf_dtab *)map, n_buckets);
	return SIZE_OF(struct bpf_dtab) + slots * POINTER + devices * SIZE_OF(struct bpf_dtab_netdev);
}

static __always_inline __u64 local_storage_memory(struct bpf_map *map)
{
	__u32 log = BPF_CORE_READ((struct bpf_local_storage_map *)map, bucket_log);

	return SIZE_OF(struct bpf_local_storage_map) +
	       (SIZE_OF(struct bpf_local_storage_map_bucket) << bounded(log, 63));
}

static __always_inline __u64 bloom_memory(struct bpf_map *map)
{
	__u64 bits = BPF_CORE_READ((struct bpf_bloom_filter *)map, bitset_mask) + 1ULL;

	return SIZE_OF(struct bpf_bloom_filter) + ROUND_UP(bits, 64) / 8;
}

static __always_inline __u64 trie_memory(struct bpf_map *map, __u64 nodes)
{
	__u64 data = BPF_CORE_READ((struct lpm_trie *)map, data_size);

	return nodes * (SIZE_OF(struct lpm_trie_node) + data + map->value_size);
}

static __always_inline __u64 stack_trace_memory(struct bpf_map *map)
{
	return SIZE_OF(struct bpf_stack_map) +
	       BPF_CORE_READ((struct bpf_stack_map *)map, n_buckets) * POINTER +
	       map->max_entries * (SIZE_OF(struct stack_map_bucket) + map->value_size);
}

static __always_inline __u64 sockhash_memory(struct bpf_map *map, __u64 sockets)
{
	struct bpf_shtab *table = (void *)map;

	return SIZE_OF(struct bpf_shtab) +
	       BPF_CORE_READ(table, buckets_num) * SIZE_OF(struct bpf_shtab_bucket) +
	       BPF_CORE_READ(table, elem_size) * sockets;
}

/* From 6.4 on. */
static __always_inline struct known map_mem_usage(struct bpf_map *map, struct known count)
{
	__u64 entries = map->max_entries;

	/* The memory of a map in a device is not counted. */
	if ((map->map_type == BPF_MAP_TYPE_HASH || map->map_type == BPF_MAP_TYPE_ARRAY) &&
	    !is_set(map->ops->map_lookup_elem))
		return COUNTED(SIZE_OF(struct bpf_offloaded_map));
	switch (map->map_type) {
	case BPF_MAP_TYPE_ARRAY:
	case BPF_MAP_TYPE_PERCPU_ARRAY:
	case BPF_MAP_TYPE_PROG_ARRAY:
	case BPF_MAP_TYPE_PERF_EVENT_ARRAY:
	case BPF_MAP_TYPE_CGROUP_ARRAY:
	case BPF_MAP_TYPE_ARRAY_OF_MAPS:
		return COUNTED(array_memory(map));
	case BPF_MAP_TYPE_HASH:
	case BPF_MAP_TYPE_PERCPU_HASH:
	case BPF_MAP_TYPE_LRU_HASH:
	case BPF_MAP_TYPE_LRU_PERCPU_HASH:
	case BPF_MAP_TYPE_HASH_OF_MAPS:
		return hash_memory(map, count);
	case BPF_MAP_TYPE_RHASH:
		if (!bpf_core_type_exists(struct bpf_rhtab))
			break;
		count.number = SIZE_OF(struct bpf_rhtab) +
			       BPF_CORE_READ((struct bpf_rhtab *)map, elem_size) * count.number;
		return count;
	case BPF_MAP_TYPE_LPM_TRIE:
		return COUNTED(trie_memory(map, count.number));
	case BPF_MAP_TYPE_QUEUE:
	case BPF_MAP_TYPE_STACK:
		return COUNTED(SIZE_OF(struct bpf_queue_stack) + (entries + 1) * map->value_size);
	case BPF_MAP_TYPE_STACK_TRACE:
		return COUNTED(stack_trace_memory(map));
	case BPF_MAP_TYPE_RINGBUF:
	case BPF_MAP_TYPE_USER_RINGBUF:
		return COUNTED(ringbuf_memory(map));
	case BPF_MAP_TYPE_BLOOM_FILTER:
		return COUNTED(bloom_memory(map));
	case BPF_MAP_TYPE_DEVMAP:
	case BPF_MAP_TYPE_DEVMAP_HASH:
		if (!bpf_core_type_exists(struct bpf_dtab))
			break;
		return COUNTED(devmap_memory(map, count.number));
	case BPF_MAP_TYPE_CPUMAP:
		if (!bpf_core_type_exists(struct bpf_cpu_map))
			break;
		return COUNTED(SIZE_OF(struct bpf_cpu_map) + entries * POINTER);
	case BPF_MAP_TYPE_XSKMAP:
		if (!bpf_core_field_exists(struct xsk_map, count))
			break;
		return COUNTED(SIZE_OF(struct xsk_map) + entries * POINTER +
			       count.number * SIZE_OF(struct xsk_map_node));
	case BPF_MAP_TYPE_SOCKMAP:
		if (!bpf_core_type_exists(struct bpf_stab))
			break;
		return COUNTED(SIZE_OF(struct bpf_stab) + entries * POINTER);
	case BPF_MAP_TYPE_SOCKHASH:
		if (!bpf_core_type_exists(struct bpf_shtab))
			break;
		return COUNTED(sockhash_memory(map, count.number));
	case BPF_MAP_TYPE_REUSEPORT_SOCKARRAY:
		if (!bpf_core_type_exists(struct reuseport_array))
			break;
		return COUNTED(SIZE_OF(struct reuseport_array) + entries * POINTER);
	case BPF_MAP_TYPE_CGROUP_STORAGE:
	case BPF_MAP_TYPE_PERCPU_CGROUP_STORAGE:
		if (!bpf_core_type_exists(struct bpf_cgroup_storage_map))
			break;
		return COUNTED(SIZE_OF(struct bpf_cgroup_storage_map));
	case BPF_MAP_TYPE_SK_STORAGE:
	case BPF_MAP_TYPE_INODE_STORAGE:
	case BPF_MAP_TYPE_TASK_STORAGE:
	case BPF_MAP_TYPE_CGRP_STORAGE:
		return COUNTED(local_storage_memory(map));
	case BPF_MAP_TYPE_STRUCT_OPS:
		if (!bpf_core_type_exists(struct bpf_struct_ops_map))
			break;
		return struct_ops_memory(map);
	case BPF_MAP_TYPE_ARENA:
		/* Without a count, its memory is reported as none. */
		return COUNTED(count.number * page_size);
	case BPF_MAP_TYPE_INSN_ARRAY:
		return COUNTED(SIZE_OF(struct bpf_insn_array) +
			       entries * (SIZE_OF(struct bpf_insn_array_value) + sizeof(long)));
	default:
		break;
	}
	return (struct known){};
}

static __always_inline struct known map_memory(struct bpf_map *map, struct known count)
{
	if (bpf_core_field_exists(struct bpf_map___memory, memory)) {
		struct bpf_map___memory *m = (void *)map;

		return COUNTED((__u64)BPF_CORE_READ(m, memory.pages) * page_size);
	}
	if (bpf_core_field_exists(struct bpf_map_ops, map_mem_usage))
		return map_mem_usage(map, count);
	return COUNTED(estimate_memory(map));
}

#endif
