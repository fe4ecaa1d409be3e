/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <arpa/inet.h>
#include <criterion/criterion.h>
#include <errno.h>
#include <inttypes.h>
#include <netinet/in.h>
#include <signal.h>
#include <string.h>

#include "cli/log.h"
#include "collected.h"
#include "pipeline/pipeline.h"
#include "pipeline/setup.h"
#include "played.h"

/* The whole pipeline but for the kernel: events that are played, a clock that goes on with
 * them, tables in memory, and lines that are kept in memory. */

#define S 1000000000ULL
#define MS 1000000ULL
#define T 1795222800ULL * S		/* 2026-11-21T01:00:00Z */

TestSuite(pipeline, .timeout = 60);

/* A start of flow n. */
static struct played_event start_at(uint64_t at_ns, uint32_t n)
{
	struct played_event e = { .at_ns = at_ns };
	__be32 from = htonl(0x0a000000 | n), to = htonl(0xc0000201);

	e.event.conntrack = true;
	e.event.family = AF_INET;
	e.event.l4 = IPPROTO_TCP;
	e.event.has_ports = true;
	e.event.orig.dport = htons(443);
	flow_addr_v4(e.event.orig.saddr, &from);
	flow_addr_v4(e.event.orig.daddr, &to);
	flow_addr_v4(e.event.reply.saddr, &to);
	flow_addr_v4(e.event.reply.daddr, &from);
	e.event.has_time = true;
	e.event.time_ns = at_ns;
	return e;
}

static struct played_event end_at(uint64_t at_ns, uint32_t n, uint64_t bytes)
{
	struct played_event e = start_at(at_ns, n);

	e.event.kind = FLOW_END;
	e.event.has_counters = true;
	e.event.orig_packets = 1;
	e.event.orig_bytes = bytes;
	return e;
}

/* Time goes on without an event. */
static struct played_event nothing_at(uint64_t at_ns)
{
	return (struct played_event){ .at_ns = at_ns, .nothing = true };
}

static struct options options_of(uint64_t window_ns)
{
	return (struct options){
		.window_ns = window_ns,
		.max_flows = 1000,
		.table = OPTIONS_TABLE_HASH,
		.spec = flow_spec_default,
		.align = true,
		.conntrack = true,
	};
}

/* --- running ------------------------------------------------------------------ */

static struct collected out;
static struct played played;
static json_t *records;

/* Play events, as played is set up; returns the exit status. */
static int run(const struct options *opts, const struct played_event *events, size_t n)
{
	static source_open_fn *const sources[] = { played_open };
	struct pipeline_parts parts = {
		.sources = sources, .n_sources = 1, .output = &out.output,
		.read = played_clock, .arg = &played,
	};
	int status;

	played.events = events;
	played.n = n;
	log_level(LOG_QUIET - 1);
	if (!out.output.fn)
		collected_init(&out);
	status = pipeline_run_parts(opts, &parts);
	cr_assert(played.closed);
	cr_assert_eq(out.closed, 1);
	cr_assert_eq(out.waiting, 0, "all is flushed");
	records = collected_records(&out);
	return status;
}
#define RUN(opts, events) run(opts, events, sizeof(events) / sizeof((events)[0]))

static json_t *window(size_t n)
{
	json_t *w = collected_record(records, "window", n);

	cr_assert_not_null(w, "there is no window %zu", n);
	return w;
}

static size_t windows(void)
{
	size_t n = 0;

	while (collected_record(records, "window", n))
		n++;
	cr_assert_eq(out.window_done, (int)n);
	return n;
}

static uint64_t number(const json_t *o, const char *name)
{
	json_t *value = json_object_get(o, name);

	cr_assert(json_is_integer(value), "%s is no number", name);
	return json_integer_value(value);
}

/* Of a time in a record: microseconds since the hour began. */
static uint64_t us(const json_t *o, const char *name)
{
	const char *text = json_string_value(json_object_get(o, name));
	unsigned int minutes, seconds, us;

	cr_assert_not_null(text, "%s is no text", name);
	cr_assert_eq(sscanf(text, "2026-11-21T01:%u:%u.%u", &minutes, &seconds, &us), 3, "%s", text);
	return (minutes * 60 + seconds) * 1000000ULL + us;
}

/* Window n has these bounds, in seconds after T, this reason, and so many starts. */
static void is_window(size_t n, double start, double end, const char *by, uint64_t starts)
{
	json_t *w = window(n);

	cr_expect_eq(us(w, "window_start"), (uint64_t)(start * 1000000), "start of window %zu", n);
	cr_expect_eq(us(w, "window_end"), (uint64_t)(end * 1000000), "end of window %zu", n);
	cr_expect_str_eq(json_string_value(json_object_get(w, "closed_by")), by, "window %zu", n);
	cr_expect_eq(number(w, "starts"), starts, "starts of window %zu", n);
}

/* In each window the flows and `other` add up to what the window says, and lie within it. */
static void sums_hold(void)
{
	uint64_t lines = 0, starts = 0, ends = 0;
	json_t *o;
	size_t i;

	json_array_foreach(records, i, o) {
		if (strcmp(json_string_value(json_object_get(o, "type")), "window")) {
			lines++;
			starts += number(o, "starts");
			ends += number(o, "ends");
			cr_expect_geq(us(o, "first_seen"), us(o, "window_start"));
			cr_expect_leq(us(o, "last_seen"), us(o, "window_end"));
			continue;
		}
		cr_expect_eq(number(o, "records"), lines);
		cr_expect_eq(number(o, "starts"), starts);
		cr_expect_eq(number(o, "ends"), ends);
		lines = starts = ends = 0;
	}
	cr_expect_eq(lines, 0, "a window record is the last");
}

/* --- tests --------------------------------------------------------------------- */

Test(pipeline, windows_close_by_the_time_of_events)
{
	struct options opts = options_of(10 * S);
	struct played_event events[] = {
		start_at(T + 3 * S, 1), start_at(T + 9 * S, 2), start_at(T + 10 * S, 3),
		start_at(T + 35 * S, 4), start_at(T + 39 * S + 999999999, 5), nothing_at(T + 42 * S),
	};

	played_init(&played, T + 2 * S);
	cr_assert_eq(RUN(&opts, events), DONE);
	cr_assert_eq(windows(), 5);
	is_window(0, 2, 10, "timer", 2);
	is_window(1, 10, 20, "timer", 1);
	is_window(2, 20, 30, "timer", 0);	/* nothing came, and nothing is left out */
	is_window(3, 30, 40, "timer", 2);
	is_window(4, 40, 42, "stop", 0);
	cr_assert_eq(played.windows, 5);
	sums_hold();
}

Test(pipeline, flows_have_their_sums_and_times)
{
	struct options opts = options_of(10 * S);
	struct played_event events[] = {
		start_at(T + 1 * S, 1), start_at(T + 2 * S, 2), end_at(T + 3 * S, 1, 700),
		start_at(T + 4 * S, 1), end_at(T + 5 * S, 1, 30), nothing_at(T + 10 * S),
	};
	json_t *one, *two;

	played_init(&played, T);
	cr_assert_eq(RUN(&opts, events), DONE);
	sums_hold();
	one = collected_record(records, "flow", 0);
	two = collected_record(records, "flow", 1);
	cr_assert(one && two);
	cr_assert_null(collected_record(records, "flow", 2));
	cr_expect_str_eq(json_string_value(json_object_get(one, "src_ip")), "10.0.0.1");
	cr_expect_str_eq(json_string_value(json_object_get(one, "direction")), "forward");
	cr_expect_eq(number(one, "starts"), 2);
	cr_expect_eq(number(one, "ends"), 2);
	cr_expect_eq(number(one, "orig_bytes"), 730);
	cr_expect_eq(us(one, "first_seen"), 1000000);
	cr_expect_eq(us(one, "last_seen"), 5000000);
	cr_expect_eq(number(two, "starts"), 1);
	cr_expect_eq(number(two, "ends"), 0);
	cr_expect_eq(number(window(0), "orig_bytes"), 730);
}

Test(pipeline, a_counter_that_stops_makes_its_windows_partial)
{
	struct options opts = options_of(10 * S);
	struct played_event events[] = {
		end_at(T + 1 * S, 1, FLOW_SUMS_MAX), end_at(T + 11 * S, 1, FLOW_SUMS_MAX),
		end_at(T + 12 * S, 2, 1), end_at(T + 25 * S, 3, 0),
	};
	static const char *const status[] = { "ok", "partial", "partial", "ok" };

	opts.level_ns[0] = 20 * S;
	opts.n_levels = 1;
	played_init(&played, T);
	cr_assert_eq(RUN(&opts, events), DONE);
	cr_assert_eq(windows(), 5);
	for (size_t i = 0; i < 4; i++) {	/* the third is the level's */
		cr_expect_str_eq(json_string_value(json_object_get(window(i), "status")), status[i]);
		cr_expect_eq(number(window(i), "orig_bytes"), i < 3 ? FLOW_SUMS_MAX : 0);
	}
}

/* Random events over many windows: each is counted once, in the window of its time. */
Test(pipeline, every_event_is_counted_in_the_window_of_its_time)
{
	static struct played_event events[5000];
	uint64_t expected[200] = { 0 }, at_ns = T, state = 1;
	struct options opts = options_of(S);
	size_t n = sizeof(events) / sizeof(events[0]);

	for (size_t i = 0; i < n; i++) {
		state = state * 6364136223846793005ULL + 1442695040888963407ULL;
		at_ns += (state >> 33) % (40 * MS);
		events[i] = start_at(at_ns, (state >> 40) % 50);
		expected[(at_ns - T) / S]++;
	}
	played_init(&played, T);
	cr_assert_eq(RUN(&opts, events), DONE);
	cr_assert_eq(windows(), (at_ns - T) / S + 1);
	for (size_t i = 0; i < windows(); i++)
		cr_assert_eq(number(window(i), "starts"), expected[i], "window %zu", i);
	sums_hold();
}

/* Lines are made so slowly that windows are due while those before them are written. */
Test(pipeline, a_source_that_waits_is_not_read_ahead_of_a_slow_output)
{
	static struct played_event events[300];
	struct options opts = options_of(S);

	for (size_t i = 0; i < 300; i++)
		events[i] = start_at(T + i * (10 * MS), i);
	collected_init(&out);
	out.room = 1;	/* a line at a time */
	played_init(&played, T);
	cr_assert_eq(RUN(&opts, events), DONE);
	cr_assert_eq(windows(), 3);
	is_window(0, 0, 1, "timer", 100);
	is_window(1, 1, 2, "timer", 100);
	is_window(2, 2, 2.99, "stop", 100);
	sums_hold();
}

Test(pipeline, longer_windows_add_up_shorter_ones)
{
	struct options opts = options_of(10 * S);
	struct played_event events[] = {
		start_at(T + 1 * S, 1), start_at(T + 11 * S, 1), start_at(T + 21 * S, 2),
		start_at(T + 31 * S, 3), nothing_at(T + 65 * S),
	};
	uint64_t starts[2] = { 0 }, ends_us[2][8], n[2] = { 0 };

	opts.level_ns[0] = 30 * S;
	opts.n_levels = 1;
	played_init(&played, T);
	cr_assert_eq(RUN(&opts, events), DONE);
	sums_hold();
	for (size_t i = 0; i < windows(); i++) {
		json_t *w = window(i);
		int level = number(w, "window_ms") == 30000;

		starts[level] += number(w, "starts");
		ends_us[level][n[level]++] = us(w, "window_end");
	}
	cr_assert_eq(n[0], 7);
	cr_assert_eq(n[1], 3);
	cr_expect_eq(starts[0], 4);
	cr_expect_eq(starts[1], 4);
	cr_expect_eq(ends_us[1][0], 30000000);
	cr_expect_eq(ends_us[1][1], 60000000);
	cr_expect_eq(ends_us[1][2], 65000000);
}

/* What is read at once may reach over the end of a window. */
Test(pipeline, events_of_the_next_window_are_carried_over)
{
	struct options opts = options_of(10 * S);
	struct played_event events[] = {
		start_at(T + 8 * S, 1), start_at(T + 11 * S, 2), start_at(T + 11 * S, 3),
		start_at(T + 11 * S, 4), nothing_at(T + 15 * S),
	};

	events[1].event.time_ns = T + 9 * S;
	events[2].event.time_ns = T + 10 * S;
	events[3].event.time_ns = T + 10 * S + 1;
	played.at_once = true;
	played_init(&played, T);
	cr_assert_eq(RUN(&opts, events), DONE);
	cr_assert_eq(windows(), 2);
	is_window(0, 0, 10, "timer", 2);
	is_window(1, 10, 15, "stop", 2);
	sums_hold();
}

/* An event whose time is still to come says nothing: it happened before the clock was set
 * back. One without a time has that of the moment in which it is read. */
Test(pipeline, events_without_a_usable_time_are_of_the_open_window)
{
	struct options opts = options_of(10 * S);
	struct played_event events[] = {
		start_at(T + 8 * S, 1), start_at(T + 9 * S, 2), nothing_at(T + 15 * S),
	};

	events[0].event.time_ns = T + 12 * S;
	events[1].event.has_time = false;
	played.at_once = true;
	played_init(&played, T);
	cr_assert_eq(RUN(&opts, events), DONE);
	is_window(0, 0, 10, "timer", 2);
	cr_expect_eq(us(collected_record(records, "flow", 0), "last_seen"), 8000000);
	cr_expect_eq(us(collected_record(records, "flow", 1), "last_seen"), 9000000);
}

Test(pipeline, a_step_of_the_clock_closes_the_window)
{
	struct options opts = options_of(60 * S);
	struct played_event events[] = {
		start_at(T + 10 * S, 1), { .at_ns = T + 20 * S, .set_ns = 600 * S },
		start_at(T + 30 * S, 2), start_at(T + 31 * S, 3), nothing_at(T + 40 * S),
	};

	events[2].event.time_ns += 600 * S;
	events[3].event.time_ns += 600 * S;
	played_init(&played, T);
	cr_assert_eq(RUN(&opts, events), DONE);
	cr_assert_eq(windows(), 2);
	is_window(0, 0, 20, "clock", 1);
	is_window(1, 620, 640, "stop", 2);
	cr_expect_null(json_object_get(window(0), "clock_step_ms"));
	cr_expect_eq(number(window(1), "clock_step_ms"), 600000);
	sums_hold();
}

Test(pipeline, a_step_back_opens_a_window_in_the_past)
{
	struct options opts = options_of(60 * S);
	struct played_event events[] = {
		start_at(T + 610 * S, 1),
		{ .at_ns = T + 620 * S, .set_ns = -600 * (int64_t)S },
		start_at(T + 630 * S, 2), nothing_at(T + 640 * S),
	};

	events[2].event.time_ns -= 600 * S;
	played_init(&played, T + 600 * S);
	cr_assert_eq(RUN(&opts, events), DONE);
	cr_assert_eq(windows(), 2);
	is_window(0, 600, 620, "clock", 1);
	is_window(1, 20, 40, "stop", 1);
	cr_expect_eq((int64_t)number(window(1), "clock_step_ms"), -600000);
	sums_hold();
}

Test(pipeline, so_many_windows_and_no_more)
{
	struct options opts = options_of(10 * S);
	struct played_event events[] = {
		start_at(T + 1 * S, 1), start_at(T + 11 * S, 2), start_at(T + 21 * S, 3),
		start_at(T + 31 * S, 4),
	};

	opts.count = 2;
	played_init(&played, T);
	cr_assert_eq(RUN(&opts, events), DONE);
	cr_assert_eq(windows(), 2);
	is_window(0, 0, 10, "timer", 1);
	is_window(1, 10, 20, "stop", 1);
	cr_assert_eq(played.next, 2, "what is later is not read");
}

/* Nothing that happens after the signal is read; what has been carried over is not lost. */
static void stops(bool at_once, uint64_t starts)
{
	struct options opts = options_of(10 * S);
	struct played_event events[] = {
		start_at(T + 1 * S, 1), start_at(T + 4 * S, 2),
		{ .at_ns = T + 5 * S, .signal = SIGTERM }, start_at(T + 6 * S, 3),
	};

	played.at_once = at_once;
	played_init(&played, T);
	cr_assert_eq(RUN(&opts, events), DONE);
	cr_assert_eq(windows(), 1);
	is_window(0, 0, 5, "stop", starts);
	cr_assert_eq(played.next, 3);
	cr_assert(played.stopped, "the source is told");
	sums_hold();
}
Test(pipeline, a_signal_stops_it) { stops(false, 2); }
Test(pipeline, a_signal_stops_a_source_that_carries) { stops(true, 2); }

Test(pipeline, a_signal_closes_the_window_and_goes_on)
{
	struct options opts = options_of(10 * S);
	struct played_event events[] = {
		start_at(T + 1 * S, 1), { .at_ns = T + 4 * S, .signal = SIGUSR2 },
		start_at(T + 6 * S, 2), nothing_at(T + 12 * S),
	};

	played_init(&played, T);
	cr_assert_eq(RUN(&opts, events), DONE);
	cr_assert_eq(windows(), 3);
	is_window(0, 0, 4, "signal", 1);
	is_window(1, 4, 10, "timer", 1);
	is_window(2, 10, 12, "stop", 0);
	sums_hold();
}

Test(pipeline, a_full_table_closes_the_window)
{
	struct options opts = options_of(10 * S);
	struct played_event events[20];

	for (size_t i = 0; i < 10; i++) {
		events[2 * i] = start_at(T + (i + 1) * (500 * MS), i);
		events[2 * i + 1] = (struct played_event){ events[2 * i].at_ns, .turn = true };
	}
	opts.max_flows = 5;
	opts.early_close = 80;
	played_init(&played, T);
	cr_assert_eq(RUN(&opts, events), DONE);
	cr_assert_geq(windows(), 2);
	is_window(0, 0, 2, "full", 4);
	cr_expect_null(collected_record(records, "other", 0), "there was room for all");
	sums_hold();
}

Test(pipeline, a_broken_source_ends_it_and_is_said)
{
	struct options opts = options_of(10 * S);
	struct played_event events[] = {
		start_at(T + 1 * S, 1), { .at_ns = T + 2 * S, .err = EIO }, start_at(T + 3 * S, 2),
	};

	played_init(&played, T);
	cr_assert_eq(RUN(&opts, events), FAILED);
	cr_assert_eq(windows(), 1);
	is_window(0, 0, 2, "stop", 1);
	cr_expect_str_eq(json_string_value(json_object_get(window(0), "status")), "partial");
}

Test(pipeline, events_that_are_not_selected_are_only_numbered)
{
	struct options opts = options_of(10 * S);
	struct played_event events[] = {
		start_at(T + 1 * S, 1), start_at(T + 2 * S, 2), start_at(T + 3 * S, 3),
	};

	events[1].event.l4 = IPPROTO_UDP;
	opts.select.proto.list[0] = (struct flow_range){ IPPROTO_TCP, IPPROTO_TCP };
	opts.select.proto.n = 1;
	played_init(&played, T);
	cr_assert_eq(RUN(&opts, events), DONE);
	cr_expect_eq(number(window(0), "unselected_events"), 1);
	sums_hold();
}
