/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "report/runs.h"

/* All windows that are kept back have this much memory together. Beyond that the level of a run is
 * that of its first window. */
#define MAX_KEPT_BYTES ((size_t)16 << 20)

int report_runs_open(struct report_runs *r, uint64_t level_ms)
{
	memset(r, 0, sizeof(*r));
	r->asked_ms = level_ms;
	return report_keys_open(&r->keys, sizeof(struct report_run));
}

void report_runs_close(struct report_runs *r)
{
	for (size_t i = 0; i < r->keys.n; i++) {
		view_window_free(report_runs_get(r, i)->kept);
		free(report_runs_get(r, i)->stretches.of);
	}
	report_keys_close(&r->keys);
	memset(r, 0, sizeof(*r));
}

static struct report_level *level_of(struct report_runs *r, uint64_t ms)
{
	for (size_t i = 0; i < r->n_levels; i++)
		if (r->levels[i].ms == ms)
			return &r->levels[i];
	if (r->n_levels == REPORT_MAX_LEVELS)
		return NULL;
	r->levels[r->n_levels] = (struct report_level){ .ms = ms };
	return &r->levels[r->n_levels++];
}

static void leave_out(struct report_runs *r, struct view_window *w)
{
	struct report_level *level = level_of(r, w->window_ms);

	if (level)
		level->left_out++;
	else
		r->others++;
	view_window_free(w);
}

static int count(struct report_runs *r, struct report_run *run, struct view_window *w, report_window_fn *fn,
		 void *arg)
{
	struct report_level *level = level_of(r, w->window_ms);
	int err = fn(arg, run, w);

	run->counted++;
	if (level)
		level->counted++;
	view_window_free(w);
	return err;
}

/* NULL without memory. */
static struct report_run *run_of(struct report_runs *r, uint32_t host, uint32_t text)
{
	struct report_key key = { { 0 } };
	struct report_run *found;
	uint32_t number;
	int new;

	memcpy(key.bytes, &host, sizeof(host));
	memcpy(key.bytes + sizeof(host), &text, sizeof(text));
	new = report_keys_number(&r->keys, &key, &number);
	if (new < 0)
		return NULL;
	found = report_runs_get(r, number);
	if (new) {
		found->host = host;
		found->run = text;
		found->level_ms = r->asked_ms;
	}
	return found;
}

static struct view_window *take_kept(struct report_runs *r, struct report_run *run)
{
	struct view_window *kept = run->kept;

	run->kept = NULL;
	if (kept)
		r->kept_bytes -= view_window_bytes(kept);
	return kept;
}

/* Now the run's level is that of the window that was kept back. */
static int settle(struct report_runs *r, struct report_run *run, report_window_fn *fn, void *arg)
{
	struct view_window *kept = take_kept(r, run);

	if (!kept)
		return 0;
	run->level_ms = kept->window_ms;
	return count(r, run, kept, fn, arg);
}

/* Keep a window back, in place of one of a longer level. */
static int keep(struct report_runs *r, struct report_run *run, struct view_window *w, report_window_fn *fn,
		void *arg)
{
	struct view_window *longer = take_kept(r, run);

	if (longer)
		leave_out(r, longer);
	run->kept = w;
	r->kept_bytes += view_window_bytes(w);
	return r->kept_bytes > MAX_KEPT_BYTES ? settle(r, run, fn, arg) : 0;
}

int report_runs_take(struct report_runs *r, uint32_t host, struct view_window *w, report_window_fn *fn,
		     void *arg)
{
	struct report_run *run;
	int err = 0;

	if (!w->window_ms) {
		r->snapshots++;
		view_window_free(w);
		return 0;
	}
	run = run_of(r, host, w->run);
	if (!run) {
		view_window_free(w);
		return -ENOMEM;
	}
	if (!run->level_ms && (!run->kept || w->window_ms < run->kept->window_ms))
		return keep(r, run, w, fn, arg);
	if (run->kept && run->kept->window_ms == w->window_ms)
		err = settle(r, run, fn, arg);
	if (!err && w->window_ms == run->level_ms)
		return count(r, run, w, fn, arg);
	run->longer = run->longer || (run->level_ms && !r->asked_ms && w->window_ms < run->level_ms);
	leave_out(r, w);
	return err;
}

int report_runs_end(struct report_runs *r, report_window_fn *fn, void *arg)
{
	int err = 0;

	for (size_t i = 0; i < r->keys.n && !err; i++)
		err = settle(r, report_runs_get(r, i), fn, arg);
	return err;
}
