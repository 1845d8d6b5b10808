// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/* The few types that the attach set needs, in place of a vmlinux.h. Programs here only return a
 * verdict; what matters is that they load and attach, so structures stop at the last field used.
 */
#ifndef ATTACH_MINIMAL_H
#define ATTACH_MINIMAL_H

typedef unsigned char __u8;
typedef unsigned short __u16;
typedef unsigned int __u32;
typedef unsigned long long __u64;
typedef signed char __s8;
typedef short __s16;
typedef int __s32;
typedef long long __s64;
typedef __u16 __be16;
typedef __u32 __be32;
typedef __u32 __wsum;

/* bpf.h, stable UAPI */
enum {
	BPF_MAP_TYPE_HASH = 1,
	BPF_MAP_TYPE_ARRAY = 2,
	BPF_MAP_TYPE_SOCKMAP = 15,
};

struct __sk_buff {
	__u32 len;
	__u32 pkt_type;
	__u32 mark;
	__u32 queue_mapping;
	__u32 protocol;
	__u32 vlan_present;
	__u32 vlan_tci;
	__u32 vlan_proto;
	__u32 priority;
	__u32 ingress_ifindex;
	__u32 ifindex;
};

#include <bpf/bpf_helpers.h>

#define LICENSE char LICENSE_TEXT[] SEC("license") = "Dual BSD/GPL"

/* A program that returns `verdict` and does nothing else. */
#define PROGRAM(section, name, verdict) \
	SEC(section)                    \
	int name(void *ctx)             \
	{                               \
		return verdict;         \
	}

#endif
