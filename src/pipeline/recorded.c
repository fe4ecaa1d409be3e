/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <linux/netfilter.h>

#include "cli/log.h"
#include "lines/event_read.h"
#include "pipeline/pipeline.h"
#include "pipeline/rule_counts.h"
#include "pipeline/setup.h"
#include "pipeline/sources.h"
#include "rule/ruleset.h"
#include "lines/line_input.h"
#include "window/window.h"

/* The source of events that --read reads, as lines. It has the clock of the run, too: the time is
 * that of the latest event. */

/* How many lines one read takes at most, for input that has few events in many lines. */
#define LINES 4096

_Static_assert(LINE_MAX_PREFIX <= LABELS_MAX_PREFIX, "a label has room for any prefix");

/* What happened in a window.
 *
 * events      events of connections
 * undecoded   malformed lines
 * lost_*      what loss lines say
 */
struct recorded_window {
	uint64_t events, undecoded;
	struct window_loss lost_events, lost_drops, lost_kernel_drops;
};

static const struct recorded_window nothing = {
	.lost_events = { .known = true }, .lost_drops = { .known = true },
	.lost_kernel_drops = { .known = true },
};

/* now_ns   what the clock shows; 0: no event has been read yet
 * slot     the window that now_ns is in, as far as boundaries go
 * waiting  `line' has been read, and has not been taken
 * polled   the descriptor can be waited for
 * said     a malformed line has been said
 * open     what has happened in the open window so far, and `closed' in the window before
 */
struct recorded {
	struct source source;
	const struct options *opts;
	struct line_input *input;
	int fd;
	bool polled, waiting, said;
	uint64_t now_ns, packets, lost_events, lost_drops, events, undecoded;
	struct window slot;
	struct recorded_window open, closed;
	struct rule_counts counts;
	struct drop_reasons reasons;
	struct line_event line;
};

static struct recorded *of(const struct source *s)
{
	return (struct recorded *)s;
}

static const char *name_of(const struct options *opts)
{
	return strcmp(opts->read, "-") ? opts->read : "standard input";
}

/* --- lines ------------------------------------------------------------------------ */

static void refuse_line(struct recorded *r, const char *field, const char *why)
{
	r->open.undecoded++;
	r->undecoded++;
	if (r->said)
		return;
	r->said = true;
	log_error("%s: line %" PRIu64 " is no event: %s%s%s; such lines are only counted from here on (undecoded_events)",
		  name_of(r->opts), line_input_number(r->input), field ? field : "", field ? ": " : "", why);
}

/* Returns false for a name that the list has no room for: no kernel has so many. */
static bool take_reason(struct recorded *r)
{
	const char *name = r->line.drop_reason;
	int number;

	if (r->line.type != LINE_EVENT || !*name)
		return true;
	number = drop_reasons_number(&r->reasons, name, strlen(name));
	if (number > 0)
		r->line.event.drop_reason = number;
	return number > 0;
}

/* Read the next line that is an event or a loss into r->line. Returns 1; 0 for a line that is
 * neither; -EAGAIN when nothing is there, SOURCE_END, or -errno of read(2). */
static int read_line(struct recorded *r)
{
	struct line_problem problem;
	const char *text;
	size_t len;
	int got = line_input_next(r->input, &text, &len);

	if (!got)
		return line_input_fill(r->input);
	if (got == -ENODATA)
		return SOURCE_END;
	if (got == -EMSGSIZE)
		refuse_line(r, NULL, "it is longer than 65536 bytes");
	else if (line_read(text, len, &r->line, &problem))
		refuse_line(r, problem.field, problem.why);
	else if (r->line.type == LINE_OTHER)
		refuse_line(r, "type", "neither event nor loss");
	else if (!take_reason(r))
		refuse_line(r, "drop_reason", "one more than the 255 that a run has room for");
	else
		return 1;
	return 0;
}

/* --- time ------------------------------------------------------------------------- */

/* Let the clock go on to the time of the line. Returns false when the line is the first one of a
 * later window: before it is taken, the pipeline closes the windows that end before it. */
static bool go_on(struct recorded *r)
{
	uint64_t at_ns = r->line.time_ns;
	bool first = !r->now_ns, later = !first && at_ns >= r->slot.due_ns;

	if (at_ns > r->now_ns)
		r->now_ns = at_ns;
	if (first) {
		r->now_ns += !at_ns;	/* a clock that shows 0 has no time yet */
		window_open(&r->slot, r->now_ns, r->opts->window_ns, r->opts->align);
	} else if (later) {
		window_next(&r->slot, at_ns);
	}
	return !first && !later;
}

static void read_clock(void *arg, struct clock_reading *out)
{
	const struct recorded *r = arg;

	out->real_ns = out->boot_ns = r->now_ns;
}

/* --- events ----------------------------------------------------------------------- */

/* The number of the label of what a line says about the rule that logged the packet; 0 where it
 * says nothing. */
static uint32_t label_of(struct recorded *r)
{
	struct line_event *l = &r->line;
	struct log_rule rule = { .comment = (char *)"" };

	if (!l->has_prefix && !l->has_rule)
		return 0;
	if (l->has_rule) {
		rule.family = l->rule.family;
		rule.handle = l->rule.handle;
		rule.table = l->rule.table;
		rule.chain = l->rule.chain;
	}
	return labels_number(r->counts.labels, l->prefix, l->has_prefix ? l->prefix_len : 0,
			     l->has_rule, &rule);
}

static void take_event(struct recorded *r, struct flow_event *ev)
{
	*ev = r->line.event;
	ev->has_dir = r->line.has_direction;
	if (ev->conntrack) {
		r->open.events++;
		r->events++;
	} else {
		ev->rule = label_of(r);
		r->packets++;
	}
}

static void add_loss(struct window_loss *sum, const struct window_loss *more)
{
	sum->n = flow_sums_capped(sum->n, more->n);
	sum->known &= more->known;
	sum->never |= !more->known;
}

static void take_loss(struct recorded *r)
{
	add_loss(&r->open.lost_events, &r->line.lost_events);
	add_loss(&r->open.lost_drops, &r->line.lost_drops);
	add_loss(&r->open.lost_kernel_drops, &r->line.lost_kernel_drops);
	r->lost_events += r->line.lost_events.n;
	r->lost_drops += r->line.lost_drops.n + r->line.lost_kernel_drops.n;
}

/* Take the line that waits. Returns how many events it is. */
static int take(struct recorded *r, struct flow_event *ev)
{
	r->waiting = false;
	if (r->line.type == LINE_LOSS) {
		take_loss(r);
		return 0;
	}
	take_event(r, ev);
	return 1;
}

static ssize_t read_events(struct source *s, struct flow_event *events, size_t max)
{
	struct recorded *r = of(s);
	size_t n = 0;
	int got = 0;

	for (size_t lines = 0; n < max && lines < LINES; lines++) {
		bool before = r->waiting;	/* the windows before this line are closed */

		if (!r->waiting) {
			got = read_line(r);
			if (got < 0)
				break;
			r->waiting = got;
		}
		if (!r->waiting)
			continue;
		if (!before && !go_on(r))
			break;
		n += take(r, &events[n]);
	}
	return n || got >= 0 ? (ssize_t)n : got;
}

static bool held(const struct source *s)
{
	struct recorded *r = of(s);

	return r->waiting || !r->polled || line_input_ready(r->input);
}

static int descriptor(const struct source *s)
{
	return of(s)->polled ? of(s)->fd : -1;
}

static void added(struct source *s, const struct flow_event *events, size_t n)
{
	rule_counts_add(&of(s)->counts, events, n);
}

/* --- windows ---------------------------------------------------------------------- */

static void end_window(struct source *s, struct memory *into, uint64_t end_ns, bool last)
{
	struct recorded *r = of(s);

	(void)into, (void)end_ns, (void)last;
	r->closed = r->open;
	r->open = nothing;
	rule_counts_end_window(&r->counts);
}

static bool is_loss(const struct window_loss *loss)
{
	return loss->n || !loss->known;
}

static void describe(const struct source *s, struct window_record *w)
{
	const struct recorded_window *closed = &of(s)->closed;

	w->passed_events += closed->events;
	w->undecoded_events += closed->undecoded;
	w->lost_events = closed->lost_events;
	w->lost_drops = closed->lost_drops;
	w->lost_kernel_drops = closed->lost_kernel_drops;
	if (is_loss(&w->lost_events) || is_loss(&w->lost_drops) || is_loss(&w->lost_kernel_drops) || closed->undecoded ||
	    rule_totals_mixed(of(s)->counts.closed))
		window_status_at_least(&w->status, WINDOW_PARTIAL);
}

static struct rule_totals *totals(const struct source *s)
{
	return of(s)->counts.closed;
}

static void add_stats(struct source *s, struct source_stats *stats)
{
	const struct recorded *r = of(s);

	stats->events += r->events;
	stats->packets += r->packets;
	stats->lost_events += r->lost_events;
	stats->lost_packets += r->lost_drops;
	stats->undecoded += r->undecoded;
}

/* --- opening ---------------------------------------------------------------------- */

/* The struct is the clock's too, and stays until the run is over. */
static void close_source(struct source *s)
{
	line_input_close(of(s)->input);
	rule_counts_close(&of(s)->counts);
}

static const struct source_functions functions = {
	.waits = true,
	.fd = descriptor,
	.held = held,
	.read = read_events,
	.added = added,
	.end_window = end_window,
	.describe = describe,
	.totals = totals,
	.stats = add_stats,
	.close = close_source,
};

/* Regular files and some devices are always ready, and epoll(7) does not take them. */
static bool can_be_polled(int fd)
{
	struct epoll_event ev = { .events = EPOLLIN };
	int epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	bool can = epoll_fd >= 0 && !epoll_ctl(epoll_fd, EPOLL_CTL_ADD, fd, &ev);

	if (epoll_fd >= 0)
		close(epoll_fd);
	return can;
}

/* Whether lines would be written behind those that are read, and read again, for ever. */
static bool is_output(int fd, const struct options *opts)
{
	struct stat in, out;

	if (fstat(fd, &in) || !S_ISREG(in.st_mode))
		return false;
	if (opts->output ? stat(opts->output, &out) : fstat(STDOUT_FILENO, &out))
		return false;
	return in.st_dev == out.st_dev && in.st_ino == out.st_ino;
}

/* Opening a FIFO does not wait for somebody to write into it. */
static int open_input(struct recorded *r)
{
	bool standard = !strcmp(r->opts->read, "-");
	struct stat st;
	int err;

	r->fd = standard ? STDIN_FILENO : open(r->opts->read, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	if (r->fd < 0) {
		log_error("cannot open '%s': %s", r->opts->read, strerror(errno));
		return -errno;
	}
	err = line_input_open(&r->input, r->fd);
	if (err) {
		setup_fail(FAILED, "cannot read events", err, "");
		return err;
	}
	if (!fstat(r->fd, &st) && S_ISDIR(st.st_mode)) {
		log_error("cannot read '%s': it is a directory; give a file of event lines", name_of(r->opts));
		return -EISDIR;
	}
	if (is_output(r->fd, r->opts)) {
		log_error("--read: '%s' is also the output; write to another file", name_of(r->opts));
		return -EINVAL;
	}
	r->polled = can_be_polled(r->fd);
	return 0;
}

static int recorded_open(struct source **out, struct source_setup *setup)
{
	struct recorded *r = setup->arg;
	int err = rule_counts_open(&r->counts);

	r->opts = setup->opts;	/* with --events another length of windows */
	r->source.fn = &functions;
	*out = &r->source;	/* closed by the caller, also after a failure */
	setup->labels = r->counts.labels;
	setup->drop_reasons = &r->reasons;
	if (err)
		setup_fail(FAILED, "cannot count drops", err, "");
	return err ? err : open_input(r);
}

int pipeline_run_recorded(const struct options *opts)
{
	static source_open_fn *const sources[] = { recorded_open };
	struct recorded *r = calloc(1, sizeof(*r));
	struct pipeline_parts parts = {
		.sources = sources, .n_sources = 1, .read = read_clock, .arg = r,
	};
	int status;

	if (!r)
		return setup_fail(FAILED, "cannot read events", -ENOMEM, "");
	r->open = r->closed = nothing;
	status = pipeline_run_parts(opts, &parts);
	/* Without an event there is no window that could say it. */
	if (status == DONE && opts->strict && r->undecoded)
		status = WAS_PARTIAL;
	free(r);
	return status;
}
