/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * A walk over all that has programs attached without a link: the devices of all network
 * namespaces, then all cgroups. Included by attached.bpf.c.
 *
 * There is no iterator over these, so an array drives the walk: an element continues where the one
 * before it stopped, and prints as many rows as there is room for. What was found at one hook is kept
 * until it is printed: a list that changes in between neither hides a program nor shows it twice. An
 * element begins with a look whether what the walk stands on is in use still.
 *
 * All of it lies in a map, whose contents the verifier does not know: so a loop ends in the state
 * in which it began.
 */
#include "readers.h"

/* As include/linux/cgroup-defs.h has them. */
#define CSS_ONLINE (1 << 1)
#define CSS_RELEASED (1 << 2)

/* By slot, the attach types of cgroups: the loader sets them. */
const volatile __u8 cgroup_attach_types[64];

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

/* Whether no list is being looked through. */
static __always_inline bool is_between(struct walk *w)
{
	return !w->index && !w->node && !w->proto && !w->chain;
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

#include "attached_cgroup.h"
#include "attached_net.h"
#include "attached_device.h"

/* One step; 1 where something can be printed, and at the end. */
static __always_inline long step(struct walk *w)
{
	if (w->at >= w->count)
		w->at = w->count = 0;
	if (w->count && (is_between(w) || w->count >= MAX_FOUND))
		return 1;
	switch (w->phase) {
	case RING:
		step_ring(w);
		break;
	case NEXT_NET:
		step_net(w);
		break;
	case NET_PROG:
		step_net_prog(w);
		break;
	case NEXT_DEVICE:
		step_device(w);
		break;
	case DEVICE_SLOTS:
		step_device_slot(w);
		break;
	case CGROUP_SLOTS:
		step_cgroup_slot(w);
		break;
	case DONE:
	case LOST:
		return 1;
	default:
		step_cgroup(w);
	}
	return 0;
}

/* Whether all has been looked at, and printed. */
static __always_inline bool is_done(struct walk *w)
{
	return w->phase == DONE && w->at >= w->count;
}

/* Puts the walk so that it can be continued, by another element. */
static __always_inline void pause(struct walk *w)
{
	if (w->phase >= NEXT_CGROUP)
		note_lineage(w);
	if (is_between(w))
		return;
	if (w->phase != DEVICE_SLOTS || w->slot < CLSACT_INGRESS) {
		/* A list that is as long as can be has been seen whole; a shorter one is looked at anew. */
		if (w->count >= MAX_FOUND)
			w->slot++;
		else
			w->count = w->at = 0;
	} else if (w->is_seeking) {
		/* As long as this list is, it cannot be told. */
		w->is_seeking = 0;
		add_missing(w);
		next_slot(w);
	} else {
		w->is_seeking = w->filter_node != NULL;
	}
	rewind_slot(w);
}

/* Looks whether what the walk stands on is there still. */
static __always_inline void resume(struct walk *w)
{
	if (w->phase < NEXT_CGROUP)
		resume_net(w);
	else if (w->phase < DONE)
		resume_cgroup(w);
}
