/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cli/repeat.h"
#include "pipeline/setup.h"
#include "pipeline/sources.h"
#include "source/tracker_stats.h"

/* The source of what connection tracking says of itself. It has no events: it only has part of the
 * window record.
 *
 * kernel  of the window that ended last
 */
struct tracker {
	struct source source;
	struct tracker_stats *stats;
	struct window_kernel kernel;
};

static struct tracker *of(const struct source *s)
{
	return (struct tracker *)s;
}

static void read_stats(struct tracker *t)
{
	int err = tracker_stats_read(t->stats, &t->kernel);

	if (err)
		repeat_say(t, err, LOG_KIND_NOTICE, "cannot read the counters of connection tracking: %s; the window says null for them",
			   strerror(-err));
	else
		repeat_over(t, "the counters of connection tracking are read again");
}

/* The counters of the first window grow from here on. */
static int start(struct source *s)
{
	read_stats(of(s));
	return 0;
}

static void end_window(struct source *s, struct memory *into, uint64_t end_ns, bool last)
{
	(void)into, (void)end_ns, (void)last;
	read_stats(of(s));
}

static void describe(const struct source *s, struct window_record *w)
{
	w->kernel = of(s)->kernel;
}

static void close_source(struct source *s)
{
	tracker_stats_close(of(s)->stats);
	free(of(s));
}

static const struct source_functions functions = {
	.start = start,
	.end_window = end_window,
	.describe = describe,
	.close = close_source,
};

/* Lines of events have no window record. */
int tracker_open(struct source **out, struct source_setup *setup)
{
	struct tracker *t;
	int err;

	if (!setup->opts->conntrack || setup->opts->events)
		return 0;
	t = calloc(1, sizeof(*t));
	err = t ? tracker_stats_open(&t->stats) : -ENOMEM;
	if (err) {
		free(t);
		setup_fail(FAILED, "cannot read the counters of connection tracking", err, "");
		return err;
	}
	t->source.fn = &functions;
	*out = &t->source;
	return 0;
}
