/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * A walk of link_idr, the kernel's table of links, for kernels without iter/bpf_link (up to 5.18).
 *
 * It takes no lock and no reference, and these kernels free most links without waiting for RCU. A torn
 * read of the table skips a link or finds one twice removed; the id in the link is compared with the id
 * looked up, so such an address prints nothing. Between that comparison and the end of the row a link may
 * be freed and its memory reused: that one row can have columns of what lies there by then. Each read is a
 * probe read, which fails at an address that is not mapped.
 */
#ifndef BPFDBG_WALK_LINKS_H
#define BPFDBG_WALK_LINKS_H

#include "kernel.h"
#include "link_types.h"

/* Of a table of 31-bit ids, with 64 slots a node. */
#define LEVELS 6

/* The most slots a node has. */
#define NODE_SLOTS 64

/* The address of link_idr; the loader looks it up, for the reason that cpus.h has. */
const volatile __u64 link_idr = 0;

/* There is no further id. */
#define NO_ID (~0ULL)

/*
 * A slot holds a pointer, a node (tagged 2, and above the 4096 reserved values), or nothing: see
 * include/linux/xarray.h.
 */
#define TAG_MASK 3
#define TAG_NODE 2
#define MAX_RESERVED 4096

static __always_inline bool is_address(__u64 entry)
{
	return entry && !(entry & TAG_MASK);
}

static __always_inline bool is_level(__u64 entry)
{
	return (entry & TAG_MASK) == TAG_NODE && entry > MAX_RESERVED;
}

static __always_inline __u64 table(void)
{
	return (__u64)BPF_CORE_READ((struct idr *)link_idr, idr_rt.xa_head);
}

/* The id itself where it has a link, else the next that may have one, or NO_ID. */
__noinline __u64 look_up_id(__u64 id)
{
	__u32 slots = bpf_core_field_size(struct xa_node, slots) / sizeof(void *);
	__u64 entry = table();
	struct xa_node *node;
	__u8 shift;

	if (!is_level(entry))
		return is_address(entry) && !id ? id : NO_ID;
	for (int i = 0; i < LEVELS; i++) {
		node = (void *)(entry - TAG_NODE);
		shift = BPF_CORE_READ(node, shift) & 63;
		if (!i && id >> shift >= slots)
			return NO_ID;
		bpf_probe_read_kernel(&entry, sizeof(entry), &node->slots[id >> shift & (slots - 1)]);
		if (!shift)
			return is_address(entry) ? id : id + 1;
		if (!is_level(entry))
			return ((id >> shift) + 1) << shift;
	}
	return id + 1;
}

/* The lowest id with a link, from this one on; or NO_ID. */
__noinline __u64 next_id(__u64 from)
{
	__u64 id;

	/* A level may have empty slots, each of which takes a round. */
	for (int i = 0; i < LEVELS * NODE_SLOTS; i++) {
		id = look_up_id(from);
		if (id == from || id == NO_ID)
			return id;
		from = id;
	}
	return from;
}

/* The address of the link of an id, as by idr_find(). */
__noinline __u64 find_link(__u64 id)
{
	__u32 slots = bpf_core_field_size(struct xa_node, slots) / sizeof(void *);
	__u64 entry = table();
	struct xa_node *node;
	__u8 shift = 0;

	for (int i = 0; i < LEVELS && is_level(entry); i++) {
		node = (void *)(entry - TAG_NODE);
		shift = BPF_CORE_READ(node, shift) & 63;
		bpf_probe_read_kernel(&entry, sizeof(entry), &node->slots[id >> shift & (slots - 1)]);
		if (!shift)
			break;
	}
	return is_address(entry) && !shift ? entry : 0;
}

#endif
