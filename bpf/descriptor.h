/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What an open descriptor attaches: the program of a perf event, and those of a socket.
 *
 * The file of a perf event is an anonymous inode, whose name only the kernel can choose: so the name is its
 * type. Comparing f_op would take addresses of data, which /proc/kallsyms has with CONFIG_KALLSYMS_ALL only.
 *
 * The iterator holds the task and the file, not what an event or socket has attached: a program that is
 * detached meanwhile may be printed once more, or its row be missing.
 */
#ifndef BPFDBG_DESCRIPTOR_H
#define BPFDBG_DESCRIPTOR_H

#include "file_types.h"
#include "place.h"
#include "probe_types.h"
#include "probes.h"
#include "text.h"
#include "verifier.h"

/* Of include/uapi/linux/magic.h, linux/socket.h and linux/if_packet.h. */
#define ANON_INODE_FS_MAGIC 0x09041934
#define SOCKFS_MAGIC 0x534f434b
#define AF_INET 2
#define AF_INET6 10
#define AF_PACKET 17
#define PACKET_FANOUT_CBPF 6
#define PACKET_FANOUT_EBPF 7

/* The name of an anonymous file: the longest of interest is "[perf_event]". */
union file_name {
	char text[16];
	__u64 words[2];
};

#define IS_NAMED(name, expected)                                                        \
	({                                                                              \
		const union file_name other = { expected };                             \
		(name).words[0] == other.words[0] && (name).words[1] == other.words[1]; \
	})

/* The name of a file of the kernel's own; empty for any other. */
static __always_inline void read_file_name(union file_name *name, struct file *file)
{
	if (file->f_inode->i_sb->s_magic == ANON_INODE_FS_MAGIC)
		bpf_probe_read_kernel_str(name->text, sizeof(name->text),
					  file->f_path.dentry->d_name.name);
}

/* The id of a program, by its address; 0 for a classic filter. */
static __always_inline __u32 prog_id(struct bpf_prog *prog)
{
	return BPF_CORE_READ(prog, aux, id);
}

/* The program of a perf event. */
static __always_inline struct bpf_prog *event_prog(struct perf_event *event)
{
	return bpf_core_field_exists(event->prog) ? BPF_CORE_READ(event, prog) : NULL;
}

/* The ways in which a socket has a program. */
enum { SOCKET_FILTER, REUSEPORT_GROUP, PACKET_FANOUT, SOCKET_WAYS };

static const char socket_ways[4][10] = { "socket", "reuseport", "fanout" };

static __always_inline struct bpf_prog *fanout_prog(struct sock *sk)
{
	struct packet_fanout *fanout;
	__u8 type;

	if (!bpf_core_type_exists(struct packet_sock) ||
	    BPF_CORE_READ(sk, __sk_common.skc_family) != AF_PACKET)
		return NULL;
	fanout = BPF_CORE_READ((struct packet_sock *)sk, fanout);
	type = BPF_CORE_READ(fanout, type);
	if (type != PACKET_FANOUT_CBPF && type != PACKET_FANOUT_EBPF)
		return NULL;
	return BPF_CORE_READ(fanout, bpf_prog);
}

/* The program that a socket has in a way. Cheap tests first: there are many sockets, and most have none. */
static __always_inline struct bpf_prog *socket_prog(struct sock *sk, __u32 way)
{
	struct sk_filter *filter;
	struct sock_reuseport *group;

	switch (way) {
	case SOCKET_FILTER:
		filter = BPF_CORE_READ(sk, sk_filter);
		return filter ? BPF_CORE_READ(filter, prog) : NULL;
	case REUSEPORT_GROUP:
		group = BPF_CORE_READ(sk, sk_reuseport_cb);
		return group ? BPF_CORE_READ(group, prog) : NULL;
	default:
		return fanout_prog(sk);
	}
}

/*
 * The tokens of a socket. The own address and port are those of a group, which they name; where a socket is
 * connected to is not printed.
 */
static __noinline void print_socket(struct seq_file *seq, struct sock *sk, __u32 way)
{
	__u32 family = BPF_CORE_READ(sk, __sk_common.skc_family);
	struct packet_sock *packet = (void *)sk;
	struct net *net = BPF_CORE_READ(sk, __sk_common.skc_net.net);

	BPF_SEQ_PRINTF(seq, " family=%u sock_type=%u protocol=%u netns_ino=%u", family,
		       BPF_CORE_READ(sk, sk_type), BPF_CORE_READ(sk, sk_protocol),
		       BPF_CORE_READ(net, ns.inum));
	if (way == REUSEPORT_GROUP) {
		if (family == AF_INET)
			BPF_SEQ_PRINTF(seq, " address=%pI4", &sk->__sk_common.skc_rcv_saddr);
		else if (family == AF_INET6 && bpf_core_field_exists(sk->__sk_common.skc_v6_rcv_saddr))
			BPF_SEQ_PRINTF(seq, " address=%pI6", &sk->__sk_common.skc_v6_rcv_saddr);
		BPF_SEQ_PRINTF(seq, " port=%u", BPF_CORE_READ(sk, __sk_common.skc_num));
	}
	if (family == AF_PACKET && bpf_core_type_exists(struct packet_sock)) {
		int ifindex = BPF_CORE_READ(packet, ifindex);

		if (ifindex > 0)
			BPF_SEQ_PRINTF(seq, " ifindex=%d", ifindex);
		if (way == PACKET_FANOUT)
			BPF_SEQ_PRINTF(seq, " fanout_id=%u", BPF_CORE_READ(packet, fanout, id));
	}
}

/* The tokens of a perf event, and the end of the row. */
static __always_inline void print_event(struct seq_file *seq, struct perf_event *event, bool has_loop)
{
	struct text_token token = {};

	print_perf_event(seq, event, &token);
	if (token.from)
		has_loop ? print_long_text(seq, &token) : print_short_text(seq, &token);
	bpf_seq_write(seq, nothing + 2, 1);
}

#endif
