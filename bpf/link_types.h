/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The kernel's structs behind a link, as kernel.h has those of programs and maps.
 *
 * Many depend on the kernel's configuration: whoever reads one asks bpf_core_type_exists() first.
 */
#ifndef BPFDBG_LINK_TYPES_H
#define BPFDBG_LINK_TYPES_H

#include "place_types.h"

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
	unsigned long nmissed;
	void *addr;
	unsigned int offset;
};

struct kretprobe {
	struct kprobe kp;
	void *handler;
	int nmissed;
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

struct fprobe {
	unsigned long nmissed;
};

struct bpf_kprobe_multi_link {
	struct fprobe fp;
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
	unsigned long ref_ctr_offset;
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

/* Links to devices and namespaces. */
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

/* Links to cgroups. */
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
