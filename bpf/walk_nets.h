/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The walk over network namespaces and the devices of each; behind the last one it goes on to cgroups.
 *
 * Namespaces are in a ring, entered at a task's own. See walk.h for what a torn read can print; here it
 * can also skip a namespace or device that is made or removed during the reading.
 */
#ifndef BPFDBG_WALK_NETS_H
#define BPFDBG_WALK_NETS_H

#include "file_types.h"
#include "hook_types.h"
#include "place_types.h"
#include "task.h"
#include "walk.h"
#include "walk_cgroups.h"
#include "walk_devices.h"

static __always_inline void take_net(struct walk *w, struct net *net)
{
	w->net.net = net;
	w->net.inum = BPF_CORE_READ(net, ns.inum);
}

/* Any namespace: the reader's own, or init's. */
static __always_inline void take_first_net(struct walk *w)
{
	struct task_struct *task = first_task();

	take_net(w, BPF_CORE_READ(task, nsproxy, net_ns));
}

/* Looks for the head of the ring, the one entry without the operations of a namespace. */
static __always_inline void step_ring(struct walk *w)
{
	struct net *from = w->net.net, *net;
	struct list_head *node;

	if (!from) {
		take_first_net(w);
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
	struct found found = { .way = NETNS_ATTACH, .attach_type = BPF_FLOW_DISSECTOR };
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
 * Checks the current namespace and device. New ones are added at the end of their lists, so what followed
 * one that is gone now follows its predecessor.
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
