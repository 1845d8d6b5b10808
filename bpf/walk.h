/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The state of a walk, and what its steps share: walk_nets.h, walk_devices.h and walk_cgroups.h.
 *
 * No step takes a lock or a reference: the state has addresses, and everything is a probe read. An element
 * is printed under RCU, so what it finds in a list that RCU protects is not freed before the element ends;
 * the ring of namespaces and the lists of tc filters change under locks that a program cannot take. Between
 * two elements anything can go, so each begins by checking what the walk stands on.
 *
 * What a torn read can print: a program that was detached a moment ago, or not one that was attached a
 * moment ago. A freed program has another id than was found, and is not printed. A list that is read while
 * an entry moves may end early, which hides the entries behind for this reading.
 */
#ifndef BPFDBG_WALK_H
#define BPFDBG_WALK_H

#include "hook_types.h"
#include "place_types.h"
#include "verifier.h"

/* How many programs are kept of a hook: BPF_PROG_ATTACH allows no more at one. */
#define MAX_FOUND 64

/* The current cgroup and its ancestors, of which one must exist when the walk continues. */
#define MAX_LINEAGE 32

/* The longest row: names, numbers, and a path. */
#define MAX_ROW 8192

/* How a program is attached without a link: the index into `ways`. */
enum way { XDP_NETLINK, TC_CLSACT, TCX_ATTACH, NETKIT_ATTACH, CGROUP_ATTACH, NETNS_ATTACH, TUN_STEERING, TUN_FILTER, WAYS };

_Static_assert(WAYS == 8, "WAYS is a power of two, for bounded()");

#define NO_ATTACH_TYPE ((__u32)-1)

/* A program at a hook; prog is NULL where the hook has more than can be read. */
struct found {
	struct bpf_prog *prog;
	__u32 id;
	__u32 way;
	__u32 attach_type;
	__u32 flags; /* XDP: the mode; cgroup: attach flags; clsact: whether direct action */
	__u32 direction; /* 1 is egress */
	__u32 priority;
	__u32 handle;
	__u32 chain;
};

/* What the next step does. */
enum phase {
	RING, /* looks for the head of the ring of namespaces */
	NEXT_NET,
	NET_PROG,
	NEXT_DEVICE,
	DEVICE_SLOTS,
	NEXT_CGROUP,
	UP_CGROUP,
	FIND_CGROUP, /* looks for what came behind a cgroup that is gone */
	CGROUP_SLOTS,
	DONE,
	LOST, /* cannot continue without showing something twice, or not at all */
};

struct net_at {
	struct net *net;
	__u32 inum;
};

struct device_at {
	struct net_device *dev;
	__u32 ifindex;
};

struct cgroup_at {
	struct cgroup *cgroup;
	__u64 id;
	__u64 serial;
};

struct walk {
	/* Of readers.h. */
	__u64 seq;
	__u32 uid;
	__u32 is_kept;

	__u32 phase;
	struct list_head *head; /* of the ring of namespaces */
	/* The current namespace and device, and those before: to continue from, if the current ones go. */
	struct net_at net, net_before;
	struct device_at dev, dev_before;
	struct cgroup *root, *cgroup;
	__u64 serial; /* FIND_CGROUP: of the child that is gone */
	__u32 lineage_len;
	struct cgroup_at lineage[MAX_LINEAGE];

	/* The current hook, and the position in its list. */
	__u32 slot;
	__u32 index;
	void *node;
	struct tcf_proto *proto;
	struct list_head *chain;
	/* The last filter; a later element finds it again, and takes what follows. */
	void *filter_node;
	struct found filter;
	__u32 is_seeking;
	/* Elements that found no filter at this hook; steps in the whole text on what is none. */
	__u32 vain_elements;
	__u32 vain_steps;

	/* Programs found and not yet printed. */
	__u32 at;
	__u32 count;
	struct found found[MAX_FOUND];

	/* Of walk_links.h: the lowest id not yet looked up. */
	__u64 next_link;
};

static __always_inline void add(struct walk *w, struct bpf_prog *prog, struct found *found)
{
	__u32 n = w->count;

	found->prog = prog;
	found->id = BPF_CORE_READ(prog, aux, id);
	if (prog && !found->id) /* a classic filter */
		return;
	if (n >= MAX_FOUND)
		return;
	w->count = n + 1;
	w->found[bounded(n, MAX_FOUND - 1)] = *found;
}

static __always_inline void rewind_slot(struct walk *w)
{
	w->index = 0;
	w->node = NULL;
	w->proto = NULL;
	w->chain = NULL;
}

static __always_inline void next_slot(struct walk *w)
{
	w->slot++;
	rewind_slot(w);
	w->filter_node = NULL;
	w->vain_elements = 0;
	if (w->is_seeking) /* the filter to be found again is gone */
		w->phase = LOST;
}

static __always_inline struct list_head *next_of(struct list_head *node)
{
	return BPF_CORE_READ(node, next);
}

/* Whether a node is in a list: list_del_rcu() poisons its `prev`. */
static __always_inline bool is_linked(struct list_head *node)
{
	return BPF_CORE_READ(node, prev, next) == node;
}

#endif
