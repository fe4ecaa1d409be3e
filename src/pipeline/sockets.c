/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cli/log.h"
#include "cli/repeat.h"
#include "host/cgroup_mount.h"
#include "pipeline/setup.h"
#include "pipeline/sources.h"
#include "socket/cgroups.h"
#include "socket/moves.h"
#include "socket/reading.h"
#include "socket/totals.h"
#include "window/clock.h"

/* How long sockets are read, and cgroups looked for, before other work gets its turn. */
#define TURN_NS 1000000ULL

/* The source of what the TCP sockets of this host have carried, with --sockets. It has no events: the
 * sockets are read once at the start, and after the end of each window.
 *
 * totals    of the window that ended last
 * counting  not the first readings, in which the counters begin
 * unread    how many sockets of the window found no room
 * is_read   the window's sockets have been read; their cgroups may have to be looked for
 * err       why the reading that end_window() began has failed (-errno); 0: it has not
 */
struct sockets {
	struct source source;
	struct socket_reading *reading;
	struct socket_moves *moves;
	struct socket_totals *totals;
	struct cgroups *cgroups;
	bool counting, is_read;
	uint64_t unread;
	int err;
};

static struct sockets *of(const struct source *s)
{
	return (struct sockets *)s;
}

static void take(void *arg, const struct socket_facts *facts)
{
	struct sockets *s = arg;
	struct socket_counters moved;

	if (!socket_moves_take(s->moves, facts, &moved))
		s->unread++;
	else if (s->counting)
		socket_totals_add(s->totals, facts, &moved, cgroups_find(s->cgroups, facts->cgroup));
}

static int begin(struct sockets *s)
{
	s->unread = 0;
	s->is_read = false;
	socket_moves_begin(s->moves);
	return socket_reading_begin(s->reading);
}

static void end_window(struct source *source, struct memory *into, uint64_t end_ns, bool last)
{
	(void)into, (void)end_ns, (void)last;
	of(source)->err = begin(of(source));
}

/* One step of reading, then of looking for cgroups. Returns 0 when there is more to do, 1 when all is
 * done; or -errno. */
static int step(struct sockets *s)
{
	int done;

	if (s->is_read)
		return cgroups_step(s->cgroups);
	done = socket_reading_step(s->reading);
	if (done <= 0)
		return done;
	s->is_read = true;
	socket_moves_end(s->moves);
	return 0;
}

static int go_on(struct sockets *s)
{
	uint64_t until_ns = clock_monotonic_ns() + TURN_NS;
	int done;

	do
		done = step(s);
	while (!done && clock_monotonic_ns() < until_ns);
	return done;
}

/* What sockets carry that were not read is in the next window's reading. Those that found no room are
 * another matter: nobody knows what they carried. */
static void say_unread(struct sockets *s, struct window_record *w)
{
	w->unread_sockets += s->unread;
	if (s->unread || s->err)
		window_status_at_least(&w->status, WINDOW_PARTIAL);
	if (s->err)
		repeat_say(s, s->err, LOG_KIND_NOTICE, "--sockets: cannot read the sockets of this host: %s; the next window has what they carried",
			   strerror(-s->err));
	else if (s->unread)
		repeat_say(s, 0, LOG_KIND_NOTICE, "--sockets: there are more sockets than --max-flows: what the others carry is not counted; try a larger number");
	else
		repeat_over(s, "--sockets: all sockets of this host are read again");
}

static bool finish(struct source *source, struct window_record *w, struct rule_totals *totals)
{
	struct sockets *s = of(source);
	int done = s->err ? s->err : go_on(s);

	(void)totals;
	if (!done)
		return false;
	s->err = done < 0 ? done : 0;
	say_unread(s, w);
	return true;
}

static struct socket_totals *sockets(const struct source *source)
{
	return of(source)->totals;
}

static void close_source(struct source *source)
{
	struct sockets *s = of(source);

	socket_reading_close(s->reading);
	socket_moves_close(s->moves);
	socket_totals_close(s->totals);
	cgroups_close(s->cgroups);
	free(s);
}

static const struct source_functions functions = {
	.end_window = end_window,
	.finish = finish,
	.sockets = sockets,
	.close = close_source,
};

/* Where counters begin. A socket may be missing from one reading (reading.h) and would then, in the
 * first window, have carried all that it ever has: hence two. Nothing else waits yet for its turn. */
static int read_first(struct sockets *s)
{
	int done = 0;

	for (int i = 0; i < 2 && done >= 0; i++) {
		done = begin(s);
		while (!done)
			done = socket_reading_step(s->reading);
	}
	s->counting = true;
	return done < 0 ? done : 0;
}

static int open_parts(struct sockets *s, const struct options *opts)
{
	char path[CGROUP_MOUNT_PATH];
	int err = socket_reading_open(&s->reading, take, s);

	if (!err)
		err = socket_moves_open(&s->moves, opts->max_flows);
	if (!err)
		err = socket_totals_open(&s->totals, opts->max_flows, opts->sockets);
	if (!err)
		err = cgroups_open(&s->cgroups, cgroup_mount(path) ? path : NULL);
	return err ? err : read_first(s);
}

int sockets_open(struct source **out, struct source_setup *setup)
{
	struct sockets *s;
	int err;

	if (!setup->opts->sockets)
		return 0;
	s = calloc(1, sizeof(*s));
	if (!s) {
		setup_fail(FAILED, "--sockets", -ENOMEM, "");
		return -ENOMEM;
	}
	s->source.fn = &functions;
	*out = &s->source;	/* closed by the caller, also after a failure */
	err = open_parts(s, setup->opts);
	if (err)
		setup_fail(FAILED, "--sockets: cannot read the sockets of this host", err,
			   err == -ENOENT ? "; the kernel has no tcp_diag: load the module (modprobe tcp_diag)" : "");
	return err;
}
