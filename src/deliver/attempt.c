/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/log.h"
#include "cli/repeat.h"
#include "deliver/attempt.h"
#include "deliver/letters.h"
#include "notify/notify.h"
#include "spool/lock.h"
#include "window/clock.h"

#define NS_PER_S 1000000000ULL
#define BUSY_NS 100000000ULL
#define DELIVERED_EVERY_NS NS_PER_S

/* --- what is said -------------------------------------------------------------------- */

/* A message stands on a line of its own, also below a bar. */
#define SAY(d, log, ...)                                                                       \
	do {                                                                                   \
		progress_clear(&(d)->progress);                                                \
		log(__VA_ARGS__);                                                              \
	} while (0)

static void tell_manager(const struct deliverer *d)
{
	const char *error = d->delivered.error;

	notify_status("%" PRIu64 " file%s delivered, %" PRIu64 " given up%s%s",
		      d->counts.delivered, d->counts.delivered == 1 ? "" : "s", d->counts.dead,
		      *error ? "; " : "", error);
}

void attempt_flush(struct deliverer *d)
{
	if (!d->unwritten)
		return;
	d->unwritten = false;
	d->written_ns = clock_monotonic_ns();
	delivered_write(&d->dir, &d->delivered);
	tell_manager(d);
}

/* The beginning and the end of a failure are written at once, all else once a second at most:
 * thousands of files can be delivered in a second. */
static void note(struct deliverer *d, bool at_once)
{
	d->unwritten = true;
	if (at_once || clock_monotonic_ns() - d->written_ns >= DELIVERED_EVERY_NS)
		attempt_flush(d);
}

static void note_taken(struct deliverer *d, const char *name)
{
	bool failed = d->delivered.error[0];

	snprintf(d->delivered.name, sizeof(d->delivered.name), "%s", name);
	d->delivered.time_ns = clock_wall_ns();
	d->delivered.error[0] = '\0';
	if (failed)
		SAY(d, repeat_over, &d->delivered, "%s: delivery goes on", d->dir.path);
	note(d, failed);
}

/* Texts can differ each time (by milliseconds, for instance), so that failures of one kind are one
 * message: no answer, an error of the server, a refusal. */
static void note_failed(struct deliverer *d, const struct transport_answer *answer,
			const char *what_next)
{
	int state = answer->result * 2 + answer->server_error;
	bool failed = d->delivered.error[0];

	snprintf(d->delivered.error, sizeof(d->delivered.error), "%s", answer->text);
	d->delivered.error_ns = clock_wall_ns();
	SAY(d, repeat_say, &d->delivered, state, LOG_KIND_NOTICE, "%s: %s; %s", d->dir.path,
	    answer->text, what_next);
	note(d, !failed);
}

/* --- what becomes of the file ---------------------------------------------------------- */

/* Whether the file is still in new/. Of one that has gone from there, as ctagg makes room, moving it
 * says -ENOENT; but so it does when the folder that it is moved to was removed. */
static bool is_waiting(const struct deliverer *d, const char *name)
{
	struct stat st;

	return !fstatat(d->dir.new, name, &st, AT_SYMLINK_NOFOLLOW) || errno != ENOENT;
}

static int bury(struct deliverer *d, const char *name)
{
	const struct schedule_file *f = schedule_file(d->schedule, name);
	const struct letters_why why = { f->attempts, clock_wall_ns(), f->text };

	return letters_bury(&d->dir, name, &why);
}

static int put_away(struct deliverer *d, const char *name)
{
	return d->archive >= 0 ? letters_archive(&d->dir, name, d->archive) :
				 letters_remove(&d->dir, name);
}

/* Try until it works: a file that was taken must not be sent again because of a full disk. Returns
 * whether it has worked. */
static bool insist(struct deliverer *d, const char *name)
{
	const char *what = d->archive >= 0 ? "cannot be archived" :
					     "was delivered, and cannot be removed";
	uint64_t wait = d->opts->retry_first_ns;
	int err;

	while ((err = put_away(d, name)) && is_waiting(d, name)) {
		SAY(d, repeat_say, &d->archive, err, LOG_KIND_ERROR, "%s: %s: %s; nothing more is sent until that works",
		    name, what, strerror(-err));
		if (d->opts->once)
			return false;
		waiting_until(&d->waiting, clock_monotonic_ns() + wait, false);
		if (waiting_is_over(&d->waiting))
			return false;
		wait = wait * 2 < d->opts->retry_max_ns ? wait * 2 : d->opts->retry_max_ns;
	}
	repeat_over(&d->archive, "%s: %s", name, d->archive >= 0 ? "archived" : "removed");
	return true;
}

/* Other files go on: on a full disk, delivering them makes the room that NAME.why needs. */
static enum attempt_result not_buried(struct deliverer *d, const char *name, int err)
{
	SAY(d, repeat_say, &d->dir.dead, err, LOG_KIND_ERROR, "%s: cannot be moved to dead/: %s; it stays, and that is tried again",
	    name, strerror(-err));
	schedule_put_aside(d->schedule, name, clock_monotonic_ns());
	return ATTEMPT_LATER;
}

#define BURIED "%s: %s, after %" PRIu64 " attempts; moved to dead/"

/* A destination may refuse every file. With -v each file has its lines. */
static void say_buried(struct deliverer *d, const char *name, const struct schedule_file *f)
{
	if (d->opts->verbosity >= LOG_VERBOSE)
		SAY(d, log_error, BURIED, name, f->text, f->attempts);
	else
		SAY(d, repeat_say, &d->counts.dead, 0, LOG_KIND_ERROR, BURIED, name, f->text, f->attempts);
}

enum attempt_result attempt_bury(struct deliverer *d, const char *name)
{
	const struct schedule_file *f = schedule_file(d->schedule, name);
	int err = bury(d, name);

	if (err && is_waiting(d, name))
		return not_buried(d, name, err);
	if (!err) {
		repeat_over(&d->dir.dead, "%s/dead: takes files again", d->dir.path);
		d->counts.dead++;
		say_buried(d, name, f);
	}
	schedule_forget(d->schedule, name);
	return ATTEMPT_GONE;
}

static enum attempt_result was_taken(struct deliverer *d, const char *name, uint64_t size,
				     const struct transport_answer *answer)
{
	uint64_t skipped = answer->skipped;

	d->counts.delivered++;
	d->counts.bytes += size;
	d->counts.skipped += skipped;
	if (skipped)
		SAY(d, repeat_say, &d->counts.skipped, 0, LOG_KIND_NOTICE, "%s: %" PRIu64 " records %s, and were left out",
		    name, skipped, answer->skipped_why);
	else
		repeat_calm(&d->counts.skipped);
	repeat_calm(&d->counts.dead);
	note_taken(d, name);
	if (!insist(d, name))
		return ATTEMPT_STOPPED;
	progress_show(&d->progress, d->counts.delivered + d->counts.dead, d->total);
	return ATTEMPT_GONE;
}

/* A line for each attempt with -v. That a file is given up is said without -v, too. */
static void narrate(struct deliverer *d, const char *name, const struct transport_answer *answer,
		    enum schedule_step step)
{
	const char *what = step == SCHEDULE_DONE ? "taken" :
			   answer->result == TRANSPORT_NEVER ? "refused" : "later";

	if (step != SCHEDULE_BURY)
		SAY(d, log_verbose, "%s: %s: %s", name, what, answer->text);
}

static enum attempt_result conclude(struct deliverer *d, const char *name, uint64_t size,
				    const struct transport_answer *answer)
{
	enum schedule_step step = schedule_answer(d->schedule, name, answer, clock_monotonic_ns());

	narrate(d, name, answer, step);
	if (step == SCHEDULE_DONE)
		return was_taken(d, name, size, answer);
	if (step == SCHEDULE_BURY) {
		note_failed(d, answer, "the file is given up");
		return attempt_bury(d, name);
	}
	d->counts.failures++;
	if (answer->result == TRANSPORT_NEVER) {
		note_failed(d, answer, "a file is refused, and tried three times");
		return ATTEMPT_AGAIN;
	}
	note_failed(d, answer, d->opts->once ? "files are left" :
				     "files wait, and are tried again");
	return ATTEMPT_LATER;
}

/* --- one attempt ------------------------------------------------------------------------ */

static enum attempt_result send_file(struct deliverer *d, const char *name, int fd)
{
	struct transport_answer answer;
	struct stat st;

	if (fstat(fd, &st))
		st.st_size = 0;
	transport_send(d->transport, &(struct transport_item){ fd, st.st_size, name },
		       d->waiting.stop_fd, &answer);
	if (answer.result == TRANSPORT_STOPPED)
		return ATTEMPT_STOPPED;
	d->counts.attempts++;
	return conclude(d, name, st.st_size, &answer);
}

/* Whether an error of opening is that of one file, not of this program. */
static bool is_of_file(int err)
{
	return err != -EMFILE && err != -ENFILE && err != -ENOMEM;
}

/* Somebody has to look. Other files go on meanwhile; where so many cannot be read that nobody
 * remembers them all, everything waits as if the destination had failed. */
static bool steps_aside(struct deliverer *d, const char *name, int err)
{
	if (d->opts->once || !is_of_file(err) ||
	    !schedule_put_aside(d->schedule, name, clock_monotonic_ns()))
		return false;
	SAY(d, repeat_say, &d->dir.new, err, LOG_KIND_ERROR, "%s: cannot be read: %s; it stays, and is tried again while others are sent",
	    name, strerror(-err));
	return true;
}

/* A file of new/ that cannot be read is tried again. What is no file at all is given up. */
static enum attempt_result not_taken(struct deliverer *d, const char *name, int err)
{
	struct transport_answer answer = { .result = TRANSPORT_LATER };

	switch (err) {
	case -ENOENT:
		schedule_forget(d->schedule, name);
		return ATTEMPT_GONE;
	case -EBUSY:
		waiting_until(&d->waiting, clock_monotonic_ns() + BUSY_NS, false);
		return ATTEMPT_AGAIN;
	case -ELOOP:
	case -EINVAL:
		answer.result = TRANSPORT_NEVER;
	}
	if (answer.result == TRANSPORT_LATER && steps_aside(d, name, err))
		return ATTEMPT_LATER;
	snprintf(answer.text, sizeof(answer.text), "%s cannot be read: %s", name,
		 answer.result == TRANSPORT_NEVER ? "no regular file" : strerror(-err));
	return conclude(d, name, 0, &answer);
}

enum attempt_result attempt_file(struct deliverer *d, const char *name)
{
	enum attempt_result result;
	int fd = spool_take(d->dir.new, name);

	if (fd < 0)
		return not_taken(d, name, fd);
	if (schedule_file(d->schedule, name))
		repeat_over(&d->dir.new, "%s: can be read again", name);
	result = send_file(d, name, fd);
	close(fd);
	return result;
}
