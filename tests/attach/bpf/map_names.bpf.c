// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/* Maps whose names the kernel cuts, and such as it does not. */
#include "minimal.h"

LICENSE;

#define MAP(name, map_type)                \
	struct {                           \
		__uint(type, map_type);    \
		__uint(max_entries, 1);    \
		__type(key, __u32);        \
		__type(value, __u64);      \
	} name SEC(".maps");

MAP(a_hash_of_a_name_that_is_cut, BPF_MAP_TYPE_HASH)
MAP(two_that_begin_alike, BPF_MAP_TYPE_ARRAY)
MAP(two_that_begin_as_one, BPF_MAP_TYPE_ARRAY)
MAP(fifteen_letters, BPF_MAP_TYPE_ARRAY)
MAP(short_name, BPF_MAP_TYPE_ARRAY)
/* A sockmap gets no BTF from the loader. */
MAP(a_sockmap_of_a_name_that_is_cut, BPF_MAP_TYPE_SOCKMAP)

int of_a_section SEC(".data.of_a_name_that_is_cut") = 1;
int of_a_short_one SEC(".data.short") = 1;
/* The section is .rodata, of which the name of the map is no beginning. */
const int not_written = 1;

SEC("socket")
int uses_a_map_of_a_long_name(void *ctx)
{
	__u32 key = 0;

	return bpf_map_lookup_elem(&a_hash_of_a_name_that_is_cut, &key) ? not_written : 0;
}
