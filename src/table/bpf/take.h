/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_TABLE_BPF_TAKE_H
#define CTAGG_TABLE_BPF_TAKE_H

/* How an event, once it has been read, is taken into a table or passed on. */

#include "table/bpf/clock.h"
#include "table/bpf/direction.h"
#include "table/bpf/labels.h"
#include "table/bpf/row.h"
#include "table/bpf/select.h"

#define PASS 0xffffffff
#define TAKEN 0

#define EEXIST 17
#define E2BIG 7

static __always_inline void count(__u32 what)
{
	__u64 *counter = bpf_map_lookup_elem(&passed, &what);

	if (counter)
		__sync_fetch_and_add(counter, 1);
}

static __always_inline int pass(__u32 reason)
{
	count(reason);
	return PASS;
}

static __always_inline int add_to(void *rows, struct scratch *s, struct facts *f)
{
	struct flow_sums_kernel *row = bpf_map_lookup_elem(rows, &s->key);
	long err;

	/* The look-up above has found the table, so the window is known: an event has no time
	 * before it. Only an end with the kernel's own time can be late. */
	if (!f->time_ns)
		f->time_ns = tick_time();
	else if (!f->timed && f->time_ns < clock.not_before_ns)
		f->time_ns = clock.not_before_ns;
	if (!row) {
		err = insert(rows, s, f);
		if (!err) {
			if (config.count_rows)
				count_row(rows);
			return TAKEN;
		}
		if (err == -EEXIST)	/* another CPU was first */
			row = bpf_map_lookup_elem(rows, &s->key);
		if (!row)
			return pass(err == -E2BIG ? PASSED_FULL : PASSED_ERROR);
	}
	if (is_full(row, f->is_end))
		return pass(PASSED_MANY);
	add_event(row, f);
	return TAKEN;
}

static __always_inline int take_into(void *rows, struct scratch *s, struct facts *f)
{
	int did = add_to(rows, s, f);

	if (!f->is_end || did != TAKEN)
		return did;
	if (f->timed && f->time_ns < clock.not_before_ns)
		count_late(rows, f);
	if (f->clash)
		count_clash(rows);
	return TAKEN;
}

/* Select, and make the key that `config` asks for, for this table; the key has all facts so far. Returns
 * -1 for an event to take, COUNTED_UNSELECTED for one that is not selected, or else why the event is
 * passed on. */
static __always_inline int choose(struct scratch *s, void *rows)
{
	int labels = 0;

	if (!config.netns_all && (config.fields & FIELD_DIR || config.selects & SELECT_DIR))
		TAIL(&s->key) |= KEY_DIR(direction_of((const struct address *)s->key.saddr,
						      &s->real_daddr));
	if (config.selects && !selected(&s->key))
		return COUNTED_UNSELECTED;
	if (config.fields & FIELDS_LABEL) {	/* before make_key() cuts the addresses */
		labels = labels_of(rows);
		if (labels < 0)
			return PASSED_ERROR;
		write_labels(&s->key, labels);
	}
	if (config.masked)
		make_key(&s->key);
	return -1;
}

#endif
