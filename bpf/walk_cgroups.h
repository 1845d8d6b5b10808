/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The walk over cgroups of the unified hierarchy, in pre-order, and over the hooks of each.
 *
 * See walk.h for what a torn read can print. A cgroup that is made during the reading is shown if the walk
 * has not passed its parent. A program and its flags are two reads: flags can be those of a program
 * attached just now in place of the one before.
 */
#ifndef BPFDBG_WALK_CGROUPS_H
#define BPFDBG_WALK_CGROUPS_H

#include "file_types.h"
#include "hook_types.h"
#include "place_types.h"
#include "task.h"
#include "verifier.h"
#include "walk.h"

/* As include/linux/cgroup-defs.h has them. */
#define CSS_ONLINE (1 << 1)
#define CSS_RELEASED (1 << 2)

/* Attach types by hook, enum cgroup_bpf_attach_type: the loader reads them in vmlinux BTF. */
const volatile __u8 cgroup_attach_types[64];

/* More hooks than any kernel has. */
#define MAX_HOOKS 64

static __always_inline struct cgroup *cgroup_of(struct list_head *sibling)
{
	return (void *)sibling - bpf_core_field_offset(struct cgroup_subsys_state, sibling) -
	       bpf_core_field_offset(struct cgroup, self);
}

static __always_inline struct cgroup *parent_of(struct cgroup *cgroup)
{
	return (void *)BPF_CORE_READ(cgroup, self.parent) - bpf_core_field_offset(struct cgroup, self);
}

static __always_inline void enter_cgroup(struct walk *w, struct cgroup *cgroup)
{
	w->cgroup = cgroup;
	w->slot = 0;
	rewind_slot(w);
	/* One that is offline has lost its programs, or is about to. */
	w->phase = BPF_CORE_READ(cgroup, self.flags) & CSS_ONLINE ? CGROUP_SLOTS : NEXT_CGROUP;
}

static __always_inline void enter_cgroups(struct walk *w)
{
	struct task_struct *task = first_task();
	struct cgroup_root *root = BPF_CORE_READ(task, cgroups, dfl_cgrp, root);
	struct cgroup *cgroup = (void *)root + bpf_core_field_offset(struct cgroup_root, cgrp);

	if (!root || !bpf_core_field_exists(cgroup->bpf)) {
		w->phase = DONE;
		return;
	}
	w->root = cgroup;
	enter_cgroup(w, cgroup);
}

/*
 * NEXT_CGROUP enters the first child; UP_CGROUP the next sibling, or goes one up; FIND_CGROUP enters the
 * first child with a higher serial number than the one that is gone.
 */
static __always_inline void step_cgroup(struct walk *w)
{
	struct cgroup *cgroup = w->cgroup, *parent;
	struct list_head *head = &cgroup->self.children, *node;

	if (w->phase == UP_CGROUP) {
		if (cgroup == w->root) {
			w->phase = DONE;
			return;
		}
		parent = parent_of(cgroup);
		node = BPF_CORE_READ(cgroup, self.sibling.next);
		if (!node || node == &parent->self.children)
			w->cgroup = parent;
		else
			enter_cgroup(w, cgroup_of(node));
		return;
	}
	node = next_of(w->node ? w->node : head);
	if (!node || node == head) {
		w->node = NULL;
		w->phase = UP_CGROUP;
	} else if (w->phase == FIND_CGROUP &&
		   BPF_CORE_READ(cgroup_of(node), self.serial_nr) <= w->serial) {
		w->node = node;
	} else {
		enter_cgroup(w, cgroup_of(node));
	}
}

/* Notes the current cgroup and its ancestors. */
static __always_inline void note_lineage(struct walk *w)
{
	struct cgroup *cgroup = w->cgroup;
	__u32 i;

	for (i = 0; i < MAX_LINEAGE; i++) {
		struct cgroup_at *at = &w->lineage[i];

		at->cgroup = cgroup;
		at->id = BPF_CORE_READ(cgroup, kn, id);
		at->serial = BPF_CORE_READ(cgroup, self.serial_nr);
		w->lineage_len = i + 1;
		if (cgroup == w->root)
			break;
		cgroup = parent_of(cgroup);
	}
}

static __always_inline bool has_cgroup(struct cgroup_at *at)
{
	struct cgroup *cgroup = at->cgroup;
	struct kernfs_node *kn = BPF_CORE_READ(cgroup, kn);

	return BPF_CORE_READ(kn, priv) == cgroup && BPF_CORE_READ(kn, id) == at->id &&
	       !(BPF_CORE_READ(cgroup, self.flags) & CSS_RELEASED);
}

/* Continues below the nearest ancestor that exists, behind its child that is gone. */
static __always_inline void resume_cgroup(struct walk *w)
{
	__u64 serial = 0;

	for (__u32 i = 0; i < MAX_LINEAGE; i++) {
		struct cgroup_at *at = &w->lineage[i];

		if (i >= w->lineage_len)
			break;
		if (has_cgroup(at)) {
			if (!i)
				return;
			w->count = w->at = 0;
			w->cgroup = at->cgroup;
			w->serial = serial;
			w->phase = FIND_CGROUP;
			return;
		}
		serial = at->serial;
	}
	w->phase = LOST;
}

/* The attach flags of a hook: one byte, four on 5.10. */
static __always_inline __u32 cgroup_slot_flags(const void *at, __u32 size)
{
	__u32 flags = 0;
	__u8 byte = 0;

	if (size == sizeof(byte)) {
		bpf_probe_read_kernel(&byte, sizeof(byte), at);
		return byte;
	}
	bpf_probe_read_kernel(&flags, sizeof(flags), at);
	return flags;
}

/* One step in the list of programs of a hook; skips hooks without any. */
static __always_inline void step_cgroup_slot(struct walk *w)
{
	__u32 hooks = bpf_core_field_size(struct cgroup_bpf, effective) / sizeof(void *);
	__u32 head_size = bpf_core_field_size(struct cgroup_bpf, progs) / hooks;
	__u32 flags_size = bpf_core_field_size(struct cgroup_bpf, flags) / hooks;
	void *of = &w->cgroup->bpf;
	void *heads = of + bpf_core_field_offset(struct cgroup_bpf, progs);
	struct found found = { .way = CGROUP_ATTACH };
	void *head = heads, *node = w->node, *flags;
	struct bpf_prog_list *list;
	__u32 slot = w->slot;

	for (int i = 0; i < MAX_HOOKS; i++) {
		head = heads + slot * head_size;
		bpf_probe_read_kernel(&node, sizeof(node), w->node ? w->node : head);
		if (slot >= hooks || w->node || (node && node != head))
			break;
		slot++;
	}
	slot = launder_scalar(slot);
	w->slot = slot;
	if (slot >= hooks || slot >= sizeof(cgroup_attach_types)) {
		w->phase = NEXT_CGROUP;
		return;
	}
	if (!node || node == head) {
		next_slot(w);
		return;
	}
	w->node = node;
	list = node - bpf_core_field_offset(struct bpf_prog_list, node);
	if (BPF_CORE_READ(list, link))
		return;
	found.attach_type = cgroup_attach_types[slot];
	flags = of + bpf_core_field_offset(struct cgroup_bpf, flags) + slot * flags_size;
	found.flags = cgroup_slot_flags(flags, flags_size);
	add(w, BPF_CORE_READ(list, prog), &found);
}

#endif
