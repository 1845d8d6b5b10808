/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Network namespaces, from that of the reader on; the last leads to the cgroups. */
#ifndef BPFDBG_WALK_NETS_H
#define BPFDBG_WALK_NETS_H

#include "file_types.h"
#include "walk.h"
#include "walk_cgroups.h"
#include "walk_devices.h"

static __always_inline void take_net(struct walk *w, struct net *net)
{
	w->net.net = net;
	w->net.inum = BPF_CORE_READ(net, ns.inum);
}

/* The reader's own namespace, from which all others are to be reached. */
static __always_inline void take_own_net(struct walk *w)
{
	struct task_struct *task = (void *)bpf_get_current_task();

	take_net(w, BPF_CORE_READ(task, nsproxy, net_ns));
}

/* The head of the ring is in no namespace, and so has none of their operations. */
static __always_inline void step_ring(struct walk *w)
{
	struct net *from = w->net.net, *net;
	struct list_head *node;

	if (!from) {
		take_own_net(w);
		return;
	}
	node = BPF_CORE_READ(from, list.next);
	net = (void *)node - bpf_core_field_offset(struct net, list);
	if (BPF_CORE_READ(net, ns.ops) == BPF_CORE_READ(from, ns.ops)) {
		take_net(w, net);
		return;
	}
	w->head = node;
	w->net.net = NULL;
	w->phase = NEXT_NET;
}

static __always_inline void step_net(struct walk *w)
{
	struct list_head *node = next_of(w->net.net ? &w->net.net->list : w->head);

	if (!node || node == w->head) {
		enter_cgroups(w);
		return;
	}
	w->net_before = w->net;
	take_net(w, (void *)node - bpf_core_field_offset(struct net, list));
	w->dev.dev = w->dev_before.dev = NULL;
	w->phase = NET_PROG;
}

static __always_inline void step_net_prog(struct walk *w)
{
	struct found found = { .way = NETNS_ATTACH, .attach_type = 17 /* BPF_FLOW_DISSECTOR */ };
	struct net *net = w->net.net;
	struct bpf_prog *prog;

	w->phase = NEXT_DEVICE;
	if (!bpf_core_field_exists(net->bpf))
		return;
	prog = BPF_CORE_READ(net, bpf.progs[0]);
	if (prog)
		add(w, prog, &found);
}

static __always_inline bool has_net(struct net_at *at)
{
	struct net *net = at->net;

	return BPF_CORE_READ(net, ns.inum) == at->inum && is_linked(&net->list);
}

/*
 * New namespaces and devices are put at the end of their lists: so what comes behind one that is gone
 * is what now comes behind the one before it.
 */
static __always_inline void resume_net(struct walk *w)
{
	if (w->phase == RING) {
		w->net.net = NULL;
		return;
	}
	if (w->net.net && !has_net(&w->net)) {
		w->count = w->at = w->is_seeking = 0;
		w->phase = !w->net_before.net || has_net(&w->net_before) ? NEXT_NET : LOST;
		w->net = w->net_before;
		w->net_before.net = NULL;
		w->dev.dev = w->dev_before.dev = NULL;
		return;
	}
	if (w->dev.dev && !has_device(w, &w->dev)) {
		w->count = w->at = w->is_seeking = 0;
		w->phase = !w->dev_before.dev || has_device(w, &w->dev_before) ? NEXT_DEVICE : LOST;
		w->dev = w->dev_before;
		w->dev_before.dev = NULL;
	}
}

#endif
