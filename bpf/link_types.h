/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The kernel's structs behind a link, as kernel.h has those of programs and maps.
 *
 * Many depend on the kernel's configuration: whoever reads one asks bpf_core_type_exists() first.
 */
#ifndef BPFDBG_LINK_TYPES_H
#define BPFDBG_LINK_TYPES_H

#include "kernel.h"

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

struct bpf_link {
	__u32 id;
	enum bpf_link_type type;
	struct bpf_prog *prog; /* none, for struct_ops */
	__u32 flags; /* 6.18; before, in the links that have flags */
	enum bpf_attach_type attach_type; /* 6.18; before, in the links that have one */
};

struct bpf_iter__bpf_link {
	struct bpf_iter_meta *meta;
	struct bpf_link *link;
};

struct bpf_iter__bpf_map_elem {
	struct bpf_iter_meta *meta;
	void *key;
};

/* The table of links by id: 64 slots a node, 16 on small machines; the lowest level has shift 0. */
struct xarray {
	void *xa_head;
};

struct idr {
	struct xarray idr_rt;
};

struct xa_node {
	__u8 shift;
	void *slots[64];
};

/* Tracing: a program, or a function of the kernel. */
struct bpf_trampoline {
	__u64 key; /* id of the program or BTF object, id of the type */
	struct {
		void *addr;
	} func;
};

struct bpf_tramp_node {
	__u64 cookie;
};

struct bpf_tramp_link {
	__u64 cookie; /* 5.19 to 6.x */
};

struct bpf_tramp_link___node {
	struct bpf_tramp_node node;
};

struct bpf_tracing_link {
	struct bpf_trampoline *trampoline;
	struct bpf_prog *tgt_prog;
};

struct bpf_tracing_link___attach_type {
	enum bpf_attach_type attach_type;
};

struct bpf_tracing_multi_node {
	struct bpf_trampoline *trampoline;
};

struct bpf_tracing_multi_link {
	int nodes_cnt;
	struct bpf_tracing_multi_node nodes[0];
};

struct tracepoint {
	const char *name;
};

struct bpf_raw_event_map {
	struct tracepoint *tp;
};

struct bpf_raw_tp_link {
	struct bpf_raw_event_map *btp;
	__u64 cookie; /* 6.10 */
};

/* Perf events: tracepoints, probes, counters. */
struct list_head {
	struct list_head *next, *prev;
};

struct trace_event_class {
	const char *system;
};

struct trace_event_call {
	struct trace_event_class *class;
	union {
		const char *name;
		struct tracepoint *tp;
	};
	int flags;
};

struct pmu {
	const char *name;
};

struct perf_event_attr {
	__u32 type;
	__u64 config;
};

struct perf_event {
	struct pmu *pmu;
	struct perf_event_attr attr;
	int cpu;
	__u64 bpf_cookie;
	struct trace_event_call *tp_event;
	struct bpf_prog *prog;
};

struct file;

struct bpf_perf_link {
	struct file *perf_file;
};

struct trace_probe {
	struct list_head list;
};

struct trace_probe_event {
	struct trace_event_call call;
	struct list_head probes;
};

struct kprobe {
	void *addr;
	unsigned int offset;
};

struct kretprobe {
	struct kprobe kp;
	void *handler;
};

struct trace_kprobe {
	struct kretprobe rp;
	const char *symbol;
	struct trace_probe tp;
};

struct uprobe_consumer {
	void *ret_handler;
};

struct trace_uprobe {
	struct uprobe_consumer consumer;
	char *filename;
	unsigned long offset;
	unsigned long ref_ctr_offset;
	struct trace_probe tp;
};

struct bpf_kprobe_multi_link {
	unsigned long *addrs;
	__u64 *cookies;
	__u32 cnt;
};

struct bpf_kprobe_multi_link___flags {
	__u32 flags;
};

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

struct sock {
	struct sk_filter *sk_filter;
	struct sock_reuseport *sk_reuseport_cb;
};

struct socket {
	struct sock *sk;
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

struct bpf_uprobe {
	long long offset;
	__u64 cookie;
};

struct bpf_uprobe_multi_link {
	struct path path;
	struct bpf_link link;
	__u32 cnt;
	struct bpf_uprobe *uprobes;
	struct task_struct *task;
};

struct bpf_uprobe_multi_link___flags {
	__u32 flags;
};

/* Devices and namespaces. */
struct ns_common {
	const void *ops; /* the same for all namespaces of a kind */
	unsigned int inum;
};

struct netns_bpf {
	struct bpf_prog *progs[1]; /* by BPF_PROG_ATTACH; the first is the flow dissector */
};

struct net {
	struct ns_common ns;
	struct list_head list; /* all namespaces, in a ring with a head that is in none */
	struct list_head dev_base_head;
	struct netns_bpf bpf;
};

typedef struct {
	struct net *net;
} possible_net_t;

struct bpf_xdp_entity {
	struct bpf_prog *prog;
	struct bpf_xdp_link *link; /* none, where netlink attached it */
};

struct rtnl_link_ops {
	const char *kind;
};

struct net_device {
	char name[16];
	int ifindex;
	possible_net_t nd_net;
	struct list_head dev_list;
	const struct rtnl_link_ops *rtnl_link_ops;
	struct bpf_xdp_entity xdp_state[3]; /* by enum bpf_xdp_mode */
};

struct bpf_xdp_link {
	struct net_device *dev;
};

struct tcx_link {
	struct net_device *dev;
};

struct tcx_link___location {
	__u32 location; /* the attach type, up to 6.17 */
};

struct netkit_link {
	struct net_device *dev;
};

struct netkit_link___location {
	__u32 location;
};

struct bpf_netns_link {
	struct net *net;
};

struct bpf_netns_link___type {
	enum bpf_attach_type type;
};

struct nf_hook_ops {
	__u8 pf;
	unsigned int hooknum;
	int priority;
};

struct bpf_nf_link {
	struct nf_hook_ops hook_ops;
	struct net *net;
	__u32 dead;
	const void *defrag_hook;
};

/* Cgroups. */
struct kernfs_node {
	struct kernfs_node *__parent; /* 6.15 */
	const char *name;
	void *priv; /* the cgroup, until that is released */
	__u64 id;
};

struct kernfs_node___parent {
	struct kernfs_node *parent;
};

struct cgroup_subsys_state {
	struct list_head sibling;
	struct list_head children; /* in the order of their serial numbers */
	unsigned int flags;
	__u64 serial_nr;
};

struct cgroup_root;

struct hlist_head {
	void *first;
};

/* One of each for every hook. */
struct cgroup_bpf {
	void *effective[64];
	struct hlist_head progs[64]; /* struct list_head up to 5.19 */
	__u8 flags[64];  /* __u32 up to 6.x */
};

struct cgroup {
	struct cgroup_subsys_state self;
	struct kernfs_node *kn;
	struct cgroup_root *root;
	struct cgroup_bpf bpf; /* CONFIG_CGROUP_BPF */
};

struct cgroup_root {
	struct cgroup cgrp;
};

struct bpf_cgroup_link {
	struct cgroup *cgroup;
};

struct bpf_cgroup_link___type {
	enum bpf_attach_type type;
};

/* Maps. */
struct sockmap_link {
	struct bpf_map *map;
};

struct sockmap_link___attach_type {
	enum bpf_attach_type attach_type;
};

struct btf_type___info {
	__u32 info; /* the number of members in its low half */
};

struct bpf_struct_ops {
	const char *name;
};

struct bpf_struct_ops___type {
	struct btf_type___info *type; /* up to 6.8 */
};

struct bpf_struct_ops_desc {
	struct bpf_struct_ops *st_ops;
	struct btf_type___info *type;
};

struct bpf_struct_ops_map {
	struct bpf_struct_ops_desc *st_ops_desc; /* 6.9 */
	struct bpf_link **links;
	__u32 funcs_cnt; /* 6.12 */
};

struct bpf_struct_ops_map___st_ops {
	struct bpf_struct_ops *st_ops;
};

struct bpf_struct_ops_map___progs {
	struct bpf_prog **progs; /* up to 5.18 */
};

struct bpf_struct_ops_link {
	struct bpf_map *map;
};

/* Iterators. */
struct bpf_iter_reg {
	const char *target;
};

struct bpf_iter_target_info {
	struct bpf_iter_reg *reg_info;
};

struct bpf_iter_aux_info {
	struct bpf_map *map;
	struct {
		struct cgroup *start;
	} cgroup; /* 6.1 */
	struct {
		enum bpf_iter_task_type type;
		__u32 pid;
	} task; /* 6.1 */
};

struct bpf_iter_link {
	struct bpf_iter_aux_info aux;
	struct bpf_iter_target_info *tinfo;
};

#pragma clang attribute pop

#endif
