// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* The iterator of maps.debug: one row a map. */
#include "columns.h"
#include "escape.h"
#include "machine.h"
#include "map_progs.h"
#include "names.h"
#include "text.h"
#include "verifier.h"

extern __s64 bpf_map_sum_elem_count(const struct bpf_map *map) __ksym __weak; /* 6.6 */

#define MAP_NAMES(TOKEN)                                \
	TOKEN("      ", id, "", print_id(seq, map->id)) \
	TOKEN(" ", name, "            ", print_name(seq, map->name[0] ? map->name : none))

#define MAP_NUMBERS(NUMBER)                                                        \
	NUMBER(" ", max_entries, U32, put_u32, map->max_entries)                   \
	NUMBER("             ", cur_entries, U64, put_cur_entries, map, has_kfunc) \
	NUMBER(" ", type, FLAG, put_small, map->map_type)                          \
	NUMBER("   ", key_size, U32, put_u32, map->key_size)                       \
	NUMBER("  ", value_size, U32, put_u32, map->value_size)                    \
	NUMBER("       ", flags, U32, put_u32, map->map_flags)                     \
	NUMBER(" ", frozen, FLAG, put_small, map->frozen)                          \
	NUMBER("              ", memlock, U64, put_memlock, map)                   \
	NUMBER("      ", btf_id, U32, put_u32_if, map->btf, map->btf->id)          \
	NUMBER(" ", owner_prog_type, FLAG, put_small_if, owner.type, owner.type)   \
	NUMBER(" ", owner_jited, FLAG, put_small_if, owner.type, owner.jited)

#define MAP_LISTS(TOKEN)                                       \
	TOKEN(" ", value_type, "", print_value_type(seq, map)) \
	TOKEN(" ", ops, "", print_ops(seq, map))               \
	TOKEN(" ", bound, "", print_bound(seq, map))

static const char maps_header[] = MAP_NAMES(TOKEN_HEADING) MAP_NUMBERS(NUMBER_HEADING)
	MAP_LISTS(TOKEN_HEADING) HEADER_END;

struct map_columns {
	MAP_NUMBERS(NUMBER_MEMBER)
};

/* Rounds up to a multiple of `to`, a power of two. */
#define ROUND_UP(number, to) (((number) + (to) - 1) & ~((__u64)(to) - 1))

/* The programs that a program array takes. */
struct map_owner {
	__u32 type; /* zero, BPF_PROG_TYPE_UNSPEC, where it is not bound */
	bool jited;
};

/*
 * The first program that uses a program array, or is put into it, binds the array to its type. 5.10 keeps
 * that in the array, later kernels in every map, newer ones behind a pointer.
 */
static __always_inline struct map_owner find_owner(struct bpf_map *map)
{
	struct map_owner owner = {};

	if (map->map_type != BPF_MAP_TYPE_PROG_ARRAY)
		return owner;
	if (bpf_core_field_exists(struct bpf_map_owner, jited)) {
		struct bpf_map___owner_ptr *m = (void *)map;

		owner.type = BPF_CORE_READ(m, owner, type);
		owner.jited = BPF_CORE_READ(m, owner, jited);
	} else if (bpf_core_field_exists(struct bpf_map___owner, owner)) {
		struct bpf_map___owner *m = (void *)map;

		owner.type = BPF_CORE_READ(m, owner.type);
		owner.jited = BPF_CORE_READ(m, owner.jited);
	} else {
		struct bpf_array___510 *m = (void *)map;

		owner.type = BPF_CORE_READ(m, aux, owner.type);
		owner.jited = BPF_CORE_READ(m, aux, owner.jited);
	}
	return owner;
}

/* The number of entries; only types of maps that have a per-CPU counter of them know it. */
static __always_inline void put_cur_entries(__u32 to[U64], struct bpf_map *map, bool has_kfunc)
{
	__s64 count = -1;

	if (has_kfunc && is_set(bpf_map_sum_elem_count) && bpf_core_field_exists(map->elem_count) &&
	    is_set(map->elem_count))
		count = bpf_map_sum_elem_count(map);
	/* A sum over CPUs without a lock: it may be negative for a moment. */
	put_u64_if(to, count >= 0, count);
}

/*
 * The memory as the kernel reports it: the pages charged, up to 5.10; then one estimate for all types;
 * from 6.4 on map_mem_usage() of each type, which a program cannot call.
 */
static __always_inline void put_memlock(__u32 to[U64], struct bpf_map *map)
{
	__u64 value, bytes;

	put_none(to, U64);
	if (bpf_core_field_exists(struct bpf_map___memory, memory)) {
		struct bpf_map___memory *m = (void *)map;

		put_u64(to, (__u64)BPF_CORE_READ(m, memory.pages) * page_size);
		return;
	}
	if (bpf_core_field_exists(struct bpf_map_ops, map_mem_usage))
		return;
	value = map->value_size;
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
	bytes = map->max_entries * ROUND_UP(map->key_size + value, 8);
	put_u64(to, ROUND_UP(bytes, page_size));
}

/* Escaped: the kernel does not check the names of integers. */
static __always_inline void print_value_type(struct seq_file *seq, struct bpf_map *map)
{
	const char *name = btf_name(map->btf, map->btf_value_type_id, NULL);

	bpf_seq_write(seq, blank, 1);
	if (is_set(name))
		print_plain(seq, name);
	else
		bpf_seq_write(seq, none, 1);
}

static __always_inline int print_map_row(struct bpf_iter__bpf_map *ctx, bool has_kfunc)
{
	struct seq_file *seq = ctx->meta->seq;
	struct bpf_map *map = ctx->map;
	struct map_owner owner;
	struct map_columns to;

	if (!map)
		return 0;
	if (ctx->meta->seq_num == 0)
		PUT(seq, maps_header);
	owner = find_owner(map);
	MAP_NAMES(TOKEN_VALUE)
	MAP_NUMBERS(NUMBER_VALUE)
	bpf_seq_write(seq, &to, sizeof(to));
	MAP_LISTS(TOKEN_VALUE)
	return 0;
}

SEC("iter/bpf_map")
int bpfdbg_maps(struct bpf_iter__bpf_map *ctx)
{
	return print_map_row(ctx, true);
}

/* Without the JIT, a program may not call kfuncs. */
SEC("iter/bpf_map")
int bpfdbg_maps_no_kfunc(struct bpf_iter__bpf_map *ctx)
{
	return print_map_row(ctx, false);
}
