/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Tokens about perf events and probes, and links to many of them. */
#ifndef BPFDBG_PROBES_H
#define BPFDBG_PROBES_H

#include "file_types.h"
#include "paths.h"
#include "place.h"
#include "probe_types.h"
#include "text.h"
#include "verifier.h"

/* TRACE_EVENT_FL_*, which differ between kernels: the loader reads them in vmlinux BTF. */
const volatile __u32 trace_event_tracepoint = 0;
const volatile __u32 trace_event_kprobe = 0;
const volatile __u32 trace_event_uprobe = 0;

/* How many symbols or offsets are listed, and the size of a symbol. */
#define MAX_LISTED 16
#define SYMBOL 128

static const char key_cookies[] = " cookies=", key_counters[] = " ref_ctr_offsets=";

/* 0x80 in every byte that is a blank; arithmetic as in unsafe8(). */
static __always_inline __u64 blanks8(__u64 text)
{
	text ^= ONES * ' ';
	return ~(((text & ONES * 0x7f) + ONES * 0x7f) | text) & ONES * 0x80;
}

/*
 * The name of a function, by its address; the address itself is not printed. `?` where the kernel knows no
 * name, as for a module that is gone, or has no bpf_snprintf() (before 5.13). A module's name follows as
 * `:[module]`: the kernel's blank would end the token.
 */
static __noinline void print_symbol(struct seq_file *seq, void *address)
{
	static const char format[] = "%ps", unknown[] = "?";
	__u64 arg = (__u64)address;
	__u64 name[SYMBOL / 8] = {};
	char first;

	if (!bpf_core_enum_value_exists(enum bpf_func_id, BPF_FUNC_snprintf)) {
		PUT(seq, unknown);
		return;
	}
	bpf_snprintf((char *)name, sizeof(name), format, &arg, sizeof(arg));
	read_back(name, sizeof(name));
	first = *(char *)name;
	if (first == '0' || !first) {
		PUT(seq, unknown);
		return;
	}
#pragma unroll
	for (int i = 0; i < SYMBOL / 8; i++) {
		name[i] += (blanks8(name[i]) >> 7) * (':' - ' ');
		barrier(); /* clang 23 would hold all words at once, in 480 bytes of stack */
	}
	BPF_SEQ_PRINTF(seq, "%s", name);
}

static __always_inline void print_retprobe(struct seq_file *seq, bool is_return)
{
	static const char retprobe[] = " retprobe=1";

	if (is_return)
		PUT(seq, retprobe);
}

/* How many are not listed. */
static __always_inline void print_more(struct seq_file *seq, __u32 count)
{
	count = launder_scalar(count);
	if (count > MAX_LISTED)
		BPF_SEQ_PRINTF(seq, " more=%u", count - MAX_LISTED);
}

/* A list of numbers, `size` bytes apart; nothing where all are zero. */
static __always_inline void print_list(struct seq_file *seq, const char *key, void *numbers,
				       __u32 size, __u32 count)
{
	__u64 number = 0, any = 0;

	count = launder_scalar(count);
	for (__u32 i = 0; i < MAX_LISTED && i < count; i++) {
		bpf_probe_read_kernel(&number, sizeof(number), numbers + i * size);
		any |= number;
	}
	if (!any)
		return;
	count = launder_scalar(count);
	for (__u32 i = 0; i < MAX_LISTED && i < count; i++) {
		bpf_probe_read_kernel(&number, sizeof(number), numbers + i * size);
		BPF_SEQ_PRINTF(seq, "%s%llu", i ? "," : key, number);
	}
}

/* How often a probe was hit without running the program. */
static __always_inline void print_missed(struct seq_file *seq, __u64 missed)
{
	if (missed)
		BPF_SEQ_PRINTF(seq, " missed=%llu", missed);
}

/* The first probe of an event; one made in tracefs may have several. */
static __always_inline void *first_probe(struct trace_event_call *call)
{
	struct trace_probe_event *event;

	event = (void *)call - bpf_core_field_offset(struct trace_probe_event, call);
	return (void *)BPF_CORE_READ(event, probes.next) -
	       bpf_core_field_offset(struct trace_probe, list);
}

static __always_inline void print_kprobe(struct seq_file *seq, struct trace_event_call *call,
					 struct text_token *token)
{
	struct trace_kprobe *probe;
	const char *symbol;
	__u64 missed;

	probe = first_probe(call) - bpf_core_field_offset(struct trace_kprobe, tp);
	symbol = BPF_CORE_READ(probe, symbol);
	missed = BPF_CORE_READ(probe, rp.kp.nmissed);
	if (BPF_CORE_READ(probe, rp.handler)) {
		print_retprobe(seq, true);
		missed += BPF_CORE_READ(probe, rp.nmissed);
	}
	print_missed(seq, missed);
	if (symbol) {
		BPF_SEQ_PRINTF(seq, " offset=0x%x", BPF_CORE_READ(probe, rp.kp.offset));
		*token = (struct text_token){ key_symbol, TEXT, (void *)symbol };
	} else {
		BPF_SEQ_PRINTF(seq, " symbol=");
		print_symbol(seq, BPF_CORE_READ(probe, rp.kp.addr));
	}
}

static __always_inline void print_uprobe(struct seq_file *seq, struct trace_event_call *call,
					 struct text_token *token)
{
	struct trace_uprobe *probe;
	unsigned long counter;

	probe = first_probe(call) - bpf_core_field_offset(struct trace_uprobe, tp);
	BPF_SEQ_PRINTF(seq, " offset=0x%llx", (__u64)BPF_CORE_READ(probe, offset));
	counter = BPF_CORE_READ(probe, ref_ctr_offset);
	if (counter)
		BPF_SEQ_PRINTF(seq, " ref_ctr_offset=0x%llx", (__u64)counter);
	print_retprobe(seq, BPF_CORE_READ(probe, consumer.ret_handler));
	*token = (struct text_token){ key_path, TEXT, BPF_CORE_READ(probe, filename) };
}

/* Of include/uapi/linux/perf_event.h. */
#define PERF_TYPE_BREAKPOINT 5

/*
 * How often an event comes, and what a breakpoint watches: by name where that is of the kernel, and not at all
 * where it is an address of a process.
 */
static __always_inline void print_sampling(struct seq_file *seq, struct perf_event *event)
{
	__u64 period = BPF_CORE_READ(event, attr.sample_period), address;
	struct perf_event_attr *attr = &event->attr;

	if (BPF_CORE_READ_BITFIELD_PROBED(attr, freq))
		BPF_SEQ_PRINTF(seq, " sample_freq=%llu", period);
	else if (period)
		BPF_SEQ_PRINTF(seq, " sample_period=%llu", period);
	if (BPF_CORE_READ(event, attr.type) != PERF_TYPE_BREAKPOINT)
		return;
	BPF_SEQ_PRINTF(seq, " bp_type=%u bp_len=%llu", BPF_CORE_READ(event, attr.bp_type),
		       BPF_CORE_READ(event, attr.bp_len));
	address = BPF_CORE_READ(event, attr.bp_addr);
	if ((__s64)address < 0) {
		BPF_SEQ_PRINTF(seq, " bp_symbol=");
		print_symbol(seq, (void *)address);
	}
}

/* Distinguishes the kinds of events as bpf_get_perf_event_info() does. */
static __always_inline void print_perf_event(struct seq_file *seq, struct perf_event *event,
					     struct text_token *token)
{
	struct trace_event_call *call = NULL;
	const char *pmu;
	int flags, cpu;

	if (bpf_core_field_exists(event->tp_event))
		call = BPF_CORE_READ(event, tp_event);
	flags = BPF_CORE_READ(call, flags);
	if (!call) {
		pmu = BPF_CORE_READ(event, pmu, name); /* none, of software events on 6.1 */
		BPF_SEQ_PRINTF(seq, " pmu=%s event_type=%u event_config=0x%llx", pmu ? pmu : none,
			       BPF_CORE_READ(event, attr.type), BPF_CORE_READ(event, attr.config));
		cpu = BPF_CORE_READ(event, cpu);
		if (cpu >= 0)
			BPF_SEQ_PRINTF(seq, " cpu=%d", cpu);
		print_sampling(seq, event);
	} else if (flags & trace_event_kprobe && bpf_core_type_exists(struct trace_kprobe)) {
		print_kprobe(seq, call, token);
	} else if (flags & trace_event_uprobe && bpf_core_type_exists(struct trace_uprobe)) {
		print_uprobe(seq, call, token);
	} else {
		BPF_SEQ_PRINTF(seq, " category=%s", BPF_CORE_READ(call, class, system));
		/* name and tp share a union: a wrong flag would print an address as a name. */
		if (flags & trace_event_tracepoint)
			*token = (struct text_token){ key_tracepoint, TEXT,
						      (void *)BPF_CORE_READ(call, tp, name) };
		else if (trace_event_tracepoint)
			*token = (struct text_token){ key_tracepoint, TEXT,
						      (void *)BPF_CORE_READ(call, name) };
	}
	if (bpf_core_field_exists(event->bpf_cookie))
		print_cookie(seq, BPF_CORE_READ(event, bpf_cookie));
}

static __always_inline void print_kprobe_multi(struct seq_file *seq,
					       struct bpf_kprobe_multi_link *link)
{
	unsigned long *addrs = BPF_CORE_READ(link, addrs);
	__u32 count = BPF_CORE_READ(link, cnt);
	struct bpf_link *base = (void *)link;
	__u32 flags;

	if (bpf_core_field_exists(base->flags))
		flags = BPF_CORE_READ(base, flags);
	else
		flags = BPF_CORE_READ((struct bpf_kprobe_multi_link___flags *)link, flags);
	print_retprobe(seq, flags & BPF_F_KPROBE_MULTI_RETURN);
	BPF_SEQ_PRINTF(seq, " count=%u symbols=", count);
	for (__u32 i = 0; i < MAX_LISTED && i < count; i++) {
		void *addr = NULL;

		bpf_probe_read_kernel(&addr, sizeof(addr), addrs + i);
		if (i)
			BPF_SEQ_PRINTF(seq, ",");
		print_symbol(seq, addr);
	}
	print_more(seq, count);
	if (bpf_core_field_exists(link->fp.nmissed))
		print_missed(seq, BPF_CORE_READ(link, fp.nmissed));
	print_list(seq, key_cookies, BPF_CORE_READ(link, cookies), sizeof(__u64), count);
}

static __always_inline void print_tracing_multi(struct seq_file *seq,
						struct bpf_tracing_multi_link *link)
{
	__u32 size = bpf_core_type_size(struct bpf_tracing_multi_node);
	void *node = (void *)link + bpf_core_field_offset(struct bpf_tracing_multi_link, nodes);
	__u32 count = BPF_CORE_READ(link, nodes_cnt);

	BPF_SEQ_PRINTF(seq, " count=%u symbols=", count);
	for (__u32 i = 0; i < MAX_LISTED && i < count; i++) {
		struct bpf_tracing_multi_node *at = node + i * size;

		if (i)
			BPF_SEQ_PRINTF(seq, ",");
		print_symbol(seq, BPF_CORE_READ(at, trampoline, func.addr));
	}
	print_more(seq, count);
}

static __always_inline void print_uprobe_multi(struct seq_file *seq,
					       struct bpf_uprobe_multi_link *link,
					       struct text_token *token)
{
	__u32 size = bpf_core_type_size(struct bpf_uprobe);
	void *uprobes = BPF_CORE_READ(link, uprobes);
	__u32 count = BPF_CORE_READ(link, cnt), flags;
	struct task_struct *task;

	if (bpf_core_field_exists(link->link.flags))
		flags = BPF_CORE_READ(link, link.flags);
	else
		flags = BPF_CORE_READ((struct bpf_uprobe_multi_link___flags *)link, flags);
	print_retprobe(seq, flags & BPF_F_UPROBE_MULTI_RETURN);
	task = BPF_CORE_READ(link, task);
	if (task)
		BPF_SEQ_PRINTF(seq, " pid=%d", BPF_CORE_READ(task, tgid));
	BPF_SEQ_PRINTF(seq, " count=%u offsets=", count);
	for (__u32 i = 0; i < MAX_LISTED && i < count; i++) {
		struct bpf_uprobe *at = uprobes + i * size;

		if (i)
			BPF_SEQ_PRINTF(seq, ",");
		BPF_SEQ_PRINTF(seq, "0x%llx", BPF_CORE_READ(at, offset));
	}
	print_more(seq, count);
	print_list(seq, key_cookies, uprobes + bpf_core_field_offset(struct bpf_uprobe, cookie), size,
		   count);
	if (bpf_core_field_exists(struct bpf_uprobe, ref_ctr_offset))
		print_list(seq, key_counters,
			   uprobes + bpf_core_field_offset(struct bpf_uprobe, ref_ctr_offset), size,
			   count);
	*token = (struct text_token){ key_path, FILE_PATH, &link->path };
}

#endif
