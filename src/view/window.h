/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_VIEW_WINDOW_H
#define CTAGG_VIEW_WINDOW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "flow/window_record.h"
#include "view/flow.h"

/* A number of a window record that can be absent or null. */
struct view_number {
	uint64_t n;
	enum { VIEW_ABSENT, VIEW_NULL, VIEW_KNOWN } state;
};

/* The numbers of a window record besides its counters, X(name as in the record). kernel_* are
 * members of its `kernel' object. */
#define VIEW_WINDOW_NUMBERS(X)   \
	X(seq)                   \
	X(records)               \
	X(lost_events)           \
	X(lost_drops)            \
	X(lost_kernel_drops)     \
	X(odd_drops)             \
	X(kernel_events)         \
	X(passed_events)         \
	X(table_rows)            \
	X(table_capacity)        \
	X(max_error)             \
	X(late_ends)             \
	X(late_events)           \
	X(vanished)              \
	X(unread_rules)          \
	X(unread_sockets)        \
	X(undecoded_events)      \
	X(dropped_windows)       \
	X(dropped_records)       \
	X(kernel_drop)           \
	X(kernel_early_drop)     \
	X(kernel_insert_failed)  \
	X(kernel_invalid)        \
	X(kernel_clash_resolve)  \
	X(kernel_chaintoolong)   \
	X(kernel_entries)        \
	X(kernel_max)

/* A rule record. rule, comment, prefix: numbers of texts. drops is of -g, packets of --rules; a
 * record can have both. */
struct view_rule {
	uint32_t rule, comment, prefix;
	struct view_number drops, drop_bytes, logged, packets, bytes;
};

/* One window of one host: the records that share host, run, window_ms, window_start and
 * window_end.
 *
 * host, run, netns  numbers of texts (view/texts.h); netns 0: none, or each flow has its own (VIEW_NETNS)
 * window_ms         nominal length; 0: a snapshot
 * slot_ns           the aligned start of the nominal window, which hosts share; without a slot
 *                   (--no-align) start_ns
 * start_ns, end_ns  the true bounds, since 1970
 * before            records of the window that have been shown as an unfinished window: there was no
 *                   memory for all of them until the window record came. Usually 0
 * complete          the window record has come; otherwise everything below, but flows and rules, is
 *                   unset: the input ended before it, or it was lost
 * total             its counters
 * engine, closed_by numbers of texts
 * missing           records that should have come before the window record, and have not
 * flows, rules      owned; in the order in which the records came
 */
struct view_window {
	uint32_t host, run, netns;
	uint64_t window_ms, slot_ns, start_ns, end_ns, before;
	bool complete;
	enum window_status status;
	uint32_t engine, closed_by;
	int64_t clock_step_ms;		/* 0: none */
	bool flowtable_uncounted;
	struct view_sums total;
#define VIEW_WINDOW_NUMBER(name) struct view_number name;
	VIEW_WINDOW_NUMBERS(VIEW_WINDOW_NUMBER)
#undef VIEW_WINDOW_NUMBER
	uint64_t missing;
	struct view_flow *flows;
	size_t n_flows;
	struct view_rule *rules;
	size_t n_rules;
};

/* The bytes of memory that a window holds. */
size_t view_window_bytes(const struct view_window *w);
void view_window_free(struct view_window *w);	/* what it owns, and itself; NULL is fine */

#endif
