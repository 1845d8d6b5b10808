/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Where a reader stands in a walk; kept by address, since no reference can be held. */
#ifndef BPFDBG_WALK_H
#define BPFDBG_WALK_H

#include "hook_types.h"
#include "verifier.h"

/* What is found at once: all that BPF_PROG_ATTACH allows at one hook. */
#define MAX_FOUND 64

/* The cgroups that lead to the one at hand, itself included, of which one must be there still. */
#define MAX_LINEAGE 32

/* The longest row: names, numbers, and a path. */
#define MAX_ROW 8192

/* How a program may be attached without a link: an index of `ways`. */
enum way { XDP_NETLINK, TC_CLSACT, TCX_ATTACH, NETKIT_ATTACH, CGROUP_ATTACH, NETNS_ATTACH, WAYS = 8 };

#define NO_ATTACH_TYPE ((__u32)-1)

/* A program at a hook; without one, that more is there than can be looked at. */
struct found {
	struct bpf_prog *prog;
	__u32 id;
	__u32 way;
	__u32 attach_type;
	__u32 flags; /* a mode of XDP, flags of a cgroup; of clsact, whether action is direct */
	__u32 direction; /* 1 is egress */
	__u32 priority;
	__u32 handle;
	__u32 chain;
};

/* Where the walk stands; FIND: what it stood on is gone, and it looks for what came next. */
enum phase {
	RING, /* on the way to the head of all namespaces */
	NEXT_NET,
	NET_PROG,
	NEXT_DEVICE,
	DEVICE_SLOTS,
	NEXT_CGROUP,
	UP_CGROUP,
	FIND_CGROUP,
	CGROUP_SLOTS,
	DONE,
	LOST, /* what is left cannot be told from what was shown */
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
	__u32 share;
	__u32 is_kept;

	__u32 phase;
	struct list_head *head; /* of the ring of namespaces */
	/* The namespace and the device at hand, and those before, for what comes next if these go. */
	struct net_at net, net_before;
	struct device_at dev, dev_before;
	struct cgroup *root, *cgroup;
	__u64 serial; /* of the last child that was looked at */
	__u32 lineage_len;
	struct cgroup_at lineage[MAX_LINEAGE];

	/* The hook at that place, and how far its list has been looked through. */
	__u32 slot;
	__u32 index;
	void *node;
	struct tcf_proto *proto;
	struct list_head *chain;
	/* The last filter, which is to be found again before what follows it is taken. */
	void *filter_node;
	struct found filter;
	__u32 is_seeking;

	/* What was found and not printed yet. */
	__u32 at;
	__u32 count;
	struct found found[MAX_FOUND];

	/* Of links: the lowest id that was not looked at. */
	__u64 next_link;
};

static __always_inline void add(struct walk *w, struct bpf_prog *prog, struct found *found)
{
	__u32 n = w->count;

	found->prog = prog;
	found->id = BPF_CORE_READ(prog, aux, id);
	if (prog && !found->id) /* of a classic filter */
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
	if (w->is_seeking) /* what was to be found again is gone */
		w->phase = LOST;
}

static __always_inline struct list_head *next_of(struct list_head *node)
{
	return BPF_CORE_READ(node, next);
}

/* Whether a node stands in its list still: out of it, its `prev` is poisoned. */
static __always_inline bool is_linked(struct list_head *node)
{
	return BPF_CORE_READ(node, prev, next) == node;
}

#endif
