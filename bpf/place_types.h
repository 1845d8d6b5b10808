/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The kernel's structs of what programs are attached to: devices, network namespaces and cgroups. */
#ifndef BPFDBG_PLACE_TYPES_H
#define BPFDBG_PLACE_TYPES_H

#include "kernel.h"

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

struct list_head {
	struct list_head *next, *prev;
};

/* Devices and namespaces. */
struct ns_common {
	const void *ops; /* the same for all namespaces of a kind */
	unsigned int inum;
};

struct netns_bpf {
	struct bpf_prog *progs[1]; /* by BPF_PROG_ATTACH; the first is the flow dissector */
};

struct net {
	struct ns_common ns;
	struct list_head list; /* all namespaces, in a ring with a head that is in none */
	struct list_head dev_base_head;
	struct netns_bpf bpf;
};

typedef struct {
	struct net *net;
} possible_net_t;

struct bpf_xdp_entity {
	struct bpf_prog *prog;
	struct bpf_xdp_link *link; /* none, where netlink attached it */
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
	struct kernfs_node *__parent; /* 6.15 */
	const char *name;
	void *priv; /* the cgroup, until that is released */
	__u64 id;
};

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

/* One of each for every hook. */
struct cgroup_bpf {
	void *effective[64];
	struct hlist_head progs[64]; /* struct list_head up to 5.19 */
	__u8 flags[64];              /* __u32 up to 5.x */
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
