/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "cli/log.h"
#include "collected.h"
#include "pipeline/pipeline.h"
#include "pipeline/setup.h"

/* A source whose descriptor is always readable, and an output that takes nothing until the tick of
 * the first second. Time is this host's. */

#define MS 1000000ULL

TestSuite(watching, .timeout = 60);

/* fd, change  descriptors of events and of changes
 * given       events that were read
 * turns       how often the pipeline has asked since the last read, once or twice in each turn of
 *             the loop, whether the source holds events; waited: the most of these
 * ticked      a second is over: there are no more events
 */
static struct readable {
	struct source source;
	int fd, change;
	uint64_t given;
	size_t turns, waited;
	bool ticked;
} readable;
static struct collected lines;

static int descriptor(const struct source *s)
{
	(void)s;
	return readable.fd;
}

static int change_descriptor(const struct source *s)
{
	(void)s;
	return readable.change;
}

static bool changed(struct source *s, bool emptied)
{
	(void)s, (void)emptied;
	return false;
}

static bool held(const struct source *s)
{
	(void)s;
	readable.turns++;
	return false;
}

static ssize_t read_events(struct source *s, struct flow_event *events, size_t max)
{
	(void)s;
	if (readable.turns > readable.waited)
		readable.waited = readable.turns;
	readable.turns = 0;
	if (readable.ticked)
		return SOURCE_END;
	memset(events, 0, max * sizeof(*events));
	for (size_t i = 0; i < max; i++) {
		events[i].conntrack = true;
		events[i].family = AF_INET;
		events[i].l4 = IPPROTO_GRE;
	}
	readable.given += max;
	return max;
}

static bool tick(struct source *s)
{
	(void)s;
	readable.ticked = true;
	return false;
}

static void close_source(struct source *s)
{
	(void)s;
	close(readable.fd);
	close(readable.change);
}

static int open_source(struct source **out, struct source_setup *setup)
{
	static const struct source_functions functions = {
		.waits = true,
		.fd = descriptor,
		.change_fd = change_descriptor,
		.changed = changed,
		.held = held,
		.read = read_events,
		.tick = tick,
		.close = close_source,
	};

	(void)setup;
	readable.source.fn = &functions;
	readable.fd = eventfd(1, EFD_CLOEXEC);
	readable.change = eventfd(1, EFD_CLOEXEC);
	cr_assert(readable.fd >= 0 && readable.change >= 0);
	*out = &readable.source;
	return 0;
}

/* The output of collected.c, but for flush(). */
static struct output_functions slow;
static int (*flush_all)(struct output *o);

static int flush_after_tick(struct output *o)
{
	return readable.ticked ? flush_all(o) : -EAGAIN;
}

/* The second window is due, and the third cannot be opened before the lines of the first are made:
 * the source is not read, and the loop does not turn. */
Test(watching, the_loop_does_not_spin_while_a_source_is_not_read)
{
	static source_open_fn *const sources[] = { open_source };
	struct pipeline_parts parts = {
		.sources = sources, .n_sources = 1, .output = &lines.output,
	};
	struct options opts = {
		.window_ns = 10 * MS, .max_flows = 10, .table = OPTIONS_TABLE_HASH,
		.spec = flow_spec_default, .align = true, .conntrack = true,
	};
	json_t *records, *o;
	uint64_t starts = 0;
	size_t i;

	collected_init(&lines);
	slow = *lines.output.fn;
	flush_all = slow.flush;
	slow.flush = flush_after_tick;
	lines.output.fn = &slow;
	lines.room = 1;	/* a line at a time, so the window's second line has to wait */
	log_level(LOG_QUIET - 1);
	cr_assert_eq(pipeline_run_parts(&opts, &parts), DONE);
	cr_expect_lt(readable.waited, 100, "%zu", readable.waited);
	records = collected_records(&lines);
	json_array_foreach(records, i, o)
		if (!strcmp(json_string_value(json_object_get(o, "type")), "window"))
			starts += json_integer_value(json_object_get(o, "starts"));
	cr_expect_gt(starts, 0);
	cr_expect_eq(starts, readable.given);
	json_decref(records);
}
