/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * How many entries a map has now, where the kernel counts them. Read without a lock: an entry that comes or
 * goes meanwhile may be counted or not.
 */
#ifndef BPFDBG_MAP_ENTRIES_H
#define BPFDBG_MAP_ENTRIES_H

#include "escape.h"
#include "map_types.h"
#include "verifier.h"

extern __s64 bpf_map_sum_elem_count(const struct bpf_map *map) __ksym __weak; /* 6.6 */

/* A number that may be unknown. */
struct known {
	bool is_known;
	__u64 number;
};

/*
 * Those of a hash table. From 6.6 on there is a counter a CPU, whose sum may be negative for a moment. Before,
 * or where the kfunc may not be called, tables that allocate each element have one, unless they are large:
 * those count by CPU from 6.1 on. Nobody counts the others.
 */
static __always_inline struct known count_hash(struct bpf_map *map, bool has_kfunc)
{
	struct bpf_htab *htab = (void *)map;
	struct known count = {};
	__s64 sum = -1;

	if (has_kfunc && is_set(bpf_map_sum_elem_count) && bpf_core_field_exists(map->elem_count)) {
		if (is_set(map->elem_count))
			sum = bpf_map_sum_elem_count(map);
	} else if (map->map_flags & BPF_F_NO_PREALLOC) {
		if (!bpf_core_field_exists(htab->use_percpu_counter) ||
		    !BPF_CORE_READ(htab, use_percpu_counter))
			sum = BPF_CORE_READ(htab, count.counter);
	}
	count.is_known = sum >= 0;
	count.number = sum;
	return count;
}

/* Those of a queue or stack: a ring of one place more than it may have. */
static __always_inline __u64 count_queue(struct bpf_queue_stack *queue)
{
	__u32 head = BPF_CORE_READ(queue, head), tail = BPF_CORE_READ(queue, tail);

	return head >= tail ? head - tail : BPF_CORE_READ(queue, size) - tail + head;
}

/* The bytes that wait in a ring buffer. User space may write one of the positions, and so anything to it. */
static __always_inline struct known count_ringbuf(struct bpf_map *map)
{
	struct bpf_ringbuf *ring = BPF_CORE_READ((struct bpf_ringbuf_map *)map, rb);
	__u64 consumer = BPF_CORE_READ(ring, consumer_pos);
	__u64 producer = BPF_CORE_READ(ring, producer_pos);
	struct known count = { .number = producer - consumer };

	if (bpf_core_field_exists(ring->overwrite_mode) && BPF_CORE_READ(ring, overwrite_mode)) {
		__u64 not_overwritten = producer - BPF_CORE_READ(ring, overwrite_pos);

		if (not_overwritten < count.number)
			count.number = not_overwritten;
	}
	count.is_known = count.number <= map->max_entries;
	return count;
}

/* The most sockets that are counted one by one, and those of one read. */
#define MAX_SOCKETS 4096
#define SOCKET_BATCH 16

/* Counts the pointers in a table that are not NULL. A global function, as find_offsets(). */
__noinline __u32 count_pointers(__u64 table, __u32 size)
{
	__u64 some[SOCKET_BATCH];
	__u32 count = 0;

	for (__u32 i = 0; i < MAX_SOCKETS && i < size; i += SOCKET_BATCH) {
		bpf_probe_read_kernel(some, sizeof(some), (void *)table + i * sizeof(some[0]));
		/* Without a branch, of which the verifier would keep each of some thousand. */
		for (int j = 0; j < SOCKET_BATCH; j++)
			count += is_nonzero(some[j]) & if_below(i + j, size);
	}
	return count;
}

#define COUNTED(value) ((struct known){ true, (value) })

static __always_inline struct known count_entries(struct bpf_map *map, bool has_kfunc)
{
	bool has_usage = bpf_core_field_exists(struct bpf_map_ops, map_mem_usage);

	switch (map->map_type) {
	case BPF_MAP_TYPE_HASH:
	case BPF_MAP_TYPE_PERCPU_HASH:
	case BPF_MAP_TYPE_LRU_HASH:
	case BPF_MAP_TYPE_LRU_PERCPU_HASH:
	case BPF_MAP_TYPE_HASH_OF_MAPS:
		return count_hash(map, has_kfunc);
	case BPF_MAP_TYPE_LPM_TRIE:
		return COUNTED(BPF_CORE_READ((struct lpm_trie *)map, n_entries));
	case BPF_MAP_TYPE_QUEUE:
	case BPF_MAP_TYPE_STACK:
		return COUNTED(count_queue((void *)map));
	case BPF_MAP_TYPE_RINGBUF:
	case BPF_MAP_TYPE_USER_RINGBUF:
		return count_ringbuf(map);
	case BPF_MAP_TYPE_SOCKMAP:
		if (!bpf_core_type_exists(struct bpf_stab) || map->max_entries > MAX_SOCKETS)
			break;
		return COUNTED(count_pointers(ptr_to_scalar(BPF_CORE_READ((struct bpf_stab *)map, sks)),
					      map->max_entries));
	case BPF_MAP_TYPE_SOCKHASH:
		if (!bpf_core_type_exists(struct bpf_shtab))
			break;
		return COUNTED(BPF_CORE_READ((struct bpf_shtab *)map, count.counter));
	case BPF_MAP_TYPE_DEVMAP:
		if (!has_usage || !bpf_core_type_exists(struct bpf_dtab))
			break;
		return COUNTED(BPF_CORE_READ((struct bpf_dtab *)map, items));
	case BPF_MAP_TYPE_DEVMAP_HASH:
		if (!bpf_core_type_exists(struct bpf_dtab))
			break;
		return COUNTED(BPF_CORE_READ((struct bpf_dtab *)map, items));
	case BPF_MAP_TYPE_XSKMAP:
		if (!bpf_core_field_exists(struct xsk_map, count))
			break;
		return COUNTED(BPF_CORE_READ((struct xsk_map *)map, count.counter));
	case BPF_MAP_TYPE_ARENA:
		if (!bpf_core_field_exists(struct bpf_arena, nr_pages))
			break;
		return COUNTED(BPF_CORE_READ((struct bpf_arena *)map, nr_pages));
	case BPF_MAP_TYPE_RHASH:
		if (!bpf_core_type_exists(struct bpf_rhtab))
			break;
		return COUNTED(BPF_CORE_READ((struct bpf_rhtab *)map, ht.nelems.counter));
	default:
		break;
	}
	return (struct known){};
}

#endif
