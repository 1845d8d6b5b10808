/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The state of a reading between two elements of an array that drives a walk.
 *
 * Its key is the session id, which the kernel assigns once: so no reader can use or remove the state of
 * another. The first element makes it, the end of the text removes it. Nothing reports that a reader
 * closed the file early. So each reading that lasts longer than one element checks a few others, from a
 * queue that has each of them once, and removes those whose file is closed.
 */
#ifndef BPFDBG_READERS_H
#define BPFDBG_READERS_H

#include "shares.h"
#include "verifier.h"
#include "walk.h"

/* How many readings a new one checks. */
#define LOOKED_AT 4

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, MAX_READERS);
	__type(key, __u64); /* session id */
	__type(value, struct walk);
} readers SEC(".maps");

/* Sessions of readings that last, each once; some may have ended. */
struct {
	__uint(type, BPF_MAP_TYPE_QUEUE);
	__uint(max_entries, 2 * MAX_READERS);
	__type(value, __u64);
} kept_readers SEC(".maps");

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

struct seq_file___private {
	void *private;
};

struct bpf_iter_priv_data {
	__u64 session_id;
	__u8 target_private[0];
};

#pragma clang attribute pop

/*
 * Whether the file of a session is open: the kernel clears `private` before it frees the seq_file. A torn
 * read can take a closed file for open until the next check, never an open one for closed.
 */
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

static __always_inline void end_reader(__u64 session, __u32 uid)
{
	if (!bpf_map_delete_elem(&readers, &session))
		uncount_reader(uid);
}

/* Checks one reading of the queue. A global function: the verifier walks it once. */
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
		end_reader(session, w->uid);
	return 0;
}

static __always_inline void remove_closed(void)
{
	for (int i = 0; i < LOOKED_AT; i++)
		look_at_reader();
}

/* Keeps the state of a reading for the next element. */
static __always_inline void keep_reader(struct walk *w, __u64 session)
{
	if (w->is_kept)
		return;
	w->is_kept = 1;
	remove_closed();
	bpf_map_push_elem(&kept_readers, &session, 0);
}

static __always_inline bool make_reader(__u64 session, __u32 uid)
{
	static const struct walk fresh;

	return !is_full(uid) && !bpf_map_update_elem(&readers, &session, &fresh, BPF_NOEXIST);
}

/* Makes the state of a new reading; NULL where the share is used up, or memory is short. */
static __always_inline struct walk *begin_reader(__u64 session, struct seq_file *seq)
{
	__u32 uid = reader_uid(seq);
	struct walk *w;

	if (!make_reader(session, uid)) {
		remove_closed();
		if (!make_reader(session, uid))
			return NULL;
	}
	w = bpf_map_lookup_elem(&readers, &session);
	if (!w || !count_reader(uid)) {
		bpf_map_delete_elem(&readers, &session);
		return NULL;
	}
	w->seq = ptr_to_scalar(seq);
	w->uid = uid;
	return w;
}

/* Whether the seq_file's buffer has room for another row. */
static __always_inline bool has_room(struct seq_file *seq)
{
	return seq->count + MAX_ROW <= seq->size;
}

/* An element of the array, as one reading gets it. */
struct element {
	struct seq_file *seq;
	__u64 session;
	__u32 index;
};

/*
 * The state of the reading; the first element makes it, and prints the header line. NULL where the element
 * prints nothing: `result` is what the program returns then.
 */
static __always_inline struct walk *begin_element(struct element *at, int *result,
						  const char *header, __u32 len)
{
	struct walk *w;

	*result = 1;
	/* No room for a row: returning 1 behind other rows ends this read(), and the next one retries. */
	if (at->seq->count && !has_room(at->seq))
		return NULL;
	w = bpf_map_lookup_elem(&readers, &at->session);
	if (!w) {
		if (at->index) { /* the text has ended */
			*result = 0;
			return NULL;
		}
		w = begin_reader(at->session, at->seq);
		if (!w)
			return NULL;
		bpf_seq_write(at->seq, header, len);
	}
	at->index = launder_scalar(at->index); /* one state, for the first element and others */
	return w;
}

/* Ends an element; the last one of the array ends the text with a row that says that it is cut. */
static __always_inline int end_element(struct element *at, struct walk *w, bool is_last,
				       const char *cut_row, __u32 len)
{
	if (is_last) {
		bpf_seq_write(at->seq, cut_row, len);
		end_reader(at->session, w->uid);
	} else {
		keep_reader(w, at->session);
	}
	return 0;
}

#define BEGIN_ELEMENT(at, result, header) begin_element(at, result, header, sizeof(header) - 1)
#define END_ELEMENT(at, walk, is_last, cut_row)                                                    \
	end_element(at, walk, is_last, cut_row, sizeof(cut_row) - 1)

#endif
