// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* The iterator of maps.debug: one row a map. */
#include "columns.h"
#include "escape.h"
#include "map_memory.h"
#include "map_name.h"
#include "map_progs.h"
#include "names.h"
#include "text.h"
#include "verifier.h"

#define MAP_NAMES(TOKEN)       \
	TOKEN("      ", id, "") \
	TOKEN(" ", name, "            ", print_names(seq, map))

#define MAP_NUMBERS(NUMBER)                                                        \
	NUMBER(" ", max_entries, U32, put_u32, map->max_entries)                   \
	NUMBER("             ", cur_entries, U64, put_u64_if, count.is_known, count.number) \
	NUMBER(" ", type, FLAG, put_small, map->map_type)                          \
	NUMBER("   ", key_size, U32, put_u32, map->key_size)                       \
	NUMBER("  ", value_size, U32, put_u32, map->value_size)                    \
	NUMBER("       ", flags, U32, put_u32, map->map_flags)                     \
	NUMBER(" ", frozen, FLAG, put_small, map->frozen)                          \
	NUMBER("              ", memlock, U64, put_u64_if, memory.is_known, memory.number)\
	NUMBER("      ", btf_id, U32, put_u32_if, map->btf, map->btf->id)          \
	NUMBER(" ", owner_prog_type, FLAG, put_small_if, owner.type, owner.type)   \
	NUMBER(" ", owner_jited, FLAG, put_small_if, owner.type, owner.jited)

#define MAP_LISTS(TOKEN)         \
	TOKEN(" ", full_name, "")  \
	TOKEN(" ", value_type, "") \
	TOKEN(" ", ops, "")        \
	TOKEN(" ", bound, "", print_lists(seq, map))

static const char maps_header[] = MAP_NAMES(TOKEN_HEADING) MAP_NUMBERS(NUMBER_HEADING)
	MAP_LISTS(TOKEN_HEADING) HEADER_END;

struct map_columns {
	MAP_NUMBERS(NUMBER_MEMBER)
};

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

/* Id and name. */
static __noinline void print_names(struct seq_file *seq, struct bpf_map *map)
{
	__u64 len = print_start(seq, map->id, map->name[0] ? map->name : none);

	if (len < NAME)
		bpf_seq_write(seq, blanks, bounded(NAME - len, 2 * NAME - 1));
}

/* A token that is escaped, for the kernel does not check all names in a BTF, between blanks. */
static __always_inline void print_btf_name(struct seq_file *seq, const char *name)
{
	bpf_seq_write(seq, blank, 1);
	print_plain(seq, name);
	bpf_seq_write(seq, blank, 1);
}

/*
 * The whole name, and the type of the values; what only some types have; and the end of the row. Dashes in
 * a row are printed at once.
 */
static __noinline void print_lists(struct seq_file *seq, struct bpf_map *map)
{
	static const char no_lists[] = " - - - -\n";
	const char *value_type = btf_name(map->btf, map->btf_value_type_id, NULL);
	__u64 full = full_name(map);
	bool has_progs = may_have_progs(map);

	if (!full && !is_set(value_type) && !has_progs) {
		PUT(seq, no_lists);
		return;
	}
	if (full)
		print_btf_name(seq, (void *)full);
	else
		bpf_seq_write(seq, no_lists, 3);
	if (is_set(value_type))
		print_plain(seq, value_type);
	else
		bpf_seq_write(seq, none, 1);
	if (has_progs) {
		print_ops(seq, map);
		print_bound(seq, map);
	} else {
		bpf_seq_write(seq, no_lists + 4, sizeof(no_lists) - 5);
	}
}

/*
 * The numbers. The entries are counted by the caller, which knows whether it may call a kfunc; clang passes
 * no struct to a function.
 */
static __noinline void print_numbers(struct seq_file *seq, struct bpf_map *map, bool is_known, __u64 number)
{
	struct known count = { is_known, number };
	struct map_owner owner = find_owner(map);
	struct known memory = map_memory(map, count);
	struct map_columns to;

	MAP_NUMBERS(NUMBER_VALUE)
	bpf_seq_write(seq, &to, sizeof(to));
}

/* Parts of a row are functions, for stack frames of their own. */
static __always_inline int print_map_row(struct bpf_iter__bpf_map *ctx, bool has_kfunc)
{
	struct seq_file *seq = ctx->meta->seq;
	struct bpf_map *map = ctx->map;
	struct known count;

	if (!map)
		return 0;
	if (ctx->meta->seq_num == 0)
		PUT(seq, maps_header);
	MAP_NAMES(TOKEN_VALUE)
	count = count_entries(map, has_kfunc);
	print_numbers(seq, map, count.is_known, count.number);
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
