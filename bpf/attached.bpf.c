// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * The iterator of attached.debug: one row a program that is attached without a link, other than to a map.
 * The last column is the target, in tokens `key=value`, as in links.debug.
 *
 * The kernel has no table of them, so we walk devices, namespaces and cgroups. The program iterates over the
 * elements of an array: each continues where the one before stopped, and prints as many rows as there is
 * room for. The programs of one hook are kept until they are printed, so a list that changes in between
 * neither hides a program nor shows it twice.
 *
 * The state of the walk is in a map, whose contents the verifier does not track: so the states of a loop's
 * rounds merge.
 */
#include "columns.h"
#include "names.h"
#include "place.h"
#include "place_types.h"
#include "readers.h"
#include "text.h"
#include "verifier.h"
#include "walk.h"
#include "walk_cgroups.h"
#include "walk_devices.h"
#include "walk_nets.h"

#define ATTACHED_NAMES(TOKEN)                                                               \
	TOKEN(" ", prog_id, "", print_id(seq, found->id))                                   \
	TOKEN(" ", kind, "          ")                                                      \
	TOKEN(" ", via, "        ", bpf_seq_write(seq, ways[found->way & (WAYS - 1)], WAY)) \
	TOKEN(" ", name, "            ", print_name(seq, read_prog_name(aux)))

/* TYPE_NUMBERS, and the target, which print_found() prints. */
#define ATTACHED_TARGET(TOKEN) TOKEN(" ", target, "")

static const char attached_header[] = ATTACHED_NAMES(TOKEN_HEADING) TYPE_NUMBERS(NUMBER_HEADING)
	ATTACHED_TARGET(TOKEN_HEADING) HEADER_END;

/* The last row of a text that is cut. */
static const char cut_attached[] =
	"       0 -              -            -                        - - cut=1\n";

_Static_assert(0 ATTACHED_NAMES(COLUMN_COUNT) TYPE_NUMBERS(COLUMN_COUNT)
		       ATTACHED_TARGET(COLUMN_COUNT) == 7,
	       "cut_attached has something for each column");

/* The columns kind and via, by enum way. */
#define WAY 28
static const char ways[WAYS][WAY] = {
	[XDP_NETLINK] = " xdp            netlink     ",
	[TC_CLSACT] = " tc             clsact      ",
	[TCX_ATTACH] = " tcx            prog_attach ",
	[NETKIT_ATTACH] = " netkit         prog_attach ",
	[CGROUP_ATTACH] = " cgroup         prog_attach ",
	[NETNS_ATTACH] = " flow_dissector prog_attach ",
	[TUN_STEERING] = " tun_steering   tun_ioctl   ",
	[TUN_FILTER] = " tun_filter     tun_ioctl   ",
};

/*
 * Each element fills the seq_file's buffer once at most, with some 200 rows. The loader sets more elements
 * where one prints less. An element with nothing to print costs some 100 ns.
 */
#define MAX_ELEMENTS 1024

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, MAX_ELEMENTS);
	__type(key, __u32);
	__type(value, __u64);
} attached_steps SEC(".maps");

/* How many elements the array has: the loader sets it. */
const volatile __u32 attached_elements = MAX_ELEMENTS;

/* Whether the walk stands between two lists. */
static __always_inline bool is_between(struct walk *w)
{
	return !w->index && !w->node && !w->proto && !w->chain;
}

/* One step; returns 1 where something can be printed, and at the end. */
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

/* Whether everything is found and printed. */
static __always_inline bool is_done(struct walk *w)
{
	return w->phase == DONE && w->at >= w->count;
}

/* Whether element after element reads this hook, and none finds a program to print. */
static __always_inline bool is_vain(struct walk *w)
{
	return w->at >= w->count && ++w->vain_elements > MAX_VAIN_ELEMENTS;
}

/* Prepares the walk for another element to continue. */
static __always_inline void pause(struct walk *w)
{
	if (w->phase >= NEXT_CGROUP)
		note_lineage(w);
	if (is_between(w))
		return;
	if (w->phase != DEVICE_SLOTS || w->slot < CLSACT_INGRESS) {
		/* A list of MAX_FOUND programs has been read whole; a shorter one is read again. */
		if (w->count >= MAX_FOUND)
			w->slot++;
		else
			w->count = w->at = 0;
	} else if (w->is_seeking || is_vain(w)) {
		/* One element cannot get past the last filter: the list is too long. */
		w->is_seeking = w->count = w->at = 0;
		add_missing(w);
		next_slot(w);
	} else {
		w->is_seeking = w->filter_node != NULL;
	}
	rewind_slot(w);
}

/* Checks what the walk stands on. */
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

/* All columns but the last; false where the program is gone. A function, for a stack frame of its own. */
static __noinline bool print_columns(struct seq_file *seq, struct found *found)
{
	struct bpf_prog *prog = found->prog;
	struct bpf_prog_aux *aux = BPF_CORE_READ(prog, aux);

	if (BPF_CORE_READ(aux, id) != found->id) /* freed since it was found */
		return false;
	ATTACHED_NAMES(TOKEN_VALUE)
	print_types(seq, prog, found->attach_type);
	return true;
}

static __always_inline void print_found(struct seq_file *seq, struct walk *w, struct found *found,
					bool has_loop)
{
	struct text_token token = {};

	if (!print_columns(seq, found))
		return;
	print_place(seq, w, found, &token);
	read_back(&token, sizeof(token)); /* one state for all kinds of text */
	if (token.from)
		has_loop ? print_long_text(seq, &token) : print_short_text(seq, &token);
	if (!found->prog)
		PUT(seq, cut);
	bpf_seq_write(seq, nothing + 2, 1);
}

/* Prints one program that the steps have found; false where there is none, or no room. */
static __always_inline bool print_next(struct seq_file *seq, struct walk *w, bool has_loop)
{
	__u32 at = w->at;

	if (at >= w->count || !has_room(seq))
		return false;
	print_found(seq, w, &w->found[bounded(at, MAX_FOUND - 1)], has_loop);
	w->at = at + 1;
	return true;
}

/* The most steps of one element. */
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
 * Steps until something can be printed. Nested global functions: the verifier walks each once, where it
 * would walk every round of one loop of MANY_STEPS.
 */
__noinline int step_one(__u64 session)
{
	struct walk *w = bpf_map_lookup_elem(&readers, &session);

	return w ? step(w) : 1;
}

#define STEP(name, one)                      \
	__noinline int name(__u64 session)   \
	{                                    \
		for (int i = 0; i < 64; i++) \
			if (one(session))    \
				return 1;    \
		return 0;                    \
	}

STEP(step_64, step_one)
STEP(step_4096, step_64)
STEP(step_262144, step_4096)

/* Rows of an element without bpf_loop(), where the verifier walks each round. */
#define FEW_ROWS 2

static __always_inline void print_few(struct seq_file *seq, struct walk *w, __u64 session)
{
	for (int i = 0; i < FEW_ROWS; i++)
		if (!step_262144(session) || !print_next(seq, w, false))
			break;
}

static __always_inline int print_element(struct bpf_iter__bpf_map_elem *ctx, bool has_loop)
{
	struct element at = { ctx->meta->seq, ctx->meta->session_id };
	__u32 *key = ctx->key;
	struct walk *w;
	int result;

	if (!key)
		return 0;
	at.index = *key;
	w = BEGIN_ELEMENT(&at, &result, attached_header);
	if (!w)
		return result;
	resume(w);
	if (has_loop) {
		struct reading reading = { at.seq, w };

		bpf_loop(MANY_STEPS, step_or_print, &reading, 0);
	} else {
		print_few(at.seq, w, at.session);
	}
	if (is_done(w)) {
		end_reader(at.session, w->uid);
		return 0;
	}
	if (w->phase == LOST)
		return 1;
	pause(w);
	return END_ELEMENT(&at, w, at.index >= attached_elements - 1, cut_attached);
}

SEC("iter/bpf_map_elem")
int bpfdbg_attached(struct bpf_iter__bpf_map_elem *ctx)
{
	return print_element(ctx, true);
}

/* Before 5.17, which has bpf_loop(). */
SEC("iter/bpf_map_elem")
int bpfdbg_attached_no_loop(struct bpf_iter__bpf_map_elem *ctx)
{
	return print_element(ctx, false);
}
