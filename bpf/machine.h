/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What the loader tells of the machine: .rodata that it sets before it loads. */
#ifndef BPFDBG_MACHINE_H
#define BPFDBG_MACHINE_H

#include "kernel.h"

/* sysconf(_SC_PAGESIZE), and how many CPUs are possible. */
const volatile __u32 page_size = 4096;
const volatile __u32 cpus = 1;

#endif
