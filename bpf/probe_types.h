/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The kernel's types of perf events and probes, and of links to them.
 *
 * Many depend on the kernel's configuration: guard each read by bpf_core_type_exists().
 */
#ifndef BPFDBG_PROBE_TYPES_H
#define BPFDBG_PROBE_TYPES_H

#include "file_types.h"
#include "place_types.h"

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

struct tracepoint {
	const char *name;
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
	__u64 sample_period; /* or sample_freq, with freq */
	__u64 freq : 1;
	__u32 bp_type;
	__u64 bp_addr;
	__u64 bp_len;
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

/* Before 803f0700a3bb ("bpf: Show precise link_type for {uprobe,kprobe}_multi fdinfo"), 6.17 */
struct bpf_kprobe_multi_link___flags {
	__u32 flags;
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

/* Before the same commit. */
struct bpf_uprobe_multi_link___flags {
	__u32 flags;
};

struct bpf_trampoline {
	__u64 key; /* id of the program or BTF object, id of the type */
	struct {
		void *addr;
	} func;
};

struct bpf_tracing_multi_node {
	struct bpf_trampoline *trampoline;
};

struct bpf_tracing_multi_link {
	int nodes_cnt;
	struct bpf_tracing_multi_node nodes[0];
};

#pragma clang attribute pop

#endif
