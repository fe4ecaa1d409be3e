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

bool window_kernel_known(const struct window_kernel *k)
{
#define KNOWN(name, about) | k->name.known
	return false WINDOW_KERNEL_COUNTERS(KNOWN) WINDOW_KERNEL_GAUGES(KNOWN);
#undef KNOWN
}

/* What a level could not tell is left to its next window, which may know all of it. */
static struct window_loss restarted(const struct window_loss *loss)
{
	return (struct window_loss){ .n = loss->known || loss->never ? 0 : loss->n, .known = true };
}

#define RESTARTED(name, about) .name = restarted(&level->kernel.name),

void window_record_restart(struct window_record *level)
{
	*level = (struct window_record){
		.status = WINDOW_NODATA,
		.lost_events = restarted(&level->lost_events),
		.lost_kernel_drops = restarted(&level->lost_kernel_drops),
		.lost_drops = restarted(&level->lost_drops),
		.kernel = { WINDOW_KERNEL_COUNTERS(RESTARTED) },
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

/* A level has the counters of all its windows, and the values of the last one. */
#define ADD_COUNTER(name, about) add_loss(&level->name, &k->name);
#define TAKE_GAUGE(name, about) level->name = k->name;

static void add_kernel(struct window_kernel *level, const struct window_kernel *k)
{
	level->asked |= k->asked;
	WINDOW_KERNEL_COUNTERS(ADD_COUNTER)
	WINDOW_KERNEL_GAUGES(TAKE_GAUGE)
}

#define MERGE_own(name)
#define MERGE_sum(name) level->name = flow_sums_capped(level->name, w->name);
#define MERGE_last(name) level->name = w->name;
#define MERGE_most(name) level->name = level->name > w->name ? level->name : w->name;
#define MERGE_worst(name) window_status_at_least(&level->name, w->name);
#define MERGE_loss(name) add_loss(&level->name, &w->name);
#define MERGE_any(name) level->name |= w->name;
#define MERGE_kernel(name) add_kernel(&level->name, &w->name);
#define MERGE(kind, name, merge, when) MERGE_##merge(name)

void window_record_add(struct window_record *level, const struct window_record *w)
{
	WINDOW_RECORD(MERGE)
}
