/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "cli/log.h"
#include "deliver/privileges.h"
#include "deliver/status.h"
#include "sink/text.h"
#include "window/clock.h"

#define NS_PER_S UINT64_C(1000000000)
#define NS_PER_MS UINT64_C(1000000)
#define TIME_SIZE 28

static const char *const states[] = {
	[STATUS_OK] = "ok", [STATUS_WARNING] = "warning", [STATUS_CRITICAL] = "critical",
	[STATUS_UNKNOWN] = "unknown",
};
static const char *const headings[] = {
	[STATUS_OK] = "OK", [STATUS_WARNING] = "WARNING", [STATUS_CRITICAL] = "CRITICAL",
	[STATUS_UNKNOWN] = "UNKNOWN",
};

static const char *time_of(uint64_t ns, char text[TIME_SIZE])
{
	*text_time(text, ns) = '\0';
	return text;
}

/* --- for people, and for Nagios -------------------------------------------------- */

/* An age as people say it: of the two units that matter most only the larger. */
static const char *age_of(uint64_t ns, char text[32])
{
	uint64_t s = ns / NS_PER_S;

	if (s < 120)
		snprintf(text, 32, "%" PRIu64 " s", s);
	else if (s < 120 * 60)
		snprintf(text, 32, "%" PRIu64 " min", s / 60);
	else if (s < 48 * 3600)
		snprintf(text, 32, "%" PRIu64 " h", s / 3600);
	else
		snprintf(text, 32, "%" PRIu64 " days", s / 86400);
	return text;
}

/* What Nagios draws: name=value;warning;critical;smallest. */
static void print_performance(const struct status *s, const struct deliver_options *o)
{
	printf(" | pending=%" PRIu64 ";%" PRIu64 ";%" PRIu64 ";0", s->pending, o->warning.pending,
	       o->critical.pending);
	printf(" oldest_age=%" PRIu64 "s;%" PRIu64 ";%" PRIu64 ";0", s->oldest_age_ns / NS_PER_S,
	       o->warning.age_ns / NS_PER_S, o->critical.age_ns / NS_PER_S);
	printf(" dead=%" PRIu64 ";%" PRIu64 ";%" PRIu64 ";0\n", s->dead, o->warning.dead,
	       o->critical.dead);
}

static void print_ctagg(const struct status *s)
{
	char age[32];

	if (!s->last[0])
		puts("ctagg: no window written yet");
	else
		printf("ctagg: last window %s ago, %s\n", age_of(status_last_age_ns(s), age), s->last);
}

static void print_delivered(const struct delivered *d, uint64_t now_ns)
{
	char text[32];

	if (d->name[0])
		printf("delivery: last %s ago, %s\n",
		       age_of(now_ns > d->time_ns ? now_ns - d->time_ns : 0, text), d->name);
	else
		puts("delivery: none yet");
	if (d->error[0])
		printf("error: %s %s\n", time_of(d->error_ns, text), d->error);
}

static void print_text(const struct status *s, enum status_state state,
		       const struct deliver_options *o)
{
	char age[32];

	printf("%s: %" PRIu64 " waiting", headings[state], s->pending);
	if (s->pending)
		printf(", the oldest for %s", age_of(s->oldest_age_ns, age));
	printf("; %" PRIu64 " dead", s->dead);
	if (status_ctagg_is_dead(s))
		printf("; ctagg is dead: no window for %s", age_of(status_last_age_ns(s), age));
	print_performance(s, o);
	print_ctagg(s);
	print_delivered(&s->delivered, s->now_ns);
}

/* --- as JSON ------------------------------------------------------------------------ */

static void print_string(const char *name, const char *value)
{
	char text[6 * sizeof(((struct delivered *)0)->error)];

	if (value)
		printf(",\"%s\":\"%.*s\"", name,
		       (int)(text_escaped(text, value, strlen(value)) - text), text);
	else
		printf(",\"%s\":null", name);
}

static void print_number(const char *name, bool known, uint64_t n)
{
	if (known)
		printf(",\"%s\":%" PRIu64, name, n);
	else
		printf(",\"%s\":null", name);
}

static void print_json(const struct status *s, enum status_state state)
{
	const struct delivered *d = &s->delivered;
	bool written = s->last[0];
	char text[TIME_SIZE];

	printf("{\"state\":\"%s\"", states[state]);
	print_number("pending", true, s->pending);
	print_string("oldest_name", s->pending ? s->oldest : NULL);
	print_number("oldest_age_ms", s->pending, s->oldest_age_ns / NS_PER_MS);
	print_number("dead", true, s->dead);
	print_string("last_delivery_name", d->name[0] ? d->name : NULL);
	print_string("last_delivery", d->name[0] ? time_of(d->time_ns, text) : NULL);
	print_string("last_error", d->error[0] ? d->error : NULL);
	print_string("last_error_time", d->error[0] ? time_of(d->error_ns, text) : NULL);
	print_string("last_name", written ? s->last : NULL);
	print_number("last_age_ms", written, status_last_age_ns(s) / NS_PER_MS);
	print_number("window_ms", written && s->window_ms, s->window_ms);
	if (written && s->window_ms)
		printf(",\"ctagg_dead\":%s}\n", status_ctagg_is_dead(s) ? "true" : "false");
	else
		puts(",\"ctagg_dead\":null}");
}

/* --- all of it ------------------------------------------------------------------------ */

/* Nagios shows standard output. */
static void print_unknown(const char *path, int err, bool json)
{
	if (!json) {
		printf("UNKNOWN: %s: %s%s\n", path, strerror(-err), privileges_spool_help(err));
		return;
	}
	printf("{\"state\":\"unknown\"");
	print_string("error", strerror(-err));
	puts("}");
}

static enum status_state print(const struct deliver_options *opts, const struct spool_dir *d, int err)
{
	bool json = opts->status == DELIVER_STATUS_JSON;
	enum status_state state = STATUS_UNKNOWN;
	struct status s;

	if (!err)
		err = status_read(&s, d, clock_wall_ns());
	if (err) {
		print_unknown(opts->spool, err, json);
		return state;
	}
	state = status_state(&s, &opts->warning, &opts->critical);
	if (json)
		print_json(&s, state);
	else
		print_text(&s, state, opts);
	return state;
}

int status_run(const struct deliver_options *opts)
{
	struct spool_dir d;
	int err = spool_dir_open(&d, opts->spool, false), state = print(opts, &d, err);

	if (!err)
		spool_dir_close(&d);
	if (!fflush(stdout) && !ferror(stdout))
		return state;
	log_error("standard output: %s", strerror(errno));
	return STATUS_UNKNOWN;
}
