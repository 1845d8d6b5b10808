// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/* The tc programs that others replace and trace. Their subprograms are global and not inlined:
 * only a global function can be replaced, and the verifier checks each by itself.
 */
#include "minimal.h"

LICENSE;

__attribute__((noinline)) int attach_target_get_constant(long value)
{
	return value - 122;
}

__attribute__((noinline)) int attach_target_get_length(struct __sk_buff *skb)
{
	return skb->len;
}

__attribute__((noinline)) int attach_target_get_ifindex(struct __sk_buff *skb, int unused)
{
	return skb->ifindex + unused;
}

__attribute__((noinline)) int attach_target_second_constant(long value)
{
	return value - 71;
}

SEC("tc")
int attach_target_main_program(struct __sk_buff *skb)
{
	if (attach_target_get_length(skb) < attach_target_get_constant(123))
		return -1;
	return attach_target_get_ifindex(skb, 1) ? 0 : -1;
}

SEC("tc")
int attach_target_second_program(struct __sk_buff *skb)
{
	return attach_target_second_constant(72) == attach_target_get_length(skb) ? -1 : 0;
}
