// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * holders.debug: one row a descriptor that holds something of BPF's.
 *
 * The kernel makes such a descriptor's file in a file system of its own, which gives no file a name
 * that anybody else chose: so the name tells what it is. To compare f_op would take the addresses of
 * data, which the kernel gives with CONFIG_KALLSYMS_ALL only.
 */
#include "escape.h"
#include "file_types.h"
#include "place.h"
#include "probes.h"

#define ANON_INODE_FS_MAGIC 0x09041934
#define SOCKFS_MAGIC 0x534f434b

static const char holders_header[] =
	"     pid comm                       fd held               id target " PRODUCER "\n";

/* The name of an anonymous file: "[perf_event]" and a NUL are the longest that is looked for. */
union file_name {
	char text[16];
	__u64 words[2];
};

#define IS_NAMED(name, expected)                                                                   \
	({                                                                                         \
		const union file_name other = { expected };                                        \
		(name).words[0] == other.words[0] && (name).words[1] == other.words[1];            \
	})

/* What a process calls itself, at most 15 bytes of any kind. A dash alone would read as none. */
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

/* What a row begins with. No pointer of the context's, for clang reads that anew after the test. */
struct descriptor {
	struct seq_file *seq;
	struct task_struct *task;
	__u32 fd;
};

static __always_inline void print_holder(struct descriptor *of, const char *held, __u32 id)
{
	struct seq_file *seq = of->seq;
	__u32 fd[U32];

	print_id(seq, of->task->tgid);
	print_comm(seq, of->task);
	put_u32(fd, of->fd);
	bpf_seq_write(seq, fd, sizeof(fd));
	BPF_SEQ_PRINTF(seq, " %-10s %10u", held, id);
}

/* The id of a program by its address; a classic filter that was made into a program has none. */
static __always_inline __u32 prog_id(struct bpf_prog *prog)
{
	return BPF_CORE_READ(prog, aux, id);
}

static __always_inline void print_holder_of_event(struct descriptor *of,
						  struct perf_event *event, bool has_loop)
{
	struct text_token token = {};
	__u32 id;

	if (!bpf_core_field_exists(event->prog))
		return;
	id = prog_id(BPF_CORE_READ(event, prog));
	if (!id)
		return;
	print_holder(of, "perf_event", id);
	print_perf_event(of->seq, event, &token);
	if (token.from)
		has_loop ? print_long_text(of->seq, &token) : print_short_text(of->seq, &token);
	bpf_seq_write(of->seq, nothing + 2, 1);
}

static __always_inline void print_holder_of_socket(struct descriptor *of, struct socket *socket)
{
	struct sock *sk = BPF_CORE_READ(socket, sk);
	struct sk_filter *filter = BPF_CORE_READ(sk, sk_filter);
	struct sock_reuseport *group = BPF_CORE_READ(sk, sk_reuseport_cb);
	__u32 id;

	/* Most sockets have neither, and there are many. */
	id = filter ? prog_id(BPF_CORE_READ(filter, prog)) : 0;
	if (id) {
		print_holder(of, "socket", id);
		PUT(of->seq, nothing);
	}
	id = group ? prog_id(BPF_CORE_READ(group, prog)) : 0;
	if (id) {
		print_holder(of, "reuseport", id);
		PUT(of->seq, nothing);
	}
}

static __always_inline int print_descriptor(struct bpf_iter__task_file *ctx, bool has_loop)
{
	struct descriptor of = { ctx->meta->seq, ctx->task, ctx->fd };
	struct file *file = ctx->file;
	union file_name name = {};
	unsigned long magic;
	const char *held;
	void *object;
	__u32 id;

	if (!is_set(of.task) || !is_set(file))
		return 0;
	if (ctx->meta->seq_num == 0)
		PUT(of.seq, holders_header);
	magic = file->f_inode->i_sb->s_magic;
	object = file->private_data;
	if (magic == SOCKFS_MAGIC) {
		print_holder_of_socket(&of, object);
		return 0;
	}
	if (magic != ANON_INODE_FS_MAGIC)
		return 0;
	bpf_probe_read_kernel_str(name.text, sizeof(name.text), file->f_path.dentry->d_name.name);
	if (IS_NAMED(name, "bpf-prog")) {
		held = "prog";
		id = prog_id(object);
	} else if (IS_NAMED(name, "bpf-map")) {
		held = "map";
		id = BPF_CORE_READ((struct bpf_map *)object, id);
	} else if (IS_NAMED(name, "bpf_link") || IS_NAMED(name, "bpf-link")) { /* made, or found */
		held = "link";
		id = BPF_CORE_READ((struct bpf_link *)object, id);
	} else if (IS_NAMED(name, "btf")) {
		held = "btf";
		id = BPF_CORE_READ((struct btf *)object, id);
	} else {
		if (IS_NAMED(name, "[perf_event]"))
			print_holder_of_event(&of, object, has_loop);
		return 0;
	}
	if (!id) /* a link that is being made */
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

/* Without bpf_loop(), which came with 5.17. */
SEC("iter/task_file")
int bpfdbg_holders_no_loop(struct bpf_iter__task_file *ctx)
{
	return print_descriptor(ctx, false);
}
