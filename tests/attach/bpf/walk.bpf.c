// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/* The least that an iterator over programs can do: what any other takes more, its text takes. */
#include "minimal.h"

LICENSE;

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

struct bpf_iter_meta {
	struct seq_file *seq;
};

struct bpf_iter__bpf_prog {
	struct bpf_iter_meta *meta;
	struct bpf_prog *prog;
};

#pragma clang attribute pop

SEC("iter/bpf_prog")
int attach_iter_one_byte(struct bpf_iter__bpf_prog *ctx)
{
	char byte = '.';

	if (ctx->prog)
		bpf_seq_write(ctx->meta->seq, &byte, 1);
	return 0;
}
