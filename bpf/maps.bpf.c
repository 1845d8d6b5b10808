// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* maps.debug: one row a map. */
#include "escape.h"
#include "machine.h"
#include "map_progs.h"
#include "names.h"

extern __s64 bpf_map_sum_elem_count(const struct bpf_map *map) __ksym __weak; /* 6.6 */

struct map_columns {
	__u32 max_entries[U32];
	__u32 cur_entries[U64];
	__u32 type[FLAG];
	__u32 key_size[U32];
	__u32 value_size[U32];
	__u32 flags[U32];
	__u32 frozen[FLAG];
	__u32 memlock[U64];
	__u32 btf_id[U32];
	__u32 owner_prog_type[FLAG];
	__u32 owner_jited[FLAG];
};

/* To a multiple of a power of two. */
#define ROUND_UP(number, to) (((number) + (to) - 1) & ~((__u64)(to) - 1))

static const char maps_header[] =
	"      id name             max_entries             cur_entries type   key_size"
	"  value_size       flags frozen              memlock      btf_id"
	" owner_prog_type owner_jited"
	" value_type ops bound " PRODUCER "\n";

/*
 * The type of the programs that a program array was bound to by the first program put into it, or
 * that used it first. 5.10 keeps it in the array, later kernels in every map, 6.18 behind a pointer.
 */
static __always_inline void put_owner(struct map_columns *to, struct bpf_map *map)
{
	__u32 type = 0;
	bool jited = false;

	put_none(to->owner_prog_type, FLAG);
	put_none(to->owner_jited, FLAG);
	if (map->map_type != BPF_MAP_TYPE_PROG_ARRAY)
		return;
	if (bpf_core_field_exists(struct bpf_map_owner, jited)) {
		struct bpf_map___owner_ptr *m = (void *)map;

		type = BPF_CORE_READ(m, owner, type);
		jited = BPF_CORE_READ(m, owner, jited);
	} else if (bpf_core_field_exists(struct bpf_map___owner, owner)) {
		struct bpf_map___owner *m = (void *)map;

		type = BPF_CORE_READ(m, owner.type);
		jited = BPF_CORE_READ(m, owner.jited);
	} else {
		struct bpf_array___510 *m = (void *)map;

		type = BPF_CORE_READ(m, aux, owner.type);
		jited = BPF_CORE_READ(m, aux, owner.jited);
	}
	if (!type) /* unbound; and BPF_PROG_TYPE_UNSPEC owns nothing */
		return;
	put_small(to->owner_prog_type, type);
	put_small(to->owner_jited, jited);
}

/* The number of entries, which only some kinds of map keep: those with a counter a CPU. */
static __always_inline void put_cur_entries(struct map_columns *to, struct bpf_map *map,
					    bool has_kfunc)
{
	__s64 count = -1;

	if (has_kfunc && is_set(bpf_map_sum_elem_count) && bpf_core_field_exists(map->elem_count) &&
	    is_set(map->elem_count))
		count = bpf_map_sum_elem_count(map);
	/* CPUs are added up without a lock: a sum may pass below zero for a moment. */
	if (count < 0)
		put_none(to->cur_entries, U64);
	else
		put_u64(to->cur_entries, count);
}

/*
 * As the kernel tells it: up to 5.10 the pages that it charged, then an estimate that is the same for
 * all types; from 6.4 on each type works it out when asked, which no program can ask for.
 */
static __always_inline void put_memlock(struct map_columns *to, struct bpf_map *map)
{
	__u64 value, bytes;

	put_none(to->memlock, U64);
	if (bpf_core_field_exists(struct bpf_map___memory, memory)) {
		struct bpf_map___memory *m = (void *)map;

		put_u64(to->memlock, (__u64)BPF_CORE_READ(m, memory.pages) * page_size);
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
	put_u64(to->memlock, ROUND_UP(bytes, page_size));
}

/* The kernel checks the names of most kinds of types, and lets integers have any. */
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
	struct map_columns to;

	if (!map)
		return 0;
	if (ctx->meta->seq_num == 0)
		bpf_seq_write(seq, maps_header, sizeof(maps_header) - 1);
	print_id(seq, map->id);
	print_name(seq, map->name[0] ? map->name : none);

	put_u32(to.max_entries, map->max_entries);
	put_cur_entries(&to, map, has_kfunc);
	put_small(to.type, map->map_type);
	put_u32(to.key_size, map->key_size);
	put_u32(to.value_size, map->value_size);
	put_u32(to.flags, map->map_flags);
	put_small(to.frozen, map->frozen);
	put_memlock(&to, map);
	put_none(to.btf_id, U32);
	if (map->btf)
		put_u32(to.btf_id, map->btf->id);
	put_owner(&to, map);
	bpf_seq_write(seq, &to, sizeof(to));
	print_value_type(seq, map);
	print_bound(seq, map);
	return 0;
}

SEC("iter/bpf_map")
int bpfdbg_maps(struct bpf_iter__bpf_map *ctx)
{
	return print_map_row(ctx, true);
}

/* Without the JIT no program may call a function of the kernel's. */
SEC("iter/bpf_map")
int bpfdbg_maps_no_kfunc(struct bpf_iter__bpf_map *ctx)
{
	return print_map_row(ctx, false);
}
