// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/* Two TCP congestion controls: one registered by a map update, one by a link. */
#include "minimal.h"

LICENSE;

struct sock;

/* The kernel's structure of this name, cut down to what a congestion control must have. */
struct tcp_congestion_ops {
	__u32 (*ssthresh)(struct sock *sk);
	void (*cong_avoid)(struct sock *sk, __u32 ack, __u32 acked);
	__u32 (*undo_cwnd)(struct sock *sk);
	char name[16];
};

SEC("struct_ops/ssthresh")
int attach_struct_ops_slow_start(void *ctx)
{
	return 10;
}

SEC("struct_ops/undo_cwnd")
int attach_struct_ops_undo_window(void *ctx)
{
	return 10;
}

SEC("struct_ops/cong_avoid")
void attach_struct_ops_avoid(void *ctx)
{
}

SEC(".struct_ops")
struct tcp_congestion_ops congestion_map = {
	.ssthresh = (void *)attach_struct_ops_slow_start,
	.undo_cwnd = (void *)attach_struct_ops_undo_window,
	.cong_avoid = (void *)attach_struct_ops_avoid,
	.name = "bpfdbg_map",
};

SEC(".struct_ops.link")
struct tcp_congestion_ops congestion_link = {
	.ssthresh = (void *)attach_struct_ops_slow_start,
	.undo_cwnd = (void *)attach_struct_ops_undo_window,
	.cong_avoid = (void *)attach_struct_ops_avoid,
	.name = "bpfdbg_link",
};
