// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * The iterator of links.debug: one row a link; the last column is the target, in tokens `key=value`.
 *
 * A link is read by probe reads: the verifier lets no program cast struct bpf_link to the struct around
 * it, and the walk of the kernel's table has plain addresses anyway.
 */
#include "columns.h"
#include "link_target.h"
#include "names.h"
#include "place.h"
#include "readers.h"
#include "text.h"
#include "walk.h"
#include "walk_links.h"

#define LINK_ID(TOKEN) TOKEN("      ", id, "", print_id(seq, BPF_CORE_READ(link, id)))

#define LINK_NUMBERS(NUMBER)                     \
	NUMBER(" ", type, FLAG, put_small, type) \
	NUMBER("     ", prog_id, U32, put_u32_if, prog, BPF_CORE_READ(aux, id))

#define LINK_NAME(TOKEN) TOKEN(" ", name, "            ", print_name(seq, name))

/* TYPE_NUMBERS, and the target. */
#define LINK_TARGET(TOKEN) TOKEN(" ", target, "", print_target(seq, link, type, aux, has_loop))

static const char links_header[] = LINK_ID(TOKEN_HEADING) LINK_NUMBERS(NUMBER_HEADING)
	LINK_NAME(TOKEN_HEADING) TYPE_NUMBERS(NUMBER_HEADING) LINK_TARGET(TOKEN_HEADING) HEADER_END;

/* The last row of a text that is cut. */
static const char cut_links[] = "       0    -          - -                        - - cut=1\n";

_Static_assert(0 LINK_ID(COLUMN_COUNT) LINK_NUMBERS(COLUMN_COUNT) LINK_NAME(COLUMN_COUNT)
		       TYPE_NUMBERS(COLUMN_COUNT) LINK_TARGET(COLUMN_COUNT) == 7,
	       "cut_links has something for each column");

/* The target, or a dash where it is not known, and the end of the row. */
static __always_inline void print_target(struct seq_file *seq, struct bpf_link *link, __u32 type,
					 struct bpf_prog_aux *aux, bool has_loop)
{
	if (print_link_target(seq, link, type, aux, has_loop))
		bpf_seq_write(seq, nothing + 2, 1);
	else
		PUT(seq, nothing);
}

/* A row of at most 2 KiB, and MAX_TEXT. */
static __always_inline void print_link(struct seq_file *seq, struct bpf_link *link,
				       const char *name, bool has_loop)
{
	struct bpf_prog *prog = BPF_CORE_READ(link, prog);
	struct bpf_prog_aux *aux = BPF_CORE_READ(prog, aux);
	__u32 type = BPF_CORE_READ(link, type);
	struct {
		LINK_NUMBERS(NUMBER_MEMBER)
	} to;

	LINK_ID(TOKEN_VALUE)
	LINK_NUMBERS(NUMBER_VALUE)
	bpf_seq_write(seq, &to, sizeof(to));
	LINK_NAME(TOKEN_VALUE)
	print_types(seq, prog, link_attach_type(link, type, prog));
	LINK_TARGET(TOKEN_VALUE)
}

static __always_inline int print_iterated(struct bpf_iter__bpf_link *ctx, bool has_loop)
{
	struct bpf_link *link = ctx->link;
	const char *name = none;
	struct bpf_prog *prog;

	if (!link)
		return 0;
	if (ctx->meta->seq_num == 0)
		PUT(ctx->meta->seq, links_header);
	prog = link->prog;
	if (prog)
		name = prog_name(prog->aux);
	print_link(ctx->meta->seq, link, name, has_loop);
	return 0;
}

SEC("iter/bpf_link")
int bpfdbg_links(struct bpf_iter__bpf_link *ctx)
{
	return print_iterated(ctx, true);
}

/* Without the JIT, a program may have no callbacks, and less stack in all its functions. */
SEC("iter/bpf_link")
int bpfdbg_links_no_loop(struct bpf_iter__bpf_link *ctx)
{
	return print_iterated(ctx, false);
}

/*
 * Without iter/bpf_link, up to 5.18: iterates over the elements of an array, each of which prints the next
 * link of the kernel's table; see walk_links.h.
 */

/* How many links are printed; the next would be cut. */
#define LINK_ELEMENTS 65536

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, LINK_ELEMENTS);
	__type(key, __u32);
	__type(value, __u64);
} link_steps SEC(".maps");

SEC("iter/bpf_map_elem")
int bpfdbg_links_walk(struct bpf_iter__bpf_map_elem *ctx)
{
	struct element at = { ctx->meta->seq, ctx->meta->session_id };
	struct bpf_link *link;
	struct bpf_prog *prog;
	__u32 *key = ctx->key;
	struct walk *w;
	int result;
	__u64 id;

	if (!key)
		return 0;
	at.index = *key;
	w = BEGIN_ELEMENT(&at, &result, links_header);
	if (!w)
		return result;
	id = next_id(w->next_link);
	if (id == NO_ID) {
		end_reader(at.session, w->uid);
		return 0;
	}
	w->next_link = id + 1;
	link = (void *)find_link(id);
	if (link && BPF_CORE_READ(link, id) == id) {
		prog = BPF_CORE_READ(link, prog);
		print_link(at.seq, link, prog ? read_prog_name(BPF_CORE_READ(prog, aux)) : none, false);
	}
	return END_ELEMENT(&at, w, at.index == LINK_ELEMENTS - 1, cut_links);
}
