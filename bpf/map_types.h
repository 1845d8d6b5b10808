/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The kernel's structs behind maps of struct_ops and of sockets. */
#ifndef BPFDBG_MAP_TYPES_H
#define BPFDBG_MAP_TYPES_H

#include "kernel.h"

/* In use: an update registered the struct, and no link may. */
enum bpf_struct_ops_state { BPF_STRUCT_OPS_STATE_INUSE = 1 };

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

struct btf_type___info {
	__u32 info; /* the number of members in its low half */
};

struct bpf_struct_ops {
	const char *name;
};

struct bpf_struct_ops___type {
	struct btf_type___info *type; /* up to 6.8 */
};

struct bpf_struct_ops_desc {
	struct bpf_struct_ops *st_ops;
	struct btf_type___info *type;
};

struct bpf_struct_ops_map {
	struct bpf_struct_ops_desc *st_ops_desc; /* 6.9 */
	struct bpf_link **links;
	__u32 funcs_cnt; /* 6.12 */
};

struct bpf_struct_ops_map___st_ops {
	struct bpf_struct_ops *st_ops;
};

struct bpf_struct_ops_map___progs {
	struct bpf_prog **progs; /* up to 5.18 */
};

struct bpf_struct_ops_common_value {
	enum bpf_struct_ops_state state;
};

struct bpf_struct_ops_value {
	struct bpf_struct_ops_common_value common; /* 6.9 */
};

struct bpf_struct_ops_value___state {
	enum bpf_struct_ops_state state;
};

struct bpf_struct_ops_map___value {
	struct bpf_struct_ops_value kvalue;
};

struct sk_psock_progs {
	struct bpf_prog *msg_parser;
	struct bpf_prog *stream_parser;
	struct bpf_prog *stream_verdict;
	struct bpf_prog *skb_verdict;
	struct bpf_link *msg_parser_link; /* 6.10; none, where BPF_PROG_ATTACH attached it */
	struct bpf_link *stream_parser_link;
	struct bpf_link *stream_verdict_link;
	struct bpf_link *skb_verdict_link;
};

struct sk_psock_progs___510 {
	struct bpf_prog *skb_parser; /* of streams, as was skb_verdict: up to 5.11 */
};

struct bpf_stab {
	struct sk_psock_progs progs;
};

struct bpf_shtab {
	struct sk_psock_progs progs;
};

#pragma clang attribute pop

#endif
