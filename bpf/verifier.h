/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What the verifier must see, and what it must not, whatever a compiler makes of the C around it.
 *
 *   is_set(pointer)          a NULL test that stays a branch on this pointer alone. Two pointers in one
 *                            condition become an OR of both, which no verifier takes (clang 15).
 *   bounded(n, mask)         a number that is used as a length, index or offset. A range test in C
 *                            tells the verifier nothing once it is folded into another (clang 19).
 *   ptr_to_scalar(pointer)   a pointer to do arithmetic on, or one of several of which each would
 *                            have the verifier walk what follows once.
 *   launder_scalar(n)        a number that a loop or a branch has told the verifier about. It walks
 *                            what follows once for each thing that it knows.
 *   read_back(buffer, size)  memory that a helper has filled which the verifier takes for read only:
 *                            on 6.16 and 6.17 it takes what was there before for what is there now.
 *
 * In a bpf_core_field_exists(), the field must not be an empty struct: clang 19 to 22 crash on one.
 */
#ifndef BPFDBG_VERIFIER_H
#define BPFDBG_VERIFIER_H

#include "kernel.h"

/* Whether a pointer is not NULL, as a number that the compiler cannot trace back to the pointer. */
static __always_inline bool is_set(const void *pointer)
{
	__u64 set = pointer != NULL;

	barrier_var(set);
	return set;
}

/*
 * The same number, which is known to be no more than `mask`, one less than a power of two. The mask
 * stays in the code, also where the compiler knows that it changes nothing.
 */
static __always_inline __u64 bounded(__u64 number, __u64 mask)
{
	barrier_var(number);
	return number & mask;
}

/* Has the verifier believe that `size` bytes at `buffer` may be anything. */
static __always_inline void read_back(void *buffer, __u32 size)
{
	bpf_probe_read_kernel(buffer, size, buffer);
}

/* A pointer that the verifier knows, as the number that it is. */
static __always_inline __u64 ptr_to_scalar(const void *pointer)
{
	__u64 number = 0;

	bpf_probe_read_kernel(&number, sizeof(number), &pointer);
	return number;
}

/* The same number, without its bounds, so that the verifier's states merge. */
static __always_inline __u32 launder_scalar(__u32 number)
{
	read_back(&number, sizeof(number));
	return number;
}

#endif
