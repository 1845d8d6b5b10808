/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The kernel's types of programs, maps and links, with the fields that the iterators read.
 *
 * CO-RE relocates each access by name against the running kernel's BTF, so a struct needs only the
 * fields in use, in any order. A `___suffix` is a flavour: the same struct as another kernel has it,
 * with the commit that changed it, or the release.
 */
#ifndef BPFDBG_KERNEL_H
#define BPFDBG_KERNEL_H

typedef _Bool bool;
typedef unsigned char __u8;
typedef short __s16;
typedef unsigned short __u16;
typedef int __s32;
typedef unsigned int __u32;
typedef long long __s64;
typedef unsigned long long __u64;
typedef __u16 __be16;
typedef __u32 __be32;
typedef __u32 __wsum;

#define NULL ((void *)0)
#define true 1
#define false 0

/* Of include/uapi/linux/bpf.h. CO-RE does not match an integer with an enum: so the types are declared. */
enum bpf_prog_type { BPF_PROG_TYPE_UNSPEC };
enum bpf_attach_type {
	BPF_SK_SKB_STREAM_PARSER = 4,
	BPF_SK_SKB_STREAM_VERDICT,
	BPF_SK_MSG_VERDICT = 7,
	BPF_FLOW_DISSECTOR = 17,
	BPF_XDP = 37,
	BPF_SK_SKB_VERDICT,
	BPF_TCX_INGRESS = 46,
	BPF_TCX_EGRESS,
	BPF_NETKIT_PRIMARY = 54,
	BPF_NETKIT_PEER,
};
enum bpf_map_type {
	BPF_MAP_TYPE_HASH = 1,
	BPF_MAP_TYPE_ARRAY,
	BPF_MAP_TYPE_PROG_ARRAY,
	BPF_MAP_TYPE_PERF_EVENT_ARRAY,
	BPF_MAP_TYPE_PERCPU_HASH,
	BPF_MAP_TYPE_PERCPU_ARRAY,
	BPF_MAP_TYPE_STACK_TRACE,
	BPF_MAP_TYPE_CGROUP_ARRAY,
	BPF_MAP_TYPE_LRU_HASH,
	BPF_MAP_TYPE_LRU_PERCPU_HASH,
	BPF_MAP_TYPE_LPM_TRIE,
	BPF_MAP_TYPE_ARRAY_OF_MAPS,
	BPF_MAP_TYPE_HASH_OF_MAPS,
	BPF_MAP_TYPE_DEVMAP,
	BPF_MAP_TYPE_SOCKMAP,
	BPF_MAP_TYPE_CPUMAP,
	BPF_MAP_TYPE_XSKMAP,
	BPF_MAP_TYPE_SOCKHASH,
	BPF_MAP_TYPE_CGROUP_STORAGE,
	BPF_MAP_TYPE_REUSEPORT_SOCKARRAY,
	BPF_MAP_TYPE_PERCPU_CGROUP_STORAGE,
	BPF_MAP_TYPE_QUEUE,
	BPF_MAP_TYPE_STACK,
	BPF_MAP_TYPE_SK_STORAGE,
	BPF_MAP_TYPE_DEVMAP_HASH,
	BPF_MAP_TYPE_STRUCT_OPS,
	BPF_MAP_TYPE_RINGBUF,
	BPF_MAP_TYPE_INODE_STORAGE,
	BPF_MAP_TYPE_TASK_STORAGE,
	BPF_MAP_TYPE_BLOOM_FILTER,
	BPF_MAP_TYPE_USER_RINGBUF,
	BPF_MAP_TYPE_CGRP_STORAGE,
	BPF_MAP_TYPE_ARENA,
	BPF_MAP_TYPE_INSN_ARRAY,
	BPF_MAP_TYPE_RHASH,
};
enum { BPF_F_NO_PREALLOC = 1, BPF_F_MMAPABLE = 1024 };
enum { BPF_F_KPROBE_MULTI_RETURN = 1 };
enum { BPF_F_UPROBE_MULTI_RETURN = 1 };
enum { BPF_ANY, BPF_NOEXIST };
enum bpf_func_id { BPF_FUNC_snprintf = 165, BPF_FUNC_map_lookup_percpu_elem = 195 };
enum bpf_link_type { BPF_LINK_TYPE_UNSPEC };
enum bpf_iter_task_type { BPF_TASK_ITER_ALL, BPF_TASK_ITER_TID, BPF_TASK_ITER_TGID };

#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

struct seq_file {
	unsigned long size;  /* of the buffer */
	unsigned long count; /* bytes in it */
};

struct bpf_iter_meta {
	struct seq_file *seq;
	__u64 session_id;
	__u64 seq_num;
};

struct btf_header {
	__u32 str_len;
};

struct btf_type {
	__u32 name_off;
};

struct btf {
	struct btf_type **types;
	const char *strings;
	struct btf_header hdr;
	__u32 nr_types;
	__u32 start_id; /* 5.11 */
	__u32 id;
};

struct bpf_func_info {
	__u32 type_id;
};

typedef struct {
	__u32 val;
} kuid_t;

struct user_struct {
	kuid_t uid;
};

struct bpf_map;
struct bpf_prog;
struct bpf_prog_offload;

/* Per CPU: three counters of eight bytes from its start. 5.10 does not count misses. */
struct bpf_prog_stats {
	__u64 misses;
};

/* 61a0abaee209 ("bpf: Use u64_stats_t in struct bpf_prog_stats"), 5.16 */
struct bpf_prog_stats___wrapped {
	struct {
		__u64 v;
	} misses;
};

struct bpf_prog_aux {
	__u32 id;
	__u32 func_cnt;
	__u32 func_info_cnt;
	__u32 used_map_cnt;
	__u32 verified_insns; /* 5.16 */
	bool offload_requested : 1;
	struct bpf_prog_offload *offload; /* NULL once the device is gone */
	const char *attach_func_name;
	struct bpf_prog *dst_prog;
	struct bpf_prog *prog; /* its own */
	struct bpf_prog **func;
	struct bpf_map **used_maps;
	struct bpf_func_info *func_info;
	struct btf *btf;
	struct user_struct *user;
	__u64 load_time; /* nanoseconds since boot */
	char name[16];
};

/* Before 700d4796ef59 ("bpf: Optimize program stats"), 5.12 */
struct bpf_prog_aux___stats {
	struct bpf_prog_stats *stats;
};

struct bpf_prog {
	__u16 pages;
	__u16 gpl_compatible : 1;
	enum bpf_prog_type type;
	enum bpf_attach_type expected_attach_type;
	__u32 len;
	__u32 jited_len;
	__u8 tag[8];
	struct bpf_prog_stats *stats;
	struct bpf_prog_aux *aux;
};

struct bpf_map_ops {
	void *(*map_lookup_elem)(struct bpf_map *map, void *key);
	__u64 (*map_mem_usage)(const struct bpf_map *map); /* 6.4 */
};

struct bpf_map_memory {
	__u32 pages;
};

struct bpf_map {
	__u32 id;
	enum bpf_map_type map_type;
	__u32 key_size;
	__u32 value_size;
	__u32 max_entries;
	__u32 map_flags;
	__u32 btf_value_type_id;
	struct btf *btf;
	struct bpf_map_ops *ops;
	bool frozen;
	__s64 *elem_count; /* 6.6 */
	char name[16];
};

/* The first word behind it is the per-CPU pointer of the value. */
struct bpf_array {
	void *pptrs[0];
};

/* Before 80ee81e0403c ("bpf: Eliminate rlimit-based memory accounting infra for bpf maps"), 5.11 */
struct bpf_map___memory {
	struct bpf_map_memory memory;
};

/*
 * The type of the programs that a program array takes. In the array before f45d5b6ce2e8 ("bpf: generalise
 * tail call map compatibility check"), 5.18.
 */
struct bpf_array_aux___510 {
	struct {
		enum bpf_prog_type type;
		bool jited;
	} owner;
};

struct bpf_array___510 {
	struct bpf_array_aux___510 *aux;
};

/* Before fd1c98f0ef5c ("bpf: Move bpf map owner out of common struct"), 6.17, and 6.12 by backport. */
struct bpf_map___owner {
	struct {
		enum bpf_prog_type type;
		bool jited;
	} owner;
};

struct bpf_map_owner {
	enum bpf_prog_type type;
	bool jited;
};

struct bpf_map___owner_ptr {
	struct bpf_map_owner *owner;
};

struct bpf_link {
	__u32 id;
	enum bpf_link_type type;
	struct bpf_prog *prog; /* NULL for struct_ops */
	__u32 flags; /* 803f0700a3bb, 6.17; before, in the links that have flags */
	enum bpf_attach_type attach_type; /* 6.17; before, in the links that have one */
};

struct bpf_iter__bpf_prog {
	struct bpf_iter_meta *meta;
	struct bpf_prog *prog;
};

struct bpf_iter__bpf_map {
	struct bpf_iter_meta *meta;
	struct bpf_map *map;
};

struct bpf_iter__bpf_link {
	struct bpf_iter_meta *meta;
	struct bpf_link *link;
};

struct bpf_iter__bpf_map_elem {
	struct bpf_iter_meta *meta;
	void *key;
};

#pragma clang attribute pop

#endif
