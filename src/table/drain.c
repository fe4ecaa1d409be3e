/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <errno.h>
#include <string.h>

#include "table/kernel_parts.h"

/* How often a drain may be interrupted; then its rows wait for the next rotation. */
#define MAX_INTERRUPTED 100

static uint64_t within(const struct kernel_drain *d, uint64_t ns, bool any_end)
{
	if (!d->window)
		return ns;
	if (ns > d->window->end_ns)
		return d->window->end_ns;
	/* A row with an end that has the kernel's time may be late, and keeps its time. */
	if (ns < d->window->start_ns && (!any_end || d->delayed))
		return d->window->start_ns;
	return ns;
}

static void take_counts(const struct kernel_counts *counts, struct kernel_rotation *r)
{
	for (int i = 0; i < KERNEL_STARTS; i++)
		r->late[i] += counts->late[i];
	r->clash += counts->clash;
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
	flow_sums_from_kernel(&row.sum, &value->sums);
	row.sum.first_ns = within(d, row.sum.first_ns, row.sum.timed_ends);
	row.sum.last_ns = within(d, row.sum.last_ns, row.sum.timed_ends);
	if (k->has_labels)
		kernel_labels_merge(k, !k->active, d->into, &row);
	else
		memory_merge(d->into, &row);
	d->r->injected += FLOW_SUMS_HIGH(value->sums.starts_injected);
	d->r->rows++;
	d->r->events += flow_sums_events(&row.sum);
}

/* How many rows a call has removed from the table. A kernel that runs out of memory has removed
 * the first n rows all the same. The kernel sets n to 0 before it does anything: when n is
 * still the number asked for after an error, the call failed earlier, and removed nothing. */
static __u32 rows_taken(int err, __u32 asked, __u32 n)
{
	return err && err != -ENOENT && n == asked ? 0 : n;
}

/* Drain the table that the filter does not use, a batch of rows at a time. -ENOSPC: one bucket
 * of the map has more rows than a batch; the kernel has removed nothing, and the next batch is
 * larger. */
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
