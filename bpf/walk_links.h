/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The kernel's table of links by id, for kernels without iter/bpf_link, up to 5.18.
 */
#ifndef BPFDBG_WALK_LINKS_H
#define BPFDBG_WALK_LINKS_H

#include "link_types.h"
#include "verifier.h"

#define LEVELS 6

/* The address of link_idr, as cpus.h has that of another symbol, and for the same reason. */
const volatile __u64 link_idr = 0;

/* Behind the last id that there is. */
#define NO_ID (~0ULL)

/* A slot of the table: an address, another level of the table, or nothing. */
static __always_inline bool is_address(__u64 entry)
{
	return entry && !(entry & 3);
}

static __always_inline bool is_level(__u64 entry)
{
	return (entry & 3) == 2 && entry > 4096;
}

static __always_inline __u64 table(void)
{
	return (__u64)BPF_CORE_READ((struct idr *)link_idr, idr_rt.xa_head);
}

/* Whether there is a link of this id: the id itself, else the next that may be one, or NO_ID. */
__noinline __u64 look_up_id(__u64 id)
{
	__u32 slots = bpf_core_field_size(struct xa_node, slots) / sizeof(void *);
	__u64 entry = table();
	struct xa_node *node;
	__u8 shift;

	if (!is_level(entry))
		return is_address(entry) && !id ? id : NO_ID;
	for (int i = 0; i < LEVELS; i++) {
		node = (void *)(entry - 2);
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

/* The lowest id that there is from this one on, or NO_ID. */
__noinline __u64 next_id(__u64 from)
{
	__u64 id;

	/* At every level there may be a few empty slots to be passed. */
	for (int i = 0; i < LEVELS * 64; i++) {
		id = look_up_id(from);
		if (id == from || id == NO_ID)
			return id;
		from = id;
	}
	return from;
}

/* The link of an id, as idr_find() finds it. */
__noinline __u64 find_link(__u64 id)
{
	__u32 slots = bpf_core_field_size(struct xa_node, slots) / sizeof(void *);
	__u64 entry = table();
	struct xa_node *node;
	__u8 shift = 0;

	for (int i = 0; i < LEVELS && is_level(entry); i++) {
		node = (void *)(entry - 2);
		shift = BPF_CORE_READ(node, shift) & 63;
		bpf_probe_read_kernel(&entry, sizeof(entry), &node->slots[id >> shift & (slots - 1)]);
		if (!shift)
			break;
	}
	return is_address(entry) && !shift ? entry : 0;
}

#endif
