/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The whole name of a map, of which the kernel keeps 15 characters.
 *
 * The map's BTF has the variable that it was declared as, in the section `.maps`, or the section that its
 * data are of. What begins as the kernel's name does is taken for the whole, if nothing else does.
 */
#ifndef BPFDBG_MAP_NAME_H
#define BPFDBG_MAP_NAME_H

#include "escape.h"
#include "map_types.h"
#include "verifier.h"

/* The most characters of a name in the kernel. A shorter name is whole. */
#define CUT_NAME 15

/* BTF_KIND_DATASEC: a section, which has variables. */
#define SECTION 15

/* The section of the variables that are maps, as eight characters. */
static const char maps_section[8] = ".maps";

/* How many types are looked at for that section, from the last on: compilers put sections there. */
#define MAX_TYPES 1024
#define TYPE_BATCH 16

/* The most variables of it: in a larger one, no name is known to be the only one. */
#define MAX_VARIABLES 256

/* Of include/uapi/linux/btf.h, so the same on every kernel: the head of a type, and of a section's variable. */
struct type_head {
	__u32 name_off;
	__u32 info; /* the number of members in its low half, the kind in its highest byte */
	__u32 size;
};

struct section_variable {
	__u32 type, offset, size;
};

static __always_inline __u32 kind_of(__u32 info)
{
	return info >> 24 & 0x1f;
}

static __always_inline __u64 type_at(__u64 types, __u64 id)
{
	__u64 type = 0;

	bpf_probe_read_kernel(&type, sizeof(type), (void *)types + id * sizeof(type));
	return type;
}

/* 1 unless a text begins with the name of a map, else 0. Without a branch, as the functions below. */
static __always_inline __u64 differs(__u64 text, __u64 map_name)
{
	__u64 one[2] = {}, other[2] = {};

	bpf_probe_read_kernel(one, CUT_NAME, (void *)text);
	bpf_probe_read_kernel(other, CUT_NAME, (void *)map_name);
	return is_nonzero((one[0] ^ other[0]) | (one[1] ^ other[1]));
}

/* The section `.maps` among TYPE_BATCH types up to that of an id, or 0. A global function, as find_offsets(). */
__noinline __u64 find_among(__u64 btf, __u32 last)
{
	__u64 types = (__u64)BPF_CORE_READ((struct btf *)btf, types);
	__u64 strings = (__u64)BPF_CORE_READ((struct btf *)btf, strings);
	__u64 found = 0;

	for (__u32 i = 0; i < TYPE_BATCH; i++) {
		__u64 type = type_at(types, (last - i) & ~if_below(last, i)), text = 0, other;
		struct type_head head = {};

		bpf_probe_read_kernel(&head, sizeof(head), (void *)type);
		bpf_probe_read_kernel_str(&text, sizeof(text), (void *)strings + head.name_off);
		other = -is_nonzero((text ^ *(__u64 *)maps_section) | (kind_of(head.info) ^ SECTION));
		barrier_var(other);
		found = (found & other) | (type & ~other);
	}
	return found;
}

/* The section `.maps` of a BTF object, or 0. */
__noinline __u64 find_maps_section(__u64 btf)
{
	/* Type 0, which is none, is counted from 951bb64621b8 ("bpf: Add in-kernel split BTF support"), 5.11, on. */
	bool counts_none = bpf_core_field_exists(struct btf, start_id);
	__u32 last = BPF_CORE_READ((struct btf *)btf, nr_types) - counts_none;
	__u64 found = 0;

	for (__u32 i = 0; i < MAX_TYPES && i < last; i += TYPE_BATCH) {
		found = find_among(btf, last - i);
		if (found)
			break;
	}
	return found;
}

/* The name of the only variable of a section whose name begins with that of a map, or 0. */
__noinline __u64 find_variable(__u64 btf, __u64 section, __u64 map_name)
{
	__u64 types = (__u64)BPF_CORE_READ((struct btf *)btf, types);
	__u64 strings = (__u64)BPF_CORE_READ((struct btf *)btf, strings);
	struct type_head head = {};
	__u64 found = 0, count = 0;
	__u32 variables;

	bpf_probe_read_kernel(&head, sizeof(head), (void *)section);
	variables = head.info & 0xffff;
	for (__u32 i = 0; i < MAX_VARIABLES && i < variables; i++) {
		struct section_variable variable = {};
		__u64 name, other;
		__u32 name_off = 0;

		bpf_probe_read_kernel(&variable, sizeof(variable),
				      (void *)section + sizeof(head) + i * sizeof(variable));
		bpf_probe_read_kernel(&name_off, sizeof(name_off), (void *)type_at(types, variable.type));
		name = strings + name_off;
		other = -differs(name, map_name);
		barrier_var(other);
		count += 1 + other;
		found = (found & other) | (name & ~other);
	}
	return count == 1 && variables <= MAX_VARIABLES ? found : 0;
}

/* The name of a section, if that of the map that its data are in is the beginning of it, or 0. */
static __always_inline __u64 data_name(__u64 btf, __u32 name_off, __u64 map_name)
{
	__u64 name = (__u64)BPF_CORE_READ((struct btf *)btf, strings) + name_off;

	return differs(name, map_name) ? 0 : name;
}

/* The whole name of a map of which the kernel keeps CUT_NAME characters, or 0. A global function, as above. */
__noinline __u64 find_full_name(__u64 btf, __u32 value_type_id, __u64 map_name)
{
	__u64 types = (__u64)BPF_CORE_READ((struct btf *)btf, types), section;
	struct type_head value = {};

	bpf_probe_read_kernel(&value, sizeof(value), (void *)type_at(types, value_type_id));
	if (kind_of(value.info) == SECTION)
		return data_name(btf, value.name_off, map_name);
	section = find_maps_section(btf);
	return section ? find_variable(btf, section, map_name) : 0;
}

/*
 * The address of the whole name of a map, or 0 where it is not known, or no longer than the kernel's. The
 * variable of a struct_ops map is in another section.
 */
static __always_inline __u64 full_name(struct bpf_map *map)
{
	if (!map->name[CUT_NAME - 1] || !is_set(map->btf) || map->map_type == BPF_MAP_TYPE_STRUCT_OPS)
		return 0;
	return find_full_name(ptr_to_scalar(map->btf), map->btf_value_type_id, ptr_to_scalar(map->name));
}

#endif
