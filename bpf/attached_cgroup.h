/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Cgroups from the root down, and the hooks of each, in slots. Included by attached_walk.h. */

static __always_inline struct cgroup *cgroup_of(struct list_head *sibling)
{
	return (void *)sibling - bpf_core_field_offset(struct cgroup_subsys_state, sibling) -
	       bpf_core_field_offset(struct cgroup, self);
}

/* The cgroup at the walk's depth; the levels above lead to it. */
static __always_inline struct level *level_of(struct walk *w, __u32 depth)
{
	barrier_var(depth); /* as in add() */
	return &w->levels[depth & (MAX_DEPTH - 1)];
}

static __always_inline void enter_cgroup(struct walk *w, __u32 depth, struct cgroup *cgroup)
{
	struct level *level = level_of(w, depth);

	level->cgroup = cgroup;
	level->id = BPF_CORE_READ(cgroup, kn, id);
	level->serial = BPF_CORE_READ(cgroup, self.serial_nr);
	w->depth = depth;
	w->slot = 0;
	rewind_slot(w);
	/* One that is being removed has lost its programs, or is about to. */
	w->phase = BPF_CORE_READ(cgroup, self.flags) & CSS_ONLINE ? CGROUP_SLOTS : NEXT_CGROUP;
}

/*
 * NEXT_CGROUP goes down to the first child; UP_CGROUP to the next sibling, or one up; FIND_CGROUP
 * to the first child that is younger than the one that is gone.
 */
static __always_inline void step_cgroup(struct walk *w)
{
	__u32 depth = w->depth;
	struct cgroup *cgroup = level_of(w, depth)->cgroup, *parent;
	struct list_head *head = &cgroup->self.children, *node;

	if (w->phase == UP_CGROUP) {
		if (!depth) {
			w->phase = DONE;
			return;
		}
		depth--;
		parent = level_of(w, depth)->cgroup;
		node = BPF_CORE_READ(cgroup, self.sibling.next);
		if (!node || node == &parent->self.children)
			w->depth = depth;
		else
			enter_cgroup(w, depth + 1, cgroup_of(node));
		return;
	}
	depth++;
	node = next_of(w->node ? w->node : head);
	if (depth >= MAX_DEPTH || !node || node == head) {
		w->node = NULL;
		w->phase = UP_CGROUP;
	} else if (w->phase == FIND_CGROUP &&
		   BPF_CORE_READ(cgroup_of(node), self.serial_nr) <= level_of(w, depth)->serial) {
		w->node = node;
	} else {
		enter_cgroup(w, depth, cgroup_of(node));
	}
}

static __always_inline bool is_there(struct level *level)
{
	struct cgroup *cgroup = level->cgroup;
	struct kernfs_node *kn = BPF_CORE_READ(cgroup, kn);

	return BPF_CORE_READ(kn, priv) == cgroup && BPF_CORE_READ(kn, id) == level->id &&
	       !(BPF_CORE_READ(cgroup, self.flags) & CSS_RELEASED);
}

static __always_inline void validate_cgroups(struct walk *w)
{
	for (__u32 i = 1; i < MAX_DEPTH; i++) {
		if (i > w->depth)
			return;
		if (!is_there(level_of(w, i))) {
			w->count = 0;
			w->depth = i - 1;
			w->phase = FIND_CGROUP;
			return;
		}
	}
}

/* One step in the list of programs of a hook. */
static __always_inline void step_cgroup_slot(struct walk *w)
{
	__u32 hooks = bpf_core_field_size(struct cgroup_bpf, effective) / sizeof(void *);
	__u32 head_size = bpf_core_field_size(struct cgroup_bpf, progs) / hooks;
	__u32 flags_size = bpf_core_field_size(struct cgroup_bpf, flags) / hooks;
	void *of = &level_of(w, w->depth)->cgroup->bpf;
	struct found found = { .way = CGROUP_ATTACH };
	struct bpf_prog_list *list;
	__u32 slot = w->slot;
	void *head, *node = NULL;

	if (slot >= hooks || slot >= sizeof(cgroup_attach_types)) {
		w->phase = NEXT_CGROUP;
		return;
	}
	head = of + bpf_core_field_offset(struct cgroup_bpf, progs) + slot * head_size;
	bpf_probe_read_kernel(&node, sizeof(node), w->node ? w->node : head);
	if (!node || node == head) {
		next_slot(w);
		return;
	}
	w->node = node;
	list = node - bpf_core_field_offset(struct bpf_prog_list, node);
	if (BPF_CORE_READ(list, link))
		return;
	found.attach_type = cgroup_attach_types[slot];
	bpf_probe_read_kernel(&found.flags, flags_size == 1 ? 1 : 4,
			      of + bpf_core_field_offset(struct cgroup_bpf, flags) + slot * flags_size);
	add(w, BPF_CORE_READ(list, prog), &found);
}
