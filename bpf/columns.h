/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Columns of a text, each declared once.
 *
 * A text declares its columns in lists (X macros). With the macros below, a list expands to a part of the
 * header line, to the members of a struct, or to the code that fills it:
 *
 *   #define KIND_NUMBERS(NUMBER) \
 *           NUMBER("      ", key_size, U32, put_u32, map->key_size)
 *   #define KIND_LISTS(TOKEN) \
 *           TOKEN(" ", ops, "", print_ops(seq, map))
 *
 * A number has the padding of its heading, its name, its width in words, the function that writes it, and
 * the arguments of that behind the first. A token has the padding before and behind its heading, and the
 * statement that prints it; none, where the statement of another column does.
 */
#ifndef BPFDBG_COLUMNS_H
#define BPFDBG_COLUMNS_H

#include "kernel.h"

/* Parts of a header line, and its end: what made the file. */
#define NUMBER_HEADING(before, name, ...) before #name
#define TOKEN_HEADING(before, name, after, ...) before #name after
#define HEADER_END " " PRODUCER "\n"

/* The members of a struct, and the code that fills one that is named `to`. */
#define NUMBER_MEMBER(before, name, width, ...) __u32 name[width];
#define NUMBER_VALUE(before, name, width, put, ...) put(to.name, __VA_ARGS__);

/* The statement that prints a token. */
#define TOKEN_VALUE(before, name, after, ...) __VA_ARGS__;

/* How many columns there are: `0 KIND_LISTS(COLUMN_COUNT)`. */
#define COLUMN_COUNT(...) +1

#endif
