/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Programs that are attached to a map, or by it: of a map of sockets, those that see what the
 * sockets get; of a map of struct_ops, the functions.
 */
#ifndef BPFDBG_MAP_PROGS_H
#define BPFDBG_MAP_PROGS_H

#include "map_types.h"
#include "text.h"

/* BPF_STRUCT_OPS_MAX_NR_MEMBERS: the members of a struct of functions. */
#define MAX_FUNCS 256

/* How a row ends that has neither ops nor programs. */
static const char no_bound[] = " - -\n";

static __always_inline const char *struct_ops_name(struct bpf_map *map)
{
	if (bpf_core_field_exists(struct bpf_struct_ops_map, st_ops_desc))
		return BPF_CORE_READ((struct bpf_struct_ops_map *)map, st_ops_desc, st_ops, name);
	if (bpf_core_field_exists(struct bpf_struct_ops_map___st_ops, st_ops))
		return BPF_CORE_READ((struct bpf_struct_ops_map___st_ops *)map, st_ops, name);
	return none;
}

/* How many functions the struct may have; some of its members may be none. */
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

/* The ids of the programs by commas, `before` them; nothing, where there is none. */
static __always_inline bool print_struct_ops_progs(struct seq_file *seq, struct bpf_map *map,
						   const char *before)
{
	bool has_links = !bpf_core_field_exists(struct bpf_struct_ops_map___progs, progs);
	__u32 count = struct_ops_count(map);
	/* As numbers, for the verifier would walk the loop for each of two pointers. */
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

/* A program of a map of sockets, by its attach type. True where it is the first of the row. */
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
	is_first = PSOCK_PROG(msg_parser, 7); /* BPF_SK_MSG_VERDICT */
	if (bpf_core_field_exists(progs->stream_parser)) {
		is_first = PSOCK_PROG(stream_parser, 4);  /* BPF_SK_SKB_STREAM_PARSER */
		is_first = PSOCK_PROG(stream_verdict, 5); /* BPF_SK_SKB_STREAM_VERDICT */
		is_first = PSOCK_PROG(skb_verdict, 38);   /* BPF_SK_SKB_VERDICT */
	} else {
		struct bpf_prog *parser =
			BPF_CORE_READ((struct sk_psock_progs___510 *)progs, skb_parser);

		is_first = print_psock_prog(seq, parser, NULL, 4, is_first);
		is_first = print_psock_prog(seq, BPF_CORE_READ(progs, skb_verdict), NULL, 5, is_first);
	}
	return !is_first;
}

/* The last two columns of a map, and the end of its row. */
static __always_inline void print_bound(struct seq_file *seq, struct bpf_map *map)
{
	bool has_some = false;

	switch (map->map_type) {
	case BPF_MAP_TYPE_STRUCT_OPS:
		BPF_SEQ_PRINTF(seq, " %s", struct_ops_name(map));
		if (bpf_core_type_exists(struct bpf_struct_ops_map) && is_registered(map))
			has_some = print_struct_ops_progs(seq, map, blank);
		break;
	case BPF_MAP_TYPE_SOCKMAP:
	case BPF_MAP_TYPE_SOCKHASH:
		bpf_seq_write(seq, no_bound, 2);
		has_some = print_psock_progs(seq, map);
		break;
	default:
		bpf_seq_write(seq, no_bound, 2);
	}
	if (has_some)
		bpf_seq_write(seq, no_bound + 4, 1);
	else
		bpf_seq_write(seq, no_bound + 2, 3);
}

#endif
