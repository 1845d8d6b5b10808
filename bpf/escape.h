/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Names and paths that user space chose, printed so that none of them can forge a token or a row:
 * a byte outside 0x21..0x7e and a backslash leave as \ooo, as in /proc/mounts.
 */
#ifndef BPFDBG_ESCAPE_H
#define BPFDBG_ESCAPE_H

#include "text.h"

/* How many names a path may have; one that is deeper is cut at its front. */
#define DEPTH 24

/* How long a path may get: that of a file has at most 4096 bytes, but for escapes. */
#define MAX_TEXT 5000

/* Bytes fetched at once, and bytes that are printed at once where one of them is to be escaped. */
#define CHUNK 16
#define GROUP 4

/* Text as a number whose lowest byte is the first one. */
static __always_inline __u64 low_first(__u64 text)
{
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
	text = __builtin_bswap64(text);
#endif
	return text;
}

/*
 * 0x80 in every byte that must be escaped. On the low seven bits no addition carries into the
 * next byte. A zero byte ends the text and is none of it.
 */
static __always_inline __u64 unsafe8(__u64 text)
{
	__u64 low = text & ONES * 0x7f;
	__u64 blank_or_control = ~(low + ONES * (0x7f - ' '));
	__u64 is_delete = low + ONES;
	__u64 is_backslash = ~((low ^ ONES * '\\') + ONES * 0x7f);
	__u64 is_some = low + ONES * 0x7f;

	return (((blank_or_control | is_delete | is_backslash) & is_some) | text) & ONES * 0x80;
}

/* All ones where `a` is below `b`, else zero: a choice without a branch. */
static __always_inline __u64 if_below(__s64 a, __s64 b)
{
	__s64 mask = a - b;

	/* In C it is a comparison to clang, which makes a branch of it. */
	asm volatile("%0 s>>= 63" : "+r"(mask));
	return mask;
}

/*
 * Prints a group of bytes one by one, without a branch: the verifier walks both sides of each. `text`
 * has room for eight bytes, and is the caller's: of two ways, of which one has used more of the stack,
 * it does not make one.
 */
static __always_inline void print_group(struct seq_file *seq, __u64 group, __u32 *text)
{
	for (int i = 0; i < GROUP; i++) {
		__u64 byte = group >> 8 * i & 0xff;
		__u64 escaped = '\\' | ('0' + (byte >> 6)) << 8 | ('0' + (byte >> 3 & 7)) << 16 |
				('0' + (byte & 7)) << 24;
		__u64 is_unsafe = unsafe8(byte) >> 7, all = -is_unsafe;
		__u64 is_some = (byte + 0xff) >> 8;

		barrier_var(all); /* as in if_below() */
		put4(text, (escaped & all) | (byte & ~all));
		bpf_seq_write(seq, text, (is_some + 3 * is_unsafe) & 7);
	}
}

/* Names to print one after the other, the first one not always in front; a NULL is skipped. */
struct names {
	struct seq_file *seq;
	struct {
		const char *at[DEPTH];
		__u64 slash;  /* 1 for a slash in front of each, else 0 */
		__u64 end;    /* of the buffer's count: what would pass it is cut */
		__u64 next;   /* the index of the next name */
		__u64 rest;   /* what is left of the present one */
		__u64 is_cut;
	} of;
};

/*
 * Prints a chunk; 1 when there is no more to print.
 *
 * It has as few branches as can be, for the verifier walks every way through it.
 */
static __always_inline long print_chunk(struct names *names)
{
	static const char separator[] = "/";
	__u64 chunk[CHUNK / 8 + 2] = {};
	struct seq_file *seq = names->seq;
	__u64 at = names->of.rest;
	__u64 unsafe, any, more;
	__s64 len, step;

	if (!at) {
		__u64 next = names->of.next;

		if (next >= DEPTH)
			return 1;
		names->of.next = next + 1;
		bpf_probe_read_kernel(&at, sizeof(at), &names->of.at[next]);
		bpf_seq_write(seq, separator, names->of.slash & if_below(0, at >> 1) & 1);
	}
	len = bpf_probe_read_kernel_str(chunk, CHUNK + 1, (void *)at) - 1;
	unsafe = unsafe8(low_first(chunk[0]));
	any = unsafe | unsafe8(chunk[1]);
	step = CHUNK - (if_below(0, any >> 1) & (CHUNK - GROUP));
	more = ~if_below(len, step);
	names->of.rest = (at + step) & more;
	if (seq->count > names->of.end) {
		names->of.is_cut = 1;
		return 1;
	}
	if (unsafe & 0xffffffff) {
		print_group(seq, low_first(chunk[0]), (__u32 *)chunk);
	} else {
		len = (len & ~more) | (step & more);
		bpf_seq_write(seq, chunk, len & ~if_below(len, 0) & 31);
	}
	return 0;
}

static long print_chunk_once(__u32 index, void *names)
{
	return print_chunk(names);
}

/* More chunks than any row has: the kernel's bound of a row ends the loop. */
#define MAX_CHUNKS 8192

/* And how many there are at most without bpf_loop(), which came with 5.17. */
#define FEW_CHUNKS 64

/* Prints names; the caller has set them, `next` and `slash`. True where it took too much room. */
static __always_inline bool print_names(struct names *names, struct seq_file *seq, bool has_loop)
{
	names->of.end = seq->count + MAX_TEXT;
	names->of.rest = 0;
	names->of.is_cut = 0;
	/*
	 * Copied onto itself, it is of any value to the verifier, whatever way led here: it takes
	 * two ways for one where it knows the same of both, and knows of no first time in a loop.
	 */
	bpf_probe_read_kernel(&names->of, sizeof(names->of), &names->of);
	names->seq = seq;
	if (has_loop) {
		bpf_loop(MAX_CHUNKS, print_chunk_once, names, 0);
	} else {
		long is_done;
		int i = 0;

		do {
			barrier_var(names); /* or the loop is entered in its middle, which 5.10 forbids */
			bpf_probe_read_kernel(&names->of, sizeof(names->of), &names->of);
			is_done = print_chunk(names);
		} while (!is_done && ++i < FEW_CHUNKS);
		if (!is_done)
			return true;
	}
	return names->of.is_cut;
}

#endif
