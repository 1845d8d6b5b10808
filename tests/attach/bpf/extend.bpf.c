// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/* Programs whose target is another BPF program, named at load. */
#include "minimal.h"

LICENSE;

SEC("freplace")
int attach_freplace_get_constant(long value)
{
	return value;
}

SEC("freplace")
int attach_freplace_get_length(struct __sk_buff *skb)
{
	return skb->len;
}

SEC("freplace")
int attach_freplace_get_ifindex(struct __sk_buff *skb, int unused)
{
	return skb->ifindex + unused;
}

SEC("freplace")
int attach_freplace_on_two_targets(long value)
{
	return value + 1;
}

PROGRAM("fentry", attach_fentry_of_bpf_program, 0)
PROGRAM("fentry", attach_fentry_of_bpf_subprogram, 0)
PROGRAM("fexit", attach_fexit_of_bpf_program, 0)
PROGRAM("fexit", attach_fexit_of_bpf_subprogram, 0)
