/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * A walk over all that has programs attached without a link: the devices of all network
 * namespaces, then all cgroups. Included by attached.bpf.c.
 *
 * No iterator goes there, so an array drives the walk: an element continues where the one before
 * it stopped, and prints one row at most, so that no row can be too much for the kernel's buffer.
 * What was found at one place is kept until it is printed: a list that changes in between neither
 * hides a program nor shows it twice. Where the walk stands is kept by addresses that no reference
 * holds: an element begins with a look whether they are in use still.
 *
 * All of it lies in a map, whose contents the verifier does not know: so a loop ends in the state
 * in which it began.
 */

/* What BPF_PROG_ATTACH allows at one hook of one place. */
#define MAX_FOUND 64

/* How deep cgroups are looked for. */
#define MAX_DEPTH 32

/* As include/linux/cgroup-defs.h has them. */
#define CSS_ONLINE (1 << 1)
#define CSS_RELEASED (1 << 2)

/* How a program may be attached without a link: an index of `ways`. */
enum way { XDP_NETLINK, TC_CLSACT, TCX_ATTACH, NETKIT_ATTACH, CGROUP_ATTACH, NETNS_ATTACH, WAYS = 8 };

#define NO_ATTACH_TYPE ((__u32)-1)

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
	FIND_NET,
	NET_PROG,
	NEXT_DEVICE,
	FIND_DEVICE,
	DEVICE_SLOTS,
	NEXT_CGROUP,
	UP_CGROUP,
	FIND_CGROUP,
	CGROUP_SLOTS,
	DONE,
};

/* The slots of a device. */
enum { XDP_MODES = 3, TCX_INGRESS = 3, TCX_EGRESS, NETKIT, CLSACT_INGRESS, CLSACT_EGRESS, SLOTS };

struct level {
	struct cgroup *cgroup;
	__u64 id;
	__u64 serial;
};

struct walk {
	__u64 session; /* of the reader; zero for none */
	__u32 element; /* the last element */
	__u32 phase;
	struct list_head *head; /* of the ring of namespaces */
	struct net *net;
	__u32 inum;
	__u32 nth; /* of the ring */
	struct net_device *dev;
	__u32 ifindex;
	__u32 depth;
	struct level levels[MAX_DEPTH];
	/* The hook at that place, and how far its list has been looked through in this element. */
	__u32 slot;
	__u32 index;
	void *node;
	struct tcf_proto *proto;
	struct list_head *chain;
	__u32 is_again; /* the element before this one got no further */
	/* What was found and not printed yet. */
	__u32 at;
	__u32 count;
	__u32 is_cut;
	struct found found[MAX_FOUND];
};

/* By slot, the attach types of cgroups: the loader sets them. */
const volatile __u8 cgroup_attach_types[64];

static __always_inline void add(struct walk *w, struct bpf_prog *prog, struct found *found)
{
	__u32 id = BPF_CORE_READ(prog, aux, id), n = w->count;

	if (!id) /* of a classic filter */
		return;
	if (n >= MAX_FOUND) {
		w->is_cut = 1;
		return;
	}
	found->prog = prog;
	found->id = id;
	w->count = n + 1;
	barrier_var(n); /* or clang, which knows the bound, leaves out what shows it to the verifier */
	w->found[n & (MAX_FOUND - 1)] = *found;
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

static __always_inline void take_net(struct walk *w, struct net *net)
{
	w->net = net;
	w->inum = BPF_CORE_READ(net, ns.inum);
}

/* The reader's own namespace, from which all others are to be reached. */
static __always_inline void take_own_net(struct walk *w)
{
	struct task_struct *task = (void *)bpf_get_current_task();

	take_net(w, BPF_CORE_READ(task, nsproxy, net_ns));
}

static __always_inline void enter_net(struct walk *w, struct list_head *node)
{
	take_net(w, (void *)node - bpf_core_field_offset(struct net, list));
	w->dev = NULL;
	w->phase = NET_PROG;
	rewind_slot(w);
}

/* The head of the ring is in no namespace, and so has none of their operations. */
static __always_inline void step_ring(struct walk *w)
{
	struct net *from = w->net, *net;
	struct list_head *node = BPF_CORE_READ(from, list.next);

	net = (void *)node - bpf_core_field_offset(struct net, list);
	if (BPF_CORE_READ(net, ns.ops) == BPF_CORE_READ(from, ns.ops)) {
		take_net(w, net);
		return;
	}
	w->head = node;
	w->net = NULL;
	w->nth = 0;
	w->phase = NEXT_NET;
}

static __always_inline void enter_cgroups(struct walk *w)
{
	struct task_struct *task = (void *)bpf_get_current_task();
	struct cgroup_root *root = BPF_CORE_READ(task, cgroups, dfl_cgrp, root);
	struct cgroup *cgroup = (void *)root + bpf_core_field_offset(struct cgroup_root, cgrp);

	rewind_slot(w);
	if (!root || !bpf_core_field_exists(cgroup->bpf)) {
		w->phase = DONE;
		return;
	}
	w->depth = 0;
	w->levels[0].cgroup = cgroup;
	w->levels[0].id = BPF_CORE_READ(cgroup, kn, id);
	w->slot = 0;
	w->phase = CGROUP_SLOTS;
}

static __always_inline void step_net(struct walk *w)
{
	struct list_head *node = w->node;

	if (w->phase == NEXT_NET)
		node = w->net ? &w->net->list : w->head;
	else if (!node)
		node = w->head;
	node = next_of(node);
	if (!node || node == w->head) {
		enter_cgroups(w);
	} else if (w->phase == NEXT_NET) {
		w->nth += w->net != NULL;
		enter_net(w, node);
	} else if (w->index++ == w->nth) {
		enter_net(w, node);
	} else {
		w->node = node;
	}
}

static __always_inline void step_net_prog(struct walk *w)
{
	struct found found = { .way = NETNS_ATTACH, .attach_type = 17 /* BPF_FLOW_DISSECTOR */ };
	struct net *net = w->net;
	struct bpf_prog *prog;

	w->phase = NEXT_DEVICE;
	if (!bpf_core_field_exists(net->bpf))
		return;
	prog = BPF_CORE_READ(net, bpf.progs[0]);
	if (prog)
		add(w, prog, &found);
}

/* Devices stand in the order in which they were made, and so, mostly, in that of their indexes. */
static __always_inline void step_device(struct walk *w)
{
	struct list_head *head = &w->net->dev_base_head, *node = w->node;
	struct net_device *dev;
	__u32 ifindex;

	if (w->phase == NEXT_DEVICE)
		node = w->dev ? &w->dev->dev_list : head;
	else if (!node)
		node = head;
	node = next_of(node);
	if (!node || node == head) {
		rewind_slot(w);
		w->phase = NEXT_NET;
		return;
	}
	dev = (void *)node - bpf_core_field_offset(struct net_device, dev_list);
	ifindex = BPF_CORE_READ(dev, ifindex);
	if (w->phase == FIND_DEVICE && ifindex <= w->ifindex) {
		w->node = node;
		return;
	}
	w->dev = dev;
	w->ifindex = ifindex;
	w->slot = 0;
	rewind_slot(w);
	w->phase = DEVICE_SLOTS;
}

#include "attached_device.h"
#include "attached_cgroup.h"

/* Whether no list is being looked through. */
static __always_inline bool is_between(struct walk *w)
{
	return !w->index && !w->node && !w->proto && !w->chain;
}

/* One step; 1 when something was found at a hook that has been looked through, and at the end. */
static __always_inline long step(struct walk *w)
{
	if (w->phase == DONE || (w->count && is_between(w)))
		return 1;
	switch (w->phase) {
	case RING:
		step_ring(w);
		break;
	case NEXT_NET:
	case FIND_NET:
		step_net(w);
		break;
	case NET_PROG:
		step_net_prog(w);
		break;
	case NEXT_DEVICE:
	case FIND_DEVICE:
		step_device(w);
		break;
	case DEVICE_SLOTS:
		step_device_slot(w);
		break;
	case CGROUP_SLOTS:
		step_cgroup_slot(w);
		break;
	default:
		step_cgroup(w);
	}
	return 0;
}

/* Looks whether what the walk stands on is there still. */
static __always_inline void validate(struct walk *w)
{
	struct net *net = w->net;
	struct net_device *dev = w->dev;

	rewind_slot(w);
	if (w->phase == DONE || (!net && w->phase < NEXT_CGROUP))
		return;
	if (w->phase >= NEXT_CGROUP) {
		validate_cgroups(w);
		return;
	}
	if (BPF_CORE_READ(net, ns.inum) != w->inum || !is_linked(&net->list)) {
		w->count = 0;
		take_own_net(w);
		if (w->phase != RING)
			w->phase = FIND_NET;
		return;
	}
	if (!dev)
		return;
	if (BPF_CORE_READ(dev, ifindex) != w->ifindex || !is_linked(&dev->dev_list) ||
	    BPF_CORE_READ(dev, nd_net.net) != net) {
		w->count = 0;
		w->phase = FIND_DEVICE;
	}
}
