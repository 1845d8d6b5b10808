/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * How many readings a user may have in progress. Whoever opens files in a loop fills his own share of the
 * table of readers, and never root's, which is kept free of all others.
 */
#ifndef BPFDBG_SHARES_H
#define BPFDBG_SHARES_H

#include "kernel.h"
#include "task.h"
#include "verifier.h"

/* Readings in progress: of all users, of one, and of all but root. */
#define MAX_READERS 32768
#define MAX_OF_USER 1024
#define MAX_OF_OTHERS (MAX_READERS - MAX_OF_USER)
/* Users who have any. */
#define MAX_USERS 4096

/* Root, and who has his number without his rights, which is no user's number. */
#define ROOT 0
#define POWERLESS_ROOT ((__u32)-2)
#define NO_LOGIN ((__u32)-1)

/* Of linux/capability.h. */
#define CAP_SYS_ADMIN 21

/* Readings of each user, by uid. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, MAX_USERS);
	__type(key, __u32);
	__type(value, __u64);
} readers_of SEC(".maps");

/* Readings of all but root. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u64);
} readers_of_others SEC(".maps");

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

/* Up to 6.2; then a struct without a name, of one __u64. */
struct kernel_cap_struct {
	__u32 cap[2];
};

struct cred___capable {
	struct kernel_cap_struct cap_effective;
};

struct file___cred {
	const struct cred___capable *f_cred;
};

struct seq_file___file {
	const struct file___cred *file;
};

/* With CONFIG_AUDIT. */
struct task_struct___audit {
	kuid_t loginuid;
};

#pragma clang attribute pop

/* Whether root opened the file with his capabilities, which the root of a container has not. */
static __always_inline bool is_opened_by_root(struct seq_file *seq)
{
	const struct cred___capable *cred =
		BPF_CORE_READ((struct seq_file___file *)seq, file, f_cred);
	__u64 capabilities = 0;

	bpf_probe_read_kernel(&capabilities, sizeof(capabilities),
			      (void *)cred + bpf_core_field_offset(cred->cap_effective));
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
	if (bpf_core_field_exists(struct kernel_cap_struct, cap)) /* the lower half comes first */
		capabilities = capabilities >> 32 | capabilities << 32;
#endif
	return capabilities >> CAP_SYS_ADMIN & 1;
}

/*
 * Whose share a reading takes. One user may have thousands of ids (subuid(5)), but logs in with one, which
 * stays with every process of that session.
 */
static __always_inline __u32 reader_uid(struct seq_file *seq)
{
	struct task_struct___audit *task = (void *)current_task();
	__u32 uid = bpf_get_current_uid_gid(), login = 0;

	if (!uid)
		return is_opened_by_root(seq) ? ROOT : POWERLESS_ROOT;
	if (task && bpf_core_field_exists(task->loginuid))
		login = BPF_CORE_READ(task, loginuid.val);
	return login && login != NO_LOGIN ? login : uid;
}

static __always_inline __u64 *count_of_others(void)
{
	__u32 first = 0;

	return bpf_map_lookup_elem(&readers_of_others, &first);
}

/* Whether a user's share is used up, or that of all but root. */
static __always_inline bool is_full(__u32 uid)
{
	__u64 *count = bpf_map_lookup_elem(&readers_of, &uid), *others = count_of_others();

	return (count && *count >= MAX_OF_USER) ||
	       (uid != ROOT && others && *others >= MAX_OF_OTHERS);
}

static __always_inline bool count_reader(__u32 uid)
{
	__u64 *count, *others = count_of_others(), none = 0;

	bpf_map_update_elem(&readers_of, &uid, &none, BPF_NOEXIST);
	count = bpf_map_lookup_elem(&readers_of, &uid);
	if (!count || !others)
		return false;
	__sync_fetch_and_add(count, 1);
	if (uid != ROOT)
		__sync_fetch_and_add(others, 1);
	return true;
}

/* Two that end at once may leave one counted, or one not: the limit is no exact number. */
static __always_inline void uncount_reader(__u32 uid)
{
	__u64 *count = bpf_map_lookup_elem(&readers_of, &uid), *others = count_of_others();

	if (uid != ROOT && others)
		__sync_fetch_and_add(others, -1);
	if (!count)
		return;
	if (*count > 1)
		__sync_fetch_and_add(count, -1);
	else
		bpf_map_delete_elem(&readers_of, &uid);
}

#endif
