/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Paths of cgroups and files, name by name.
 *
 * The kernel has a path from its end to its start; it is printed from its start. No array of names fits
 * on the stack, so each name is looked up by its distance from the end. The functions are global: the
 * verifier walks each once for all calls, and before 5.13 their arguments must be scalars.
 *
 * The walk takes neither rename_lock nor kernfs_rename_lock. A path that is renamed while it is read can
 * be printed with old and new names, or as cut.
 */
#ifndef BPFDBG_PATHS_H
#define BPFDBG_PATHS_H

#include "file_types.h"
#include "place_types.h"
#include "probe_types.h"

/* The kind of a text, and the type at its address. */
enum text_kind {
	TEXT,	     /* char, up to a NUL */
	CGROUP_PATH, /* struct kernfs_node */
	FILE_PATH,   /* struct path */
};

/* The most names of a path of a cgroup, and of a file. */
#define MAX_NAMES 512
#define MAX_FILE_NAMES 128

/* Levels per call: nested loops cost the verifier their product, a loop of calls their sum. */
#define STRIDE 16

/* The ancestor `up` levels above, STRIDE at most; NULL above the root. */
__noinline __u64 cgroup_above(__u64 node, __u32 up)
{
	struct kernfs_node *at = (void *)node;

	/* Two loops: clang hoists the CO-RE offset, and the branch, out of one. */
	if (bpf_core_field_exists(at->__parent)) {
		for (__u32 i = 0; i < STRIDE && i < up; i++)
			at = BPF_CORE_READ(at, __parent);
	} else {
		for (__u32 i = 0; i < STRIDE && i < up; i++)
			at = BPF_CORE_READ((struct kernfs_node___parent *)at, parent);
	}
	return (__u64)at;
}

/* How many names the path of a cgroup has; the root has no parent, and none of the names. */
static __always_inline int cgroup_depth(__u64 node)
{
	__u64 above;
	int names = 0;

	for (int i = 0; i < MAX_NAMES / STRIDE; i++) {
		above = cgroup_above(node, STRIDE);
		if (!above)
			break;
		node = above;
		names += STRIDE;
	}
	for (int i = 0; i < STRIDE; i++) {
		node = cgroup_above(node, 1);
		if (!node)
			return names;
		names++;
	}
	return MAX_NAMES + 1;
}

/* The name of the ancestor `up` levels above. */
static __always_inline __u64 cgroup_name(__u64 node, __u32 up)
{
	struct kernfs_node *at;

	for (int i = 0; i < MAX_NAMES / STRIDE && up >= STRIDE; i++) {
		node = cgroup_above(node, STRIDE);
		up -= STRIDE;
	}
	at = (void *)cgroup_above(node, up);
	return (__u64)BPF_CORE_READ(at, name);
}

/* Only uprobe_multi links have paths of files; kernels that have them have struct mount in their BTF. */
static __always_inline bool has_file_paths(void)
{
	return bpf_core_type_exists(struct bpf_uprobe_multi_link);
}

/* A dentry, and the mount through which it is seen. */
struct file_place {
	struct dentry *dentry;
	struct mount *mount;
};

static __always_inline void start_at(struct file_place *at, struct path *path)
{
	at->dentry = BPF_CORE_READ(path, dentry);
	at->mount = (void *)BPF_CORE_READ(path, mnt) - bpf_core_field_offset(struct mount, mnt);
}

/*
 * One step up: from the root of a mount to its mount point, which may be a root again, else to the parent
 * directory. False at the root of a mount that is mounted nowhere. `is_name` is whether what was left is
 * a name of the path.
 */
static __always_inline bool step_up(struct file_place *at, bool *is_name)
{
	struct dentry *dentry = at->dentry, *up;
	struct mount *mount = at->mount, *above;

	*is_name = dentry != BPF_CORE_READ(mount, mnt.mnt_root);
	if (*is_name) {
		up = BPF_CORE_READ(dentry, d_parent);
		at->dentry = up;
		return up && up != dentry;
	}
	above = BPF_CORE_READ(mount, mnt_parent);
	at->dentry = BPF_CORE_READ(mount, mnt_mountpoint);
	at->mount = above;
	return above && above != mount;
}

/* How many names the path of a file has. */
static __always_inline int file_depth(__u64 path)
{
	struct file_place at;
	bool is_name;
	int names = 0;

	if (!has_file_paths())
		return 0;
	start_at(&at, (void *)path);
	for (int i = 0; i < MAX_FILE_NAMES; i++) {
		if (!step_up(&at, &is_name))
			return names;
		names += is_name;
	}
	return MAX_NAMES + 1;
}

/* The name of a file, or of the directory `up` levels above it. */
static __always_inline __u64 file_name(__u64 path, __u32 up)
{
	struct dentry *dentry = NULL;
	struct file_place at;
	bool is_name;

	if (!has_file_paths())
		return 0;
	start_at(&at, (void *)path);
	for (int i = 0; i < MAX_FILE_NAMES; i++) {
		dentry = at.dentry;
		if (!step_up(&at, &is_name))
			break;
		if (is_name && !up--)
			break;
	}
	return (__u64)BPF_CORE_READ(dentry, d_name.name);
}

/* How many names a path has; MAX_NAMES + 1 for more than the most. */
__noinline int path_depth(__u64 from, __u32 kind)
{
	return kind == CGROUP_PATH ? cgroup_depth(from) : file_depth(from);
}

/* The name of a path that `left` others follow; for a text that is no path, the text. */
__noinline __u64 path_name(__u64 from, __u32 kind, __u32 left)
{
	switch (kind) {
	case CGROUP_PATH:
		return cgroup_name(from, left);
	case FILE_PATH:
		return file_name(from, left);
	default:
		return from;
	}
}

#endif
