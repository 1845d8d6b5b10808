/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Columns of a text, each declared once.
 *
 * A text declares its columns in lists, each a macro that takes the name of another. Given one of those
 * below, a list becomes a part of the header line, the members of a struct, or the code that fills it:
 *
 *   #define KIND_NUMBERS(NUMBER)                              \
 *           NUMBER("      ", key_size, U32, put_u32, map->key_size)
 *   #define KIND_LISTS(TEXT)                                  \
 *           TEXT(" ", ops, "", print_ops(seq, map))
 *
 * A number has what stands in front of its heading, its name, its width in words, and the function that
 * writes it into `to`, with what that takes. A text has what stands before and behind its heading, and
 * what prints it, where it is not printed together with others.
 */
#ifndef BPFDBG_COLUMNS_H
#define BPFDBG_COLUMNS_H

#include "text.h"

/* Parts of a header line, and its end: what made the file. */
#define NUMBER_HEADING(before, name, ...) before #name
#define TEXT_HEADING(before, name, after, ...) before #name after
#define HEADER_END " " PRODUCER "\n"

/* The members of a struct, and the code that fills one that is named `to`. */
#define NUMBER_MEMBER(before, name, width, ...) __u32 name[width];
#define NUMBER_VALUE(before, name, width, put, ...) put(to.name, __VA_ARGS__);

/* What prints a text. */
#define TEXT_VALUE(before, name, after, ...) __VA_ARGS__;

/* How many columns there are: `0 KIND_LISTS(COLUMN_COUNT)`. */
#define COLUMN_COUNT(...) +1

#endif
