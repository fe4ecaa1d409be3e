/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <criterion/criterion.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include "pipeline/feed.h"
#include "window/window.h"

#define MS 1000000ULL
#define T 1795222800000ULL * MS		/* 2026-11-21T01:00:00Z */

static const struct source_functions nothing = { .carries = true };

/* While a window of 100 ms was closed, time went on for longer than the next one lasts: a packet of
 * the one after that was carried over. The next window counts it, and so it may not end before it. */
Test(feed, a_window_ends_after_the_events_that_were_carried_into_it)
{
	struct options opts = { .max_flows = 10, .table = OPTIONS_TABLE_HASH, .spec = flow_spec_default };
	struct source source = { .fn = &nothing };
	static struct feed_source from;
	static struct feed feed;
	struct tables tables = { 0 };
	struct intake intake;
	struct window window;

	cr_assert_eq(tables_memory(&tables.open, &opts), 0);
	intake_init(&intake, &opts.spec, NULL, NULL);
	feed.intake = &intake;
	feed.tables = &tables;
	window_open(&window, T + 500 * MS, 100 * MS, true);
	feed_begin(&feed, &(struct kernel_starts){ .ns = { T + 500 * MS } });
	from.source = &source;
	from.carried[from.n_carried++] = (struct flow_event){
		.family = AF_INET, .l4 = IPPROTO_UDP, .kind = FLOW_DROP, .has_time = true, .time_ns = T + 627 * MS,
	};
	feed_carried(&feed, &from, T + 632 * MS);
	cr_expect_geq(window_end(&window, T + 632 * MS, feed.last_event_ns), T + 627 * MS);
	cr_expect_eq(window_end(&window, T + 710 * MS, feed.last_event_ns), T + 700 * MS, "at a boundary when one follows it");
	memory_close(tables.open);
}
