// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * The iterator of descriptors.debug: one row a descriptor through which a program is attached, for everybody.
 * No row says which process, or which descriptor: so a descriptor that is duplicated or inherited makes the
 * same row again.
 *
 * A reader sees the processes of his own pid namespace and of those below it. In any but the initial one, the
 * text says that it does not have all; so it does where there are packet sockets of a module.
 */
#include "columns.h"
#include "descriptor.h"
#include "file_types.h"
#include "names.h"
#include "place.h"
#include "text.h"
#include "verifier.h"

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

struct pid_namespace {
	unsigned int level; /* 0 of the initial one */
};

/* What the kernel's walk of tasks keeps in a seq_file. */
struct bpf_iter_seq_task_common {
	struct pid_namespace *ns;
};

struct seq_file___walk {
	struct bpf_iter_seq_task_common *private;
};

#pragma clang attribute pop

#define DESCRIPTOR_NAMES(TOKEN)                                               \
	TOKEN(" ", prog_id, "", print_id(seq, id))                            \
	TOKEN(" ", through, "   ", BPF_SEQ_PRINTF(seq, " %-10s", through))    \
	TOKEN(" ", name, "            ", print_name(seq, read_prog_name(aux)))

#define DESCRIPTOR_NUMBERS(NUMBER) \
	NUMBER(" ", prog_type, FLAG, put_small, BPF_CORE_READ(prog, type))

/* Of a perf event or a socket; the last token, the text that user space chose. */
#define DESCRIPTOR_TARGET(TOKEN) TOKEN(" ", target, "")

static const char descriptors_header[] = DESCRIPTOR_NAMES(TOKEN_HEADING)
	DESCRIPTOR_NUMBERS(NUMBER_HEADING) DESCRIPTOR_TARGET(TOKEN_HEADING) HEADER_END;

/* The row of a text that does not have all. */
static const char cut_descriptors[] = "       0 -          -                   - cut=1\n";

_Static_assert(0 DESCRIPTOR_NAMES(COLUMN_COUNT) DESCRIPTOR_NUMBERS(COLUMN_COUNT)
		       DESCRIPTOR_TARGET(COLUMN_COUNT) == 5,
	       "cut_descriptors has something for each column");

/* All columns but the last. A function, for a stack frame of its own. */
static __noinline void print_through(struct seq_file *seq, const char *through, struct bpf_prog *prog)
{
	struct bpf_prog_aux *aux = BPF_CORE_READ(prog, aux);
	__u32 id = BPF_CORE_READ(aux, id);
	struct {
		DESCRIPTOR_NUMBERS(NUMBER_MEMBER)
	} to;

	DESCRIPTOR_NAMES(TOKEN_VALUE)
	DESCRIPTOR_NUMBERS(NUMBER_VALUE)
	bpf_seq_write(seq, &to, sizeof(to));
}

/* Whether the kernel walks a pid namespace, that of whoever opened the file, that does not have all processes. */
static __always_inline bool is_confined(struct seq_file *seq)
{
	struct seq_file___walk *of = (void *)seq;

	return BPF_CORE_READ(of, private, ns, level) != 0;
}

static __always_inline void print_sockets(struct seq_file *seq, struct socket *socket)
{
	struct sock *sk = BPF_CORE_READ(socket, sk);
	struct bpf_prog *prog;

	/* Of a module, whose types the kernel's BTF does not have: its group may have a program. */
	if (!bpf_core_type_exists(struct packet_sock) &&
	    BPF_CORE_READ(sk, __sk_common.skc_family) == AF_PACKET)
		PUT(seq, cut_descriptors);
	for (__u32 way = 0; way < SOCKET_WAYS; way++) {
		prog = socket_prog(sk, way);
		if (!prog_id(prog))
			continue;
		print_through(seq, socket_ways[way], prog);
		print_socket(seq, sk, way);
		bpf_seq_write(seq, nothing + 2, 1);
	}
}

static __always_inline int print_attaching(struct bpf_iter__task_file *ctx, bool has_loop)
{
	static const char perf_event[] = "perf_event";
	struct seq_file *seq = ctx->meta->seq;
	struct file *file = ctx->file;
	union file_name name = {};
	struct bpf_prog *prog;
	void *object;

	if (!is_set(file))
		return 0;
	if (ctx->meta->seq_num == 0) {
		PUT(seq, descriptors_header);
		if (is_confined(seq))
			PUT(seq, cut_descriptors);
	}
	object = file->private_data;
	if (file->f_inode->i_sb->s_magic == SOCKFS_MAGIC) {
		print_sockets(seq, object);
		return 0;
	}
	read_file_name(&name, file);
	if (!IS_NAMED(name, "[perf_event]"))
		return 0;
	prog = event_prog(object);
	if (!prog_id(prog))
		return 0;
	print_through(seq, perf_event, prog);
	print_event(seq, object, has_loop);
	return 0;
}

SEC("iter/task_file")
int bpfdbg_descriptors(struct bpf_iter__task_file *ctx)
{
	return print_attaching(ctx, true);
}

/* Before 5.17, which has bpf_loop(). */
SEC("iter/task_file")
int bpfdbg_descriptors_no_loop(struct bpf_iter__task_file *ctx)
{
	return print_attaching(ctx, false);
}
