/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_TESTS_TABLE_UNDER_TEST_H
#define CTAGG_TESTS_TABLE_UNDER_TEST_H

#include <stddef.h>

#include "host/addresses.h"
#include "intake/intake.h"
#include "table/kernel.h"
#include "table/memory.h"

/* What a table did with a datagram. */
enum fed {
	FED_ADDED,	/* decoded, and counted in memory */
	FED_TAKEN,	/* taken by the filter, and counted there */
	FED_NOTHING,	/* not an event: nothing was counted */
	FED_UNSELECTED,	/* events, all of which the selection leaves out */
};

/* One of the two tables, fed with the bytes that the kernel would send. The kernel table
 * gets the bytes through a socket with its filter attached; messages that the filter passes
 * on go to the memory table, as in the program. */
struct table_under_test {
	/* Feed one datagram. Returns an enum fed or -errno: -EPROTO when the filter passed
	 * on other bytes than it was given. */
	int (*feed)(struct table_under_test *t, const void *bytes, size_t len);

	/* End the window: up to max rows, by key, and how many there are; the window
	 * as a whole is in t->window until the next one. 0 with t->err on an error. */
	size_t (*rows)(struct table_under_test *t, struct flow_row *rows, size_t max);

	int err;
	struct memory *window;
	struct memory *older;	/* the same window by older labels; see table_labels() */
	struct kernel *kernel;	/* NULL for the memory table */
	struct kernel_rotation rotation;

	struct intake intake;
	uint64_t unselected, injected, clash;	/* added up over windows */
	struct addresses *addresses;
	struct memory *open;
	struct labelled more;	/* where events are counted besides: t->older */
	int pair[2];	/* the filter sits on the first */
	uint64_t offset_ns;	/* from the monotonic clock to the time that events get */
};

/* Return 0, or -errno with nothing to close: of the kernel table, that of
 * kernel_open(). flags are enum kernel_flags. */
int memory_table_open(struct table_under_test *t, uint32_t max_flows);
int kernel_table_open(struct table_under_test *t, uint32_t max_flows, unsigned int flags);

/* The same for another key, and a selection or NULL, which stays the caller's. */
int memory_table_open_for(struct table_under_test *t, uint32_t max_flows,
			  const struct flow_spec *spec, const struct flow_select *select);
int kernel_table_open_for(struct table_under_test *t, uint32_t max_flows, unsigned int flags,
			  const struct flow_spec *spec, const struct flow_select *select);

/* Both tables were opened for the keys of flow_distinct_spec(): cut these from here on. Returns 0 or
 * -errno. */
int table_distinct(struct table_under_test *t, const struct flow_spec *spec,
		   const struct flow_distinct *d);

/* From now on keys have labels of this set. With `older' (or NULL) each event is counted in t->older as
 * well, whose keys have labels of the older set, and which is emptied now. Call while no event has been
 * counted in the window. Returns 0 or -errno. */
int table_labels(struct table_under_test *t, struct netlabel_set *set, struct netlabel_set *older);

/* Up to max rows of t->older, by key, and how many there are. */
size_t table_older_rows(const struct table_under_test *t, struct flow_row *rows, size_t max);

/* Look at the addresses of this namespace again. Returns 0 or -errno. */
int table_addresses(struct table_under_test *t);

/* Events that say nothing of their time get the monotonic clock's and so much;
 * event_times is as for kernel_clock(). At first it is the time of day. */
void table_clock(struct table_under_test *t, uint64_t offset_ns, bool event_times);

void table_close(struct table_under_test *t);

#endif
