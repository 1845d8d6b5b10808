/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The kernel's types of links, except those to probes.
 *
 * Many depend on the kernel's configuration: guard each read by bpf_core_type_exists().
 *
 * The flavours with an attach type are those before "bpf: Add attach_type field to bpf_link", 6.17.
 */
#ifndef BPFDBG_LINK_TYPES_H
#define BPFDBG_LINK_TYPES_H

#include "place_types.h"
#include "probe_types.h"

/* enum bpf_link_type, but for BPF_LINK_TYPE_UNSPEC. */
enum {
	BPF_LINK_TYPE_RAW_TRACEPOINT = 1,
	BPF_LINK_TYPE_TRACING,
	BPF_LINK_TYPE_CGROUP,
	BPF_LINK_TYPE_ITER,
	BPF_LINK_TYPE_NETNS,
	BPF_LINK_TYPE_XDP,
	BPF_LINK_TYPE_PERF_EVENT,
	BPF_LINK_TYPE_KPROBE_MULTI,
	BPF_LINK_TYPE_STRUCT_OPS,
	BPF_LINK_TYPE_NETFILTER,
	BPF_LINK_TYPE_TCX,
	BPF_LINK_TYPE_UPROBE_MULTI,
	BPF_LINK_TYPE_NETKIT,
	BPF_LINK_TYPE_SOCKMAP,
	BPF_LINK_TYPE_TRACING_MULTI,
};

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

/* The table of links by id. A node has 64 slots, 16 with CONFIG_BASE_SMALL; the lowest level has shift 0. */
struct xarray {
	void *xa_head;
};

struct idr {
	struct xarray idr_rt;
};

struct xa_node {
	__u8 shift;
	void *slots[64];
};

/* Tracing: a program, or a function of the kernel. */
struct bpf_tramp_node {
	__u64 cookie;
};

/* 2fcc82411e74 ("bpf, x86: Attach a cookie to fentry/fexit/fmod_ret/lsm."), 5.19 */
struct bpf_tramp_link {
	__u64 cookie;
};

/* "bpf: Add struct bpf_tramp_node object": in 7.3, not in 6.18 */
struct bpf_tramp_link___node {
	struct bpf_tramp_node node;
};

struct bpf_tracing_link {
	struct bpf_trampoline *trampoline;
	struct bpf_prog *tgt_prog;
};

struct bpf_tracing_link___attach_type {
	enum bpf_attach_type attach_type;
};

struct bpf_raw_event_map {
	struct tracepoint *tp;
};

struct bpf_raw_tp_link {
	struct bpf_raw_event_map *btp;
	/* 68ca5d4eebb8 ("bpf: support BPF cookie in raw tracepoint (raw_tp, tp_btf) programs"), 6.10 */
	__u64 cookie;
};

/* Links to devices and namespaces. */
struct bpf_xdp_link {
	struct net_device *dev;
};

struct tcx_link {
	struct net_device *dev;
};

struct tcx_link___location {
	__u32 location; /* the attach type */
};

struct netkit_link {
	struct net_device *dev;
};

struct netkit_link___location {
	__u32 location;
};

struct bpf_netns_link {
	struct net *net;
};

struct bpf_netns_link___type {
	enum bpf_attach_type type;
};

struct nf_hook_ops {
	__u8 pf;
	unsigned int hooknum;
	int priority;
};

struct bpf_nf_link {
	struct nf_hook_ops hook_ops;
	struct net *net;
	__u32 dead;
	const void *defrag_hook;
};

/* Links to cgroups. */
struct bpf_cgroup_link {
	struct cgroup *cgroup;
};

struct bpf_cgroup_link___type {
	enum bpf_attach_type type;
};

/* Maps. */
struct sockmap_link {
	struct bpf_map *map;
};

struct sockmap_link___attach_type {
	enum bpf_attach_type attach_type;
};

struct bpf_struct_ops_link {
	struct bpf_map *map;
};

/* Iterators. */
struct bpf_iter_reg {
	const char *target;
};

struct bpf_iter_target_info {
	struct bpf_iter_reg *reg_info;
};

struct bpf_iter_aux_info {
	struct bpf_map *map;
	struct {
		struct cgroup *start;
	} cgroup; /* 6.1 */
	struct {
		enum bpf_iter_task_type type;
		__u32 pid;
	} task; /* 6.1 */
};

struct bpf_iter_link {
	struct bpf_iter_aux_info aux;
	struct bpf_iter_target_info *tinfo;
};

#pragma clang attribute pop

#endif
