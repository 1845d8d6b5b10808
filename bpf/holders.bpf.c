// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* The iterator of holders.debug: one row a descriptor that holds a BPF object, or attaches a program. */
#include "columns.h"
#include "descriptor.h"
#include "escape.h"
#include "file_types.h"
#include "text.h"
#include "verifier.h"

#define HOLDER_PROCESS(TOKEN)                                  \
	TOKEN("     ", pid, "", print_id(seq, of->task->tgid)) \
	TOKEN(" ", comm, "            ", print_comm(seq, of->task))

#define HOLDER_NUMBERS(NUMBER) NUMBER("           ", fd, U32, put_u32, of->fd)

#define HOLDER_OBJECT(TOKEN)       \
	TOKEN(" ", held, "      ") \
	TOKEN("         ", id, "", BPF_SEQ_PRINTF(seq, " %-10s %10u", held, id))

/* Tokens for a perf event and a socket, else a dash. */
#define HOLDER_TARGET(TOKEN) TOKEN(" ", target, "")

static const char holders_header[] = HOLDER_PROCESS(TOKEN_HEADING) HOLDER_NUMBERS(NUMBER_HEADING)
	HOLDER_OBJECT(TOKEN_HEADING) HOLDER_TARGET(TOKEN_HEADING) HEADER_END;

/* The name of a process, 15 bytes at most; the process chooses it, so it is escaped. */
static __always_inline void print_comm(struct seq_file *seq, struct task_struct *task)
{
	union {
		char text[16];
		__u64 words[2];
	} comm = {};
	static const char dash[] = " \\055            ";
	__u32 group[2];

	bpf_probe_read_kernel_str(comm.text, sizeof(comm.text), task->group_leader->comm);
	if (comm.text[0] == '-' && !comm.text[1]) {
		bpf_seq_write(seq, dash, sizeof(dash) - 1);
		return;
	}
	if (!(unsafe8(comm.words[0]) | unsafe8(comm.words[1])) || !comm.text[0]) {
		print_name(seq, comm.text[0] ? comm.text : none);
		return;
	}
	bpf_seq_write(seq, blank, 1);
	print_group(seq, low_first(comm.words[0]) & 0xffffffff, 0, group);
	print_group(seq, low_first(comm.words[0]) >> 32, 0, group);
	print_group(seq, low_first(comm.words[1]) & 0xffffffff, 0, group);
	print_group(seq, low_first(comm.words[1]) >> 32, 0, group);
}

/* What a row begins with. Copied, since clang reloads a pointer of the context after its NULL test. */
struct descriptor {
	struct seq_file *seq;
	struct task_struct *task;
	__u32 fd;
};

static __always_inline void print_holder(struct descriptor *of, const char *held, __u32 id)
{
	struct seq_file *seq = of->seq;
	struct {
		HOLDER_NUMBERS(NUMBER_MEMBER)
	} to;

	HOLDER_PROCESS(TOKEN_VALUE)
	HOLDER_NUMBERS(NUMBER_VALUE)
	bpf_seq_write(seq, &to, sizeof(to));
	HOLDER_OBJECT(TOKEN_VALUE)
}

static __always_inline void print_holder_of_socket(struct descriptor *of, struct socket *socket)
{
	struct sock *sk = BPF_CORE_READ(socket, sk);
	__u32 id;

	for (__u32 way = 0; way < SOCKET_WAYS; way++) {
		id = prog_id(socket_prog(sk, way));
		if (!id)
			continue;
		print_holder(of, socket_ways[way], id);
		print_socket(of->seq, sk, way);
		bpf_seq_write(of->seq, nothing + 2, 1);
	}
}

static __always_inline int print_descriptor(struct bpf_iter__task_file *ctx, bool has_loop)
{
	struct descriptor of = { ctx->meta->seq, ctx->task, ctx->fd };
	struct file *file = ctx->file;
	union file_name name = {};
	const char *held;
	void *object;
	__u32 id;

	if (!is_set(of.task) || !is_set(file))
		return 0;
	if (ctx->meta->seq_num == 0)
		PUT(of.seq, holders_header);
	object = file->private_data;
	if (file->f_inode->i_sb->s_magic == SOCKFS_MAGIC) {
		print_holder_of_socket(&of, object);
		return 0;
	}
	read_file_name(&name, file);
	if (IS_NAMED(name, "bpf-prog")) {
		held = "prog";
		id = prog_id(object);
	} else if (IS_NAMED(name, "bpf-map")) {
		held = "map";
		id = BPF_CORE_READ((struct bpf_map *)object, id);
	} else if (IS_NAMED(name, "bpf_link") || IS_NAMED(name, "bpf-link")) { /* by creation, by id */
		held = "link";
		id = BPF_CORE_READ((struct bpf_link *)object, id);
	} else if (IS_NAMED(name, "btf")) {
		held = "btf";
		id = BPF_CORE_READ((struct btf *)object, id);
	} else if (IS_NAMED(name, "[perf_event]")) {
		id = prog_id(event_prog(object));
		if (id) {
			print_holder(&of, "perf_event", id);
			print_event(of.seq, object, has_loop);
		}
		return 0;
	} else {
		return 0;
	}
	if (!id) /* a link that is being created */
		return 0;
	print_holder(&of, held, id);
	PUT(of.seq, nothing);
	return 0;
}

SEC("iter/task_file")
int bpfdbg_holders(struct bpf_iter__task_file *ctx)
{
	return print_descriptor(ctx, true);
}

/* Before 5.17, which has bpf_loop(). */
SEC("iter/task_file")
int bpfdbg_holders_no_loop(struct bpf_iter__task_file *ctx)
{
	return print_descriptor(ctx, false);
}
