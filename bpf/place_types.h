/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The kernel's types of devices, network namespaces and cgroups, to which programs are attached. */
#ifndef BPFDBG_PLACE_TYPES_H
#define BPFDBG_PLACE_TYPES_H

#include "kernel.h"

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

struct list_head {
	struct list_head *next, *prev;
};

/* Network namespaces and devices. */
struct ns_common {
	const void *ops; /* the same for all namespaces of a type */
	unsigned int inum;
};

struct netns_bpf {
	struct bpf_prog *progs[1]; /* by BPF_PROG_ATTACH; the first is the flow dissector */
};

struct net {
	struct ns_common ns;
	struct list_head list; /* net_namespace_list, whose head is in no namespace */
	struct list_head dev_base_head;
	struct netns_bpf bpf;
};

typedef struct {
	struct net *net;
} possible_net_t;

struct bpf_xdp_entity {
	struct bpf_prog *prog;
	struct bpf_xdp_link *link; /* NULL where netlink attached it */
};

struct rtnl_link_ops {
	const char *kind;
};

struct net_device {
	char name[16];
	int ifindex;
	possible_net_t nd_net;
	struct list_head dev_list;
	const struct rtnl_link_ops *rtnl_link_ops;
	struct bpf_xdp_entity xdp_state[3]; /* by enum bpf_xdp_mode */
};

/* Cgroups. */
struct kernfs_node {
	struct kernfs_node *__parent;
	const char *name;
	void *priv; /* the cgroup, until that is released */
	__u64 id;
};

/* Before 633488947ef6 ("kernfs: Use RCU to access kernfs_node::parent."), 6.15 */
struct kernfs_node___parent {
	struct kernfs_node *parent;
};

struct cgroup_subsys_state {
	struct cgroup_subsys_state *parent;
	struct list_head sibling;
	struct list_head children; /* in the order of their serial numbers */
	unsigned int flags;
	__u64 serial_nr;
};

struct cgroup_root;

struct hlist_head {
	void *first;
};

/* Arrays by hook, enum cgroup_bpf_attach_type. */
struct cgroup_bpf {
	void *effective[64];
	/* struct list_head before 00442143a2ab ("bpf: convert cgroup_bpf.progs to hlist"), 6.0 */
	struct hlist_head progs[64];
	__u8 flags[64]; /* __u32 on 5.10 */
};

struct cgroup {
	struct cgroup_subsys_state self;
	struct kernfs_node *kn;
	struct cgroup_root *root;
	struct cgroup_bpf bpf; /* CONFIG_CGROUP_BPF */
};

struct cgroup_root {
	struct cgroup cgrp;
};

#pragma clang attribute pop

#endif
