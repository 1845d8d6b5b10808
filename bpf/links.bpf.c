// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * links.debug: one row a link. The last column tells the target in tokens `key=value`.
 *
 * A link is read as bytes, for no verifier lets a program look behind struct bpf_link, and a walk
 * of the kernel's own table gives plain addresses anyway.
 */
#include "escape.h"
#include "link_target.h"
#include "names.h"
#include "place.h"
#include "readers.h"
#include "walk_links.h"

/* The columns before and after the name, as they leave in one bpf_seq_write each. */
struct link_numbers {
	__u32 type[FLAG];
	__u32 prog_id[U32];
};

static const char links_header[] =
	"      id type     prog_id name             prog_type attach_type target " PRODUCER "\n";

/* A row of at most 2 KiB, and MAX_TEXT. */
static __always_inline void print_link(struct seq_file *seq, struct bpf_link *link,
				       const char *name, bool has_loop)
{
	struct bpf_prog *prog = BPF_CORE_READ(link, prog);
	struct bpf_prog_aux *aux = BPF_CORE_READ(prog, aux);
	__u32 type = BPF_CORE_READ(link, type);
	struct link_numbers numbers;
	struct link_types types;
	int attach_type;

	print_id(seq, BPF_CORE_READ(link, id));
	put_small(numbers.type, type);
	put_none(numbers.prog_id, U32);
	put_none(types.prog_type, FLAG);
	if (prog) {
		put_u32(numbers.prog_id, BPF_CORE_READ(aux, id));
		put_small(types.prog_type, BPF_CORE_READ(prog, type));
	}
	bpf_seq_write(seq, &numbers, sizeof(numbers));
	print_name(seq, name);

	put_none(types.attach_type, U32);
	attach_type = link_attach_type(link, type, prog);
	if (attach_type >= 0)
		put_u32(types.attach_type, attach_type);
	bpf_seq_write(seq, &types, sizeof(types));

	if (print_target(seq, link, type, aux, has_loop))
		bpf_seq_write(seq, nothing + 2, 1);
	else
		PUT(seq, nothing);
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

/* Without the JIT no program may have callbacks, nor as many functions in each other. */
SEC("iter/bpf_link")
int bpfdbg_links_no_loop(struct bpf_iter__bpf_link *ctx)
{
	return print_iterated(ctx, false);
}

/*
 * Links without iter/bpf_link: an array drives this program, each of whose elements prints the next
 * link of the kernel's table. No reference is held: a link may go while it is read.
 */

/* How many links can be told. */
#define LINK_ELEMENTS 65536

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, LINK_ELEMENTS);
	__type(key, __u32);
	__type(value, __u64);
} link_steps SEC(".maps");

/* The last row of a text that does not have all. */
static const char cut_links[] = "       0    -          - -                        - - cut=1\n";

SEC("iter/bpf_map_elem")
int bpfdbg_links_walk(struct bpf_iter__bpf_map_elem *ctx)
{
	struct seq_file *seq = ctx->meta->seq;
	__u64 session = ctx->meta->session_id, id;
	struct bpf_link *link;
	struct bpf_prog *prog;
	__u32 *key = ctx->key;
	struct walk *w;
	__u32 element;

	if (!key)
		return 0;
	element = *key;
	if (seq->count && !has_room(seq))
		return 1;
	w = bpf_map_lookup_elem(&readers, &session);
	if (!w) {
		if (element) /* the end was reached */
			return 0;
		w = begin_reader(session, seq);
		if (!w)
			return 1;
		PUT(seq, links_header);
	}
	element = launder_scalar(element);
	id = next_id(w->next_link);
	if (id == NO_ID) {
		end_reader(session, w->share);
		return 0;
	}
	w->next_link = id + 1;
	link = (void *)find_link(id);
	if (link && BPF_CORE_READ(link, id) == id) {
		prog = BPF_CORE_READ(link, prog);
		print_link(seq, link, prog ? read_prog_name(BPF_CORE_READ(prog, aux)) : none, false);
	}
	if (element == LINK_ELEMENTS - 1) {
		PUT(seq, cut_links);
		end_reader(session, w->share);
		return 0;
	}
	keep_reader(w, session);
	return 0;
}
