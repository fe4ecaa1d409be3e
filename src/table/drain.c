/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <errno.h>
#include <string.h>

#include "table/kernel_parts.h"

/* How often a drain may be interrupted before it is given up until the next rotation. */
#define MAX_INTERRUPTED 100

static uint64_t within(const struct kernel_drain *d, uint64_t ns, bool any_end)
{
	if (!d->window)
		return ns;
	if (ns > d->window->end_ns)
		return d->window->end_ns;
	/* An end can be late, and its row says when it was. */
	if (ns < d->window->start_ns && (!any_end || d->delayed))
		return d->window->start_ns;
	return ns;
}

static void take_counts(const struct kernel_counts *counts, struct kernel_rotation *r)
{
	for (int i = 0; i < KERNEL_STARTS; i++)
		r->late[i] += counts->late[i];
}

static void merge(struct kernel *k, const void *key, const union value *value,
		  const struct kernel_drain *d)
{
	struct flow_row row = { 0 };

	memcpy(&row.key, key, k->key_bytes);
	if (row.key.family == OWN_FAMILY) {
		if (row.key.saddr[0] == OWN_COUNTS)
			take_counts(&value->counts, d->r);
		return;
	}
	memcpy(&row.sum, value->sums, sizeof(value->sums));
	row.sum.first_ns = within(d, row.sum.first_ns, row.sum.timed_ends);
	row.sum.last_ns = within(d, row.sum.last_ns, row.sum.timed_ends);
	memory_merge(d->into, &row);
	d->r->rows++;
	d->r->events += flow_sums_events(&row.sum);
}

/* A kernel that is out of memory part of the way has taken the first *n rows out of
 * the table all the same. It sets *n to 0 before anything else; a call that never got
 * so far leaves it as it was, and that is more than such an error can leave. */
static __u32 rows_taken(int err, __u32 asked, __u32 n)
{
	return err && err != -ENOENT && n == asked ? 0 : n;
}

/* The retired table a batch at a time. -ENOSPC is a bucket larger than what we
 * have room for: nothing was taken. */
static int drain_batches(struct kernel *k, int fd, const struct kernel_drain *d)
{
	__u64 cursor;	/* the kernel uses 4 bytes of it */
	int err, interrupted = 0;
	bool begun = false;
	__u32 n;

	do {
		n = k->batch;
		err = bpf_map_lookup_and_delete_batch(fd, begun ? &cursor : NULL, &cursor, k->keys,
						      k->values, &n, NULL);
		if (err == -ENOSPC && k->batch <= k->max_flows) {
			err = kernel_grow_batch(k, 2 * k->batch);
			continue;
		}
		if ((err == -EINTR || err == -EAGAIN) && ++interrupted < MAX_INTERRUPTED) {
			err = 0;
			continue;
		}
		n = rows_taken(err, k->batch, n);
		for (__u32 i = 0; i < n; i++)
			merge(k, k->keys + (size_t)i * k->key_bytes, &k->values[i], d);
		begun = true;
	} while (!err);
	return err == -ENOENT ? 0 : err;
}

int kernel_drain(struct kernel *k, const struct kernel_drain *d)
{
	int err = drain_batches(k, k->rows_fd[!k->active], d);

	k->undrained = err != 0;
	return err;
}
