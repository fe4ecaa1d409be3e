/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cli/log.h"
#include "cli/repeat.h"
#include "pipeline/live.h"
#include "pipeline/privileges.h"
#include "pipeline/setup.h"
#include "pipeline/sources.h"
#include "pipeline/tracked.h"
#include "pipeline/tracing.h"
#include "source/conntrack.h"

/* The source of conntrack events, with the kernel table on its socket, and with passes over
 * the connection table when --interim asks for them.
 *
 * given     how many events the last read gave. By the next read, or the end of the window,
 *           they have gone through the intake, and live_read() can be told
 * before    the counters at the beginning of the window that ended last
 * ended     the counters at the end of this window
 * losses    what went wrong with passes in this window
 */
struct connections {
	struct source source;
	const struct options *opts;
	struct intake *intake;
	struct kernel *kernel;
	struct every_netns *every_netns;
	struct conntrack *conntrack;
	struct live live;
	size_t given;
	struct conntrack_stats before, ended;
	struct interim_losses losses;
};

static struct connections *of(const struct source *s)
{
	return (struct connections *)s;
}

static int say_failed(const char *what, int err)
{
	const char *help = err == -EPERM ? privileges_net_admin() :
		err == -ENOMEM ? "; make room in memory" : "; is the module nf_conntrack_netlink there?";

	setup_fail(FAILED, what, err, help);
	return err;
}

/* The filter, or the tracing program, counts from here on, so the first window must be open in the kernel
 * table. */
static int subscribe(struct connections *c)
{
	int err;

	if (c->opts->source == OPTIONS_SOURCE_TRACE)
		return tracing_subscribe(&c->conntrack, c->kernel, c->every_netns, live_secret(&c->live));
	err = conntrack_open(&c->conntrack, c->opts->buffer_bytes, c->kernel ? kernel_attach : NULL,
				 c->kernel);

	return err ? say_failed("cannot subscribe to connection tracking events", err) : 0;
}

static int say_unread(int err)
{
	return say_failed("--interim: cannot read the connection table", err);
}

/* With --interim, also the second pass of the baseline. */
static int subscribe_interim(struct connections *c)
{
	int err = subscribe(c);

	if (err)
		return err;
	err = live_subscribed(&c->live, c->conntrack);
	return err ? say_unread(err) : 0;
}

static int start(struct source *s)
{
	struct connections *c = of(s);
	size_t asked = c->opts->buffer_bytes, granted;
	int err = c->opts->interim ? subscribe_interim(c) : subscribe(c);

	if (err)
		return err;
	granted = conntrack_buffer(c->conntrack);
	if (granted < asked)
		log_notice("the kernel granted a receive buffer of %zu bytes, not %zu: raise net.core.rmem_max, or give CAP_NET_ADMIN",
			   granted, asked);
	return 0;
}

static int descriptor(const struct source *s)
{
	return conntrack_fd(of(s)->conntrack);
}

/* Events that were taken off the socket during a pass: the descriptor does not tell of them. */
static bool held(const struct source *s)
{
	return conntrack_held(of(s)->conntrack);
}

/* The events of the last read have gone through the intake. */
static void settle(struct connections *c)
{
	live_read(&c->live, c->given);
	c->given = 0;
}

static ssize_t read_events(struct source *s, struct flow_event *events, size_t max)
{
	struct connections *c = of(s);
	ssize_t n;

	settle(c);
	n = conntrack_read(c->conntrack, events, max);
	c->given = n > 0 ? n : 0;
	return n;
}

static uint64_t messages(struct source *s)
{
	const struct conntrack_stats *stats = conntrack_stats(of(s)->conntrack);

	return stats->received + stats->undecoded + stats->foreign;
}

static uint64_t queued(struct source *s)
{
	return conntrack_waiting_max(of(s)->conntrack);
}

/* The counters are read before the pass: an event that is lost during the pass belongs to the next
 * window. The last window has no next one, and an end that is lost during its pass is a live
 * connection that the pass may miss: this window reports the loss. */
static void end_window(struct source *s, struct memory *into, uint64_t end_ns, bool last)
{
	struct connections *c = of(s);

	settle(c);
	if (c->every_netns)
		every_netns_end_window(c->every_netns);
	c->before = c->ended;
	c->ended = *conntrack_stats(c->conntrack);
	live_count(&c->live, into, end_ns, last);
	if (last)
		c->ended.lost = conntrack_stats(c->conntrack)->lost;
	c->losses = live_losses(&c->live, last);
	if (c->ended.reopens == c->before.reopens)
		repeat_calm(&c->ended);
}

static void describe(const struct source *s, struct window_record *w)
{
	const struct connections *c = of(s);
	const struct conntrack_stats *now = &c->ended, *then = &c->before;
	uint64_t lost = now->lost - then->lost, undecoded = now->undecoded - then->undecoded;
	uint64_t reopens = now->reopens - then->reopens, unsure = now->unsure - then->unsure;

	w->lost_events.n += lost;
	w->lost_events_max += lost + unsure;
	if (unsure) {
		w->lost_events.known = false;
		w->lost_events.never = true;
	}
	if (c->every_netns)
		w->unwatched_netns = every_netns_unwatched(c->every_netns);
	w->passed_events += now->received - then->received;
	w->undecoded_events += undecoded;
	w->foreign_messages += now->foreign - then->foreign;
	w->reopens += reopens;
	w->vanished += c->losses.vanished;
	if (lost || unsure || undecoded || reopens || c->live.failed || c->losses.vanished || c->losses.zeroed || w->unwatched_netns)
		window_status_at_least(&w->status, WINDOW_PARTIAL);
}

/* Rules elsewhere are not read. */
static bool quiet(struct source *s)
{
	return !of(s)->every_netns && tracked_explains_silence();
}

/* A netlink socket can end up in a state in which it refuses every message although its queue is
 * empty: conntrack_watch() replaces such a socket. */
static bool tick(struct source *s)
{
	int err = conntrack_watch(of(s)->conntrack);

	if (of(s)->every_netns)
		every_netns_tick(of(s)->every_netns);
	if (err < 0)
		repeat_say(s, err, LOG_KIND_ERROR, "cannot replace the event socket, which receives nothing any more: %s; trying again",
			   strerror(-err));
	if (err <= 0)
		return false;
	repeat_over(s, "the event socket can be replaced again");
	repeat_say(&of(s)->ended, 0, LOG_KIND_NOTICE, "the event socket had stopped receiving and was replaced; the window says what was lost");
	return true;
}

static void add_stats(struct source *s, struct source_stats *stats)
{
	const struct conntrack_stats *now = conntrack_stats(of(s)->conntrack);

	stats->events += now->received;
	stats->lost_events += now->lost;
	stats->undecoded += now->undecoded;
	stats->foreign += now->foreign;
	stats->reopens += now->reopens;
	if (!stats->buffer)
		stats->buffer = conntrack_buffer(of(s)->conntrack);
}

static void close_source(struct source *s)
{
	struct connections *c = of(s);

	conntrack_close(c->conntrack);
	live_close(&c->live);
	free(c);
}

/* `carries` is false: unless nf_conntrack_timestamp is on, conntrack events come without a time,
 * and nothing tells whether an event belongs to a later window. */
static const struct source_functions functions = {
	.start = start,
	.fd = descriptor,
	.held = held,
	.read = read_events,
	.messages = messages,
	.queued = queued,
	.end_window = end_window,
	.describe = describe,
	.quiet = quiet,
	.tick = tick,
	.stats = add_stats,
	.close = close_source,
};

/* With --interim, the first pass of the baseline is here: it can take seconds, and no event of
 * these is counted, so the first window begins later. */
int connections_open(struct source **out, struct source_setup *setup)
{
	struct connections *c;
	int err = 0;

	if (!setup->opts->conntrack)
		return 0;
	c = calloc(1, sizeof(*c));
	if (!c) {
		setup_fail(FAILED, "cannot count connections", -ENOMEM, "");
		return -ENOMEM;
	}
	c->source.fn = &functions;
	c->opts = setup->opts;
	c->intake = setup->intake;
	c->kernel = setup->kernel;
	c->every_netns = setup->every_netns;
	*out = &c->source;	/* closed by the caller, also after a failure */
	if (c->opts->interim)
		err = live_open(&c->live, c->intake, c->opts->interim == OPTIONS_INTERIM,
				c->opts->source == OPTIONS_SOURCE_TRACE);
	return err ? say_unread(err) : 0;
}
