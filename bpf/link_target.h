/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The target of a link: where it is attached, in tokens `key=value`. */
#ifndef BPFDBG_LINK_TARGET_H
#define BPFDBG_LINK_TARGET_H

#include "link_types.h"
#include "map_progs.h"
#include "names.h"
#include "place.h"
#include "place_types.h"
#include "probe_types.h"
#include "probes.h"
#include "text.h"
#include "verifier.h"

/* The BTF id in a trampoline's key; the bit above it is set where the target is not a program. */
#define KEY_TYPE (~0U >> 1)

/*
 * The attach type; negative where there is none. 6.17 keeps it in every link, zero where it has no
 * meaning; before, some types of links have it, others the program.
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

/* The target is a function of a program, or of the kernel. */
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

static __always_inline void print_struct_ops(struct seq_file *seq, struct bpf_map *map)
{
	if (!map) {
		PUT(seq, detached);
		return;
	}
	BPF_SEQ_PRINTF(seq, " ops=%s", struct_ops_name(map));
	print_map(seq, map);
	/* The link has no program: the map has them, each in a link without an id. */
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

/* False, and nothing printed, for a type that is not known here. */
static __always_inline bool print_link_target(struct seq_file *seq, struct bpf_link *link,
					      __u32 type, struct bpf_prog_aux *aux, bool has_loop)
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
	read_back(&token, sizeof(token)); /* one state for all kinds of text */
	if (token.from)
		has_loop ? print_long_text(seq, &token) : print_short_text(seq, &token);
	return true;
}

#endif
