// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * attached.debug: one row a program that is attached without a link, other than to a map. The last
 * column tells the target in tokens `key=value`, as in links.debug.
 *
 * There is no iterator over these, so an array drives the walk: an element continues where the one
 * before it stopped, and prints as many rows as there is room for. What was found at one hook is kept
 * until it is printed: a list that changes in between neither hides a program nor shows it twice. An
 * element begins with a look whether what the walk stands on is in use still.
 *
 * All of it lies in a map, whose contents the verifier does not know: so a loop ends in the state
 * in which it began.
 */
#include "escape.h"
#include "names.h"
#include "place.h"
#include "readers.h"
#include "walk.h"
#include "walk_cgroups.h"
#include "walk_devices.h"
#include "walk_nets.h"

static const char attached_header[] =
	" prog_id kind           via         name             prog_type attach_type target " PRODUCER
	"\n";

/* Kind and via, by enum way. */
#define WAY 28
static const char ways[WAYS][WAY] = {
	[XDP_NETLINK] = " xdp            netlink     ",
	[TC_CLSACT] = " tc             clsact      ",
	[TCX_ATTACH] = " tcx            prog_attach ",
	[NETKIT_ATTACH] = " netkit         prog_attach ",
	[CGROUP_ATTACH] = " cgroup         prog_attach ",
	[NETNS_ATTACH] = " flow_dissector prog_attach ",
};

/*
 * How many times the kernel's buffer can be filled, which holds some 200 rows. The loader says more where
 * an element prints less. Each costs some 100 ns where there is nothing to print.
 */
#define MAX_ELEMENTS 1024

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, MAX_ELEMENTS);
	__type(key, __u32);
	__type(value, __u64);
} attached_steps SEC(".maps");

/* And how many there are, as the loader says. */
const volatile __u32 attached_elements = MAX_ELEMENTS;

/* Whether no list is being looked through. */
static __always_inline bool is_between(struct walk *w)
{
	return !w->index && !w->node && !w->proto && !w->chain;
}

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

static __always_inline void print_place(struct seq_file *seq, struct walk *w, struct found *found,
					struct text_token *token)
{
	__u32 way = found->way;

	if (way == CGROUP_ATTACH) {
		BPF_SEQ_PRINTF(seq, " attach_flags=%u", found->flags);
		print_cgroup(seq, w->cgroup, token);
	} else if (way == NETNS_ATTACH) {
		print_netns(seq, w->net.net);
	} else {
		if (way == XDP_NETLINK)
			BPF_SEQ_PRINTF(seq, " mode=%u", found->flags);
		if (way == TC_CLSACT) {
			BPF_SEQ_PRINTF(seq, " egress=%u priority=%u chain=%u", found->direction,
				       found->priority, found->chain);
			if (found->handle)
				BPF_SEQ_PRINTF(seq, " handle=%u direct_action=%u", found->handle,
					       found->flags);
		}
		print_device(seq, w->dev.dev, token);
	}
}

/* The last row of a text that does not have all, and of a hook of which not all is known. */
static const char cut_text[] = "       0 -              -            -                        - - cut=1\n";

/* All columns but the last; false where the program is gone. On a stack that the path does not stand on. */
static __noinline bool print_columns(struct seq_file *seq, struct found *found)
{
	struct bpf_prog *prog = found->prog;
	struct bpf_prog_aux *aux = BPF_CORE_READ(prog, aux);
	struct link_types types;

	if (BPF_CORE_READ(aux, id) != found->id) /* detached and gone, a moment ago */
		return false;
	print_id(seq, found->id);
	bpf_seq_write(seq, ways[found->way & (WAYS - 1)], WAY);
	print_name(seq, read_prog_name(aux));
	put_none(types.prog_type, FLAG);
	if (prog)
		put_small(types.prog_type, BPF_CORE_READ(prog, type));
	put_none(types.attach_type, U32);
	if (found->attach_type != NO_ATTACH_TYPE)
		put_u32(types.attach_type, found->attach_type);
	bpf_seq_write(seq, &types, sizeof(types));
	return true;
}

static __always_inline void print_found(struct seq_file *seq, struct walk *w, struct found *found,
					bool has_loop)
{
	struct text_token token = {};

	if (!print_columns(seq, found))
		return;
	print_place(seq, w, found, &token);
	read_back(&token, sizeof(token)); /* one state, wherever it leads to */
	if (token.from)
		has_loop ? print_long_text(seq, &token) : print_short_text(seq, &token);
	if (!found->prog)
		PUT(seq, cut);
	bpf_seq_write(seq, nothing + 2, 1);
}

/* Prints what the last step has found, one by one; false where there is no more room, or nothing. */
static __always_inline bool print_next(struct seq_file *seq, struct walk *w, bool has_loop)
{
	__u32 at = w->at;

	if (at >= w->count || !has_room(seq))
		return false;
	print_found(seq, w, &w->found[bounded(at, MAX_FOUND - 1)], has_loop);
	w->at = at + 1;
	return true;
}

/* Steps of one element at most. */
#define MANY_STEPS 262144

struct reading {
	struct seq_file *seq;
	struct walk *walk;
};

static long step_or_print(__u32 index, void *data)
{
	struct reading *r = data;

	return step(r->walk) && !print_next(r->seq, r->walk, true);
}

/*
 * Steps until something can be printed. Functions that call each other, for the verifier walks a global
 * one once: so many in a loop take as long to load as there are rounds.
 */
__noinline int step_one(__u64 session)
{
	struct walk *w = bpf_map_lookup_elem(&readers, &session);

	return w ? step(w) : 1;
}

#define STEP(name, one)                                                                       \
	__noinline int name(__u64 session)                                                    \
	{                                                                                     \
		for (int i = 0; i < 64; i++)                                                  \
			if (one(session))                                                     \
				return 1;                                                     \
		return 0;                                                                     \
	}

STEP(step_64, step_one)
STEP(step_4096, step_64)
STEP(step_262144, step_4096)

/* Rows that an element prints where the verifier walks round by round. */
#define FEW_ROWS 2

static __always_inline void print_few(struct seq_file *seq, struct walk *w, __u64 session)
{
	for (int i = 0; i < FEW_ROWS; i++)
		if (!step_262144(session) || !print_next(seq, w, false))
			break;
}

static __always_inline int print_element(struct bpf_iter__bpf_map_elem *ctx, bool has_loop)
{
	struct seq_file *seq = ctx->meta->seq;
	__u64 session = ctx->meta->session_id;
	__u32 *key = ctx->key;
	struct walk *w;
	__u32 element;

	if (!key)
		return 0;
	element = *key;
	/* A row that may not fit comes with the next read: a failure behind other rows only ends this one. */
	if (seq->count && !has_room(seq))
		return 1;
	w = bpf_map_lookup_elem(&readers, &session);
	if (!w) {
		if (element) /* the end was reached */
			return 0;
		w = begin_reader(session, seq);
		if (!w)
			return 1;
		PUT(seq, attached_header);
	} else {
		resume(w);
	}
	element = launder_scalar(element);
	if (has_loop) {
		struct reading reading = { seq, w };

		bpf_loop(MANY_STEPS, step_or_print, &reading, 0);
	} else {
		print_few(seq, w, session);
	}
	if (is_done(w)) {
		end_reader(session, w->share);
		return 0;
	}
	if (w->phase == LOST)
		return 1;
	if (element >= attached_elements - 1) {
		PUT(seq, cut_text);
		end_reader(session, w->share);
		return 0;
	}
	pause(w);
	keep_reader(w, session);
	return 0;
}

SEC("iter/bpf_map_elem")
int bpfdbg_attached(struct bpf_iter__bpf_map_elem *ctx)
{
	return print_element(ctx, true);
}

/* As it is before bpf_loop(), which came with 5.17. */
SEC("iter/bpf_map_elem")
int bpfdbg_attached_no_loop(struct bpf_iter__bpf_map_elem *ctx)
{
	return print_element(ctx, false);
}
