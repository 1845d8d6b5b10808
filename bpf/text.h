/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Numbers and names as text of fixed width.
 *
 * bpf_seq_printf costs about 70 ns a number and takes twelve at most. So the numbers of a row are
 * formatted by arithmetic into a struct on the stack, which one bpf_seq_write prints. Stack offsets
 * must be constant before 5.12, and aligned on all kernels: hence fixed widths, in words.
 */
#ifndef BPFDBG_TEXT_H
#define BPFDBG_TEXT_H

#include "verifier.h"

/* Widths of columns in words of four characters: a blank, and up to 3, 10 and 20 digits; a tag has 16. */
#define FLAG 1
#define U32 3
#define U64 6
#define TAG 5

/* The token for "none" or "unknown", and separators. */
static const char none[] = "-";
static const char blank[] = " ";
static const char comma[] = ",";

/* Prints a string constant. */
#define PUT(seq, text) bpf_seq_write(seq, text, sizeof(text) - 1)

#define ONES 0x0101010101010101ULL

/* From which digit on zeros are printed: a one in that byte. */
#define KEEP_NONE 0ULL
#define KEEP_ALL 1ULL
#define KEEP_LAST (1ULL << 56)

/*
 * The eight decimal digits of n < 10^8, one per byte, the most significant in the lowest byte. Splits
 * into two halves of four digits, then four of two, then eight of one, each step on all parts at once.
 * The factors are reciprocals, exact in the range of their operand.
 */
static __always_inline __u64 digits8(__u64 n)
{
	__u64 q = (n * 3518437209U) >> 45;

	n = q | (n - q * 10000) << 32;
	q = ((n * 10486) >> 20) & 0x0000007f0000007fULL;
	n = q | (n - q * 100) << 16;
	q = ((n * 103) >> 10) & 0x000f000f000f000fULL;
	return q | (n - q * 10) << 8;
}

/* Digits to characters; leading zeros become blanks. */
static __always_inline __u64 text8(__u64 digits, __u64 keep)
{
	__u64 first = digits | keep;
	__u64 below = (first & -first) - 1;

	return digits + ONES * '0' - (below & ONES * ('0' - ' '));
}

/* Four characters as a number, the first in the lowest byte. */
#define CHARS(a, b, c, d) ((a) | (b) << 8 | (c) << 16 | (__u32)(d) << 24)

static __always_inline void put4(__u32 *to, __u64 text)
{
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
	text = __builtin_bswap64(text) >> 32;
#endif
	*to = text;
}

static __always_inline void put8(__u32 *to, __u64 text)
{
	put4(to, text & 0xffffffff);
	put4(to + 1, text >> 32);
}

static __always_inline void put_u32(__u32 to[U32], __u32 value)
{
	__u64 v = value, top = (v * 1441151881ULL) >> 57; /* value / 10^8 */

	put4(to, text8(digits8(top), KEEP_NONE) >> 32);
	put8(to + 1, text8(digits8(v - top * 100000000), top ? KEEP_ALL : KEEP_LAST));
}

static __always_inline void put_blank(__u32 *to, int words)
{
	for (int i = 0; i < words; i++)
		put4(to + i, CHARS(' ', ' ', ' ', ' '));
}

/* A dash, for "none" or "unknown". */
static __always_inline void put_none(__u32 *to, int words)
{
	put_blank(to, words - 1);
	put4(to + words - 1, CHARS(' ', ' ', ' ', '-'));
}

static __always_inline void put_u64(__u32 to[U64], __u64 value)
{
	if (value >> 32) {
		__u64 high = value / 100000000, top = high / 100000000;
		__u64 mid = high - top * 100000000;

		put_blank(to, 1);
		put4(to + 1, text8(digits8(top), KEEP_NONE) >> 32);
		put8(to + 2, text8(digits8(mid), top ? KEEP_ALL : KEEP_NONE));
		put8(to + 4, text8(digits8(value - high * 100000000), KEEP_ALL));
	} else {
		put_blank(to, U64 - U32);
		put_u32(to + U64 - U32, value);
	}
}

/* A number of up to three digits: the kernel has no larger one in these fields. */
static __always_inline void put_small(__u32 to[FLAG], __u32 value)
{
	put4(to, text8(digits8(value), KEEP_LAST) >> 32);
}

/* A number, or a dash where `is_known` is false; `value` is not evaluated then. */
#define PUT_IF(put, to, width, is_known, value) \
	do {                                    \
		put_none(to, width);            \
		if (is_known)                   \
			put(to, value);         \
	} while (0)
#define put_small_if(to, is_known, value) PUT_IF(put_small, to, FLAG, is_known, value)
#define put_u32_if(to, is_known, value) PUT_IF(put_u32, to, U32, is_known, value)
#define put_u64_if(to, is_known, value) PUT_IF(put_u64, to, U64, is_known, value)

/* The eight hexadecimal digits of four bytes, the first byte in the lowest bits of `bytes`. */
static __always_inline __u64 hex8(__u64 bytes)
{
	__u64 n = (bytes | bytes << 16) & 0x0000ffff0000ffffULL;

	n = (n | n << 8) & 0x00ff00ff00ff00ffULL;
	n = (n >> 4 | n << 8) & 0x0f0f0f0f0f0f0f0fULL;
	return n + ONES * '0' + (((n + ONES * 6) >> 4) & ONES) * ('a' - '9' - 1);
}

static __always_inline void put_tag(__u32 to[TAG], __u64 tag)
{
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
	tag = __builtin_bswap64(tag);
#endif
	put_blank(to, 1);
	put8(to + 1, hex8(tag & 0xffffffff));
	put8(to + 3, hex8(tag >> 32));
}

/* The first id of nine digits, which takes three words. */
#define WIDE_ID 100000000

/* A row's first column: eight characters, or twelve for a wide id. */
static __always_inline void print_id(struct seq_file *seq, __u32 id)
{
	__u32 text[U32];

	put_u32(text, id);
	if (id < WIDE_ID)
		bpf_seq_write(seq, text + 1, sizeof(text) - 4);
	else
		bpf_seq_write(seq, text, sizeof(text));
}

/* The width to which a name is padded, as in the kernel's text; and the buffer of a short name. */
#define NAME 16
#define SHORT_NAME 64

static const char blanks[NAME + 1] = "                ";

/*
 * A name of any length, padded. It has a bpf_seq_printf of its own: the arguments of one call share 512
 * bytes, which a name may fill alone, and what does not fit is cut without an error.
 */
static __always_inline void print_long_name(struct seq_file *seq, const char *name)
{
	bpf_seq_write(seq, blank, 1);
	BPF_SEQ_PRINTF(seq, "%-16s", name);
}

/* A name, padded. Copying a short name takes a third of the time of bpf_seq_printf. */
static __always_inline void print_name(struct seq_file *seq, const char *name)
{
	struct {
		char blank;
		char name[SHORT_NAME];
	} text = { ' ' };
	long len = bpf_probe_read_kernel_str(text.name, SHORT_NAME, name) - 1;

	if (len < 0 || len >= SHORT_NAME - 1) {
		print_long_name(seq, name);
		return;
	}
	len = bounded(len, SHORT_NAME - 1);
	bpf_seq_write(seq, &text, 1 + len);
	if (len < NAME)
		bpf_seq_write(seq, blanks, bounded(NAME - len, 2 * NAME - 1));
}

/*
 * A row's first two columns. Returns the length of the name, NAME at most; the caller prints the padding
 * together with the next columns.
 */
static __always_inline __u64 print_start(struct seq_file *seq, __u32 id, const char *name)
{
	struct {
		__u32 id[U32 - 1];
		char blank;
		char name[SHORT_NAME];
	} start;
	__u32 text[U32];
	long len;

	len = bpf_probe_read_kernel_str(start.name, SHORT_NAME, name) - 1;
	if (id >= WIDE_ID || len < 0 || len >= SHORT_NAME - 1) {
		print_id(seq, id);
		print_long_name(seq, name);
		return NAME;
	}
	len = bounded(len, SHORT_NAME - 1);
	put_u32(text, id);
	start.id[0] = text[1];
	start.id[1] = text[2];
	start.blank = ' ';
	bpf_seq_write(seq, &start, sizeof(start.id) + 1 + len);
	return len < NAME ? len : NAME;
}

#endif
