/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Names of programs, and of types in their BTF: from a pointer that the verifier trusts (btf_name,
 * prog_name), and from a plain address (read_btf_name, read_prog_name).
 */
#ifndef BPFDBG_NAMES_H
#define BPFDBG_NAMES_H

#include "text.h"
#include "verifier.h"

/*
 * The name of a type in an object's BTF, or the fallback. types[] is a pointer to pointers, which the
 * verifier does not follow: hence the probe read.
 */
static __always_inline const char *btf_name(struct btf *btf, __u32 type_id, const char *fallback)
{
	struct btf_type *type = NULL;
	__u32 name_off;

	if (!is_set(btf) || !type_id)
		return fallback;
	bpf_probe_read_kernel(&type, sizeof(type), btf->types + type_id);
	name_off = BPF_CORE_READ(type, name_off);
	if (!name_off || name_off >= btf->hdr.str_len)
		return fallback;
	return btf->strings + name_off;
}

/*
 * A program's full name: that of its first function in its BTF. Without func_info (a program may have
 * line_info only, or no BTF) it is aux->name, of 15 characters at most, or a dash where that is empty.
 */
static __always_inline const char *prog_name(struct bpf_prog_aux *aux)
{
	const char *name = aux->name[0] ? aux->name : none;
	struct bpf_func_info *func_info = aux->func_info;

	if (!func_info)
		return name;
	return btf_name(aux->btf, func_info->type_id, name);
}

/* As btf_name(), by addresses. */
static __always_inline const char *read_btf_name(struct btf *btf, __u32 type_id, const char *other)
{
	struct btf_type **types = BPF_CORE_READ(btf, types);
	struct btf_type *type = NULL;
	__u32 name_off;

	if (!btf || !type_id)
		return other;
	bpf_probe_read_kernel(&type, sizeof(type), types + type_id);
	name_off = BPF_CORE_READ(type, name_off);
	if (!name_off || name_off >= BPF_CORE_READ(btf, hdr.str_len))
		return other;
	return BPF_CORE_READ(btf, strings) + name_off;
}

/* As prog_name(), by addresses. */
static __always_inline const char *read_prog_name(struct bpf_prog_aux *aux)
{
	struct bpf_func_info *func_info = BPF_CORE_READ(aux, func_info);
	const char *name = aux->name;
	char first = 0;

	bpf_probe_read_kernel(&first, 1, name);
	if (!first)
		name = none;
	if (!func_info)
		return name;
	return read_btf_name(BPF_CORE_READ(aux, btf), BPF_CORE_READ(func_info, type_id), name);
}

#endif
