/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_TABLE_BPF_ROW_H
#define CTAGG_TABLE_BPF_ROW_H

#include "flow/tcp_end.h"
#include "table/bpf/scratch.h"

/* Try eight times to change a counter that other CPUs change as well. If all eight fail, a
 * time is wrong by nanoseconds, or the longest duration is the second longest. No loop:
 * without CAP_PERFMON the verifier also follows speculation, in which a loop has no end. */
#define EIGHT_TIMES(step) step step step step step step step step

/* Set *to to value if *to still holds *old. Returns whether it did; otherwise *old becomes the
 * value that *to holds now. */
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

/* What an end adds to the words of two counters; all 0 for a start. */
struct end_words {
	__u64 closed_stateless, unanswered_reset, expired_unreplied, uncounted_timed;
};

static __always_inline struct end_words end_words(const struct facts *f)
{
	__u64 closed = TCP_END_CLOSED >> f->tcp_state & 1;
	__u64 unanswered = TCP_END_UNANSWERED >> f->tcp_state & 1;
	__u64 reset = TCP_END_RESET >> f->tcp_state & 1;
	__u64 expired = TCP_END_EXPIRED >> f->tcp_state & 1;

	return (struct end_words){
		FLOW_SUMS_PAIR(closed, f->is_end & !f->tcp_state),
		FLOW_SUMS_PAIR(unanswered, reset),
		FLOW_SUMS_PAIR(expired, f->unreplied),
		FLOW_SUMS_PAIR(f->is_end & !f->has_counters, f->timed),
	};
}

/* Whether the row has no room for another end, or another start. */
static __always_inline int is_full(const struct flow_sums_kernel *row, int is_end)
{
	if (!is_end)
		return (row->starts_injected & FLOW_SUMS_FULL) != 0;
	return ((row->tcp_closed_stateless | row->tcp_unanswered_reset |
		 row->tcp_expired_unreplied | row->uncounted_timed_ends) & FLOW_SUMS_FULL) != 0;
}

static __always_inline void add_end(struct flow_sums_kernel *to, const struct facts *f)
{
	struct end_words words = end_words(f);

	add(&to->tcp_closed_stateless, words.closed_stateless);
	add(&to->tcp_unanswered_reset, words.unanswered_reset);
	add(&to->tcp_expired_unreplied, words.expired_unreplied);
	/* No `else` below: clang would compute the address in `to` from the condition, and
	 * without CAP_PERFMON a variable may not be added to a pointer. */
	add(&to->uncounted_timed_ends, words.uncounted_timed);
	if (f->has_counters) {
		add(&to->orig_packets, f->orig_packets);
		add(&to->orig_bytes, f->orig_bytes);
		add(&to->reply_packets, f->reply_packets);
		add(&to->reply_bytes, f->reply_bytes);
	}
	if (f->timed) {
		add(&to->duration_us_sum, f->duration_us);
		raise(&to->duration_us_max, f->duration_us);
	}
}

static __always_inline void add_event(struct flow_sums_kernel *to, const struct facts *f)
{
	raise(&to->last_ns, f->time_ns);
	lower(&to->first_ns, f->time_ns);
	if (f->is_end)
		add_end(to, f);
	else
		__sync_fetch_and_add(&to->starts_injected, FLOW_SUMS_PAIR(1, f->injected));
}

/* The table of the open window, NULL on an error; *slot is 0. */
static __always_inline void *open_rows(const __u32 *slot)
{
	return bpf_map_lookup_elem(&window, slot);
}

/* Make a new row. The row has all its counters before it is in the map, so no other CPU ever
 * sees a part of a row. */
static __always_inline long insert(void *rows, const struct scratch *s, const struct facts *f)
{
	struct flow_sums_kernel *row = (struct flow_sums_kernel *)s->w;
	struct end_words words = end_words(f);

	_Static_assert(sizeof(*row) <= sizeof(s->w), "the words are used again");
	row->starts_injected = f->is_end ? 0 : FLOW_SUMS_PAIR(1, f->injected);
	row->first_ns = row->last_ns = f->time_ns;
	row->tcp_closed_stateless = words.closed_stateless;
	row->tcp_unanswered_reset = words.unanswered_reset;
	row->tcp_expired_unreplied = words.expired_unreplied;
	row->uncounted_timed_ends = words.uncounted_timed;
	row->orig_packets = f->orig_packets;
	row->orig_bytes = f->orig_bytes;
	row->reply_packets = f->reply_packets;
	row->reply_bytes = f->reply_bytes;
	row->duration_us_sum = row->duration_us_max = f->duration_us;
	return bpf_map_update_elem(rows, &s->key, row, BPF_NOEXIST);
}

static __always_inline void *own_row(void *rows, enum own_row which)
{
	return bpf_map_lookup_elem(rows, (const void *)&own_keys[which]);
}

/* 1 where a is less than b, else 0. No branch: each would double the ways that the verifier
 * follows. */
static __always_inline __u64 is_less(__u64 a, __u64 b)
{
	return ((~a & b) | (~(a ^ b) & (a - b))) >> 63;
}

/* Count an end that is late in the window of this table, and in longer windows. The caller
 * has compared the end with `clock`, which user space changes before it swaps the tables:
 * so `clock` only says which ends may be late, and the table's own row says which are.
 *
 * No late end is missed: a run that has the new table reads `clock` after the table, in the
 * order of the program. A CPU that turned the two loads around would need both under way
 * while user space stores the time, enters the kernel and replaces the table. */
static __always_inline void count_late(void *rows, const struct facts *f)
{
	const struct kernel_starts *starts = own_row(rows, OWN_STARTS);
	struct kernel_counts *counts = own_row(rows, OWN_COUNTS);

	if (!starts || !counts)
		return;
#pragma clang loop unroll(full)
	for (int i = 0; i < KERNEL_STARTS; i++)
		__sync_fetch_and_add(&counts->late[i], is_less(f->time_ns, starts->ns[i]));
}

/* Count an end that had no start. */
static __always_inline void count_clash(void *rows)
{
	struct kernel_counts *counts = own_row(rows, OWN_COUNTS);

	if (counts)
		__sync_fetch_and_add(&counts->clash, 1);
}

static __always_inline void count_row(void *rows)
{
	struct kernel_counts *counts = own_row(rows, OWN_COUNTS);

	if (counts)
		__sync_fetch_and_add(&counts->rows, 1);
}

#endif
