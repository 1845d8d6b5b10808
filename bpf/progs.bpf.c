// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* progs.debug: one row a loaded program. */
#include "cpus.h"
#include "machine.h"
#include "names.h"
#include "text.h"

/* The verifier's own bound of used maps. */
#define MAX_USED_MAPS 64

/* Counters of a program. */
struct prog_stats {
	__u32 run_cnt[U64];
	__u32 run_time_ns[U64];
	__u32 recursion_misses[U64];
};

/* The names of a program that has no target, as most: two dashes, padded as names, up to a word. */
#define NO_NAMES (2 * (1 + NAME))
#define NO_NAMES_WORDS (NO_NAMES / 4 + 1)

/* The columns behind the name, as they leave in one bpf_seq_write, from wherever the name ends. */
struct prog_columns {
	__u32 pad[NAME / 4];
	__u32 no_names[NO_NAMES_WORDS];
	__u32 target_id[U32];
	__u32 type[FLAG];
	__u32 expected_attach_type[U32];
	__u32 tag[TAG];
	__u32 gpl[FLAG];
	__u32 orphaned[FLAG];
	__u32 load_time[U64];
	__u32 uid[U32];
	__u32 xlated[U32];
	__u32 jited[U32];
	__u32 memlock[U32];
	__u32 btf_id[U32];
	__u32 verified_insns[U32];
	/*
	 * Where no run was counted, that takes two words. To the verifier, which relates no two numbers,
	 * the text could end as far behind its end as `pad` is long.
	 */
	union {
		struct {
			__u32 no_stats[2];
			__u32 no_stats_end[FLAG];
			__u32 no_stats_slack[NAME / 4];
		};
		struct {
			struct prog_stats stats;
			__u32 stats_end[FLAG];
			__u32 stats_slack[NAME / 4];
		};
	};
};

#define COLUMN(name) __builtin_offsetof(struct prog_columns, name)

static const char progs_header[] =
	"      id name             attached         target             target_id type"
	" expected_attach_type       tag gpl orphaned               load_time         uid"
	"      xlated       jited     memlock      btf_id verified_insns"
	" run_cnt run_time_ns recursion_misses map_ids " PRODUCER "\n";

/* How a row ends that has no map ids. */
#define NO_MAPS 0x0a2d2020 /* "  -\n" */

static const char row_end[] = "\n";

/*
 * The sum over the functions of a program, by the address of their table. A global function, as
 * find_offsets(): a loop may end in any round, and the verifier would walk the next loop for each.
 */
__noinline __u32 sum_jited_len(__u64 funcs, __u32 count)
{
	__u32 sum = 0;

	for (__u32 i = 0; i < 256 && i < count; i++) {
		struct bpf_prog *func = NULL;

		bpf_probe_read_kernel(&func, sizeof(func), (void *)(funcs + i * sizeof(func)));
		sum += BPF_CORE_READ(func, jited_len);
	}
	return sum;
}

/* As BPF_OBJ_GET_INFO_BY_FD counts: all functions of a program that has more than one. */
static __always_inline __u32 jited_len(struct bpf_prog *prog, struct bpf_prog_aux *aux)
{
	__u32 count = aux->func_cnt;

	if (!count)
		return prog->jited_len;
	return sum_jited_len(ptr_to_scalar(aux->func), count);
}

/* What there is of counters in two words: zeros, or dashes where nothing is known. */
static __always_inline __u64 put_no_stats(struct prog_columns *to, bool is_known, bool has_misses)
{
	put4(to->no_stats, is_known ? 0x30203020 : 0x2d202d20); /* " 0 0", " - -" */
	if (is_known && has_misses)
		put_small(to->no_stats + 1, 0);
	else
		put_none(to->no_stats + 1, FLAG);
	put4(to->no_stats_end, NO_MAPS);
	put_blank(to->no_stats_slack, NAME / 4);
	return COLUMN(no_stats_end);
}

/* Counters of a program, as numbers, in the order of the kernel's. */
struct stats {
	__u64 runs, time, misses;
};

static __always_inline bool has_misses(void)
{
	return bpf_core_field_exists(struct bpf_prog_stats, misses) ||
	       bpf_core_field_exists(struct bpf_prog_stats___wrapped, misses);
}

/*
 * The sum of one counter over CPU_BATCH CPUs. A global function, as find_offsets(), which gives back
 * one number only.
 */
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
 * Sums over the CPUs; 5.10 counts no misses. One read a CPU takes a loop here, each of whose rounds
 * verifiers up to 6.1 leave in several states: so not for many, and not in front of another loop.
 */
static __always_inline void sum_stats(struct stats *sum, struct bpf_prog *prog,
				      struct bpf_prog_aux *aux)
{
	struct stats one = {};
	void *stats;

	if (!has_cpu_offsets())
		return;
	if (bpf_core_field_exists(prog->stats))
		stats = BPF_CORE_READ(prog, stats); /* a plain number, to which an offset may be added */
	else
		stats = BPF_CORE_READ((struct bpf_prog_aux___stats *)aux, stats);
	if (cpus <= FEW_CPUS) {
		for (__u32 cpu = 0; cpu < FEW_CPUS && cpu < cpus; cpu++) {
			bpf_probe_read_kernel(&one, has_misses() ? 24 : 16, stats + cpu_offset(cpu));
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

/* Where the kernel does not tell where the counters lie, none is known. Gives where the text ends. */
static __always_inline __u64 put_stats(struct prog_columns *to, struct stats *sum)
{
	if (!has_cpu_offsets())
		return put_no_stats(to, false, has_misses());
	if (!(sum->runs | sum->time | sum->misses))
		return put_no_stats(to, true, has_misses());
	put_u64(to->stats.run_cnt, sum->runs);
	put_u64(to->stats.run_time_ns, sum->time);
	if (has_misses())
		put_u64(to->stats.recursion_misses, sum->misses);
	else
		put_none(to->stats.recursion_misses, U64);
	put4(to->stats_end, NO_MAPS);
	put_blank(to->stats_slack, NAME / 4);
	return COLUMN(stats_end);
}

/* Whether it was loaded into a device that is gone. */
static __always_inline bool is_orphaned(struct bpf_prog_aux *aux)
{
	return BPF_CORE_READ_BITFIELD_PROBED(aux, offload_requested) && !aux->offload;
}

/* The ids of the maps in use, by commas. */
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
	put4(to, 0x20202d20);	  /* " -  " */
	put4(to + 4, 0x202d2020); /* "  - ": the second name begins at 17 with a blank */
}

/* All that comes behind the name, in a frame of its own: a program and what it calls share 512 bytes. */
static __always_inline void print_rest(struct seq_file *seq, struct bpf_prog *prog,
					  struct bpf_prog_aux *aux, struct bpf_prog *dst, __u64 from,
					  __u32 jited, struct stats *stats)
{
	struct prog_columns to;
	__u64 end;

	put_blank(to.pad, NAME / 4);
	put_no_names(to.no_names);
	put_none(to.target_id, U32);
	if (dst)
		put_u32(to.target_id, dst->aux->id);
	put_small(to.type, prog->type);
	put_u32(to.expected_attach_type, prog->expected_attach_type);
	put_tag(to.tag, *(__u64 *)prog->tag);
	put_small(to.gpl, BPF_CORE_READ_BITFIELD_PROBED(prog, gpl_compatible));
	put_small(to.orphaned, is_orphaned(aux));
	put_u64(to.load_time, aux->load_time);
	put_u32(to.uid, aux->user->uid.val);
	put_u32(to.xlated, prog->len * 8);
	put_u32(to.jited, jited);
	put_u32(to.memlock, prog->pages * page_size);
	put_none(to.btf_id, U32);
	if (aux->btf)
		put_u32(to.btf_id, aux->btf->id);
	put_none(to.verified_insns, U32);
	if (bpf_core_field_exists(aux->verified_insns))
		put_u32(to.verified_insns, aux->verified_insns);
	end = put_stats(&to, stats);

	if (aux->used_map_cnt) {
		bpf_seq_write(seq, (char *)&to + from, end - from);
		print_map_ids(seq, aux);
		bpf_seq_write(seq, row_end, sizeof(row_end) - 1);
	} else {
		bpf_seq_write(seq, (char *)&to + from, end + 4 - from);
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

	/* First of all: the verifier walks a loop once for every way that leads to it. */
	jited = jited_len(prog, aux);
	sum_stats(&stats, prog, aux);

	from = print_start(seq, aux->id, prog_name(aux));
	attached = aux->attach_func_name;
	dst = aux->dst_prog;
	if (is_set(attached) || is_set(dst)) {
		bpf_seq_write(seq, blanks, NAME - from);
		print_name(seq, attached ? attached : none);
		print_name(seq, dst ? prog_name(dst->aux) : none);
		from = COLUMN(no_names) + NO_NAMES;
	}
	print_rest(seq, prog, aux, dst, from, jited, &stats);
	return 0;
}
