/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/log.h"
#include "cli/repeat.h"
#include "confine/denied_help.h"
#include "deliver/reporting.h"
#include "deliver/status.h"
#include "hash/text_stream.h"
#include "host/replace.h"
#include "metrics/exposition.h"
#include "window/clock.h"

#define EVERY_NS 10000000000ULL
#define NS_PER_US 1000

#define COUNTER(x, name, help, n)                                                              \
	exposition_one(x, "ctagg_deliver_" name "_total", EXPOSITION_COUNTER, help, n)
#define GAUGE(x, name, help, n) exposition_one(x, "ctagg_deliver_" name, EXPOSITION_GAUGE, help, n)
#define TIME(x, name, help, ns)                                                                \
	exposition_one_seconds(x, "ctagg_deliver_" name "_timestamp_seconds", EXPOSITION_GAUGE, \
			       help, (ns) / NS_PER_US)

static void print_counts(struct exposition *x, const struct deliver_counts *c)
{
	exposition_family(x, "ctagg_deliver_build_info", EXPOSITION_GAUGE, "The version that runs.");
	exposition_number(x, "ctagg_deliver_build_info", "version=\"" PACKAGE_VERSION "\"", 1);
	COUNTER(x, "delivered", "Files that were taken.", c->delivered);
	COUNTER(x, "bytes", "Bytes of files that were taken.", c->bytes);
	COUNTER(x, "attempts", "How often a file was sent.", c->attempts);
	COUNTER(x, "failures", "Attempts after which the file is tried again.", c->failures);
	COUNTER(x, "given_up", "Files that became dead letters.", c->dead);
	COUNTER(x, "skipped_records", "Records that were too long to be sent.", c->skipped);
}

/* What is not there has no sample: no file that waits, no delivery yet. */
static void print_status(struct exposition *x, const struct status *s)
{
	GAUGE(x, "pending", "Files that wait.", s->pending);
	GAUGE(x, "dead_letters", "Dead letters in the spool.", s->dead);
	if (s->pending)
		TIME(x, "oldest", "When the window of the oldest file that waits ended.",
		     s->now_ns - s->oldest_age_ns);
	if (s->delivered.name[0])
		TIME(x, "last_delivery", "When a file was taken last.", s->delivered.time_ns);
	if (s->last[0])
		TIME(x, "last_window", "When ctagg wrote a window last.", s->last_ns);
}

/* A spool that cannot be read at this moment says nothing of what waits. */
static int report(const struct reporting *r, const struct spool_dir *d, const struct deliver_counts *c)
{
	struct exposition x = { NULL, r->labels };
	char *text = NULL;
	struct status s;
	size_t len;
	int err = -ENOMEM;

	x.out = text_stream_open(&text, &len);
	if (!x.out)
		return err;
	print_counts(&x, c);
	if (!status_read(&s, d, clock_wall_ns()))
		print_status(&x, &s);
	if (!text_stream_close(x.out, &text))
		err = replace_file(r->path, text, len, REPLACE_READABLE);
	free(text);
	return err;
}

int reporting_open(struct reporting *r, const char *path, const struct spool_dir *d)
{
	static const struct deliver_counts none;
	int err;

	r->path = path;
	if (!path)
		return 0;
	err = exposition_label(&r->labels, "spool", strlen("spool"), d->path);
	r->at_ns = clock_monotonic_ns();
	return err ? err : report(r, d, &none);
}

void reporting_turn(struct reporting *r, const struct spool_dir *d, const struct deliver_counts *c,
		    bool at_once)
{
	char help[DENIED_SIZE];
	int err;

	if (!r->path || (!at_once && clock_monotonic_ns() - r->at_ns < EVERY_NS))
		return;
	r->at_ns = clock_monotonic_ns();
	err = report(r, d, c);
	confine_denied_help(help, err, "ctagg-deliver", r->path, DENIED_REPLACE);
	if (err)
		repeat_say(r, err, LOG_KIND_ERROR, "cannot replace %s: %s; it stays as it is, and is tried again%s",
			   r->path, strerror(-err), help);
	else
		repeat_over(r, "replacing %s again", r->path);
}

void reporting_close(struct reporting *r)
{
	free(r->labels);
}
