/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cli/repeat.h"
#include "pipeline/setup.h"
#include "pipeline/sources.h"
#include "rule/uncounted.h"
#include "source/tracker_stats.h"

/* The source of what connection tracking says of itself, and of what it does not see. It has no events:
 * it only has part of the window record.
 *
 * kernel  of the window that ended last
 * passed  in this window packets could pass uncounted
 */
struct tracker {
	struct source source;
	struct tracker_stats *stats;
	struct uncounted *uncounted;
	struct window_kernel kernel;
	bool passed;
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

static void read_flowtables(struct tracker *t)
{
	int err = uncounted_update(t->uncounted);

	if (err)
		repeat_say(t->uncounted, err, LOG_KIND_NOTICE, "cannot read the flow tables of nftables: %s; whether packets pass uncounted is not known anew",
			   strerror(-err));
	else
		repeat_over(t->uncounted, "the flow tables of nftables are read again");
}

/* The counters of the first window grow from here on. */
static int start(struct source *s)
{
	read_stats(of(s));
	read_flowtables(of(s));
	return 0;
}

static int change_descriptor(const struct source *s)
{
	return uncounted_fd(of(s)->uncounted);
}

static bool changed(struct source *s, bool emptied)
{
	(void)emptied;
	read_flowtables(of(s));
	return true;
}

static void end_window(struct source *s, struct memory *into, uint64_t end_ns, bool last)
{
	struct tracker *t = of(s);

	(void)into, (void)end_ns, (void)last;
	read_stats(t);
	read_flowtables(t);
	t->passed = uncounted_since(t->uncounted);
}

static void describe(const struct source *s, struct window_record *w)
{
	const struct tracker *t = of(s);

	w->kernel = t->kernel;
	w->flowtable_uncounted = t->passed;
	if (t->passed)
		window_status_at_least(&w->status, WINDOW_PARTIAL);
}

static void close_source(struct source *s)
{
	struct tracker *t = of(s);

	tracker_stats_close(t->stats);
	uncounted_close(t->uncounted);
	free(t);
}

static const struct source_functions functions = {
	.start = start,
	.change_fd = change_descriptor,
	.changed = changed,
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
	if (t) {
		t->source.fn = &functions;
		*out = &t->source;	/* closed by the caller, also after a failure */
	}
	err = t ? tracker_stats_open(&t->stats) : -ENOMEM;
	if (!err)
		err = uncounted_open(&t->uncounted);
	if (err)
		setup_fail(FAILED, "cannot ask connection tracking", err, "");
	return err;
}
