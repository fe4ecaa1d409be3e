/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cli/log.h"
#include "cli/repeat.h"
#include "confine/denied_help.h"
#include "host/identity.h"
#include "pipeline/outputs.h"
#include "sink/lock.h"

void outputs_add(struct outputs *o, struct output *output)
{
	o->list[o->n++] = (struct outputs_one){ .output = output };
}

void outputs_begin(struct outputs *o, const struct output_window *w)
{
	for (size_t i = 0; i < o->n; i++)
		if (!o->list[i].gone)
			output_begin(o->list[i].output, w);
}

char *outputs_room(struct outputs *o, size_t len)
{
	char *first = NULL;

	for (size_t i = 0; i < o->n; i++) {
		struct outputs_one *one = &o->list[i];

		if (one->gone)
			continue;
		one->room = output_room(one->output, len);
		if (!one->room)
			return NULL;
		if (!first)
			first = one->room;
	}
	return first;
}

/* The line was made in the first output's room; the other outputs get a copy. */
void outputs_commit(struct outputs *o, size_t len)
{
	const char *line = NULL;

	for (size_t i = 0; i < o->n; i++) {
		struct outputs_one *one = &o->list[i];

		if (one->gone)
			continue;
		if (line)
			memcpy(one->room, line, len);
		else
			line = one->room;
		output_commit(one->output, len);
	}
}

void outputs_window_done(struct outputs *o)
{
	for (size_t i = 0; i < o->n; i++)
		if (!o->list[i].gone)
			output_window_done(o->list[i].output);
}

/* --- writing ---------------------------------------------------------------- */

/* The reader has gone: nothing waits for this output any more, and lines that the reader has not
 * got are no losses. */
static void reader_gone(struct outputs_one *one)
{
	one->gone = true;
	one->blocked = one->failing = false;
}

static void write_failed(struct outputs *o, struct outputs_one *one, int err)
{
	o->write_errors++;
	one->err = err;
	if (!o->quiet)
		repeat_say(&one->failing, err, LOG_KIND_ERROR, "cannot write to %s: %s; trying again every second, up to %d bytes wait and the window stays open",
			   one->output->name, strerror(-err), OUTPUTS_BUFFER);
	one->failing = true;
	one->blocked = false;
}

/* Lines longer than any datagram of the socket can never be written. Each is a write error. */
static void count_refused(struct outputs *o, struct outputs_one *one)
{
	uint64_t refused = output_refused(one->output);

	if (refused != one->refused && !o->quiet)
		repeat_say(&one->refused, 0, LOG_KIND_ERROR, "%s takes no datagram as long as a record: records are left out, and counted as write errors; write to a file or a pipe",
			   one->output->name);
	o->write_errors += refused - one->refused;
	one->refused = refused;
}

static enum outputs_state flush_one(struct outputs *o, struct outputs_one *one)
{
	int err;

	/* An output with a thread of its own goes on between two flushes. */
	if (!output_pending(one->output) && !one->failing) {
		one->blocked = false;
		return OUTPUTS_WRITTEN;
	}
	if (one->failing && !one->retry && !one->blocked)
		return OUTPUTS_FAILING;
	one->retry = false;
	err = output_flush(one->output);
	count_refused(o, one);
	one->blocked = err == -EAGAIN;
	if (one->blocked)
		return OUTPUTS_BLOCKED;
	if (err == -EPIPE) {
		reader_gone(one);
		return OUTPUTS_GONE;
	}
	if (err) {
		write_failed(o, one, err);
		return OUTPUTS_FAILING;
	}
	repeat_over(&one->failing, "writing to %s again", one->output->name);
	one->failing = false;
	return OUTPUTS_WRITTEN;
}

static bool all_gone(const struct outputs *o)
{
	for (size_t i = 0; i < o->n; i++)
		if (!o->list[i].gone)
			return false;
	return true;
}

enum outputs_state outputs_flush(struct outputs *o)
{
	enum outputs_state worst = OUTPUTS_WRITTEN;

	for (size_t i = 0; i < o->n; i++) {
		struct outputs_one *one = &o->list[i];
		enum outputs_state state = one->gone ? OUTPUTS_GONE : flush_one(o, one);

		if (state != OUTPUTS_GONE && state > worst)
			worst = state;
	}
	return all_gone(o) ? OUTPUTS_GONE : worst;
}

void outputs_retry(struct outputs *o)
{
	for (size_t i = 0; i < o->n; i++)
		o->list[i].retry = true;
}

/* --- waiting ---------------------------------------------------------------- */

int outputs_poll_fd(const struct outputs *o, size_t i)
{
	return o->list[i].gone ? -1 : output_poll_fd(o->list[i].output);
}

void outputs_wait(const struct outputs *o)
{
	struct pollfd ready[OUTPUTS_MAX];

	for (size_t i = 0; i < o->n; i++)
		ready[i] = (struct pollfd){
			.fd = o->list[i].blocked ? outputs_poll_fd(o, i) : -1,
			.events = POLLOUT,
		};
	poll(ready, o->n, -1);
}

bool outputs_hung_up(struct outputs *o, size_t i, bool hangup)
{
	struct outputs_one *one = &o->list[i];
	int err = hangup ? -EPIPE : output_error(one->output);

	if (err == -EPIPE)
		reader_gone(one);
	else if (err)
		write_failed(o, one, err);
	return all_gone(o);
}

/* --- opening anew ----------------------------------------------------------- */

/* What to do when the kernel refuses the file: it is in another folder of the same name; or it is another
 * user's, for whom logrotate(8) has made it, and the program has given up the right to ignore owners and modes (CAP_DAC_OVERRIDE). */
static void explain_denied(char *text, size_t size, const char *path)
{
	char help[DENIED_SIZE];

	if (confine_denied_help(help, -EACCES, PACKAGE_NAME, path, DENIED_OPEN))
		snprintf(text, size, "%s", help);
	else
		snprintf(text, size, "%s; in logrotate: create 0640 %s %s", help, identity_user(),
			 identity_group());
}

/* Why an output could not be opened anew, and what to do about it, where that is known. */
static void explain(char *text, size_t size, const struct outputs_one *one, int err)
{
	char holder[LOCK_HOLDER_MAX];

	switch (err) {
	case -EACCES:
		explain_denied(text, size, one->output->name);
		return;
	case -EBUSY:
		lock_holder(holder, one->output->name);
		snprintf(text, size, "; it is locked by %s, give each program a file of its own", holder);
		return;
	}
	*text = '\0';
}

static void say_reopen_failed(const struct outputs_one *one, int err)
{
	char explained[DENIED_SIZE + 192];

	explain(explained, sizeof(explained), one, err);
	repeat_say(&one->reopen_err, err, LOG_KIND_ERROR, "cannot open %s anew: %s; still writing to the old file and trying again every second%s",
		   one->output->name, strerror(-err), explained);
}

static int reopen(struct outputs_one *one)
{
	int err = output_reopen(one->output);

	if (err)
		say_reopen_failed(one, err);
	else if (one->reopen_err)
		repeat_over(&one->reopen_err, "opened %s anew", one->output->name);
	else
		log_verbose("opened %s anew", one->output->name);
	one->reopen_err = err;
	one->retry |= !err;
	return err;
}

void outputs_reopen(struct outputs *o)
{
	for (size_t i = 0; i < o->n; i++)
		if (!o->list[i].gone)
			reopen(&o->list[i]);
}

bool outputs_tick(struct outputs *o)
{
	bool opened = false;

	outputs_retry(o);
	for (size_t i = 0; i < o->n; i++)
		if (o->list[i].reopen_err && !o->list[i].gone)
			opened |= !reopen(&o->list[i]);
	return opened;
}

/* --- at the end ------------------------------------------------------------- */

size_t outputs_pending(const struct outputs *o)
{
	size_t bytes = 0;

	for (size_t i = 0; i < o->n; i++)
		if (!o->list[i].gone)
			bytes += output_pending(o->list[i].output);
	return bytes;
}

uint64_t outputs_refused(const struct outputs *o)
{
	uint64_t lines = 0;

	for (size_t i = 0; i < o->n; i++)
		lines += o->list[i].refused;
	return lines;
}

void outputs_dropped(struct outputs *o, bool last, uint64_t *windows, uint64_t *records)
{
	*windows = *records = 0;
	for (size_t i = 0; i < o->n; i++)
		if (!o->list[i].gone)
			output_dropped(o->list[i].output, last, windows, records);
}

void outputs_say_lost(const struct outputs *o)
{
	for (size_t i = 0; i < o->n; i++) {
		const struct outputs_one *one = &o->list[i];

		if (one->failing)
			log_error("%" PRIu64 " lines and what was counted since were not written to %s: %s",
				  output_pending_lines(one->output), one->output->name,
				  strerror(-one->err));
	}
}

void outputs_close(struct outputs *o)
{
	for (size_t i = 0; i < o->n; i++)
		output_close(o->list[i].output);
	o->n = 0;
}
