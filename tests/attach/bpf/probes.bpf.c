// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/* Programs of kernel and user probes, one at a time and many in one link. */
#include "minimal.h"

LICENSE;

PROGRAM("kprobe", attach_kprobe_kernel_symbol, 0)
PROGRAM("kprobe", attach_kprobe_with_cookie, 0)
PROGRAM("kprobe", attach_kprobe_inside_function, 0)
PROGRAM("kprobe", attach_kprobe_by_ioctl, 0)
PROGRAM("kretprobe", attach_kretprobe_kernel_symbol, 0)
PROGRAM("kprobe.multi", attach_kprobe_multi_two_symbols, 0)
PROGRAM("kretprobe.multi", attach_kretprobe_multi_two_symbols, 0)
PROGRAM("kprobe.multi", attach_kprobe_multi_many_symbols, 0)
PROGRAM("kprobe.session", attach_kprobe_session_two_symbols, 0)

PROGRAM("uprobe", attach_uprobe_file_offset, 0)
PROGRAM("uprobe", attach_uprobe_with_cookie, 0)
PROGRAM("uprobe", attach_uprobe_path_with_newline, 0)
PROGRAM("uretprobe", attach_uretprobe_file_offset, 0)
PROGRAM("uprobe.multi", attach_uprobe_multi_file_offsets, 0)
PROGRAM("uretprobe.multi", attach_uretprobe_multi_file_offsets, 0)
PROGRAM("uprobe.session", attach_uprobe_session_file_offsets, 0)
