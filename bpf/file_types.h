/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The kernel's types of open files, paths and sockets, and of the processes that hold them. */
#ifndef BPFDBG_FILE_TYPES_H
#define BPFDBG_FILE_TYPES_H

#include "kernel.h"

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

struct qstr {
	const char *name;
};

struct dentry {
	struct dentry *d_parent;
	struct qstr d_name;
};

struct vfsmount {
	struct dentry *mnt_root;
};

struct mount {
	struct mount *mnt_parent;
	struct dentry *mnt_mountpoint;
	struct vfsmount mnt;
};

struct path {
	struct vfsmount *mnt;
	struct dentry *dentry;
};

/* Open files and sockets, and the processes that have them. */
struct super_block {
	unsigned long s_magic;
};

struct inode {
	struct super_block *i_sb;
};

struct file {
	struct inode *f_inode;
	struct path f_path;
	void *private_data;
};

struct sk_filter {
	struct bpf_prog *prog;
};

struct sock_reuseport {
	struct bpf_prog *prog;
};

struct in6_addr;

/* The address and the port are members of unnamed structs, and so is the address of IPv6 of CONFIG_IPV6. */
struct sock_common {
	__be32 skc_rcv_saddr;
	__u16 skc_num; /* the own port, in the order of the machine */
	unsigned short skc_family;
	struct {
		struct net *net;
	} skc_net;
	struct {
		__u8 first;
	} skc_v6_rcv_saddr;
};

struct sock {
	struct sock_common __sk_common;
	__u16 sk_type;
	__u16 sk_protocol;
	struct sk_filter *sk_filter;
	struct sock_reuseport *sk_reuseport_cb;
};

struct socket {
	struct sock *sk;
};

/* With CONFIG_PACKET, and where that is no module: guard each read. */
struct packet_fanout {
	__u16 id;
	__u8 type;
	struct bpf_prog *bpf_prog; /* a union with a counter: of the types CBPF and EBPF only */
};

struct packet_sock {
	struct packet_fanout *fanout;
	int ifindex;
};

struct nsproxy;
struct css_set;

struct task_struct {
	int pid;
	int tgid;
	struct task_struct *group_leader;
	char comm[16];
	struct nsproxy *nsproxy;
	struct css_set *cgroups;
};

struct bpf_iter__task_file {
	struct bpf_iter_meta *meta;
	struct task_struct *task;
	__u32 fd;
	struct file *file;
};

#pragma clang attribute pop

#endif
