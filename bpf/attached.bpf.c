// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * attached.debug: one row a program that is attached without a link, other than to a map. The last
 * column tells the target in tokens `key=value`, as in links.debug.
 */
#include "attached_types.h"
#include "attached_walk.h"

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

/* Rows, and so elements: each costs some 45 ns where there is nothing to print. */
#define MAX_ELEMENTS 16384

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, MAX_ELEMENTS);
	__type(key, __u32);
	__type(value, __u64);
} attached_steps SEC(".maps");

/*
 * Where each reader stands, by its session, which is a number that counts up. One that finds its
 * place taken by a later one must fail, rather than end early.
 */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 128);
	__type(key, __u32);
	__type(value, struct walk);
} attached_walks SEC(".maps");

/* Where the walk of a reader is kept. */
static __always_inline __u32 place_of(__u64 session)
{
	return session % 128;
}

/* The walk of a reader; NULL where another has taken its place. */
static __always_inline struct walk *walk_of(__u64 session, __u32 element)
{
	__u32 place = place_of(session);
	struct walk *w = bpf_map_lookup_elem(&attached_walks, &place);

	if (!w)
		return NULL;
	if (!element && w->session != session) {
		w->session = session;
		w->element = 0;
		w->phase = RING;
		take_own_net(w);
		w->dev = NULL;
		w->at = w->count = w->is_cut = w->is_again = 0;
	}
	if (w->session != session)
		return NULL;
	/* An element whose row did not fit is shown again, in the next read. */
	if (w->element != element) {
		w->element = element;
		w->at++;
	}
	return w;
}

/* Steps of one element where bpf_loop() bounds them, and where the verifier walks round by round. */
#define MANY_STEPS 8192
#define FEW_STEPS 1024

static long step_once(__u32 index, void *data)
{
	struct walk **w = data;

	return *w ? step(*w) : 1;
}

/*
 * A global function, which the verifier walks once, whoever calls it how often, and whose stack does
 * not stand below that of a printed path. All that one can be given before 5.13 is a number.
 */
__noinline int attached_step(__u32 place)
{
	struct walk *w = bpf_map_lookup_elem(&attached_walks, &place);

	return w ? step(w) : 1;
}

static __always_inline void step_few(__u32 place)
{
	for (int i = 0; i < FEW_STEPS && !attached_step(place); i++)
		;
}

static __always_inline void print_place(struct seq_file *seq, struct walk *w, struct found *found,
					struct text_token *token)
{
	__u32 way = found->way;

	if (way == CGROUP_ATTACH) {
		BPF_SEQ_PRINTF(seq, " attach_flags=%u", found->flags);
		print_cgroup(seq, level_of(w, w->depth)->cgroup, token);
	} else if (way == NETNS_ATTACH) {
		print_netns(seq, w->net);
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
		print_device(seq, w->dev, token);
	}
}

static __always_inline void print_found(struct seq_file *seq, struct walk *w, struct found *found,
					bool has_loop)
{
	struct bpf_prog *prog = found->prog;
	struct bpf_prog_aux *aux = BPF_CORE_READ(prog, aux);
	struct text_token token = {};
	struct link_types types;

	if (BPF_CORE_READ(aux, id) != found->id) /* detached and gone, a moment ago */
		return;
	print_id(seq, found->id);
	bpf_seq_write(seq, ways[found->way & (WAYS - 1)], WAY);
	print_name(seq, read_prog_name(aux));
	put_small(types.prog_type, BPF_CORE_READ(prog, type));
	put_none(types.attach_type, U32);
	if (found->attach_type != NO_ATTACH_TYPE)
		put_u32(types.attach_type, found->attach_type);
	bpf_seq_write(seq, &types, sizeof(types));
	print_place(seq, w, found, &token);
	if (token.from)
		has_loop ? print_long_text(seq, &token) : print_short_text(seq, &token);
	if (w->is_cut)
		PUT(seq, cut);
	bpf_seq_write(seq, nothing + 2, 1);
}

static __always_inline int print_element(struct bpf_iter__bpf_map_elem *ctx, bool has_loop)
{
	struct seq_file *seq = ctx->meta->seq;
	__u32 *key = ctx->key;
	struct walk *w;
	__u32 at;

	if (!key)
		return 0;
	if (ctx->meta->seq_num == 0)
		PUT(seq, attached_header);
	w = walk_of(ctx->meta->session_id, *key);
	if (!w)
		return 1;
	if (w->phase == DONE && w->at >= w->count)
		return 0;
	validate(w);
	if (w->at >= w->count) {
		w->at = w->count = w->is_cut = 0;
		if (has_loop) {
			bpf_loop(MANY_STEPS, step_once, &w, 0);
		} else {
			step_few(place_of(ctx->meta->session_id));
		}
		if (!is_between(w)) {
			/*
			 * A list must be looked through at once. The next element has all its steps
			 * for that; and if that was this one, there is no more to be had.
			 */
			if (!w->is_again)
				w->count = 0;
			else if (w->phase == DEVICE_SLOTS || w->phase == CGROUP_SLOTS)
				next_slot(w);
			else
				return 1;
			w->is_cut = w->is_again;
			w->is_again = !w->is_again;
		} else {
			w->is_again = 0;
		}
	}
	at = w->at;
	/* More than there are elements for: an error, for a list that ends early would be a lie. */
	if (*key == MAX_ELEMENTS - 1 && (w->phase != DONE || at + 1 < w->count))
		return 1;
	if (at >= w->count)
		return 0;
	barrier_var(at); /* as in add() */
	print_found(seq, w, &w->found[at & (MAX_FOUND - 1)], has_loop);
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
