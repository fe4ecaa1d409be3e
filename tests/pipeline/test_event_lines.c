/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <arpa/inet.h>
#include <criterion/criterion.h>
#include <errno.h>
#include <netinet/in.h>
#include <signal.h>
#include <string.h>
#include <sys/eventfd.h>

#include "cli/log.h"
#include "collected.h"
#include "pipeline/pipeline.h"
#include "pipeline/setup.h"
#include "played.h"

/* The pipeline with --events, but for the kernel: events that are played, and lines that are kept
 * in memory. What a line of an event says is tested in tests/lines. */

#define S 1000000000ULL
#define MS 1000000ULL
#define T 1795222800ULL * S		/* 2026-11-21T01:00:00Z */

TestSuite(event_lines, .timeout = 60);

static const struct options opts_events = {
	.window_ns = 60 * S,
	.max_flows = 1000,
	.spec = { 0 },
	.align = true,
	.conntrack = true,
	.events = true,
};

/* A start of GRE from 10.0.x.y, which is number n. */
static struct flow_event event(uint64_t time_ns, uint32_t n)
{
	struct flow_event ev = {
		.conntrack = true, .family = AF_INET, .l4 = IPPROTO_GRE,
		.has_time = true, .time_ns = time_ns,
	};
	__be32 from = htonl(0x0a000000 | n), to = htonl(0xc0000201);

	flow_addr_v4(ev.orig.saddr, &from);
	flow_addr_v4(ev.orig.daddr, &to);
	flow_addr_v4(ev.reply.saddr, &to);
	flow_addr_v4(ev.reply.daddr, &from);
	return ev;
}

static struct played_event event_at(uint64_t at_ns, uint32_t n)
{
	return (struct played_event){ .at_ns = at_ns, .event = event(at_ns, n) };
}

static struct played_event lost_at(uint64_t at_ns, uint64_t n)
{
	return (struct played_event){ .at_ns = at_ns, .lost = n };
}

/* --- running ------------------------------------------------------------------ */

static struct collected lines;
static struct played played;
static json_t *records;

static int run_source(const struct options *opts, source_open_fn *open, clock_read_fn *read)
{
	source_open_fn *const sources[] = { open };
	struct pipeline_parts parts = {
		.sources = sources, .n_sources = 1, .output = &lines.output,
		.read = read, .arg = &played,
	};
	int status;

	log_level(LOG_QUIET - 1);
	if (!lines.output.fn)
		collected_init(&lines);
	status = pipeline_run_parts(opts, &parts);
	cr_assert_eq(lines.waiting, 0, "all is flushed");
	json_decref(records);	/* of a run before, in the same test */
	records = collected_records(&lines);
	return status;
}

static int run(const struct options *opts, const struct played_event *events, size_t n)
{
	played.events = events;
	played.n = n;
	played_init(&played, T);
	return run_source(opts, played_open, played_clock);
}
#define RUN(opts, events) run(opts, events, sizeof(events) / sizeof((events)[0]))

/* The output takes `room' bytes. Then its reader is ready the nth time that it is asked. The loop
 * waits for a descriptor that is always ready. */
static struct output_functions slow;
static int (*flush_all)(struct output *o);
static unsigned int ready_at;
static int ready_fd;

static int flush_at_times(struct output *o)
{
	static unsigned int times;

	return ++times % ready_at ? -EAGAIN : flush_all(o);
}

static int poll_ready(struct output *o)
{
	(void)o;
	return ready_fd;
}

static void slow_output(size_t room, unsigned int nth)
{
	ready_at = nth;
	collected_init(&lines);
	lines.room = room;
	slow = *lines.output.fn;
	flush_all = slow.flush;
	slow.flush = flush_at_times;
	slow.poll_fd = poll_ready;
	lines.output.fn = &slow;
	ready_fd = eventfd(0, EFD_CLOEXEC);
	cr_assert_geq(ready_fd, 0);
}

static const char *text(size_t i, const char *name)
{
	const char *value = json_string_value(json_object_get(json_array_get(records, i), name));

	return value ? value : "(none)";
}

static uint64_t number(size_t i, const char *name)
{
	json_t *value = json_object_get(json_array_get(records, i), name);

	cr_assert(json_is_integer(value), "%s of line %zu is no number", name, i);
	return json_integer_value(value);
}

/* The number of the event whose line is line i; see event(). */
static uint32_t number_of(size_t i)
{
	struct in_addr from;

	cr_assert_str_eq(text(i, "type"), "event", "line %zu", i);
	cr_assert_eq(inet_pton(AF_INET, text(i, "src_ip"), &from), 1);
	return ntohl(from.s_addr) & 0xffffff;
}

/* All lines are of the events from 0 to n, in order. */
static void are_events(uint32_t n)
{
	cr_assert_eq(json_array_size(records), n, "%zu", json_array_size(records));
	for (uint32_t i = 0; i < n; i++)
		cr_assert_eq(number_of(i), i, "line %u", i);
}

/* --- tests --------------------------------------------------------------------- */

Test(event_lines, each_event_is_a_line)
{
	struct played_event events[] = {
		event_at(T + 100 * MS, 0), event_at(T + 200 * MS, 1), event_at(T + 5 * S, 2),
	};

	events[1].event.kind = FLOW_END;
	cr_assert_eq(RUN(&opts_events, events), DONE);
	are_events(3);
	cr_expect_str_eq(text(0, "kind"), "start");
	cr_expect_str_eq(text(1, "kind"), "end");
	cr_expect_str_eq(text(0, "time"), "2026-11-21T01:00:00.100000Z");
	cr_expect_str_eq(text(2, "time"), "2026-11-21T01:00:05.000000Z");
	cr_expect_str_eq(text(0, "direction"), "forward");
	cr_expect_eq(lines.window_done, 2, "a file of a spool for each second with an event");
	cr_expect(played.closed);
}

Test(event_lines, only_selected_events_become_lines)
{
	struct played_event events[] = { event_at(T, 7), event_at(T, 0), event_at(T, 7) };
	struct options opts = opts_events;

	events[1].event.l4 = IPPROTO_ESP;
	opts.select.proto.list[0] = (struct flow_range){ IPPROTO_ESP, IPPROTO_ESP };
	opts.select.proto.n = 1;
	cr_assert_eq(RUN(&opts, events), DONE);
	are_events(1);
}

/* A line for each second in which something was lost, with a time in this second. */
Test(event_lines, a_loss_is_a_line_of_its_second)
{
	struct played_event events[] = {
		event_at(T + 100 * MS, 0), lost_at(T + 200 * MS, 3), lost_at(T + 300 * MS, 4),
		event_at(T + 400 * MS, 1), event_at(T + 1500 * MS, 2), lost_at(T + 7 * S, 5),
	};

	cr_assert_eq(RUN(&opts_events, events), DONE);
	cr_assert_eq(json_array_size(records), 5, "%zu", json_array_size(records));
	cr_expect_eq(number_of(0), 0);
	cr_expect_eq(number_of(1), 1);
	cr_expect_str_eq(text(2, "type"), "loss");
	cr_expect_str_eq(text(2, "time"), "2026-11-21T01:00:00.999999Z");
	cr_expect_eq(number(2, "lost_events"), 7);
	cr_expect_eq(number(2, "lost_drops"), 0);
	cr_expect_eq(number_of(3), 2);
	cr_expect_str_eq(text(4, "type"), "loss");
	cr_expect_eq(number(4, "lost_events"), 5);
}

Test(event_lines, strict_is_about_losses)
{
	struct played_event events[] = { event_at(T, 0), lost_at(T + S, 1) };
	struct options opts = opts_events;

	opts.strict = true;
	cr_expect_eq(run(&opts, events, 1), DONE);
	collected_init(&lines);
	memset(&played, 0, sizeof(played));
	cr_expect_eq(RUN(&opts, events), WAS_PARTIAL);
}

/* Events over some seconds, and an output that takes a line at a time. */
Test(event_lines, a_slow_output_gets_all_lines_in_order)
{
	static struct played_event events[3000];
	size_t losses = 0, n = sizeof(events) / sizeof(events[0]);

	for (size_t i = 0; i < n; i++)
		events[i] = i % 100 == 99 ? lost_at(T + i * MS, i) : event_at(T + i * MS, i);
	slow_output(1, 3);
	cr_assert_eq(RUN(&opts_events, events), DONE);
	for (size_t i = 0; i < json_array_size(records); i++) {
		bool loss = !strcmp(text(i, "type"), "loss");

		losses += loss;
		cr_assert(loss || number_of(i) == (i - losses) + (i - losses) / 99, "line %zu", i);
	}
	cr_expect_eq(losses, 3);
	cr_expect_eq(json_array_size(records) - losses, n - n / 100);
}

/* Events of the next second that were read at once with those of the open one stand behind its
 * loss. An event without a time has one before the end of its second. */
Test(event_lines, each_line_has_a_time_in_its_second)
{
	struct played_event events[] = {
		event_at(T + 500 * MS, 0), lost_at(T + 600 * MS, 1),
		event_at(T + 1200 * MS, 2), event_at(T + 1200 * MS, 1),
	};

	events[2].event.time_ns = T + 1100 * MS;
	events[3].event.has_time = false;
	played.at_once = true;
	cr_assert_eq(RUN(&opts_events, events), DONE);
	cr_assert_eq(json_array_size(records), 4);
	cr_expect_eq(number_of(0), 0);
	cr_expect_eq(number_of(1), 1);
	cr_expect_str_eq(text(1, "time"), "2026-11-21T01:00:00.999999Z");
	cr_expect_str_eq(text(2, "type"), "loss");
	cr_expect_eq(number_of(3), 2);
	cr_expect_str_eq(text(3, "time"), "2026-11-21T01:00:01.100000Z");
}

/* --- a stop -------------------------------------------------------------------- */

#define QUEUED 1000

/* A source that is like a socket with a queue: SIGTERM comes before anything is read, when the
 * queue holds QUEUED events, and one event has found no room in it. */
static struct queue {
	struct source source;
	uint32_t read;
	bool signalled, stopped;
} queue;

static bool queue_held(const struct source *s)
{
	(void)s;
	if (!queue.signalled)
		raise(SIGTERM);
	queue.signalled = true;
	return false;
}

static ssize_t queue_read(struct source *s, struct flow_event *events, size_t max)
{
	size_t n = 0;

	(void)s;
	if (queue.read == QUEUED)
		return -EAGAIN;
	while (n < max && queue.read < QUEUED)
		events[n++] = event(T, queue.read++);
	return n;
}

static uint64_t queue_messages(struct source *s)
{
	(void)s;
	return queue.read;
}

static uint64_t queue_queued(struct source *s)
{
	(void)s;
	return QUEUED;
}

static void queue_stop(struct source *s)
{
	(void)s;
	cr_expect(!queue.stopped, "a source is stopped once");
	queue.stopped = true;
}

static void queue_describe(const struct source *s, struct window_record *w)
{
	(void)s;
	w->lost_events.n += 1;
}

static void queue_close(struct source *s)
{
	(void)s;
}

static int queue_open(struct source **out, struct source_setup *setup)
{
	static const struct source_functions functions = {
		.held = queue_held, .read = queue_read, .messages = queue_messages,
		.queued = queue_queued, .stop = queue_stop, .describe = queue_describe,
		.close = queue_close,
	};

	(void)setup;
	queue.source.fn = &functions;
	*out = &queue.source;
	return 0;
}

/* More lines than the output takes in one turn. Whether the line of the loss finds room at once, or
 * when the program would end, depends on when the reader is ready. */
static void stop_with_a_queue(unsigned int nth)
{
	slow_output(1, nth);
	cr_assert_eq(run_source(&opts_events, queue_open, NULL), DONE);
	cr_expect(queue.stopped);
	cr_assert_eq(json_array_size(records), QUEUED + 1, "%zu", json_array_size(records));
	for (uint32_t i = 0; i < QUEUED; i++)
		cr_assert_eq(number_of(i), i, "line %u", i);
	cr_expect_eq(number(QUEUED, "lost_events"), 1);
}
Test(event_lines, what_is_queued_at_a_stop_becomes_lines_1) { stop_with_a_queue(1); }
Test(event_lines, what_is_queued_at_a_stop_becomes_lines_2) { stop_with_a_queue(2); }
Test(event_lines, what_is_queued_at_a_stop_becomes_lines_3) { stop_with_a_queue(3); }
Test(event_lines, what_is_queued_at_a_stop_becomes_lines_4) { stop_with_a_queue(4); }
Test(event_lines, what_is_queued_at_a_stop_becomes_lines_5) { stop_with_a_queue(5); }
