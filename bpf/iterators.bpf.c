// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * All iterators in one object, so that the kernel's types are read once for all of them.
 * A loader leaves out those that it does not want, or that the kernel does not have.
 */
#include "kernel.h"

char LICENSE[] SEC("license") = "Dual BSD/GPL";

#include "progs.bpf.c"
#include "maps.bpf.c"
#include "links.bpf.c"
#include "holders.bpf.c"
#include "attached.bpf.c"
