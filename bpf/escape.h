/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Escaped names and paths: text that user space chose cannot forge a token or a row. A backslash and any
 * byte outside 0x21..0x7e is printed as \ooo, as in /proc/mounts; so is a text that is a dash alone,
 * which stands for "none".
 */
#ifndef BPFDBG_ESCAPE_H
#define BPFDBG_ESCAPE_H

#include "paths.h"
#include "text.h"
#include "verifier.h"

/* The most bytes of a path: that of a file has 4096 at most, without escapes. */
#define MAX_TEXT 5000

/* Before each name of a path. */
static const char separator[] = "/";

/* Bytes read at once, and bytes printed at once where one of them is escaped. */
#define CHUNK 16
#define GROUP 4

/* Eight characters as a number, the first in the lowest byte. */
static __always_inline __u64 low_first(__u64 text)
{
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
	text = __builtin_bswap64(text);
#endif
	return text;
}

/*
 * 0x80 in every byte that must be escaped. Additions on the low seven bits do not carry into the next
 * byte. A NUL ends the text, and is not escaped.
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

/* All ones where a < b, else zero, without a branch. */
static __always_inline __u64 if_below(__s64 a, __s64 b)
{
	__s64 mask = a - b;

	/* Assembly, since clang turns the C into a comparison and a branch. */
	asm volatile("%0 s>>= 63" : "+r"(mask));
	return mask;
}

/* 1 for a number that is not zero, else 0, without a branch. */
static __always_inline __u64 is_nonzero(__u64 number)
{
	__u64 either = number | -number;

	asm volatile("%0 >>= 63" : "+r"(either)); /* as in if_below() */
	return either;
}

/*
 * Prints a group of bytes one by one, without a branch, since the verifier walks both sides of each. Where
 * `all` is 1, all are escaped. `text` is a buffer of eight bytes; it is the caller's, since states of
 * different stack depth are not pruned.
 */
static __always_inline void print_group(struct seq_file *seq, __u64 group, __u64 all, __u32 *text)
{
	for (int i = 0; i < GROUP; i++) {
		__u64 byte = group >> 8 * i & 0xff;
		__u64 escaped = '\\' | ('0' + (byte >> 6)) << 8 | ('0' + (byte >> 3 & 7)) << 16 |
				('0' + (byte & 7)) << 24;
		__u64 is_some = (byte + 0xff) >> 8;
		__u64 is_unsafe = (unsafe8(byte) >> 7 | all) & is_some, mask = -is_unsafe;

		barrier_var(mask); /* as in if_below() */
		put4(text, (escaped & mask) | (byte & ~mask));
		bpf_seq_write(seq, text, (is_some + 3 * is_unsafe) & 7);
	}
}

/* The state of printing a text. */
struct printed_text {
	struct seq_file *seq;
	struct {
		__u64 from;
		__u32 kind;
		__u32 names; /* left to print: those of a path, else one */
		__u64 slash; /* 1 where a slash precedes the next name, else 0 */
		__u64 end;   /* seq->count at which the text is cut */
		__u64 rest;  /* address of what is left of the current name, or 0 */
		__u64 is_cut;
	} of;
};

/*
 * Prints a chunk; returns 1 when the text is complete or cut. Few branches, since the verifier walks every
 * path.
 */
static __always_inline long print_chunk(struct printed_text *text)
{
	__u64 chunk[CHUNK / 8 + 2] = {};
	struct seq_file *seq = text->seq;
	__u64 at = text->of.rest;
	__u64 unsafe, any, more, is_dash;
	__s64 len, step;

	if (!at) {
		__u32 left = text->of.names;

		if (!left)
			return 1;
		text->of.names = --left;
		at = path_name(text->of.from, text->of.kind, left);
		bpf_seq_write(seq, separator, text->of.slash & 1);
		text->of.slash = text->of.kind != TEXT;
	}
	read_back(&at, sizeof(at)); /* one state, for a new name and a rest */
	len = bpf_probe_read_kernel_str(chunk, CHUNK + 1, (void *)at) - 1;
	unsafe = low_first(chunk[0]);
	is_dash = 1 ^ is_nonzero(unsafe ^ '-');
	unsafe = unsafe8(unsafe) | is_dash << 7;
	any = unsafe | unsafe8(chunk[1]);
	step = CHUNK - (if_below(0, any >> 1) & (CHUNK - GROUP));
	more = ~if_below(len, step);
	text->of.rest = (at + step) & more;
	if (seq->count > text->of.end) {
		text->of.is_cut = 1;
		return 1;
	}
	if (unsafe & 0xffffffff) {
		print_group(seq, low_first(chunk[0]), is_dash, (__u32 *)chunk);
	} else {
		len = (len & ~more) | (step & more);
		bpf_seq_write(seq, chunk, len & ~if_below(len, 0) & 31);
	}
	return 0;
}

static long print_chunk_once(__u32 index, void *text)
{
	return print_chunk(text);
}

/* More chunks than any text has: MAX_TEXT ends the loop. */
#define MAX_CHUNKS 8192

/* The most chunks without bpf_loop() (before 5.17), where the verifier walks each round. */
#define FEW_CHUNKS 64

/* Prints the text in chunks; true where it is cut after FEW_CHUNKS. */
static __always_inline bool print_few_chunks(struct printed_text *text)
{
	long is_done;
	int i = 0;

	do {
		barrier_var(text); /* else clang enters the loop in its middle, which 5.10 refuses */
		read_back(&text->of, sizeof(text->of));
		is_done = print_chunk(text);
	} while (!is_done && ++i < FEW_CHUNKS);
	return !is_done;
}

/*
 * Prints a text or path; true where it is cut: after MAX_TEXT bytes, or at its start, where it has more
 * names than are counted. The latter has no slash in front.
 */
static __always_inline bool print_path(struct seq_file *seq, __u32 kind, const void *pointer,
				       bool has_loop)
{
	__u64 from = ptr_to_scalar(pointer);
	struct printed_text text = {};
	__u32 names = 1;

	if (kind != TEXT)
		names = path_depth(from, kind);
	if (!names)
		bpf_seq_write(seq, separator, 1);
	text.of.from = from;
	text.of.kind = kind;
	text.of.names = names;
	text.of.slash = kind != TEXT;
	text.of.end = seq->count + MAX_TEXT;
	if (names > MAX_NAMES) {
		text.of.names = kind == FILE_PATH ? MAX_FILE_NAMES : MAX_NAMES;
		text.of.slash = 0;
		text.of.is_cut = 1;
	}
	/* Unknown to the verifier: states of the branches above, and of the rounds below, merge. */
	read_back(&text.of, sizeof(text.of));
	text.seq = seq;
	if (has_loop)
		bpf_loop(MAX_CHUNKS, print_chunk_once, &text, 0);
	else if (print_few_chunks(&text))
		return true;
	return text.of.is_cut;
}

/* The names of types that the kernel checks have 511 bytes at most. */
#define LONGEST_NAME 512

/* Prints a text byte by byte: slow, but cheap to verify. True where it is longer than LONGEST_NAME. */
static __always_inline bool print_text(struct seq_file *seq, __u64 from)
{
	__u64 bytes[2] = {}, is_dash;
	__u32 text[2];
	long len;

	for (int i = 0; i < LONGEST_NAME / 8; i++) {
		bytes[0] = 0;
		len = bpf_probe_read_kernel_str(bytes, 9, (void *)from + 8 * i) - 1;
		bytes[0] = low_first(bytes[0]);
		is_dash = 1 ^ is_nonzero(bytes[0] ^ '-');
		print_group(seq, bytes[0] & 0xffffffff, is_dash, text);
		print_group(seq, bytes[0] >> 32, 0, text);
		if (len < 8)
			return false;
	}
	return true;
}

/*
 * Prints a token that is mostly short, and rarely escaped. One that is cut ends in a backslash and dots,
 * which no escape does.
 */
static __always_inline void print_plain(struct seq_file *seq, const char *from)
{
	static const char is_cut[] = "\\...";
	__u64 text[SHORT_NAME / 8] = {}, unsafe = 0;
	long len = bpf_probe_read_kernel_str(text, SHORT_NAME, from) - 1;

	for (int i = 0; i < SHORT_NAME / 8; i++)
		unsafe |= unsafe8(text[i]);
	if (!unsafe && len > 1 && len < SHORT_NAME - 1)
		bpf_seq_write(seq, text, bounded(len, SHORT_NAME - 1));
	else if (print_text(seq, ptr_to_scalar(from)))
		bpf_seq_write(seq, is_cut, sizeof(is_cut) - 1);
}

#endif
