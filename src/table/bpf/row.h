/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_TABLE_BPF_ROW_H
#define CTAGG_TABLE_BPF_ROW_H

#include "table/bpf/scratch.h"

/* As often as others can get in between; then a time is off by nanoseconds, or
 * the longest duration is the second longest. No loop: without CAP_PERFMON the
 * verifier also follows what a CPU might speculate, and there it has no end. */
#define EIGHT_TIMES(step) step step step step step step step step

/* Returns whether *old was still there and has been replaced; what is there now
 * is in *old otherwise. */
static __always_inline int replace(__u64 *to, __u64 *old, __u64 value)
{
	__u64 seen = __sync_val_compare_and_swap(to, *old, value);

	if (seen == *old)
		return 1;
	*old = seen;
	return 0;
}

static __always_inline void raise(__u64 *to, __u64 value)
{
	__u64 old = *to;

	EIGHT_TIMES(if (old >= value || replace(to, &old, value)) return;)
}

static __always_inline void lower(__u64 *to, __u64 value)
{
	__u64 old = *to;

	EIGHT_TIMES(if (old <= value || replace(to, &old, value)) return;)
}

static __always_inline void add(__u64 *to, __u64 value)
{
	if (value)
		__sync_fetch_and_add(to, value);
}

static __always_inline void add_end(struct flow_sums *to, const struct scratch *s)
{
	__sync_fetch_and_add(&to->ends, 1);
	add(&to->unreplied, s->unreplied);
	/* No `else` below: clang would add to `to` what differs of both branches,
	 * which is not allowed without CAP_PERFMON. */
	add(&to->uncounted, !s->counted);
	if (s->counted) {
		add(&to->orig_packets, s->orig_packets);
		add(&to->orig_bytes, s->orig_bytes);
		add(&to->reply_packets, s->reply_packets);
		add(&to->reply_bytes, s->reply_bytes);
	}
	if (s->timed) {
		__sync_fetch_and_add(&to->timed_ends, 1);
		add(&to->duration_us_sum, s->duration_us);
		raise(&to->duration_us_max, s->duration_us);
	}
}

static __always_inline void add_event(struct flow_sums *to, const struct scratch *s)
{
	raise(&to->last_ns, s->time_ns);
	lower(&to->first_ns, s->time_ns);
	if (s->is_end)
		add_end(to, s);
	else
		__sync_fetch_and_add(&to->starts, 1);
}

/* The table of the open window, NULL on an error; *slot is 0. */
static __always_inline void *open_rows(const __u32 *slot)
{
	return bpf_map_lookup_elem(&window, slot);
}

/* A new row is whole from the start: nobody ever sees one that is not. */
static __always_inline long insert(void *rows, const struct scratch *s)
{
	struct flow_sums *row = (struct flow_sums *)s->w;

	_Static_assert(FLOW_SUMS_KERNEL_BYTES <= sizeof(s->w), "the words are used again");
	row->starts = !s->is_end;
	row->first_ns = row->last_ns = s->time_ns;
	row->ends = s->is_end;
	row->unreplied = s->unreplied;
	row->uncounted = s->is_end & !s->counted;
	row->orig_packets = s->orig_packets;
	row->orig_bytes = s->orig_bytes;
	row->reply_packets = s->reply_packets;
	row->reply_bytes = s->reply_bytes;
	row->timed_ends = s->timed;
	row->duration_us_sum = row->duration_us_max = s->duration_us;
	return bpf_map_update_elem(rows, &s->key, row, BPF_NOEXIST);
}

static __always_inline void *own_row(void *rows, enum own_row which)
{
	return bpf_map_lookup_elem(rows, (const void *)&own_keys[which]);
}

/* 1 where a is less than b, else 0; without a branch, which would double the ways that
 * the verifier follows. */
static __always_inline __u64 is_less(__u64 a, __u64 b)
{
	return ((~a & b) | (~(a ^ b) & (a - b))) >> 63;
}

/* An end that may be from before this table's window. `clock` is changed before the
 * table is, so it only says which ends to look at: what counts is the table's own word.
 * A run that has the new table has read `clock` after it, in the order of the program;
 * for a CPU to turn the two loads around, it would have to have both under way while
 * user space stores the time, enters the kernel and replaces the table. */
static __always_inline void count_late(void *rows, const struct scratch *s)
{
	const struct kernel_starts *starts = own_row(rows, OWN_STARTS);
	struct kernel_counts *counts = own_row(rows, OWN_COUNTS);

	if (!starts || !counts)
		return;
#pragma clang loop unroll(full)
	for (int i = 0; i < KERNEL_STARTS; i++)
		__sync_fetch_and_add(&counts->late[i], is_less(s->time_ns, starts->ns[i]));
}

static __always_inline void count_row(void *rows)
{
	struct kernel_counts *counts = own_row(rows, OWN_COUNTS);

	if (counts)
		__sync_fetch_and_add(&counts->rows, 1);
}

#endif
