/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The kernel's types behind the types of maps. */
#ifndef BPFDBG_MAP_TYPES_H
#define BPFDBG_MAP_TYPES_H

#include "kernel.h"

/* INUSE: an update registered the struct itself; without BPF_F_LINK, no link does. */
enum bpf_struct_ops_state { BPF_STRUCT_OPS_STATE_INUSE = 1 };

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

/* A further field, not an older shape. */
struct btf_type___info {
	__u32 info; /* the number of members in its low half */
	__u32 size;
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
	struct btf_type___info *value_type;
};

struct bpf_struct_ops_map {
	struct bpf_struct_ops_desc *st_ops_desc; /* 6.9 */
	struct bpf_link **links;
	void **ksyms; /* 6.12 */
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
	void **sks;
	struct sk_psock_progs progs;
};

typedef struct {
	int counter;
} atomic_t;

struct bpf_shtab {
	__u32 buckets_num;
	__u32 elem_size;
	struct sk_psock_progs progs;
	atomic_t count;
};

struct bpf_shtab_bucket {
	void *lock;
};

struct bpf_htab {
	void *extra_elems; /* those of each CPU, where there are such */
	atomic_t count; /* without BPF_F_NO_PREALLOC it stays zero */
	bool use_percpu_counter; /* 86fe28f7692d, 6.1: then the count is elsewhere */
	__u32 n_buckets;
	__u32 elem_size;
};

/* Other structs of this name have no lock, by which the size is found: it is the last member. */
struct bucket {
	struct {
		int lock;
	} raw_lock;
};

struct rhashtable {
	atomic_t nelems;
};

struct bpf_rhtab {
	struct rhashtable ht;
	__u32 elem_size;
};

struct bpf_stack_map {
	__u32 n_buckets;
};

struct stack_map_bucket {
	__u32 nr;
};

struct bpf_queue_stack {
	__u32 head;
	__u32 tail;
	__u32 size; /* max_entries + 1: a full one is no empty one */
};

struct lpm_trie {
	unsigned long n_entries;
	unsigned long data_size;
};

struct lpm_trie_node {
	__u32 prefixlen;
};

struct bpf_dtab {
	__u32 n_buckets;
	__u32 items; /* of an array, from 6.4 on */
};

struct bpf_dtab_netdev {
	__u32 idx;
};

struct bpf_cpu_map {
	void **cpu_map;
};

struct xsk_map {
	atomic_t count; /* 6.4 */
};

struct xsk_map_node {
	void *map;
};

struct reuseport_array {
	void *ptrs[0];
};

struct bpf_cgroup_storage_map {
	void *map;
};

struct bpf_local_storage_map {
	__u32 bucket_log;
};

struct bpf_local_storage_map_bucket {
	void *lock;
};

struct bpf_bloom_filter {
	__u32 bitset_mask;
};

struct bpf_ringbuf {
	int nr_pages;
	bool overwrite_mode; /* 6.19 */
	unsigned long consumer_pos;
	unsigned long producer_pos;
	unsigned long overwrite_pos; /* 6.19 */
};

struct bpf_ringbuf_map {
	struct bpf_ringbuf *rb;
};

struct bpf_arena {
	__u64 nr_pages;
};

struct bpf_insn_array {
	long *ips;
};

struct bpf_insn_array_value {
	__u32 orig_off;
};

struct bpf_offloaded_map {
	void *netdev;
};

#pragma clang attribute pop

#endif
