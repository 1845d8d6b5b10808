/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The kernel's types of hooks of cgroups and devices, where programs are attached without a link.
 *
 * Many depend on the kernel's configuration: guard each read by the existence of the type or field.
 */
#ifndef BPFDBG_HOOK_TYPES_H
#define BPFDBG_HOOK_TYPES_H

#include "place_types.h"

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

struct nsproxy {
	struct net *net_ns;
};

struct css_set {
	struct cgroup *dfl_cgrp; /* of the unified hierarchy */
};

/* Cgroups. */
struct bpf_prog_list {
	struct {
		void *next;
	} node;
	struct bpf_prog *prog;
	struct bpf_cgroup_link *link; /* NULL where BPF_PROG_ATTACH attached it */
};

/* Devices: tcx and netkit. */
struct bpf_mprog_fp {
	struct bpf_prog *prog;
};

struct bpf_mprog_cp {
	struct bpf_link *link; /* NULL where BPF_PROG_ATTACH attached it */
};

struct bpf_mprog_bundle {
	struct bpf_mprog_cp cp_items[64];
};

struct bpf_mprog_entry {
	struct bpf_mprog_fp fp_items[64];
	struct bpf_mprog_bundle *parent;
};

struct netkit {
	struct bpf_mprog_entry *active;
	bool primary;
};

/* Devices: clsact. */
struct tcf_proto_ops {
	char kind[16];
};

struct tcf_chain;

struct tcf_proto {
	struct tcf_proto *next;
	void *root;
	__u32 prio;
	const struct tcf_proto_ops *ops;
	struct tcf_chain *chain;
};

struct tcf_block;

struct tcf_chain {
	struct tcf_block *block;
	struct tcf_proto *filter_chain;
	struct list_head list;
	__u32 index;
};

struct tcf_block {
	struct list_head chain_list;
};

struct mini_Qdisc {
	struct tcf_proto *filter_list; /* of the first chain */
	struct tcf_block *block;       /* of ingress only */
};

struct tcx_entry {
	struct mini_Qdisc *miniq;
	struct bpf_mprog_bundle bundle;
};

/* e420bed02507 ("bpf: Add fd-based tcx multi-prog infra with link support"), 6.6 */
struct net_device___tcx {
	struct bpf_mprog_entry *tcx_ingress;
	struct bpf_mprog_entry *tcx_egress;
};

/* Before the same commit. */
struct net_device___miniq {
	struct mini_Qdisc *miniq_ingress;
	struct mini_Qdisc *miniq_egress;
};

struct tcf_result {
	unsigned long class;
};

struct tcf_exts {
	struct net *net;
};

/* Of these, only the sizes are known: they lie in the structs of modules. */
struct spinlock {
	int size_only;
};

struct timer_list {
	int size_only;
};

#pragma clang attribute pop

/*
 * cls_bpf may be a module, loaded after this program: its types are not in vmlinux BTF, so CO-RE cannot
 * relocate its structs. The offset of the handle is computed from the sizes of the kernel's types in front
 * of it; a known pointer among them (tcf_exts.net) verifies the computed layout.
 */
struct cls_bpf_head {
	struct {
		void *next;
	} plist;
};

struct cls_bpf_front {
	struct bpf_prog *filter;
	void *next, *prev;
};

struct cls_bpf_flags {
	__u8 direct_action;
	__u32 gen_flags;
	__u32 in_hw_count;
};

/*
 * tun may be a module as well. Its struct is computed likewise: in front, the device in it verifies the layout;
 * behind, each program does, to which its own aux points back.
 */
struct tun_front {
	void *tfiles[256];
	__u32 numqueues, flags, owner, group;
	void *dev;
	__u64 set_features;
	int align, vnet_hdr_sz, sndbuf;
	struct {
		__u32 count, mask[2];
		__u8 addr[8][6];
	} txflt;
	struct {
		__u16 len;
		void *filter;
	} fprog;
	bool filter_attached;
	__u32 msg_enable;
};

/* Between the two lie a spinlock, this many heads of lists, and a timer. */
#define TUN_FLOWS 1024

struct tun_back {
	unsigned long ageing_time;
	__u32 numdisabled;
	void *disabled[2], *security;
	__u32 flow_count, rx_batched;
	unsigned long rx_frame_errors; /* a pointer on 5.10 */
	void *xdp_prog, *steering_prog, *filter_prog;
};

/* What steering_prog and filter_prog lead to. */
struct tun_prog {
	void *rcu[2];
	struct bpf_prog *prog;
};

#endif
