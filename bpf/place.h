/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Tokens about a place where programs are attached, and columns, that several iterators print.
 *
 * Places are read without rtnl_lock or cgroup_mutex. A place that is detached or renamed meanwhile is
 * printed as it was before or after, or with a name that has bytes of both.
 */
#ifndef BPFDBG_PLACE_H
#define BPFDBG_PLACE_H

#include "columns.h"
#include "escape.h"
#include "paths.h"
#include "place_types.h"
#include "text.h"

/* The columns in front of the target, of links and of attachments without a link. */
#define TYPE_NUMBERS(NUMBER)                                                        \
	NUMBER(" ", prog_type, FLAG, put_small_if, prog, BPF_CORE_READ(prog, type)) \
	NUMBER(" ", attach_type, U32, put_u32_if, attach_type >= 0, attach_type)

/* A dash each, for a program that is NULL and a negative attach type. */
static __always_inline void print_types(struct seq_file *seq, struct bpf_prog *prog, int attach_type)
{
	struct {
		TYPE_NUMBERS(NUMBER_MEMBER)
	} to;

	TYPE_NUMBERS(NUMBER_VALUE)
	bpf_seq_write(seq, &to, sizeof(to));
}

/* The end of a row without a target; the last byte ends every row. */
static const char nothing[] = " -\n";
static const char detached[] = " detached=1";
static const char cut[] = " cut=1";

/* The last token of a target, whose value user space chose, and the address of that value. */
struct text_token {
	const char *key;
	enum text_kind kind;
	void *from;
};

static const char key_cgroup[] = "cgroup", key_device[] = "device", key_path[] = "path";
static const char key_symbol[] = "symbol", key_tracepoint[] = "tracepoint";

/* One call for all kinds of text: the verifier walks a static function once per call. */
static __always_inline void print_token(struct seq_file *seq, struct text_token *token, bool has_loop)
{
	BPF_SEQ_PRINTF(seq, " %s=", token->key);
	if (print_path(seq, token->kind, token->from, has_loop))
		PUT(seq, cut);
}

static __noinline void print_long_text(struct seq_file *seq, struct text_token *token)
{
	print_token(seq, token, true);
}

static __noinline void print_short_text(struct seq_file *seq, struct text_token *token)
{
	print_token(seq, token, false);
}

static __always_inline void print_cookie(struct seq_file *seq, __u64 cookie)
{
	if (cookie)
		BPF_SEQ_PRINTF(seq, " cookie=%llu", cookie);
}

static __always_inline void print_netns(struct seq_file *seq, struct net *net)
{
	if (net)
		BPF_SEQ_PRINTF(seq, " netns_ino=%u", BPF_CORE_READ(net, ns.inum));
	else
		PUT(seq, detached);
}

static __always_inline void print_device(struct seq_file *seq, struct net_device *dev,
					 struct text_token *token)
{
	if (!dev) {
		PUT(seq, detached);
		return;
	}
	BPF_SEQ_PRINTF(seq, " ifindex=%d", BPF_CORE_READ(dev, ifindex));
	print_netns(seq, BPF_CORE_READ(dev, nd_net.net));
	*token = (struct text_token){ key_device, TEXT, dev->name };
}

static __always_inline void print_cgroup(struct seq_file *seq, struct cgroup *cgroup,
					 struct text_token *token)
{
	struct kernfs_node *node;

	if (!cgroup) {
		PUT(seq, detached);
		return;
	}
	node = BPF_CORE_READ(cgroup, kn);
	BPF_SEQ_PRINTF(seq, " cgroup_id=%llu", BPF_CORE_READ(node, id));
	*token = (struct text_token){ key_cgroup, CGROUP_PATH, node };
}

static __always_inline void print_map(struct seq_file *seq, struct bpf_map *map)
{
	char first = 0;

	bpf_probe_read_kernel(&first, 1, map->name);
	BPF_SEQ_PRINTF(seq, " map_id=%u map_name=%s", BPF_CORE_READ(map, id),
		       first ? map->name : none);
}

#endif
