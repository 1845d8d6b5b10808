/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Tasks, where bpf_get_current_task() may be called, and where it may not.
 *
 * A JIT may have that helper's code in itself, as that of arm64 has since "bpf, arm64: inline
 * bpf_get_current_task/_btf() helpers". The kernel then leaves the call unresolved even where the JIT is
 * off, and its interpreter jumps to an address that is none: 6.12 for arm64 panics. So the helper is not
 * called without the JIT, on any machine, where the kernel has a way to leave a call to the JIT at all.
 */
#ifndef BPFDBG_TASK_H
#define BPFDBG_TASK_H

#include "file_types.h"
#include "kernel.h"

/* The address of init_task, which the loader sets where that may be so. */
const volatile __u64 init_task = 0;

/* The task that reads, or NULL where that cannot be asked. */
static __always_inline struct task_struct *current_task(void)
{
	return init_task ? NULL : (void *)bpf_get_current_task();
}

/* A task to begin a walk at. */
static __always_inline struct task_struct *first_task(void)
{
	return init_task ? (void *)init_task : (void *)bpf_get_current_task();
}

#pragma GCC poison bpf_get_current_task bpf_get_current_task_btf bpf_get_smp_processor_id

#endif
