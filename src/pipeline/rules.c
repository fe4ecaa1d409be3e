/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cli/log.h"
#include "cli/repeat.h"
#include "pipeline/privileges.h"
#include "pipeline/setup.h"
#include "pipeline/sources.h"
#include "rule/counter_changes.h"
#include "rule/counter_reading.h"
#include "rule/totals.h"
#include "window/clock.h"

/* How long the rules are read before other work gets its turn. */
#define TURN_NS 1000000ULL

/* How long a reading waits for the notifications of changes that it has seen. The kernel sends them
 * right after the change. */
#define WAIT_NS 1000000000ULL

/* The source of what the counters of rules say, with --rules. It has no events: the counters are
 * read once at the start, and after the end of each window. Changes of the ruleset are read when
 * they come.
 *
 * totals  of a ctagg that counts no logged packets; with them, the source of drops has the totals
 * moves   by how much counters have moved in the window that ended last
 * err     why the reading that end_window() began has failed (-errno); 0: it goes on
 * read_ns when it ended (CLOCK_MONOTONIC); 0: it has not
 */
struct rules {
	struct source source;
	struct counter_reading *reading;
	struct counter_changes *changes;
	struct rule_counters *counters;
	struct rule_totals *totals;
	struct rule_moves moves;
	int err;
	uint64_t read_ns;
};

static struct rules *of(const struct source *s)
{
	return (struct rules *)s;
}

/* A reading is over. Returns how many counters were not read. */
static size_t take_reading(struct rules *r)
{
	for (size_t i = 0; i < counter_reading_n(r->reading); i++) {
		struct counter_row row = counter_reading_row(r->reading, i);

		rule_counters_take(r->counters, &row);
	}
	return rule_counters_end(r->counters, counter_reading_whole(r->reading), &r->moves);
}

/* Read on for a turn. Returns as counter_reading_step(). */
static int read_some(struct rules *r)
{
	uint64_t until_ns = clock_monotonic_ns() + TURN_NS;
	int done;

	do
		done = counter_reading_step(r->reading);
	while (!done && clock_monotonic_ns() < until_ns);
	return done;
}

static void end_window(struct source *s, struct memory *into, uint64_t end_ns, bool last)
{
	(void)into, (void)end_ns, (void)last;
	of(s)->err = counter_reading_begin(of(s)->reading);
	of(s)->read_ns = 0;
}

/* Read on for a turn. Returns 0 when there is more; 1 when the reading is over, and all changes that
 * it has seen are known; or -errno. When these changes do not come, they were lost. */
static int read_on(struct rules *r)
{
	int done = r->read_ns ? 1 : read_some(r), err;
	uint16_t generation;

	if (done <= 0)
		return done;
	if (!r->read_ns)
		r->read_ns = clock_monotonic_ns();
	err = counter_changes_read(r->changes, r->counters);
	if (err || !counter_reading_generation(r->reading, &generation) ||
	    counter_changes_know(r->changes, generation))
		return err ? err : 1;
	if (clock_monotonic_ns() < r->read_ns + WAIT_NS)
		return 0;
	rule_counters_restart(r->counters);
	counter_changes_since(r->changes, generation);
	return 1;
}

static int descriptor(const struct source *s)
{
	return counter_changes_fd(of(s)->changes);
}

/* There are no events, but changes of the ruleset, which are followed. */
static ssize_t read_events(struct source *s, struct flow_event *events, size_t max)
{
	int err = counter_changes_read(of(s)->changes, of(s)->counters);

	(void)events, (void)max;
	return err ? err : -EAGAIN;
}

/* Counters that were not read are in the next window's reading, unless their rules are gone. */
static void say_unread(struct rules *r, struct window_record *w, size_t unread)
{
	w->unread_rules += unread;
	if (unread || r->err)
		window_status_at_least(&w->status, WINDOW_PARTIAL);
	if (r->err)
		repeat_say(r, r->err, LOG_KIND_NOTICE, "--rules: cannot read the counters of nftables rules: %s; the next window has what they counted",
			   strerror(-r->err));
	else
		repeat_over(r, "--rules: the counters of nftables rules are read again");
}

static bool finish(struct source *s, struct window_record *w, struct rule_totals *totals)
{
	struct rules *r = of(s);
	int done = r->err ? r->err : read_on(r);

	if (!done)
		return false;
	r->err = done < 0 ? done : 0;
	say_unread(r, w, r->err ? rule_counters_n(r->counters) : take_reading(r));
	rule_totals_move(totals, &r->moves);
	rule_moves_clear(&r->moves);
	return true;
}

static struct rule_totals *totals(const struct source *s)
{
	return of(s)->totals;
}

static void close_source(struct source *s)
{
	struct rules *r = of(s);

	counter_reading_close(r->reading);
	counter_changes_close(r->changes);
	rule_counters_close(r->counters);
	rule_totals_close(r->totals);
	rule_moves_free(&r->moves);
	free(r);
}

static const struct source_functions functions = {
	.fd = descriptor,
	.read = read_events,
	.end_window = end_window,
	.finish = finish,
	.totals = totals,
	.close = close_source,
};

/* The first reading is where counters begin. Nothing else waits yet for its turn. */
static int read_first(struct rules *r)
{
	int done = counter_reading_begin(r->reading);
	uint16_t generation;

	while (!done)
		done = counter_reading_step(r->reading);
	if (done < 0)
		return done;
	if (counter_reading_generation(r->reading, &generation))
		counter_changes_since(r->changes, generation);
	take_reading(r);
	return 0;
}

/* Subscribes to changes before the first reading, so that no change between the two is missed. */
static int open_parts(struct rules *r)
{
	int err = counter_changes_open(&r->changes);

	if (!err)
		err = counter_reading_open(&r->reading);
	if (!err)
		err = rule_counters_open(&r->counters);
	if (!err)
		err = rule_totals_open(&r->totals, NULL);
	r->moves.counters = r->counters;
	return err ? err : read_first(r);
}

int rules_open(struct source **out, struct source_setup *setup)
{
	struct rules *r;
	int err;

	if (!setup->opts->rules)
		return 0;
	r = calloc(1, sizeof(*r));
	if (!r) {
		setup_fail(FAILED, "--rules", -ENOMEM, "");
		return -ENOMEM;
	}
	r->source.fn = &functions;
	*out = &r->source;	/* closed by the caller, also after a failure */
	err = open_parts(r);
	if (err)
		setup_fail(FAILED, "--rules: cannot read the rules of nftables", err,
			   err == -EPERM ? privileges_net_admin() : "");
	return err;
}
