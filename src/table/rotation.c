/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <string.h>

#include "table/kernel_parts.h"
#include "window/clock.h"

/* Make the rows of a table that are no flow's. */
static int make_own_rows(struct kernel *k, int table, const struct kernel_starts *starts)
{
	int err = 0;

	for (enum own_row which = 0; which < OWN_ROWS && !err; which++) {
		struct flow_key key = kernel_own_key(which);
		union value value;

		memset(&value, 0, sizeof(value));
		if (which == OWN_STARTS) {
			value.opening.labels = kernel_labels_begin(k, table);
			if (starts)
				value.opening.starts = *starts;
		}
		err = bpf_map_update_elem(k->rows_fd[table], &key, &value, BPF_ANY);
	}
	return err;
}

static void begin_at(struct kernel *k, const struct kernel_starts *starts)
{
	if (starts)
		__atomic_store_n(&k->skel->data->clock.not_before_ns, starts->ns[0],
				 __ATOMIC_SEQ_CST);
}

int kernel_begin(struct kernel *k, const struct kernel_starts *first)
{
	int err = make_own_rows(k, k->active, first);

	if (err)
		return err;
	begin_at(k, first);
	return 0;
}

/* The value of a counter of the map `passed`, over all CPUs, since the last rotation. */
static uint64_t counter(struct kernel *k, __u32 which)
{
	uint64_t sum = 0;

	if (bpf_map_lookup_elem(bpf_map__fd(k->skel->maps.passed), &which, k->per_cpu))
		return 0;
	for (int cpu = 0; cpu < k->cpus; cpu++)
		sum += k->per_cpu[cpu];
	return sum - k->counted[which];
}

uint64_t kernel_rows(struct kernel *k)
{
	struct flow_key key = kernel_own_key(OWN_COUNTS);
	union value value;

	if (bpf_map_lookup_elem(k->rows_fd[k->active], &key, &value))
		return 0;
	return value.counts.rows;
}

static uint64_t take_counter(struct kernel *k, __u32 which)
{
	uint64_t n = counter(k, which);

	k->counted[which] += n;
	return n;
}

static void count_passed(struct kernel *k, struct kernel_rotation *r)
{
	for (__u32 reason = 0; reason < PASSED_REASONS; reason++)
		r->passed[reason] = take_counter(k, reason);
	r->unselected = take_counter(k, COUNTED_UNSELECTED);
}

static int swap(struct kernel *k, const struct kernel_starts *next)
{
	int err = make_own_rows(k, !k->active, next);

	if (err)
		return err;
	begin_at(k, next);
	err = kernel_use_table(k, !k->active);
	if (!err)
		k->active = !k->active;
	return err;
}

int kernel_rotate(struct kernel *k, struct memory *into, const struct kernel_window *w,
		  struct kernel_rotation *r)
{
	struct kernel_drain d = { into, w, .delayed = true, r };
	uint64_t begin_ns = clock_monotonic_ns(), swapped_ns;
	int err = 0;

	memset(r, 0, sizeof(*r));
	if (k->undrained)	/* else the swap would make this table active, with old rows */
		err = kernel_drain(k, &d);
	if (!err)
		err = swap(k, w ? &w->next : NULL);
	/* cppcheck-suppress nullPointer; what may be null is w, not k */
	d.delayed = k->overdue;
	/* cppcheck-suppress nullPointer */
	k->overdue = err != 0;
	if (!err) {
		swapped_ns = clock_monotonic_ns();
		err = kernel_drain(k, &d);
		r->rotate_ns = swapped_ns - begin_ns;
		r->drain_ns = clock_monotonic_ns() - swapped_ns;
	}
	count_passed(k, r);
	return err;
}
