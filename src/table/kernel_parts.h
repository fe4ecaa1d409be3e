/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_TABLE_KERNEL_PARTS_H
#define CTAGG_TABLE_KERNEL_PARTS_H

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "table/kernel.h"

#ifndef CTAGG_SKELETON	/* tests name other skeletons, made of the same headers */
#define CTAGG_SKELETON "src/table/bpf/agg.skel.h"
#endif
#include CTAGG_SKELETON

/* Shared by the files of the kernel table, which alone include this header. */

/* The value of any row. */
union value {
	struct flow_sums_kernel sums;
	struct kernel_opening opening;
	struct kernel_counts counts;
};
_Static_assert(sizeof(union value) == sizeof(struct flow_sums_kernel), "values stand side by side");

/* The labels in keys.
 *
 * views    what the maps labels_a and labels_b hold; NULL: nothing
 * of_rows  for each table, which of the two its keys have labels of
 * next     which one the next table that begins has
 * coming   comes into the other one, of which `done' networks have been removed, or of `coming' added
 * loaded   the other one has all networks of its view
 * set      drained rows get the labels of this set
 * more     and are merged into these tables, too
 */
struct kernel_labels {
	struct netlabel_view *views[2];
	unsigned int of_rows[2], next;
	struct netlabel_view *coming;
	size_t done;
	bool loaded;
	const struct netlabel_set *set;
	struct labelled more[LABELLED_MAX - 1];
	size_t n_more;
};

struct kernel_trace;

struct kernel {
	struct agg *skel;
	struct kernel_trace *trace;	/* NULL: events come by the filter */
	uint32_t max_flows, batch;
	unsigned int flags;
	int rows_fd[2];
	int active;
	bool undrained;		/* the other table still holds rows */
	bool overdue;		/* the active table also has rows of a window before the open one */
	uint32_t key_bytes;
	uint8_t *keys;			/* room for `batch' keys */
	bool is_default, has_labels;
	struct bpf_program *filter;	/* take() or take_any(): the one that is loaded */
	uint64_t ahead_ns;	/* how far CLOCK_MONOTONIC here is ahead of the kernel's own */
	union value *values;		/* room for `batch' values */
	uint64_t counted[COUNTERS];	/* the map `passed', at the last rotation */
	uint64_t *per_cpu;
	int cpus;
	struct kernel_labels labels;
	int netns_fd, netns_addresses_fd;	/* maps of the tracing program, with KERNEL_NETNS_ALL */
	struct netns_address *told;		/* addresses since kernel_addresses_begin() */
	size_t told_used, told_room;
};

/* The key of a row that is no flow's: see table/layout.h. */
struct flow_key kernel_own_key(enum own_row which);

/* Take what libbpf says from here on, for kernel_log_line(). */
void kernel_log_begin(void);

/* Add a line of our own. */
void kernel_log_say(const char *line);

/* Have room for so many rows in one batch. Returns 0, or -ENOMEM and the room is the same as
 * before. */
int kernel_grow_batch(struct kernel *k, uint32_t batch);

/* Find out how far CLOCK_MONOTONIC of this process is ahead of the kernel's own. Returns
 * 0 or -errno, -ENOBUFS as kernel_open(). */
int kernel_compare_clocks(struct kernel *k);

/* As kernel_attach(), for a program of a few instructions. */
int kernel_attach_small(int fd, const struct bpf_program *prog);

/* Have the filter add to table `which` (0 or 1) from here on, and return when no run of the
 * filter uses the other table any more. Returns 0, or -errno and the filter adds to the same
 * table as before. */
int kernel_use_table(struct kernel *k, int which);

/* Where drained rows go.
 *
 * into     the rows are merged into this table
 * window   the window of the rows; NULL: a window without bounds
 * delayed  the rows are of an earlier window than `window`
 * r        rows, events and late ends that have been drained are added here
 */
struct kernel_drain {
	struct memory *into;
	const struct kernel_window *window;
	bool delayed;
	struct kernel_rotation *r;
};

/* Write which labels the keys of a table have that begins now: 0 or 1. */
unsigned int kernel_labels_begin(struct kernel *k, int table);

/* Merge a drained row of a table whose key has labels. */
void kernel_labels_merge(struct kernel *k, int table, struct memory *into, const struct flow_row *row);

void kernel_labels_close(struct kernel *k);

void kernel_trace_close(struct kernel *k);

/* The size of a ring buffer of at least so many bytes: a power of two of pages. */
size_t kernel_ring_size(size_t bytes);

/* Empty the table that the filter does not use. Returns 0 or -errno. k->undrained says
 * afterwards whether an error has left rows in the table. */
int kernel_drain(struct kernel *k, const struct kernel_drain *d);

#endif
