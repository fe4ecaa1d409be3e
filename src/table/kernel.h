/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_TABLE_KERNEL_H
#define CTAGG_TABLE_KERNEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "flow/key.h"
#include "flow/select.h"
#include "netlabel/view.h"
#include "table/labelled.h"
#include "table/layout.h"
#include "table/memory.h"

/* Sums per flow, kept by a filter on the event socket. An event that the filter takes is
 * never queued as a message; a message that it passes on comes to the socket as usual. */
struct kernel;

enum kernel_flags {
	KERNEL_SMALL_BATCH = 2,	/* begin with batches of one row; they grow as needed */
	KERNEL_INTERIM = 4,	/* pass every end on */
	KERNEL_COUNT_ROWS = 8,	/* for kernel_rows() */
	KERNEL_TRACE = 16,	/* for kernel_trace_load() */
	KERNEL_PASS_ALL = 32,	/* with KERNEL_TRACE: take no event */
	KERNEL_NETNS_ALL = 64,	/* with KERNEL_TRACE: events of every network namespace */
};

/* What a rotation found. */
struct kernel_rotation {
	uint64_t rows, events;		/* rows drained, and the events in them */
	uint64_t rotate_ns, drain_ns;
	uint64_t passed[PASSED_REASONS];	/* since the last rotation */
	uint64_t unselected;		/* events that the selection has left out */
	/* Late ends: of connections that stopped before the window began in which the filter
	 * took the end, and before each level that was open then (struct kernel_starts). */
	uint64_t late[KERNEL_STARTS];
	uint64_t injected;	/* of the starts: those that a process has caused */
	uint64_t clash;		/* of the ends: those without a start, after a clash */
};

/* Load the filter, with room for max_flows keys as spec asks for them. It counts the events
 * that select holds for (NULL: all events). spec and select are not needed afterwards. flags is
 * a set of enum kernel_flags. Returns 0 and a table the caller owns, or -errno with *out
 * untouched: -EPERM without CAP_BPF, -ENOMEM, -ENOBUFS when net.core.optmem_max has no room for
 * any filter, -E2BIG for too many ranges of zones or marks, -EACCES, -EINVAL or -E2BIG from a
 * kernel that refuses the filter. */
int kernel_open(struct kernel **out, uint32_t max_flows, unsigned int flags,
		const struct flow_spec *spec, const struct flow_select *select);

/* Why the last kernel_open() failed, for people: line i, from 0 on, of the last
 * KERNEL_LOG_LINES that the verifier said of the filter, or libbpf where it did not come so far.
 * NULL: there are no more. Lent until the next kernel_open(). */
#define KERNEL_LOG_LINES 8
const char *kernel_log_line(size_t i);

/* Put the filter on a socket of its own, send known messages through it, and compare the rows
 * that it makes with those that it should make. Call before kernel_attach(). Returns 0,
 * -EPROTO when they differ, or another -errno. The table is empty afterwards. */
int kernel_self_test(struct kernel *k);

/* kernel_open(), then kernel_self_test(). Returns the first error of the two, with *out
 * untouched, or 0. */
int kernel_open_tested(struct kernel **out, uint32_t max_flows, unsigned int flags,
		       const struct flow_spec *spec, const struct flow_select *select);

/* Whether the table has the default key. */
bool kernel_is_default(const struct kernel *k);

/* Whether the filter takes ends; otherwise it passes them on. */
bool kernel_counts_ends(const struct kernel *k);

/* Whether events are taken at all, or all are passed on (KERNEL_PASS_ALL). */
bool kernel_takes_any(const struct kernel *k);

/* With KERNEL_COUNT_ROWS: how many rows the table of the open window has; otherwise 0. */
uint64_t kernel_rows(struct kernel *k);

/* Put the filter on a socket, before the socket joins its groups. arg is the struct kernel (the
 * type suits conntrack_open()). Returns 0 or -errno, -ENOBUFS as kernel_open(). */
int kernel_attach(int fd, void *arg);

/* Whether the table can be read with the privileges that the process has now.
 * arg is the struct kernel. Returns 0 or -errno. */
int kernel_works(void *arg);

/* Tell the filter all addresses of this namespace: kernel_addresses_begin(), then
 * kernel_address() for each, then kernel_addresses_end(), which forgets the addresses that
 * were told before and are not among them. Returns 0 or -errno: -E2BIG past 65536. */
void kernel_addresses_begin(struct kernel *k);
int kernel_address(struct kernel *k, const __u8 addr[16], enum kernel_address kind);
int kernel_addresses_end(struct kernel *k);

/* With KERNEL_NETNS_ALL, after kernel_trace_load(). netns is the low half of a cookie. kernel_netns_address()
 * is in place of kernel_address(), as its errors. Of a namespace that is known by kernel_netns() the program takes
 * events, with a direction if its addresses are known (NETNS_KNOWN); events of other namespaces
 * are passed on. kernel_netns() returns 0 or -errno: -E2BIG past KERNEL_MAX_NETNS. */
int kernel_netns_address(struct kernel *k, __u32 netns, const __u8 addr[16], enum kernel_address kind);
int kernel_netns(struct kernel *k, __u32 netns, enum kernel_netns what);
int kernel_netns_forget(struct kernel *k, __u32 netns);

/* Tell the filter what to add to CLOCK_MONOTONIC, as this process sees that clock, to get the
 * time of day, and whether nf_conntrack_timestamp is on. */
void kernel_clock(struct kernel *k, uint64_t wall_minus_monotonic_ns, int event_times);

/* Say when the first window begins, and the levels with it. Call before anything is counted;
 * without a call, no end is late in the first window. Returns 0 or -errno. */
int kernel_begin(struct kernel *k, const struct kernel_starts *first);

/* Keys with labels (FIELD_SRC_LABEL, FIELD_DST_LABEL). The networks of a view become known to the filter
 * in steps: kernel_labels_load(), then kernel_labels_step() until it returns 0. So far the filter does
 * not look there. kernel_labels_use() then makes kernel_begin(), or the next kernel_rotate() that
 * begins a new table, begin a table whose keys have the labels of this view: no event before has them,
 * and every later one has.
 *
 * kernel_labels_load() takes the view over, in place of one that it was given before and that is not in
 * use yet. Returns 0, or with the view still the caller's -EBUSY, while rows of the last window but one
 * have not been drained; or -E2BIG for more than KERNEL_MAX_NETWORKS.
 *
 * kernel_labels_step() goes on with n networks. Returns 1 when there are more, 0 when all are there, or
 * -errno (-ENOMEM) when this view cannot be used. */
#define KERNEL_MAX_NETWORKS (1u << 20)
int kernel_labels_load(struct kernel *k, struct netlabel_view *view);
int kernel_labels_step(struct kernel *k, size_t n);
void kernel_labels_use(struct kernel *k);

/* From now on the rows that kernel_rotate() drains get labels of this set; and they are merged into n
 * more tables as well (less than LABELLED_MAX), with the labels of the sets there. */
void kernel_labels_into(struct kernel *k, const struct netlabel_set *labels,
			const struct labelled *more, size_t n);

/* A window that ends.
 *
 * start_ns, end_ns  its bounds, since 1970
 * next              when the next window begins, and when the levels began or begin that the
 *                   next window is part of
 */
struct kernel_window {
	uint64_t start_ns, end_ns;
	struct kernel_starts next;
};

/* End window w (NULL: a window without bounds) and begin the next one. First the tables are
 * swapped: events from here on are added to an empty table. Then the kernel needs 10 to 50 ms
 * until no run of the filter uses the old table, and the call waits for that. At last the old
 * table is drained, and its rows are merged into the memory table. Times outside of the window
 * are moved into it; only a row with an end that the kernel has timed keeps a time before it.
 *
 * Returns 0 or -errno: then some rows have not been merged, and stay in the kernel until a
 * later rotation succeeds. r always describes the rows that have been merged. */
int kernel_rotate(struct kernel *k, struct memory *into, const struct kernel_window *w,
		  struct kernel_rotation *r);

void kernel_close(struct kernel *k);	/* NULL is fine */

#endif
