// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * links.debug: one row a link. The last column tells the target in tokens `key=value`.
 *
 * A link is read as bytes, for no verifier lets a program look behind struct bpf_link, and a walk
 * of the kernel's own table gives plain addresses anyway.
 */
#include "link_types.h"
#include "escape.h"

/* The flags of struct trace_event_call, which differ: the loader finds them in the kernel's BTF. */
const volatile __u32 trace_event_tracepoint = 0;
const volatile __u32 trace_event_kprobe = 0;
const volatile __u32 trace_event_uprobe = 0;

/* The columns before and after the name, as they leave in one bpf_seq_write each. */
struct link_numbers {
	__u32 type[FLAG];
	__u32 prog_id[U32];
};

struct link_types {
	__u32 prog_type[FLAG];
	__u32 attach_type[U32];
};

static const char links_header[] =
	"      id type     prog_id name             prog_type attach_type target " PRODUCER "\n";

/* How a row ends of whose target nothing is to be told; the last byte ends every row. */
static const char nothing[] = " -\n";
static const char detached[] = " detached=1";
static const char cut[] = " cut=1";

#define PUT(seq, text) bpf_seq_write(seq, text, sizeof(text) - 1)

/* The bounds of a list of symbols or offsets. */
#define MAX_LISTED 16
#define SYMBOL 128

/* BTF_KIND_FUNC's bit of a trampoline's key where the target is no program. */
#define KEY_TYPE 0x7fffffff

/* As text.h's btf_name(), of an object that is known by its address only. */
static __always_inline const char *read_btf_name(struct btf *btf, __u32 type_id, const char *other)
{
	struct btf_type **types = BPF_CORE_READ(btf, types);
	struct btf_type *type = NULL;
	__u32 name_off;

	if (!btf || !type_id)
		return other;
	bpf_probe_read_kernel(&type, sizeof(type), types + type_id);
	name_off = BPF_CORE_READ(type, name_off);
	if (!name_off || name_off >= BPF_CORE_READ(btf, hdr.str_len))
		return other;
	return BPF_CORE_READ(btf, strings) + name_off;
}

/* As text.h's prog_name(), of a program that is known by its address only. */
static __always_inline const char *read_prog_name(struct bpf_prog_aux *aux)
{
	struct bpf_func_info *func_info = BPF_CORE_READ(aux, func_info);
	const char *name = aux->name;
	char first = 0;

	bpf_probe_read_kernel(&first, 1, name);
	if (!first)
		name = none;
	if (!func_info)
		return name;
	return read_btf_name(BPF_CORE_READ(aux, btf), BPF_CORE_READ(func_info, type_id), name);
}

/* The token at the end of a target that has text of user space in it, and where that text lies. */
struct text_token {
	const char *key;
	enum text_kind kind;
	void *from;
};

static const char key_cgroup[] = "cgroup", key_device[] = "device", key_path[] = "path";
static const char key_symbol[] = "symbol", key_tracepoint[] = "tracepoint";

/* One function for all kinds, and one call of it: the verifier walks it once a call. */
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

#include "links_perf.h"

/*
 * The attach type, of links that have one: 6.18 keeps it in every link, zero where it means
 * nothing, and before in links of some types. Negative where there is none.
 */
static __always_inline int link_attach_type(struct bpf_link *link, __u32 type, struct bpf_prog *prog)
{
	bool is_everywhere = bpf_core_field_exists(link->attach_type);
	void *l = link;

	switch (type) {
	case BPF_LINK_TYPE_RAW_TRACEPOINT:
	case BPF_LINK_TYPE_PERF_EVENT:
		return -1;
	case BPF_LINK_TYPE_XDP:
	case BPF_LINK_TYPE_ITER:
	case BPF_LINK_TYPE_NETFILTER:
	case BPF_LINK_TYPE_KPROBE_MULTI:
	case BPF_LINK_TYPE_UPROBE_MULTI:
		return BPF_CORE_READ(prog, expected_attach_type);
	}
	if (is_everywhere)
		return BPF_CORE_READ(link, attach_type);
	switch (type) {
	case BPF_LINK_TYPE_TRACING:
		return BPF_CORE_READ((struct bpf_tracing_link___attach_type *)l, attach_type);
	case BPF_LINK_TYPE_CGROUP:
		return BPF_CORE_READ((struct bpf_cgroup_link___type *)l, type);
	case BPF_LINK_TYPE_NETNS:
		return BPF_CORE_READ((struct bpf_netns_link___type *)l, type);
	case BPF_LINK_TYPE_TCX:
		if (bpf_core_field_exists(struct tcx_link___location, location))
			return BPF_CORE_READ((struct tcx_link___location *)l, location);
		break;
	case BPF_LINK_TYPE_NETKIT:
		if (bpf_core_field_exists(struct netkit_link___location, location))
			return BPF_CORE_READ((struct netkit_link___location *)l, location);
		break;
	case BPF_LINK_TYPE_SOCKMAP:
		if (bpf_core_field_exists(struct sockmap_link___attach_type, attach_type))
			return BPF_CORE_READ((struct sockmap_link___attach_type *)l, attach_type);
		break;
	}
	return -1;
}

static __always_inline void print_function(struct seq_file *seq, struct bpf_prog_aux *aux)
{
	const char *name = BPF_CORE_READ(aux, attach_func_name);

	if (name)
		BPF_SEQ_PRINTF(seq, " function=%s", name);
}

/* A function of a program, or of the kernel. */
static __always_inline void print_tracing(struct seq_file *seq, struct bpf_tracing_link *link,
					  struct bpf_prog_aux *aux)
{
	struct bpf_prog *target = BPF_CORE_READ(link, tgt_prog);
	__u64 key = BPF_CORE_READ(link, trampoline, key);
	__u64 cookie = 0;

	if (target) {
		struct bpf_prog_aux *its = BPF_CORE_READ(target, aux);

		BPF_SEQ_PRINTF(seq, " function=%s",
			       read_btf_name(BPF_CORE_READ(its, btf), key & KEY_TYPE, none));
		BPF_SEQ_PRINTF(seq, " target_id=%u", BPF_CORE_READ(its, id));
		BPF_SEQ_PRINTF(seq, " target_name=%s", read_prog_name(its));
	} else {
		print_function(seq, aux);
	}
	if (key >> 32)
		BPF_SEQ_PRINTF(seq, " obj_id=%u", key >> 32);
	BPF_SEQ_PRINTF(seq, " btf_id=%u", key & KEY_TYPE);
	if (bpf_core_field_exists(struct bpf_tramp_link, cookie))
		cookie = BPF_CORE_READ((struct bpf_tramp_link *)link, cookie);
	else if (bpf_core_field_exists(struct bpf_tramp_link___node, node))
		cookie = BPF_CORE_READ((struct bpf_tramp_link___node *)link, node.cookie);
	print_cookie(seq, cookie);
}

static __always_inline void print_raw_tp(struct seq_file *seq, struct bpf_raw_tp_link *link)
{
	BPF_SEQ_PRINTF(seq, " tracepoint=%s", BPF_CORE_READ(link, btp, tp, name));
	if (bpf_core_field_exists(link->cookie))
		print_cookie(seq, BPF_CORE_READ(link, cookie));
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

static __always_inline void print_struct_ops(struct seq_file *seq, struct bpf_map *map)
{
	if (!map) {
		PUT(seq, detached);
		return;
	}
	BPF_SEQ_PRINTF(seq, " ops=%s", struct_ops_name(map));
	print_map(seq, map);
	/* The link has no program of its own; the map has them, each in a link that has no id. */
	print_struct_ops_progs(seq, map, " prog_ids=");
}

static __always_inline void print_netfilter(struct seq_file *seq, struct bpf_nf_link *link)
{
	BPF_SEQ_PRINTF(seq, " pf=%u hook=%u priority=%d flags=%u",
		       BPF_CORE_READ(link, hook_ops.pf), BPF_CORE_READ(link, hook_ops.hooknum),
		       BPF_CORE_READ(link, hook_ops.priority), BPF_CORE_READ(link, defrag_hook) != NULL);
	if (BPF_CORE_READ(link, dead))
		PUT(seq, detached);
	else
		print_netns(seq, BPF_CORE_READ(link, net));
}

static __always_inline void print_iter(struct seq_file *seq, struct bpf_iter_link *link)
{
	struct bpf_map *map = BPF_CORE_READ(link, aux.map);

	BPF_SEQ_PRINTF(seq, " iter=%s", BPF_CORE_READ(link, tinfo, reg_info, target));
	if (map)
		print_map(seq, map);
	if (bpf_core_field_exists(link->aux.task)) {
		__u32 type = BPF_CORE_READ(link, aux.task.type);
		__u32 pid = BPF_CORE_READ(link, aux.task.pid);

		if (type == BPF_TASK_ITER_TID)
			BPF_SEQ_PRINTF(seq, " tid=%u", pid);
		else if (type == BPF_TASK_ITER_TGID)
			BPF_SEQ_PRINTF(seq, " pid=%u", pid);
	}
}

/* Where the link is attached. Nothing, for a type of link that is newer than this program. */
static __always_inline bool print_target(struct seq_file *seq, struct bpf_link *link, __u32 type,
					 struct bpf_prog_aux *aux, bool has_loop)
{
	struct text_token token = {};
	void *l = link;

	if (type == BPF_LINK_TYPE_TRACING)
		print_tracing(seq, l, aux);
	else if (type == BPF_LINK_TYPE_RAW_TRACEPOINT)
		print_raw_tp(seq, l);
	else if (type == BPF_LINK_TYPE_PERF_EVENT && bpf_core_type_exists(struct bpf_perf_link))
		print_perf_event(seq, BPF_CORE_READ((struct bpf_perf_link *)l, perf_file, private_data),
				 &token);
	else if (type == BPF_LINK_TYPE_KPROBE_MULTI &&
		 bpf_core_type_exists(struct bpf_kprobe_multi_link))
		print_kprobe_multi(seq, l);
	else if (type == BPF_LINK_TYPE_UPROBE_MULTI &&
		 bpf_core_type_exists(struct bpf_uprobe_multi_link))
		print_uprobe_multi(seq, l - bpf_core_field_offset(struct bpf_uprobe_multi_link, link),
				   &token);
	else if (type == BPF_LINK_TYPE_TRACING_MULTI &&
		 bpf_core_type_exists(struct bpf_tracing_multi_link))
		print_tracing_multi(seq, l);
	else if (type == BPF_LINK_TYPE_CGROUP && bpf_core_type_exists(struct bpf_cgroup_link)) {
		print_function(seq, aux); /* lsm_cgroup */
		print_cgroup(seq, BPF_CORE_READ((struct bpf_cgroup_link *)l, cgroup), &token);
	} else if (type == BPF_LINK_TYPE_ITER)
		print_iter(seq, l);
	else if (type == BPF_LINK_TYPE_NETNS && bpf_core_type_exists(struct bpf_netns_link))
		print_netns(seq, BPF_CORE_READ((struct bpf_netns_link *)l, net));
	else if (type == BPF_LINK_TYPE_XDP || type == BPF_LINK_TYPE_TCX ||
		 type == BPF_LINK_TYPE_NETKIT) {
		struct net_device *dev = NULL;

		if (type == BPF_LINK_TYPE_XDP && bpf_core_type_exists(struct bpf_xdp_link))
			dev = BPF_CORE_READ((struct bpf_xdp_link *)l, dev);
		else if (type == BPF_LINK_TYPE_TCX && bpf_core_type_exists(struct tcx_link))
			dev = BPF_CORE_READ((struct tcx_link *)l, dev);
		else if (type == BPF_LINK_TYPE_NETKIT && bpf_core_type_exists(struct netkit_link))
			dev = BPF_CORE_READ((struct netkit_link *)l, dev);
		else
			return false;
		print_device(seq, dev, &token);
	} else if (type == BPF_LINK_TYPE_SOCKMAP && bpf_core_type_exists(struct sockmap_link)) {
		struct bpf_map *map = BPF_CORE_READ((struct sockmap_link *)l, map);

		if (map)
			print_map(seq, map);
		else
			PUT(seq, detached);
	} else if (type == BPF_LINK_TYPE_NETFILTER && bpf_core_type_exists(struct bpf_nf_link))
		print_netfilter(seq, l);
	else if (type == BPF_LINK_TYPE_STRUCT_OPS &&
		 bpf_core_type_exists(struct bpf_struct_ops_link))
		print_struct_ops(seq, BPF_CORE_READ((struct bpf_struct_ops_link *)l, map));
	else
		return false;
	read_back(&token, sizeof(token)); /* one state, wherever it leads to */
	if (token.from)
		has_loop ? print_long_text(seq, &token) : print_short_text(seq, &token);
	return true;
}

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

#include "links_walk.h"
