/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/log.h"
#include "print/csv.h"
#include "print/level.h"
#include "print/printing.h"
#include "print/table.h"
#include "view/input.h"
#include "view/left_out.h"
#include "view/show.h"

/* A run: which windows it prints, and how. */
struct run {
	struct printing p;
	struct levels levels;
	uint64_t windows;	/* that have come */
};

/* Whether a window is of the level that was asked for: 1, 0 or -errno. */
static int is_chosen(struct run *r, const struct view_window *w)
{
	if (r->p.o->level_ms)
		return w->window_ms == r->p.o->level_ms;
	return levels_shortest(&r->levels, w);
}

static int print_window(struct printing *p, const struct view_window *w)
{
	int err = 0;

	p->windows++;
	if (p->o->csv)
		csv_window(p, w);
	else
		err = table_window(p, w);
	return err ? err : out_flush(&p->out);
}

static int take(struct view_window *w, void *arg)
{
	struct run *r = arg;
	int err = is_chosen(r, w);

	r->windows++;
	if (err > 0)
		err = print_window(&r->p, w);
	view_window_free(w);
	return err;
}

/* Say what has become of the input. Returns the exit status. */
static int say(const struct run *r, const struct view_gathered *counts)
{
	char level[32];

	if (view_left_out(counts, r->windows))
		return 1;
	if (r->p.windows)
		return 0;
	show_duration(level, sizeof(level), r->p.o->level_ms);
	log_error("--level=%s: no window is so long; leave --level out for the shortest ones", level);
	return 1;
}

/* All lines have been read, or there was an error. Returns the exit status. */
static int end(struct run *r, int err, const struct view_gather *g)
{
	int written = out_flush(&r->p.out);

	if (written == -EPIPE)	/* the reader has seen enough */
		return 0;
	if (written) {
		log_error("standard output: %s; not all was written", strerror(-written));
		return 1;
	}
	if (err < 0) {
		log_error("%s", strerror(-err));
		return 1;
	}
	if (err && !view_gather_counts(g)->lines)	/* why has been said */
		return 1;
	return say(r, view_gather_counts(g)) || err;
}

static int run(struct run *r)
{
	struct view_gather *g;
	int err = view_gather_open(&g, r->p.texts, take, r);

	if (!err) {
		if (r->p.o->csv)
			csv_head(&r->p);
		out_flush(&r->p.out);	/* an error stays, and is said at the end */
		err = view_input_read(g, r->p.o->files, r->p.o->n_files);
		err = end(r, err, g);
		view_gather_close(g);
		return err;
	}
	log_error("%s", strerror(-err));
	return 1;
}

static void run_free(struct run *r)
{
	if (!r)
		return;
	names_close(r->p.names);
	levels_free(&r->levels);
	view_texts_close(r->p.texts);
	free(r);
}

int print_run(const struct print_options *o)
{
	struct run *r = calloc(1, sizeof(*r));
	int status = 1;

	signal(SIGPIPE, SIG_IGN);
	if (!r || view_texts_open(&r->p.texts) || (o->names && names_open(&r->p.names))) {
		log_error("%s", strerror(ENOMEM));
	} else {
		r->p.o = o;
		r->p.out.fd = STDOUT_FILENO;
		status = run(r);
	}
	run_free(r);
	return status;
}
