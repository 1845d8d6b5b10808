// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * All iterators in one object, so that the loader parses the kernel's BTF once. It loads only those
 * that are wanted and that the kernel supports.
 */
#include "kernel.h"

char LICENSE[] SEC("license") = "Dual BSD/GPL";

#include "progs.bpf.c"
#include "maps.bpf.c"
#include "links.bpf.c"
#include "holders.bpf.c"
#include "attached.bpf.c"
#include "descriptors.bpf.c"
