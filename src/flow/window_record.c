/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include "flow/window_record.h"

const char *window_status_name(enum window_status status)
{
	switch (status) {
	case WINDOW_NODATA:
		return "nodata";
	case WINDOW_OK:
		return "ok";
	case WINDOW_PARTIAL:
		break;
	}
	return "partial";
}

/* What a level could not tell is left to its next window, which may know all of it. */
static struct window_loss restarted(const struct window_loss *loss)
{
	return (struct window_loss){ .n = loss->known || loss->never ? 0 : loss->n, .known = true };
}

void window_record_restart(struct window_record *level)
{
	*level = (struct window_record){
		.status = WINDOW_NODATA,
		.lost_events = restarted(&level->lost_events),
		.lost_drops = restarted(&level->lost_drops),
	};
}

/* A window without pending losses has found all losses of the windows before it, also those
 * that were pending there: so the sum is known again, unless it never can be. */
static void add_loss(struct window_loss *sum, const struct window_loss *loss)
{
	sum->n = flow_sums_capped(sum->n, loss->n);
	sum->never |= loss->never;
	sum->known = !sum->never && ((sum->known && loss->known) || !loss->pending);
}

#define MERGE_own(name)
#define MERGE_sum(name) level->name = flow_sums_capped(level->name, w->name);
#define MERGE_last(name) level->name = w->name;
#define MERGE_worst(name) window_status_at_least(&level->name, w->name);
#define MERGE_loss(name) add_loss(&level->name, &w->name);
#define MERGE(kind, name, merge, when) MERGE_##merge(name)

void window_record_add(struct window_record *level, const struct window_record *w)
{
	WINDOW_RECORD(MERGE)
}
