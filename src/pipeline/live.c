/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <sys/random.h>

#include "cli/log.h"
#include "cli/repeat.h"
#include "pipeline/live.h"
#include "source/dump.h"
#include "window/clock.h"

#define BATCH 256

/* So many more events have been read: perhaps all ends that were sent during the last pass. */
static void settle(struct live *l, size_t events)
{
	if (!l->unsettled)
		return;
	l->unsettled -= events < l->unsettled ? events : l->unsettled;
	if (!l->unsettled)
		interim_settled(l->intake->interim);
}

void live_read(struct live *l, size_t n)
{
	if (l->intake)
		settle(l, n);
}

/* An entry's time is when the connection began; its traffic since the pass before counts at
 * the end of the window. */
static void add(struct live *l, struct flow_event *ev)
{
	ev->has_time = false;
	ev->time_ns = l->pass_ns;
	intake_add(l->intake, l->into, ev, 1);
}

/* The event of an entry, which has the kernel's id too: interim.h says what both are for. */
static struct flow_event event_of(const struct live *l, const struct conntrack_entry *entry)
{
	struct flow_event ev = entry->event;

	if (l->identified)
		ev.identity = conntrack_identity(entry, l->secret);
	return ev;
}

/* One entry of the connection table. intake_choose() follows every connection: one that is
 * selected only later (by its mark, for instance) then adds only what it carries from then
 * on. */
static void count(void *arg, const struct conntrack_entry *entry)
{
	struct live *l = arg;
	struct flow_event ev = event_of(l, entry);

	if (entry->ending)
		interim_ending(l->intake->interim, &ev);
	else if (intake_choose(l->intake, &ev, 1))
		add(l, &ev);
}

/* Called again and again during a pass: the pass takes so long that events would overrun the
 * socket's receive buffer. */
static void hold(void *arg)
{
	struct live *l = arg;

	conntrack_hold(l->conntrack);
}

/* The pass is over. Events that were sent before this moment are read later: the held events,
 * and, if the socket could not be emptied, at most as many as the socket has room for. */
static void finish(struct live *l)
{
	bool emptied = conntrack_hold(l->conntrack);

	interim_finish(l->intake->interim);
	l->unsettled = emptied ? conntrack_held(l->conntrack) : conntrack_waiting_max(l->conntrack);
	if (!l->unsettled)
		interim_settled(l->intake->interim);
}

/* An end that was sent during the program's last pass. The connection was live when the window
 * ended: count it as live, with what it has carried since the pass before, unless this pass has
 * counted the connection already. */
static void count_ended(struct live *l, struct flow_event *ev)
{
	bool counted = interim_was_live(l->intake->interim, ev);

	if (!intake_choose(l->intake, ev, 1) || counted)
		return;
	ev->kind = FLOW_LIVE;
	ev->timed = false;
	add(l, ev);
}

/* The events that were sent during the program's last pass: no window follows that they would
 * belong to. */
static void read_rest(struct live *l)
{
	struct flow_event events[BATCH];
	ssize_t n = 0;

	while (n >= 0 && l->unsettled) {
		n = conntrack_read(l->conntrack, events, BATCH);
		for (ssize_t i = 0; i < n; i++)
			if (events[i].kind == FLOW_END)
				count_ended(l, &events[i]);
		if (n > 0)
			settle(l, n);
	}
}

/* --- the baseline ----------------------------------------------------------- */

/* One entry of the connection table. Before the subscription there is no conntrack. */
static void note(void *arg, const struct conntrack_entry *entry)
{
	struct live *l = arg;
	struct flow_event ev = event_of(l, entry);

	if (entry->ending && l->conntrack)
		interim_ending(l->intake->interim, &ev);
	else
		intake_choose(l->intake, &ev, 1);
}

static int read_baseline(struct live *l)
{
	uint64_t begin_ns = clock_monotonic_ns();
	struct dump_stats stats;
	int err = dump_connections(note, l->conntrack ? hold : NULL, l, &stats);

	if (!err && l->intake->untracked)
		err = -ENOMEM;
	if (!err)
		log_verbose("read %" PRIu64 " connections in %" PRIu64 " us: what they have carried so far is not counted",
			    stats.entries, (clock_monotonic_ns() - begin_ns) / 1000);
	return err;
}

int live_open(struct live *l, struct intake *intake, bool baseline, bool identified)
{
	int err;

	if (identified && getrandom(l->secret, sizeof(l->secret), 0) != sizeof(l->secret))
		return errno ? -errno : -EIO;
	err = interim_open(&intake->interim);
	if (err)
		return err;
	l->identified = identified;
	l->intake = intake;
	l->baseline = baseline;
	if (!baseline)
		return 0;
	interim_baseline(intake->interim, INTERIM_BEFORE);
	return read_baseline(l);
}

const uint64_t *live_secret(const struct live *l)
{
	return l->identified ? l->secret : NULL;
}

int live_subscribed(struct live *l, struct conntrack *conntrack)
{
	int err;

	l->conntrack = conntrack;
	if (!l->baseline)
		return 0;
	interim_baseline(l->intake->interim, INTERIM_SINCE);
	err = read_baseline(l);
	if (!err)
		finish(l);
	return err;
}

/* --- at the end of a window --------------------------------------------------- */

static void say_pass(const struct live *l, int err)
{
	if (err)
		repeat_say(&l->failed, err, LOG_KIND_ERROR, "cannot read the connection table: %s; what live connections carried comes with a later window",
			   strerror(-err));
	else
		repeat_over(&l->failed, "the connection table is read again");
}

void live_count(struct live *l, struct memory *into, uint64_t end_ns, bool last)
{
	struct dump_stats stats = { 0 };
	uint64_t begin_ns;
	int err;

	if (!l->intake)
		return;
	settle(l, l->unsettled);	/* all queued events have been read */
	begin_ns = clock_monotonic_ns();
	l->intake->untracked = false;
	l->into = into;
	l->pass_ns = end_ns;
	err = dump_connections(count, hold, l, &stats);
	if (!err)
		finish(l);
	say_pass(l, err);
	l->failed = err || l->intake->untracked;
	log_verbose("read %" PRIu64 " live connections in %" PRIu64 " us, and held %zu events meanwhile",
		    stats.entries, (clock_monotonic_ns() - begin_ns) / 1000, conntrack_held(l->conntrack));
	if (last)
		read_rest(l);
}

struct interim_losses live_losses(struct live *l, bool last)
{
	struct interim_losses losses = { 0 };

	if (!l->intake)
		return losses;
	if (last)
		interim_stop(l->intake->interim);
	losses = interim_take_losses(l->intake->interim);
	if (losses.zeroed)
		repeat_say(&l->intake, 0, LOG_KIND_NOTICE,
			   "somebody sets the counters of connections to zero (conntrack -z?): of %" PRIu64
			   " it is not known what they had carried since the last window",
			   losses.zeroed);
	else
		repeat_calm(&l->intake);
	return losses;
}

void live_close(struct live *l)
{
	if (l->intake)
		interim_close(l->intake->interim);
}
