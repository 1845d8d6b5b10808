/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Verifier idioms: helpers whose instructions the verifier accepts with any compiler, and by which its
 * states merge.
 *
 *   is_set(pointer)          a NULL test that stays a branch on this pointer alone: clang 15 merges two
 *                            tests into an OR of two pointers, which the verifier prohibits.
 *   bounded(n, mask)         a scalar that is used as a length, index or offset: clang 19 folds a range
 *                            test into another, after which the verifier knows no bound.
 *   ptr_to_scalar(pointer)   a pointer as a scalar: for arithmetic, and where one of several pointers
 *                            would cost a state each.
 *   launder_scalar(n)        a scalar without the bounds that a loop or branch has proven: the verifier
 *                            walks what follows once per different bound.
 *   read_back(buffer, size)  memory that the verifier must take for unknown: on 6.16 and 6.17 it does
 *                            not know that bpf_snprintf() writes its buffer.
 *
 * The field in a bpf_core_field_exists() must not be an empty struct: clang 19 to 22 crash.
 */
#ifndef BPFDBG_VERIFIER_H
#define BPFDBG_VERIFIER_H

#include "kernel.h"

/* Whether a pointer is not NULL, as a scalar that the compiler cannot trace back to the pointer. */
static __always_inline bool is_set(const void *pointer)
{
	__u64 set = pointer != NULL;

	barrier_var(set);
	return set;
}

/*
 * Bounds a scalar by `mask`, a power of two minus one. The AND stays in the code even where the compiler
 * has proven it redundant.
 */
static __always_inline __u64 bounded(__u64 number, __u64 mask)
{
	barrier_var(number);
	return number & mask;
}

/* Makes `size` bytes at `buffer` unknown to the verifier, by copying them onto themselves. */
static __always_inline void read_back(void *buffer, __u32 size)
{
	bpf_probe_read_kernel(buffer, size, buffer);
}

/* Turns a pointer into a scalar of the same value. */
static __always_inline __u64 ptr_to_scalar(const void *pointer)
{
	__u64 number = 0;

	bpf_probe_read_kernel(&number, sizeof(number), &pointer);
	return number;
}

/* Launders a scalar: drops its bounds, so that states merge. */
static __always_inline __u32 launder_scalar(__u32 number)
{
	read_back(&number, sizeof(number));
	return number;
}

#endif
