// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* The iterator of progs.debug: one row a loaded program. */
#include "columns.h"
#include "cpus.h"
#include "machine.h"
#include "names.h"
#include "text.h"
#include "verifier.h"

/* The most maps of a program, as in include/linux/bpf_verifier.h. */
#define MAX_USED_MAPS 64

/* BPF_MAX_SUBPROGS: the most functions of a program. */
#define MAX_SUBPROGS 256

/* The columns before the numbers: print_start() prints two, bpfdbg_progs() the others. */
#define PROG_NAMES(TOKEN)                \
	TOKEN("      ", id, "")          \
	TOKEN(" ", name, "            ") \
	TOKEN(" ", attached, "        ") \
	TOKEN(" ", target, "          ")

/* The numbers, in two halves: each is a struct on the stack, and printed by one bpf_seq_write. */
#define PROG_FIRST(NUMBER)                                                                     \
	NUMBER("   ", target_id, U32, put_u32_if, dst, dst->aux->id)                           \
	NUMBER(" ", type, FLAG, put_small, prog->type)                                         \
	NUMBER(" ", expected_attach_type, U32, put_u32, prog->expected_attach_type)            \
	NUMBER("       ", tag, TAG, put_tag, *(__u64 *)prog->tag)                              \
	NUMBER(" ", gpl, FLAG, put_small, BPF_CORE_READ_BITFIELD_PROBED(prog, gpl_compatible)) \
	NUMBER(" ", orphaned, FLAG, put_small, is_orphaned(aux))                               \
	NUMBER("               ", load_time, U64, put_u64, aux->load_time)                     \
	NUMBER("         ", uid, U32, put_u32, aux->user->uid.val)

#define PROG_SECOND(NUMBER)                                                                      \
	NUMBER("      ", xlated, U32, put_u32, prog->len * 8)                                    \
	NUMBER("       ", jited, U32, put_u32, jited)                                            \
	NUMBER("     ", memlock, U32, put_u32, prog->pages * page_size)                          \
	NUMBER("      ", btf_id, U32, put_u32_if, aux->btf, aux->btf->id)                        \
	NUMBER(" ", verified_insns, U32, put_u32_if, bpf_core_field_exists(aux->verified_insns), \
	       aux->verified_insns)

/* The counters, where a run was counted; print_second() has the other cases. */
#define PROG_COUNTERS(NUMBER)                             \
	NUMBER(" ", run_cnt, U64, put_u64, sum->runs)     \
	NUMBER(" ", run_time_ns, U64, put_u64, sum->time) \
	NUMBER(" ", recursion_misses, U64, put_u64_if, has_misses(), sum->misses)

/* Printed by print_map_ids(). */
#define PROG_LISTS(TOKEN) TOKEN(" ", map_ids, "")

static const char progs_header[] = PROG_NAMES(TOKEN_HEADING) PROG_FIRST(NUMBER_HEADING)
	PROG_SECOND(NUMBER_HEADING) PROG_COUNTERS(NUMBER_HEADING) PROG_LISTS(TOKEN_HEADING) HEADER_END;

/* The names of a program without a target: two dashes, padded as names, and up to a word. */
#define NO_NAMES (2 * (1 + NAME))
#define NO_NAMES_WORDS (NO_NAMES / 4 + 1)

/*
 * The first half begins in the blanks that pad a short name, or behind the names. The verifier tracks where
 * it begins and how long it is separately, and assumes an overrun of sizeof(pad): hence the slack.
 */
struct prog_first {
	__u32 pad[NAME / 4];
	__u32 no_names[NO_NAMES_WORDS];
	PROG_FIRST(NUMBER_MEMBER)
	__u32 slack[NAME / 4];
};

/* The second half ends behind the counters, or with a dash for the map ids and the end of the row. */
struct prog_second {
	PROG_SECOND(NUMBER_MEMBER)
	union {
		struct {
			__u32 no_counters[2];
			__u32 no_counters_end[FLAG];
		};
		struct {
			PROG_COUNTERS(NUMBER_MEMBER)
			__u32 counters_end[FLAG];
		};
	};
};

/* Of 512 bytes of stack, which a program shares with functions that it calls, some 130 are not a half's. */
#define MAX_HALF 256

_Static_assert(sizeof(struct prog_first) <= MAX_HALF, "move a column from PROG_FIRST to PROG_SECOND");
_Static_assert(sizeof(struct prog_second) <= MAX_HALF, "move a column from PROG_SECOND to PROG_FIRST");

/*
 * The sum over the functions of a program, by the address of their table. A global function, as
 * find_offsets(): inlined, each round in which the loop can end is a state for the loop that follows.
 */
__noinline __u32 sum_jited_len(__u64 funcs, __u32 count)
{
	__u32 sum = 0;

	for (__u32 i = 0; i < MAX_SUBPROGS && i < count; i++) {
		struct bpf_prog *func = NULL;

		bpf_probe_read_kernel(&func, sizeof(func), (void *)(funcs + i * sizeof(func)));
		sum += BPF_CORE_READ(func, jited_len);
	}
	return sum;
}

/* As BPF_OBJ_GET_INFO_BY_FD has it: the sum over all functions, where there are several. */
static __always_inline __u32 jited_len(struct bpf_prog *prog, struct bpf_prog_aux *aux)
{
	__u32 count = aux->func_cnt;

	if (!count)
		return prog->jited_len;
	return sum_jited_len(ptr_to_scalar(aux->func), count);
}

/* The counters of a program, in the order of struct bpf_prog_stats. */
struct stats {
	__u64 runs, time, misses;
};

static __always_inline bool has_misses(void)
{
	return bpf_core_field_exists(struct bpf_prog_stats, misses) ||
	       bpf_core_field_exists(struct bpf_prog_stats___wrapped, misses);
}

/* The sum of one counter over CPU_BATCH CPUs. A global function, as find_offsets(). */
__noinline __u64 sum_counter(__u64 stats, __u32 first_cpu, __u32 offset)
{
	__u64 sum = 0;

	for (__u32 i = 0; i < CPU_BATCH && first_cpu + i < cpus; i++) {
		__u64 one = 0;

		bpf_probe_read_kernel(&one, sizeof(one),
				      (void *)stats + offset + cpu_offset(first_cpu + i));
		sum += one;
	}
	return sum;
}

/*
 * Sums over the CPUs, without a lock: CPUs are read one after another, and a counter may be one run ahead
 * of the others. For few CPUs, one read per CPU in a loop here: verifiers up to 6.1 leave each round in
 * several states, so not for many, and not before another loop.
 */
static __always_inline void sum_stats(struct stats *sum, struct bpf_prog *prog,
				      struct bpf_prog_aux *aux)
{
	struct stats one = {};
	void *stats;

	if (!has_cpu_offsets())
		return;
	if (bpf_core_field_exists(prog->stats))
		stats = BPF_CORE_READ(prog, stats); /* a scalar, to which an offset may be added */
	else
		stats = BPF_CORE_READ((struct bpf_prog_aux___stats *)aux, stats);
	if (cpus <= FEW_CPUS) {
		for (__u32 cpu = 0; cpu < FEW_CPUS && cpu < cpus; cpu++) {
			bpf_probe_read_kernel(&one, 
					      has_misses() ? sizeof(one) : offsetof(struct stats, misses),
					      stats + cpu_offset(cpu));
			sum->runs += one.runs;
			sum->time += one.time;
			sum->misses += one.misses;
		}
		return;
	}
	for (__u32 cpu = 0; cpu < MAX_CPUS && cpu < cpus; cpu += CPU_BATCH) {
		sum->runs += sum_counter((__u64)stats, cpu, offsetof(struct stats, runs));
		sum->time += sum_counter((__u64)stats, cpu, offsetof(struct stats, time));
		if (has_misses())
			sum->misses += sum_counter((__u64)stats, cpu, offsetof(struct stats, misses));
	}
}

/* Whether it was loaded for a device that is gone. */
static __always_inline bool is_orphaned(struct bpf_prog_aux *aux)
{
	return BPF_CORE_READ_BITFIELD(aux, offload_requested) && !aux->offload;
}

/* The ids of the maps of a program, comma-separated. */
static __always_inline void print_map_ids(struct seq_file *seq, struct bpf_prog_aux *aux)
{
	__u32 count = aux->used_map_cnt;

	for (__u32 i = 0; i < MAX_USED_MAPS && i < count; i++) {
		struct bpf_map *map = NULL;
		__u32 id;

		bpf_probe_read_kernel(&map, sizeof(map), aux->used_maps + i);
		id = BPF_CORE_READ(map, id);
		if (i)
			BPF_SEQ_PRINTF(seq, ",%u", id);
		else
			BPF_SEQ_PRINTF(seq, " %u", id);
	}
}

/* As print_name() prints two dashes. */
static __always_inline void put_no_names(__u32 to[NO_NAMES_WORDS])
{
	put_blank(to, NO_NAMES_WORDS);
	put4(to, CHARS(' ', '-', ' ', ' '));
	put4(to + (1 + NAME) / 4, CHARS(' ', ' ', '-', ' ')); /* the second name begins at its second byte */
}

/* The first half, from where in it the names end. */
static __always_inline void print_first(struct seq_file *seq, struct bpf_prog *prog,
					struct bpf_prog_aux *aux, struct bpf_prog *dst, __u64 from)
{
	struct prog_first to;

	put_blank(to.pad, NAME / 4);
	put_no_names(to.no_names);
	PROG_FIRST(NUMBER_VALUE)
	put_blank(to.slack, NAME / 4);
	bpf_seq_write(seq, (char *)&to + from, offsetof(struct prog_first, slack) - from);
}

/* How a row ends that has no map ids. */
#define NO_MAPS CHARS(' ', ' ', '-', '\n')

static const char row_end[] = "\n";

/*
 * The second half, and the map ids. Where no run was counted, a counter is one character: a zero, or a dash
 * where the kernel does not tell where the counters lie.
 */
static __always_inline void print_second(struct seq_file *seq, struct bpf_prog *prog,
					 struct bpf_prog_aux *aux, __u32 jited, struct stats *sum)
{
	bool is_known = has_cpu_offsets();
	struct prog_second to;
	__u64 end;

	PROG_SECOND(NUMBER_VALUE)
	if (is_known && (sum->runs | sum->time | sum->misses)) {
		PROG_COUNTERS(NUMBER_VALUE)
		put4(to.counters_end, NO_MAPS);
		end = offsetof(struct prog_second, counters_end);
	} else {
		put4(to.no_counters, is_known ? CHARS(' ', '0', ' ', '0') : CHARS(' ', '-', ' ', '-'));
		put_small_if(to.no_counters + 1, is_known && has_misses(), 0);
		put4(to.no_counters_end, NO_MAPS);
		end = offsetof(struct prog_second, no_counters_end);
	}
	if (aux->used_map_cnt) {
		bpf_seq_write(seq, &to, end);
		print_map_ids(seq, aux);
		bpf_seq_write(seq, row_end, sizeof(row_end) - 1);
	} else {
		bpf_seq_write(seq, &to, end + sizeof(to.counters_end));
	}
}

SEC("iter/bpf_prog")
int bpfdbg_progs(struct bpf_iter__bpf_prog *ctx)
{
	struct seq_file *seq = ctx->meta->seq;
	struct bpf_prog *prog = ctx->prog;
	struct bpf_prog_aux *aux;
	const char *attached;
	struct stats stats = {};
	struct bpf_prog *dst;
	__u64 from;
	__u32 jited;

	if (!prog)
		return 0;
	aux = prog->aux;
	if (ctx->meta->seq_num == 0) {
		find_cpu_offsets();
		bpf_seq_write(seq, progs_header, sizeof(progs_header) - 1);
	}

	/* First: the verifier walks a loop once per state that leads to it. */
	jited = jited_len(prog, aux);
	sum_stats(&stats, prog, aux);

	from = print_start(seq, aux->id, prog_name(aux));
	attached = aux->attach_func_name;
	dst = aux->dst_prog;
	if (is_set(attached) || is_set(dst)) {
		bpf_seq_write(seq, blanks, NAME - from);
		print_name(seq, attached ? attached : none);
		print_name(seq, dst ? prog_name(dst->aux) : none);
		from = offsetof(struct prog_first, no_names) + NO_NAMES;
	}
	print_first(seq, prog, aux, dst, from);
	print_second(seq, prog, aux, jited, &stats);
	return 0;
}
