/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/log.h"
#include "hash/text_stream.h"
#include "host/bytes.h"
#include "host/replace.h"
#include "report/page.h"
#include "report/report.h"
#include "view/input.h"
#include "view/left_out.h"

static int take(struct view_window *w, void *arg)
{
	return report_totals_take(arg, w);
}

static bool is_standard_output(const struct report_options *o)
{
	return !strcmp(o->path, "-");
}

/* Whether the report would replace a file that is no page, such as one of the lines that it is made of:
 * `--report *.jsonl' names the first one. */
static bool would_lose(const struct report_options *o)
{
	char first = '<';
	int fd;

	if (is_standard_output(o))
		return false;
	fd = open(o->path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY);
	if (fd < 0)
		return false;
	if (read(fd, &first, 1) < 0)
		first = '<';	/* replace_file() says what is wrong */
	close(fd);
	return first != '<';
}

/* Put the page at its place. */
static int place(const struct report_options *o, const char *text, size_t len)
{
	int err = is_standard_output(o) ? bytes_write(STDOUT_FILENO, text, len)
					: replace_file(o->path, text, len, REPLACE_PRIVATE);

	if (!err || (is_standard_output(o) && err == -EPIPE))
		return 0;
	if (err == -EMEDIUMTYPE)
		log_error("--report=%s: this is no regular file; name another one, or - for standard output", o->path);
	else
		log_error("--report=%s: cannot write the report: %s", o->path, strerror(-err));
	return 1;
}

/* A page is small, whatever was read: it is made in memory, and written when it is whole. */
static int write_page(struct report_page *p)
{
	char *text = NULL;
	size_t len = 0;
	int status = 1, err = -ENOMEM;

	p->out = text_stream_open(&text, &len);
	if (p->out) {
		err = report_page_write(p);
		if (text_stream_close(p->out, &text))
			err = -ENOMEM;
	}
	if (err)
		log_error("--report=%s: %s", p->o->path, strerror(-err));
	else
		status = place(p->o, text, len);
	free(text);
	return status;
}

/* Read all files. Returns 0, 1 after a message, or -errno. */
static int read_files(const struct report_options *o, struct view_gather *g, struct report_totals *t,
		      struct report_axis *axis)
{
	int unread = view_input_read(g, o->files, o->n), err;

	if (unread < 0)
		return unread;
	err = report_totals_end(t);
	if (!err)
		err = report_axis_of(axis, t);
	return err ? err : unread;
}

/* Say what was left out. Returns whether there was no window to report. */
static int say_left_out(const struct view_gathered *g, const struct report_totals *t)
{
	uint64_t others = t->runs.snapshots + t->runs.others;

	for (size_t i = 0; i < t->runs.n_levels; i++)
		others += t->runs.levels[i].left_out;
	if (view_left_out(g, t->windows + others))
		return 1;
	if (!t->windows)
		log_error(t->runs.asked_ms ? "nothing to report: no window is of this --level" :
					     "nothing to report: there are only snapshots, which are no windows of time");
	return !t->windows;
}

static int report(const struct report_options *o, struct view_texts *texts, struct report_totals *t)
{
	struct report_page p = { .o = o, .t = t, .texts = texts };
	struct view_gather *g;
	int err = view_gather_open(&g, texts, take, t), status = 1;

	if (err) {
		log_error("--report=%s: %s", o->path, strerror(-err));
		return 1;
	}
	err = read_files(o, g, t, &p.axis);
	if (err < 0) {
		log_error("--report=%s: %s", o->path, strerror(-err));
	} else {
		p.unread = err;
		p.gathered = view_gather_counts(g);
		status = write_page(&p);
		if (say_left_out(p.gathered, t) || p.unread)
			status = 1;
	}
	view_gather_close(g);
	return status;
}

int report_write(const struct report_options *o)
{
	struct view_texts *texts;
	struct report_totals t;
	int err, status = 1;

	if (would_lose(o)) {
		log_error("--report=%s: this file is there and is no page of HTML; name another one, or remove it first", o->path);
		return 1;
	}
	err = view_texts_open(&texts);
	signal(SIGPIPE, SIG_IGN);
	if (err) {
		log_error("--report=%s: %s", o->path, strerror(-err));
		return 1;
	}
	err = report_totals_open(&t, &o->select, o->level_ms);
	if (err)
		log_error("--report=%s: %s", o->path, strerror(-err));
	else
		status = report(o, texts, &t);
	if (!err)
		report_totals_close(&t);
	view_texts_close(texts);
	return status;
}
