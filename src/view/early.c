/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <errno.h>
#include <stdlib.h>

#include "hash/grow.h"
#include "view/early.h"

struct early_window {
	uint32_t host, run;
	uint64_t window_ms, start_ns, end_ns, records;
};

static struct early_window *find(const struct view_early *e, const struct view_window *w)
{
	for (size_t i = 0; i < e->n; i++) {
		struct early_window *its = &e->of[i];

		if (its->start_ns == w->start_ns && its->end_ns == w->end_ns && its->host == w->host &&
		    its->run == w->run && its->window_ms == w->window_ms)
			return its;
	}
	return NULL;
}

int view_early_add(struct view_early *e, const struct view_window *w, uint64_t records)
{
	struct early_window *its = find(e, w);

	if (its) {
		its->records += records;
		return 0;
	}
	if (!grow_items((void **)&e->of, &e->room, e->n + 1, sizeof(*e->of)))
		return -ENOMEM;
	its = e->n < VIEW_EARLY_MAX ? &e->of[e->n++] : &e->of[e->replaced++ % VIEW_EARLY_MAX];
	*its = (struct early_window){
		w->host, w->run, w->window_ms, w->start_ns, w->end_ns, records,
	};
	return 0;
}

uint64_t view_early_records(const struct view_early *e, const struct view_window *w)
{
	const struct early_window *its = find(e, w);

	return its ? its->records : 0;
}

void view_early_forget(struct view_early *e, const struct view_window *w)
{
	struct early_window *its = find(e, w);

	if (its)
		*its = e->of[--e->n];
}

void view_early_free(struct view_early *e)
{
	free(e->of);
	*e = (struct view_early){ .of = NULL };
}
