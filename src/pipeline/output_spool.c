/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/log.h"
#include "cli/repeat.h"
#include "pipeline/output_kinds.h"
#include "pipeline/setup.h"
#include "spool/queue.h"

_Static_assert(OPTIONS_MAX_SPOOLS <= SPOOL_WRITER_MAX, "a writer has all spools");

/* The output that writes windows into spools. */
struct spooled {
	struct output output;	/* first: struct output * is a struct spooled * */
	struct spool_queue *queue;
};

static struct spool_queue *queue_of(struct output *o)
{
	return ((struct spooled *)o)->queue;
}

static void begin(struct output *o, const struct output_window *w)
{
	struct spool_name name = {
		.start_ns = w->start_ns, .nominal_ns = w->nominal_ns, .seq = w->seq,
		.events = w->events,
	};

	spool_name_host(&name, w->host);
	snprintf(name.run, sizeof(name.run), "%s", w->run);
	spool_queue_begin(queue_of(o), &name);
}

static char *room(struct output *o, size_t len)
{
	return spool_queue_room(queue_of(o), len);
}

static void commit(struct output *o, size_t len)
{
	spool_queue_commit(queue_of(o), len);
}

static void window_done(struct output *o)
{
	spool_queue_end(queue_of(o));
}

/* A failure is that of one of the spools, which messages then name. */
static int flush(struct output *o)
{
	int err = spool_queue_flush(queue_of(o));

	if (err && err != -EAGAIN)
		o->name = spool_queue_failed(queue_of(o));
	return err;
}

static int reopen(struct output *o)
{
	(void)o;
	return 0;
}

static int poll_fd(struct output *o)
{
	return spool_queue_fd(queue_of(o));
}

static int error(struct output *o)
{
	(void)o;
	return 0;
}

static size_t pending(struct output *o)
{
	return spool_queue_bytes(queue_of(o));
}

static uint64_t pending_lines(struct output *o)
{
	return spool_queue_lines(queue_of(o));
}

static uint64_t refused(struct output *o)
{
	(void)o;
	return 0;
}

static void dropped(struct output *o, bool last, uint64_t *windows, uint64_t *records)
{
	struct spooled *s = (struct spooled *)o;
	struct spool_dropped d = spool_queue_dropped(s->queue, last);

	*windows += d.windows;
	*records += d.records;
	if (d.windows)
		repeat_say(s, 0, LOG_KIND_ERROR, "%s: %" PRIu64 " windows were removed to make room, as the next window record says; is there a consumer (ctagg-deliver --status)? See --spool-max",
			   o->name, d.windows);
	else
		repeat_calm(s);
}

/* A full disk: what was removed for the last window's sake is in no window record. */
static void close_spooled(struct output *o)
{
	struct spooled *s = (struct spooled *)o;
	struct spool_dropped d = spool_queue_dropped(s->queue, true);

	if (d.windows)
		log_error("%s: %" PRIu64 " windows with %" PRIu64 " records were removed to make room for the last window, and no window record says so",
			  o->name, d.windows, d.records);
	spool_queue_close(s->queue);
	free(s);
}

static const struct output_functions functions = {
	.begin = begin,
	.room = room,
	.commit = commit,
	.flush = flush,
	.window_done = window_done,
	.reopen = reopen,
	.poll_fd = poll_fd,
	.error = error,
	.pending = pending,
	.pending_lines = pending_lines,
	.refused = refused,
	.dropped = dropped,
	.close = close_spooled,
};

/* --- opening -------------------------------------------------------------------- */

static int open_failed(const struct spool_dir *d, int err)
{
	bool link = err == -ENOTDIR || err == -ELOOP;
	char path[512];

	snprintf(path, sizeof(path), "%s%s%s", d->path, *d->failed ? "/" : "", d->failed);
	return setup_fail_path(link ? WRONG_USAGE : FAILED, "--spool ", path, DENIED_FOLDER, err,
			       link ? "; it must be a folder, not a file or a symbolic link" :
			       err == -ENOENT ? "; make the folder above it" :
			       "; take a folder that can be written");
}

/* Two names of one folder would have each window linked to itself. */
static int is_twice(const struct spool_dir *spools, size_t n)
{
	struct stat first, again;

	if (fstat(spools[n].top, &again))
		return DONE;
	for (size_t i = 0; i < n; i++)
		if (!fstat(spools[i].top, &first) && first.st_ino == again.st_ino &&
		    first.st_dev == again.st_dev) {
			log_error("--spool: %s and %s are the same folder; leave one of them out",
				  spools[i].path, spools[n].path);
			return WRONG_USAGE;
		}
	return DONE;
}

static int open_spools(struct spool_dir *spools, size_t *n, const struct options *opts)
{
	int err, status = DONE;

	for (*n = 0; *n < opts->n_spools && !status; (*n)++) {
		err = spool_dir_open(&spools[*n], opts->spools[*n], true);
		status = err ? open_failed(&spools[*n], err) : is_twice(spools, *n);
	}
	return status;
}

static int tidy(struct spool_writer *w, struct spool_dropped *dropped)
{
	uint64_t torn;
	int err = spool_writer_tidy(w, &torn, dropped);

	if (torn)
		log_notice("--spool: %" PRIu64 " windows that an earlier ctagg had not written to their end are in dead/, as NAME.torn",
			   torn);
	return err ? setup_fail(FAILED, spool_writer_failed(w), err, "; cannot look into this spool") : DONE;
}

static int make_output(struct output **out, struct spool_writer *w,
		       const struct spool_dropped *dropped)
{
	struct spooled *s = calloc(1, sizeof(*s));
	int err = s ? spool_queue_open(&s->queue, w, dropped) : -ENOMEM;

	if (err) {
		free(s);
		return setup_fail(FAILED, "--spool", err, "");
	}
	s->output.fn = &functions;
	s->output.name = spool_writer_failed(w);
	*out = &s->output;
	return DONE;
}

static int open_writer(struct output **out, const struct spool_dir *spools,
		       const struct options *opts)
{
	struct spool_settings set = {
		.max_bytes = opts->spool_max_bytes,
		.max_age_ns = opts->spool_max_age_ns,
		.window_ms = opts->snapshot ? 0 : opts->window_ns / 1000000,
		.sync = opts->spool_sync == OPTIONS_SYNC_WINDOW,
	};
	struct spool_dropped dropped = { 0 };
	struct spool_writer *w;
	int err = spool_writer_open(&w, spools, opts->n_spools, &set), status;

	if (err)
		return setup_fail(FAILED, "--spool", err, "");
	status = tidy(w, &dropped);
	if (!status)
		status = make_output(out, w, &dropped);
	if (status)
		spool_writer_close(w);
	return status;
}

int output_spool_open(struct output **out, const struct options *opts)
{
	struct spool_dir spools[OPTIONS_MAX_SPOOLS];
	size_t n;
	int status;

	if (!opts->n_spools)
		return DONE;
	status = open_spools(spools, &n, opts);
	if (!status)
		return open_writer(out, spools, opts);
	while (n)
		spool_dir_close(&spools[--n]);
	return status;
}
