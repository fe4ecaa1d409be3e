/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_TABLE_KERNEL_PARTS_H
#define CTAGG_TABLE_KERNEL_PARTS_H

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "table/kernel.h"

#ifndef CTAGG_SKELETON	/* tests have others, made of the same headers */
#define CTAGG_SKELETON "src/table/bpf/agg.skel.h"
#endif
#include CTAGG_SKELETON

/* What the files of the kernel table share; nobody else includes this. */

/* The value of any row. */
union value {
	struct flow_sums_kernel sums;
	struct kernel_starts starts;
	struct kernel_counts counts;
};
_Static_assert(sizeof(union value) == sizeof(struct flow_sums_kernel), "values stand side by side");

struct own_address {
	__u8 addr[16];
};

struct kernel {
	struct agg *skel;
	uint32_t max_flows, batch;
	unsigned int flags;
	int rows_fd[2];
	int active;
	bool undrained;		/* the other table still holds rows */
	bool overdue;		/* the active one has rows of an earlier window than the open one */
	uint32_t key_bytes;
	uint8_t *keys;			/* batch of them */
	bool is_default;
	struct bpf_program *filter;	/* the one of two that is loaded */
	uint64_t ahead_ns;	/* CLOCK_MONOTONIC of this time namespace, of the kernel's own */
	union value *values;		/* of as many rows */
	uint64_t counted[COUNTERS];	/* as of the last rotation */
	uint64_t *per_cpu;
	int cpus;
	struct own_address *told;		/* since kernel_addresses_begin() */
	size_t told_used, told_room;
};

/* The key of a row that is no flow's: see table/layout.h. */
struct flow_key kernel_own_key(enum own_row which);

/* Have room for so many rows in one batch. Returns 0 or -ENOMEM: then the room is what
 * it was. */
int kernel_grow_batch(struct kernel *k, uint32_t batch);

/* Find out how far CLOCK_MONOTONIC of this process is ahead of the kernel's own. Returns
 * 0 or -errno, -ENOBUFS as kernel_open(). */
int kernel_compare_clocks(struct kernel *k);

/* As kernel_attach(), for a program of a few instructions. */
int kernel_attach_small(int fd, const struct bpf_program *prog);

/* Have the filter add to table `which` (0 or 1) from here on, and return when no run of
 * the filter uses the other one any more. Returns 0 or -errno: the table is as before. */
int kernel_use_table(struct kernel *k, int which);

/* Where rows go.
 *
 * window   of which the rows are; NULL: a window without bounds
 * delayed  the rows are of an earlier window than that
 * r        what has been drained is added to it
 */
struct kernel_drain {
	struct memory *into;
	const struct kernel_window *window;
	bool delayed;
	struct kernel_rotation *r;
};

/* Empty the table that the filter does not use. Returns 0 or -errno; what an error leaves
 * in the table is remembered in k->undrained. */
int kernel_drain(struct kernel *k, const struct kernel_drain *d);

#endif
