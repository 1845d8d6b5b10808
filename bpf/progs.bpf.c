// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* progs.debug: one row a loaded program. */

#include "cpus.h"

/* The verifier's own bound of used maps. */
#define MAX_USED_MAPS 64

/* The columns after the names, as they leave in one bpf_seq_write. */
struct prog_columns {
	__u32 target_id[U32];
	__u32 type[FLAG];
	__u32 expected_attach_type[U32];
	__u32 tag[TAG];
	__u32 gpl[FLAG];
	__u32 load_time[U64];
	__u32 uid[U32];
	__u32 xlated[U32];
	__u32 jited[U32];
	__u32 memlock[U64];
	__u32 btf_id[U32];
	__u32 verified_insns[U32];
	__u32 run_cnt[U64];
	__u32 run_time_ns[U64];
	__u32 recursion_misses[U64];
};

static const char progs_header[] =
	"      id name             attached         target             target_id type"
	" expected_attach_type       tag gpl               load_time         uid"
	"      xlated       jited                 memlock      btf_id verified_insns"
	"              run_cnt             run_time_ns        recursion_misses"
	" map_ids " PRODUCER "\n";

/* Both names of a program that has no target, as most. */
static const char no_target[] = " -                -               ";

/* How a row ends that has no map ids; the last byte ends every row. */
static const char no_maps[] = " -\n";

/* As BPF_OBJ_GET_INFO_BY_FD counts: all functions of a program that has more than one. */
static __always_inline __u32 jited_len(struct bpf_prog *prog, struct bpf_prog_aux *aux)
{
	__u32 count = aux->func_cnt, sum = 0;

	if (!count)
		return prog->jited_len;
	for (__u32 i = 0; i < 256 && i < count; i++) {
		struct bpf_prog *func = NULL;

		bpf_probe_read_kernel(&func, sizeof(func), aux->func + i);
		sum += BPF_CORE_READ(func, jited_len);
	}
	return sum;
}

/* Sums over the CPUs; 5.10 counts no misses. False where the kernel does not tell where the counters lie. */
static __always_inline bool put_stats(struct prog_columns *to, struct bpf_prog *prog,
				      struct bpf_prog_aux *aux)
{
	bool misses = bpf_core_field_exists(struct bpf_prog_stats, misses) ||
		      bpf_core_field_exists(struct bpf_prog_stats___wrapped, misses);
	__u64 sum[3] = {}, one[3] = {};
	void *stats;

	if (!has_cpu_offsets())
		return false;
	if (bpf_core_field_exists(prog->stats))
		stats = BPF_CORE_READ(prog, stats); /* a plain number, to which an offset may be added */
	else
		stats = BPF_CORE_READ((struct bpf_prog_aux___stats *)aux, stats);
	for (__u32 cpu = 0; cpu < MAX_CPUS && cpu < cpus; cpu++) {
		bpf_probe_read_kernel(one, misses ? 24 : 16, stats + cpu_offset(cpu));
		sum[0] += one[0];
		sum[1] += one[1];
		sum[2] += one[2];
	}
	put_u64(to->run_cnt, sum[0]);
	put_u64(to->run_time_ns, sum[1]);
	if (misses)
		put_u64(to->recursion_misses, sum[2]);
	else
		put_none(to->recursion_misses, U64);
	return true;
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

SEC("iter/bpf_prog")
int bpfdbg_progs(struct bpf_iter__bpf_prog *ctx)
{
	struct seq_file *seq = ctx->meta->seq;
	struct bpf_prog *prog = ctx->prog;
	const char *attached;
	struct bpf_prog_aux *aux;
	struct bpf_prog *dst;
	struct prog_columns to;

	if (!prog)
		return 0;
	aux = prog->aux;
	if (ctx->meta->seq_num == 0) {
		find_cpu_offsets();
		bpf_seq_write(seq, progs_header, sizeof(progs_header) - 1);
	}

	print_id(seq, aux->id);
	print_name(seq, prog_name(aux));
	attached = aux->attach_func_name;
	dst = aux->dst_prog;
	put_none(to.target_id, U32);
	if (attached || dst) {
		print_name(seq, attached ? attached : none);
		print_name(seq, dst ? prog_name(dst->aux) : none);
		if (dst)
			put_u32(to.target_id, dst->aux->id);
	} else {
		bpf_seq_write(seq, no_target, sizeof(no_target) - 1);
	}

	put_small(to.type, prog->type);
	put_u32(to.expected_attach_type, prog->expected_attach_type);
	put_tag(to.tag, *(__u64 *)prog->tag);
	put_small(to.gpl, BPF_CORE_READ_BITFIELD_PROBED(prog, gpl_compatible));
	put_u64(to.load_time, aux->load_time);
	put_u32(to.uid, aux->user->uid.val);
	put_u32(to.xlated, prog->len * 8);
	put_u32(to.jited, jited_len(prog, aux));
	put_u64(to.memlock, (__u64)prog->pages * page_size);
	put_none(to.btf_id, U32);
	if (aux->btf)
		put_u32(to.btf_id, aux->btf->id);
	put_none(to.verified_insns, U32);
	if (bpf_core_field_exists(aux->verified_insns))
		put_u32(to.verified_insns, aux->verified_insns);
	if (!put_stats(&to, prog, aux)) {
		put_none(to.run_cnt, U64);
		put_none(to.run_time_ns, U64);
		put_none(to.recursion_misses, U64);
	}
	bpf_seq_write(seq, &to, sizeof(to));

	if (aux->used_map_cnt) {
		print_map_ids(seq, aux);
		bpf_seq_write(seq, no_maps + 2, 1);
	} else {
		bpf_seq_write(seq, no_maps, 3);
	}
	return 0;
}
