/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Programs of a map: those attached to a map of sockets, and the functions of a struct_ops map.
 *
 * Slots are read without a lock: a program that is replaced meanwhile is printed as it was before or after.
 */
#ifndef BPFDBG_MAP_PROGS_H
#define BPFDBG_MAP_PROGS_H

#include "map_types.h"
#include "text.h"
#include "verifier.h"

/* BPF_STRUCT_OPS_MAX_NR_MEMBERS: the kernel has no struct_ops with more members. */
#define MAX_FUNCS 256

static __always_inline const char *struct_ops_name(struct bpf_map *map)
{
	if (bpf_core_field_exists(struct bpf_struct_ops_map, st_ops_desc))
		return BPF_CORE_READ((struct bpf_struct_ops_map *)map, st_ops_desc, st_ops, name);
	if (bpf_core_field_exists(struct bpf_struct_ops_map___st_ops, st_ops))
		return BPF_CORE_READ((struct bpf_struct_ops_map___st_ops *)map, st_ops, name);
	return none;
}

/* How many members to look at; not all are functions. */
static __always_inline __u32 struct_ops_count(struct bpf_map *map)
{
	struct bpf_struct_ops_map *m = (void *)map;
	struct btf_type___info *type = NULL;

	if (bpf_core_field_exists(m->funcs_cnt))
		return BPF_CORE_READ(m, funcs_cnt);
	if (bpf_core_field_exists(struct bpf_struct_ops___type, type)) {
		struct bpf_struct_ops *ops = BPF_CORE_READ(
			(struct bpf_struct_ops_map___st_ops *)map, st_ops);

		type = BPF_CORE_READ((struct bpf_struct_ops___type *)ops, type);
	} else if (bpf_core_field_exists(m->st_ops_desc)) {
		type = BPF_CORE_READ(m, st_ops_desc, type);
	}
	return BPF_CORE_READ(type, info) & 0xffff;
}

/* Prints the ids of the programs, comma-separated, behind `before`; false where there is none. */
static __always_inline bool print_struct_ops_progs(struct seq_file *seq, struct bpf_map *map,
						   const char *before)
{
	bool has_links = !bpf_core_field_exists(struct bpf_struct_ops_map___progs, progs);
	__u32 count = struct_ops_count(map);
	/* Scalars: for two pointers, the verifier would walk the loop twice. */
	__u64 separator = ptr_to_scalar(before), between = ptr_to_scalar(comma), first = separator;
	void **all;

	if (has_links)
		all = (void **)BPF_CORE_READ((struct bpf_struct_ops_map *)map, links);
	else
		all = (void **)BPF_CORE_READ((struct bpf_struct_ops_map___progs *)map, progs);
	for (__u32 i = 0; i < MAX_FUNCS && i < count; i++) {
		void *one = NULL;
		__u32 id;

		bpf_probe_read_kernel(&one, sizeof(one), all + i);
		if (has_links)
			id = BPF_CORE_READ((struct bpf_link *)one, prog, aux, id);
		else
			id = BPF_CORE_READ((struct bpf_prog *)one, aux, id);
		if (!id)
			continue;
		BPF_SEQ_PRINTF(seq, "%s%u", separator, id);
		separator = between;
	}
	return separator != first;
}

static __always_inline bool is_registered(struct bpf_map *map)
{
	struct bpf_struct_ops_value *value;
	enum bpf_struct_ops_state state;

	value = (void *)map + bpf_core_field_offset(struct bpf_struct_ops_map___value, kvalue);
	if (bpf_core_field_exists(value->common))
		state = BPF_CORE_READ(value, common.state);
	else
		state = BPF_CORE_READ((struct bpf_struct_ops_value___state *)value, state);
	return state == BPF_STRUCT_OPS_STATE_INUSE;
}

/* Prints a program of a map of sockets, unless a link attached it. Returns whether the next is the first. */
static __always_inline bool print_psock_prog(struct seq_file *seq, struct bpf_prog *prog,
					     struct bpf_link *link, __u32 attach_type, bool is_first)
{
	if (!prog || link)
		return is_first;
	BPF_SEQ_PRINTF(seq, "%s%u:%u", is_first ? " " : ",", attach_type,
		       BPF_CORE_READ(prog, aux, id));
	return false;
}

#define PSOCK_PROG(name, attach_type)                                                     \
	print_psock_prog(seq, BPF_CORE_READ(progs, name),                                 \
			 bpf_core_field_exists(progs->name##_link) ?                      \
				 BPF_CORE_READ(progs, name##_link) :                      \
				 NULL,                                                    \
			 attach_type, is_first)

static __always_inline bool print_psock_progs(struct seq_file *seq, struct bpf_map *map)
{
	struct sk_psock_progs *progs;
	bool is_first = true;

	if (!bpf_core_type_exists(struct bpf_stab))
		return false;
	if (map->map_type == BPF_MAP_TYPE_SOCKMAP)
		progs = (void *)map + bpf_core_field_offset(struct bpf_stab, progs);
	else
		progs = (void *)map + bpf_core_field_offset(struct bpf_shtab, progs);
	is_first = PSOCK_PROG(msg_parser, BPF_SK_MSG_VERDICT);
	if (bpf_core_field_exists(progs->stream_parser)) {
		is_first = PSOCK_PROG(stream_parser, BPF_SK_SKB_STREAM_PARSER);
		is_first = PSOCK_PROG(stream_verdict, BPF_SK_SKB_STREAM_VERDICT);
		is_first = PSOCK_PROG(skb_verdict, BPF_SK_SKB_VERDICT);
	} else {
		struct bpf_prog *parser =
			BPF_CORE_READ((struct sk_psock_progs___510 *)progs, skb_parser);

		is_first = print_psock_prog(seq, parser, NULL, BPF_SK_SKB_STREAM_PARSER, is_first);
		is_first = print_psock_prog(seq, BPF_CORE_READ(progs, skb_verdict), NULL,
					    BPF_SK_SKB_STREAM_VERDICT, is_first);
	}
	return !is_first;
}

/* Whether it is of a type of which print_ops() or print_bound() tell more than that there is none. */
static __always_inline bool may_have_progs(struct bpf_map *map)
{
	switch (map->map_type) {
	case BPF_MAP_TYPE_STRUCT_OPS:
	case BPF_MAP_TYPE_SOCKMAP:
	case BPF_MAP_TYPE_SOCKHASH:
		return true;
	default:
		return false;
	}
}

/* The name of the struct_ops. */
static __always_inline void print_ops(struct seq_file *seq, struct bpf_map *map)
{
	static const char no_ops[] = " -";

	if (map->map_type == BPF_MAP_TYPE_STRUCT_OPS)
		BPF_SEQ_PRINTF(seq, " %s", struct_ops_name(map));
	else
		PUT(seq, no_ops);
}

/* The last column, the programs, and the end of the row. */
static __always_inline void print_bound(struct seq_file *seq, struct bpf_map *map)
{
	static const char no_progs[] = " -\n";
	bool has_some = false;

	switch (map->map_type) {
	case BPF_MAP_TYPE_STRUCT_OPS:
		if (bpf_core_type_exists(struct bpf_struct_ops_map) && is_registered(map))
			has_some = print_struct_ops_progs(seq, map, blank);
		break;
	case BPF_MAP_TYPE_SOCKMAP:
	case BPF_MAP_TYPE_SOCKHASH:
		has_some = print_psock_progs(seq, map);
		break;
	default:
		break;
	}
	if (has_some)
		bpf_seq_write(seq, no_progs + 2, 1);
	else
		PUT(seq, no_progs);
}

#endif
