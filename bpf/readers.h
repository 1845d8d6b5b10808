/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What an iterator keeps of a reader from one element to the next.
 *
 * It is found by the number of the reader's session, which the kernel gives once, and made with the
 * first element: so no reader can come upon what is another's, nor put another's away. It goes with the
 * end of the text. A reader that leaves before the end is not noticed; so whoever is kept beyond one
 * element first looks at a few others, in a queue that each of them is in once, and removes those whose
 * file is closed. A user has a share of all readers, so that no user can fill the table for others.
 */
#ifndef BPFDBG_READERS_H
#define BPFDBG_READERS_H

#include "walk.h"

/* Readers that are in the middle of a text: of all users, and of one, who shares with one in 63. */
#define MAX_READERS 16384
#define MAX_OF_USER 1024
#define SHARES 64

/* Readers that are looked at by one that is kept. */
#define LOOKED_AT 4

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, MAX_READERS);
	__type(key, __u64); /* the session */
	__type(value, struct walk);
} readers SEC(".maps");

/* The sessions of those that were kept, each once; one that has ended may still be among them. */
struct {
	__uint(type, BPF_MAP_TYPE_QUEUE);
	__uint(max_entries, 2 * MAX_READERS);
	__type(value, __u64);
} kept_readers SEC(".maps");

/* How many there are of each share. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, SHARES);
	__type(key, __u32);
	__type(value, __u64);
} readers_of SEC(".maps");

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

struct seq_file___private {
	void *private;
};

struct bpf_iter_priv_data {
	__u64 session_id;
	__u8 target_private[0];
};

#pragma clang attribute pop

/* Whether a session's file is open. The kernel takes `private` from it before it frees it. */
static __always_inline bool is_open(struct walk *w, __u64 session)
{
	struct seq_file___private *seq = (void *)w->seq;
	void *private = BPF_CORE_READ(seq, private);
	struct bpf_iter_priv_data *data;

	if (!private)
		return false;
	data = private - bpf_core_field_offset(struct bpf_iter_priv_data, target_private);
	return BPF_CORE_READ(data, session_id) == session;
}

static __always_inline void end_reader(__u64 session, __u32 share)
{
	__u64 *count = bpf_map_lookup_elem(&readers_of, &share);

	if (!bpf_map_delete_elem(&readers, &session) && count)
		__sync_fetch_and_add(count, -1);
}

/* Looks at one kept reader; global, so that the verifier walks it once. */
__noinline int look_at_reader(void)
{
	__u64 session = 0;
	struct walk *w;

	if (bpf_map_pop_elem(&kept_readers, &session))
		return 1;
	w = bpf_map_lookup_elem(&readers, &session);
	if (!w)
		return 0;
	if (is_open(w, session))
		bpf_map_push_elem(&kept_readers, &session, 0);
	else
		end_reader(session, w->share);
	return 0;
}

static __always_inline void remove_closed(void)
{
	for (int i = 0; i < LOOKED_AT; i++)
		look_at_reader();
}

/* Keeps a reader beyond the element that it began with. */
static __always_inline void keep_reader(struct walk *w, __u64 session)
{
	if (w->is_kept)
		return;
	w->is_kept = 1;
	remove_closed();
	bpf_map_push_elem(&kept_readers, &session, 0);
}

/* Makes what is kept of a new reader; NULL where his user has his share, or there is no memory. */
static __always_inline struct walk *begin_reader(__u64 session, struct seq_file *seq)
{
	static const struct walk fresh;
	__u32 uid = bpf_get_current_uid_gid(), share = uid ? 1 + uid % (SHARES - 1) : 0;
	__u64 *count = bpf_map_lookup_elem(&readers_of, &share);
	struct walk *w;

	if (!count)
		return NULL;
	if (*count >= MAX_OF_USER) {
		remove_closed();
		if (*count >= MAX_OF_USER)
			return NULL;
	}
	if (bpf_map_update_elem(&readers, &session, &fresh, BPF_NOEXIST))
		return NULL;
	__sync_fetch_and_add(count, 1);
	w = bpf_map_lookup_elem(&readers, &session);
	if (!w)
		return NULL;
	w->seq = ptr_to_scalar(seq);
	w->share = share;
	return w;
}

/* Whether there is room for another row in what the kernel hands out at once. */
static __always_inline bool has_room(struct seq_file *seq)
{
	return seq->count + MAX_ROW <= seq->size;
}

#endif
