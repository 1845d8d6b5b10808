/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The kernel's types behind maps of struct_ops and of sockets. */
#ifndef BPFDBG_MAP_TYPES_H
#define BPFDBG_MAP_TYPES_H

#include "kernel.h"

/* INUSE: an update registered the struct itself; without BPF_F_LINK, no link does. */
enum bpf_struct_ops_state { BPF_STRUCT_OPS_STATE_INUSE = 1 };

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

/* A further field, not an older shape. */
struct btf_type___info {
	__u32 info; /* the number of members in its low half */
};

struct bpf_struct_ops {
	const char *name;
};

/* Before 4c5763ed996a ("bpf, net: introduce bpf_struct_ops_desc."), 6.9 */
struct bpf_struct_ops___type {
	struct btf_type___info *type;
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

/* Before the same commit. */
struct bpf_struct_ops_map___st_ops {
	struct bpf_struct_ops *st_ops;
};

/* Before f7e0beaf39d3 ("bpf, x86: Generate trampolines from bpf_tramp_links"), 5.19 */
struct bpf_struct_ops_map___progs {
	struct bpf_prog **progs;
};

struct bpf_struct_ops_common_value {
	enum bpf_struct_ops_state state;
};

struct bpf_struct_ops_value {
	struct bpf_struct_ops_common_value common;
};

/* Before 612d087d4ba5 ("bpf: validate value_type"), 6.9 */
struct bpf_struct_ops_value___state {
	enum bpf_struct_ops_state state;
};

/* A further field, not an older shape. */
struct bpf_struct_ops_map___value {
	struct bpf_struct_ops_value kvalue;
};

struct sk_psock_progs {
	struct bpf_prog *msg_parser;
	struct bpf_prog *stream_parser;
	struct bpf_prog *stream_verdict;
	struct bpf_prog *skb_verdict;
	struct bpf_link *msg_parser_link; /* 6.10; NULL where BPF_PROG_ATTACH attached it */
	struct bpf_link *stream_parser_link;
	struct bpf_link *stream_verdict_link;
	struct bpf_link *skb_verdict_link;
};

/* Before ae8b8332fbb5 ("sock_map: Rename skb_parser and skb_verdict"), 5.13: both were for streams. */
struct sk_psock_progs___510 {
	struct bpf_prog *skb_parser;
};

struct bpf_stab {
	struct sk_psock_progs progs;
};

struct bpf_shtab {
	struct sk_psock_progs progs;
};

#pragma clang attribute pop

#endif
