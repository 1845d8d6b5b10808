/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The walk over the devices of a network namespace, and over the hooks of each: XDP, tcx, netkit, clsact.
 *
 * See walk.h for what a torn read can print. A list of tcx or netkit that is replaced between the read of a
 * program and that of its link can show a program that has a link. The handle of a tc filter is printed
 * only with the device's namespace beside it, which memory of a freed filter hardly has.
 */
#ifndef BPFDBG_WALK_DEVICES_H
#define BPFDBG_WALK_DEVICES_H

#include "hook_types.h"
#include "place_types.h"
#include "walk.h"

/* The hooks of a device: one slot per mode of XDP, then the others. */
enum { XDP_MODES = 3, TCX_INGRESS = 3, TCX_EGRESS, NETKIT, TUN, CLSACT_INGRESS, CLSACT_EGRESS, SLOTS };

static __always_inline void step_device(struct walk *w)
{
	struct list_head *head = &w->net.net->dev_base_head;
	struct list_head *node = next_of(w->dev.dev ? &w->dev.dev->dev_list : head);
	struct net_device *dev;

	if (!node || node == head) {
		w->phase = NEXT_NET;
		return;
	}
	w->dev_before = w->dev;
	dev = (void *)node - bpf_core_field_offset(struct net_device, dev_list);
	w->dev.dev = dev;
	w->dev.ifindex = BPF_CORE_READ(dev, ifindex);
	w->slot = 0;
	w->phase = DEVICE_SLOTS;
}

static __always_inline bool has_device(struct walk *w, struct device_at *at)
{
	struct net_device *dev = at->dev;

	return BPF_CORE_READ(dev, ifindex) == at->ifindex && is_linked(&dev->dev_list) &&
	       BPF_CORE_READ(dev, nd_net.net) == w->net.net;
}

static __always_inline void step_xdp(struct walk *w, __u32 mode)
{
	struct found found = { .way = XDP_NETLINK, .attach_type = BPF_XDP, .flags = mode };
	struct bpf_xdp_entity entity = {};
	__u32 size = bpf_core_type_size(struct bpf_xdp_entity);
	void *at = (void *)w->dev.dev + bpf_core_field_offset(struct net_device, xdp_state) + mode * size;

	bpf_probe_read_kernel(&entity, sizeof(entity), at);
	if (entity.prog && !entity.link)
		add(w, entity.prog, &found);
	next_slot(w);
}

/* One step in a list of tcx or netkit, which ends at the first NULL. */
static __always_inline void step_mprog(struct walk *w, struct bpf_mprog_entry *entry,
				       struct found *found)
{
	__u32 i = w->index;
	struct bpf_prog *prog = NULL;
	struct bpf_link *link = NULL;
	void *parent;

	if (!entry || i >= MAX_FOUND) {
		next_slot(w);
		return;
	}
	bpf_probe_read_kernel(&prog, sizeof(prog),
			      (void *)entry + bpf_core_field_offset(struct bpf_mprog_entry, fp_items) +
				      i * bpf_core_type_size(struct bpf_mprog_fp));
	if (!prog) {
		next_slot(w);
		return;
	}
	parent = BPF_CORE_READ(entry, parent);
	bpf_probe_read_kernel(&link, sizeof(link),
			      parent + bpf_core_field_offset(struct bpf_mprog_bundle, cp_items) +
				      i * bpf_core_type_size(struct bpf_mprog_cp));
	if (!link)
		add(w, prog, found);
	w->index = i + 1;
}

static __always_inline void step_tcx(struct walk *w, bool is_egress)
{
	struct found found = {
		.way = TCX_ATTACH, .attach_type = is_egress ? BPF_TCX_EGRESS : BPF_TCX_INGRESS
	};
	struct net_device___tcx *dev = (void *)w->dev.dev;

	if (!bpf_core_field_exists(dev->tcx_ingress)) {
		w->slot = NETKIT;
		return;
	}
	step_mprog(w, is_egress ? BPF_CORE_READ(dev, tcx_egress) : BPF_CORE_READ(dev, tcx_ingress),
		   &found);
}

/* As NETDEV_ALIGN: where netdev_priv() of a device begins. */
#define NETDEV_ALIGN 32

/* A netkit device is recognised by its kind; struct netkit is its netdev_priv(). */
static __always_inline void step_netkit(struct walk *w)
{
	struct found found = { .way = NETKIT_ATTACH };
	struct net_device *dev = w->dev.dev;
	struct netkit *netkit;
	char kind[8] = {};
	__u32 size;

	bpf_probe_read_kernel(kind, 7, BPF_CORE_READ(dev, rtnl_link_ops, kind));
	if (!bpf_core_type_exists(struct netkit) || *(__u64 *)kind != *(__u64 *)"netkit\0") {
		next_slot(w);
		return;
	}
	size = bpf_core_type_size(struct net_device);
	netkit = (void *)dev + ((size + NETDEV_ALIGN - 1) & ~(NETDEV_ALIGN - 1));
	found.attach_type = BPF_CORE_READ(netkit, primary) ? BPF_NETKIT_PRIMARY : BPF_NETKIT_PEER;
	step_mprog(w, BPF_CORE_READ(netkit, active), &found);
}

/* Adds a program of tun; what is no program means that the layout is another one, which is told as a cut. */
static __always_inline void add_of_tun(struct walk *w, void *at, __u32 way)
{
	struct found found = { .way = way, .attach_type = NO_ATTACH_TYPE };
	struct tun_prog *holder = NULL;
	struct bpf_prog *prog = NULL;

	bpf_probe_read_kernel(&holder, sizeof(holder), at);
	if (!holder)
		return;
	bpf_probe_read_kernel(&prog, sizeof(prog), &holder->prog);
	if (prog && BPF_CORE_READ(prog, aux, prog) != prog)
		prog = NULL;
	add(w, prog, &found);
}

/* A device of tun is recognised by its kind; see hook_types.h for its struct. */
static __always_inline void step_tun(struct walk *w)
{
	__u32 lock_at = sizeof(struct tun_front);
	__u32 flows_at = (lock_at + bpf_core_type_size(struct spinlock) + 7) & ~7;
	__u32 timer_at = flows_at + TUN_FLOWS * sizeof(void *);
	__u32 back_at = (timer_at + bpf_core_type_size(struct timer_list) + 7) & ~7;
	__u32 size = bpf_core_type_size(struct net_device);
	struct net_device *dev = w->dev.dev;
	void *tun, *its = NULL;
	char kind[8] = {};

	bpf_probe_read_kernel(kind, 4, BPF_CORE_READ(dev, rtnl_link_ops, kind));
	if (*(__u32 *)kind != *(__u32 *)"tun") {
		next_slot(w);
		return;
	}
	tun = (void *)dev + ((size + NETDEV_ALIGN - 1) & ~(NETDEV_ALIGN - 1));
	bpf_probe_read_kernel(&its, sizeof(its), tun + offsetof(struct tun_front, dev));
	if (its == dev) {
		add_of_tun(w, tun + back_at + offsetof(struct tun_back, steering_prog), TUN_STEERING);
		add_of_tun(w, tun + back_at + offsetof(struct tun_back, filter_prog), TUN_FILTER);
	} else {
		struct found unknown = { .way = TUN_STEERING, .attach_type = NO_ATTACH_TYPE };

		add(w, NULL, &unknown);
	}
	next_slot(w);
}

static __always_inline struct mini_Qdisc *clsact_of(struct walk *w, bool is_egress)
{
	struct net_device___miniq *dev = (void *)w->dev.dev;
	struct net_device___tcx *tcx = (void *)w->dev.dev;
	struct bpf_mprog_entry *entry;
	void *parent;

	if (bpf_core_field_exists(tcx->tcx_ingress)) {
		entry = is_egress ? BPF_CORE_READ(tcx, tcx_egress) : BPF_CORE_READ(tcx, tcx_ingress);
		parent = BPF_CORE_READ(entry, parent);
		if (!parent)
			return NULL;
		parent -= bpf_core_field_offset(struct tcx_entry, bundle);
		return BPF_CORE_READ((struct tcx_entry *)parent, miniq);
	}
	if (bpf_core_field_exists(dev->miniq_egress) && is_egress)
		return BPF_CORE_READ(dev, miniq_egress);
	if (bpf_core_field_exists(dev->miniq_ingress) && !is_egress)
		return BPF_CORE_READ(dev, miniq_ingress);
	return NULL;
}

/* Whether a filter is the last one of the element before. */
static __always_inline bool is_same(struct found *before, struct found *now, struct bpf_prog *prog)
{
	return before->prog == prog && before->id == BPF_CORE_READ(prog, aux, id) &&
	       before->priority == now->priority && before->chain == now->chain &&
	       before->handle == now->handle;
}

/* Adds a program of cls_bpf; w->node is its place in the list of a filter. */
static __always_inline void add_filter(struct walk *w, bool is_egress)
{
	__u32 flags_at = sizeof(struct cls_bpf_front) + bpf_core_type_size(struct tcf_result);
	__u32 exts_at = (flags_at + sizeof(struct cls_bpf_flags) + 7) & ~7;
	__u32 handle_at = (exts_at + bpf_core_type_size(struct tcf_exts) + 7) & ~7;
	struct tcf_proto *proto = w->proto;
	void *node = w->node, *filter = node - offsetof(struct cls_bpf_front, next);
	struct found found = { .way = TC_CLSACT, .attach_type = NO_ATTACH_TYPE };
	struct cls_bpf_flags flags = {};
	struct net *net = NULL;
	__u32 handle = 0;
	struct bpf_prog *prog = NULL;

	bpf_probe_read_kernel(&prog, sizeof(prog), filter);
	bpf_probe_read_kernel(&flags, sizeof(flags), filter + flags_at);
	bpf_probe_read_kernel(&handle, sizeof(handle), filter + handle_at);
	if (bpf_core_field_exists(struct tcf_exts, net))
		bpf_probe_read_kernel(&net, sizeof(net),
				      filter + exts_at + bpf_core_field_offset(struct tcf_exts, net));
	found.direction = is_egress;
	found.priority = BPF_CORE_READ(proto, prio) >> 16; /* as TC_H_MAJ() has it */
	found.chain = BPF_CORE_READ(proto, chain, index);
	if (net && net == w->net.net) {
		found.handle = handle;
		found.flags = flags.direct_action & 1;
	}
	if (!prog)
		return;
	if (w->is_seeking) {
		w->is_seeking = node != w->filter_node || !is_same(&w->filter, &found, prog);
		return;
	}
	add(w, prog, &found);
	w->filter_node = node;
	w->filter = found;
	w->vain_elements = 0;
}

/*
 * Chains, and filters of other classifiers, that are read for one text. Any user can make hundreds of
 * thousands of them, at a device in a network namespace of his own, for every reader to walk.
 */
#define MAX_VAIN_STEPS (1 << 19)

/* Elements that may read a hook and find no new filter: the first may have few steps left. */
#define MAX_VAIN_ELEMENTS 2

/* Adds what says that a hook has more filters than one element can read. */
static __always_inline void add_missing(struct walk *w)
{
	struct found found = { .way = TC_CLSACT, .attach_type = NO_ATTACH_TYPE };

	found.direction = w->slot == CLSACT_EGRESS;
	if (w->filter_node) {
		found.priority = w->filter.priority;
		found.chain = w->filter.chain;
	}
	add(w, NULL, &found);
}

/* One step: in the programs of a filter, the filters of a chain, or the chains of a block. */
static __always_inline void step_clsact(struct walk *w, bool is_egress)
{
	struct tcf_proto *proto = w->proto;
	struct list_head *head, *chain;
	struct mini_Qdisc *miniq;
	struct tcf_block *block;
	void *node = NULL, *root;
	char kind[16] = {};

	if (w->node) {
		root = BPF_CORE_READ(proto, root);
		bpf_probe_read_kernel(&node, sizeof(node), w->node);
		if (!node || node == root) {
			w->node = NULL;
			w->proto = BPF_CORE_READ(proto, next);
		} else {
			w->node = node;
			add_filter(w, is_egress);
		}
		return;
	}
	if (w->chain && w->vain_steps++ >= MAX_VAIN_STEPS) {
		w->is_seeking = 0;
		add_missing(w);
		next_slot(w);
		return;
	}
	if (proto) {
		BPF_CORE_READ_INTO(&kind, proto, ops, kind);
		root = BPF_CORE_READ(proto, root);
		if (root && *(__u32 *)kind == *(__u32 *)"bpf")
			w->node = root; /* struct cls_bpf_head, whose first member is the list */
		else
			w->proto = BPF_CORE_READ(proto, next);
		return;
	}
	miniq = clsact_of(w, is_egress);
	block = BPF_CORE_READ(miniq, block);
	if (!block)
		block = BPF_CORE_READ(miniq, filter_list, chain, block);
	if (!block) {
		next_slot(w);
		return;
	}
	head = (void *)block + bpf_core_field_offset(struct tcf_block, chain_list);
	chain = next_of(w->chain ? w->chain : head);
	if (!chain || chain == head) {
		next_slot(w);
		return;
	}
	w->chain = chain;
	chain = (void *)chain - bpf_core_field_offset(struct tcf_chain, list);
	w->proto = BPF_CORE_READ((struct tcf_chain *)chain, filter_chain);
}

static __always_inline void step_device_slot(struct walk *w)
{
	__u32 slot = w->slot;

	if (slot < XDP_MODES)
		step_xdp(w, slot);
	else if (slot == TCX_INGRESS || slot == TCX_EGRESS)
		step_tcx(w, slot == TCX_EGRESS);
	else if (slot == NETKIT)
		step_netkit(w);
	else if (slot == TUN)
		step_tun(w);
	else if (slot < SLOTS)
		step_clsact(w, slot == CLSACT_EGRESS);
	else
		w->phase = NEXT_DEVICE;
}

#endif
