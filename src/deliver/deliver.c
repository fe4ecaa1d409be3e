/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/log.h"
#include "cli/repeat.h"
#include "deliver/attempt.h"
#include "deliver/binding.h"
#include "deliver/confining.h"
#include "deliver/deliver.h"
#include "deliver/queue.h"
#include "deliver/transports.h"
#include "host/denied.h"
#include "notify/notify.h"
#include "spool/lock.h"
#include "window/clock.h"

#define NS_PER_S 1000000000ULL

/* Exit statuses. RUN: it goes on. */
enum { DONE, FAILED, WRONG_USAGE, RUN = -1 };

/* --- one file after the other ------------------------------------------------------------ */

/* Files that are no windows of ctagg are of whoever has put them there. */
static void say_others(const struct deliverer *d, const struct queue *q, bool *said)
{
	if (!*said && q->batch.others)
		log_notice("%s/new: %" PRIu64 " of the files have no name of a window, such as '%.64s'; they are left alone",
			   d->dir.path, q->batch.others, q->batch.other);
	*said |= q->batch.others;
}

/* The file to be sent now, in `name'; "": there is none. *bury: it is to be given up instead. */
static int choose(struct deliverer *d, struct queue *q, char name[SPOOL_NAME_MAX], bool *bury)
{
	const struct schedule_file *due = schedule_due(d->schedule, clock_monotonic_ns(), bury);
	const char *oldest = NULL;
	int err = due ? 0 : queue_next(q, d->dir.new, d->schedule, &oldest);

	snprintf(name, SPOOL_NAME_MAX, "%s", due ? due->name : oldest ? oldest : "");
	if (err)
		repeat_say(q, err, LOG_KIND_ERROR, "%s/new: %s; it is read again in a second",
			   d->dir.path, strerror(-err));
	else if (!due)
		repeat_over(q, "%s/new: can be read again", d->dir.path);
	return err;
}

/* Nothing is sent for a while: what was done until now is said. */
static void flush(struct deliverer *d)
{
	attempt_flush(d);
	reporting_turn(&d->reporting, &d->dir, &d->counts, true);
}

/* Nothing can be sent: wait for a file, or for the time of one. */
static int wait_for_files(struct deliverer *d)
{
	uint64_t until;

	schedule_exhausted(d->schedule);
	if (schedule_until(d->schedule) > clock_monotonic_ns())
		return RUN;
	if (d->opts->once)
		return DONE;
	flush(d);
	until = schedule_next_due(d->schedule);
	waiting_until(&d->waiting, until, true);
	return RUN;
}

/* With --once, what was there at the beginning has been dealt with, or a failure ends it. */
static int conclude_once(const struct deliverer *d, enum attempt_result result)
{
	if (!d->opts->once)
		return RUN;
	if (result == ATTEMPT_LATER)
		return FAILED;
	return d->counts.delivered + d->counts.dead < d->total ? RUN : DONE;
}

static int send_one(struct deliverer *d, struct queue *q, const char *name, bool bury)
{
	bool of_queue = q->at < q->batch.n && !strcmp(q->batch.names[q->at], name);
	enum attempt_result result = bury ? attempt_bury(d, name) : attempt_file(d, name);

	if (result == ATTEMPT_STOPPED)
		return d->opts->once ? FAILED : DONE;
	if (result == ATTEMPT_GONE && of_queue)
		queue_gone(q);
	reporting_turn(&d->reporting, &d->dir, &d->counts, false);
	return conclude_once(d, result);
}

/* One turn: a wait or an attempt. Returns RUN or the exit status. */
static int turn(struct deliverer *d, struct queue *q, bool *others_said)
{
	char name[SPOOL_NAME_MAX];
	bool bury = false;

	if (waiting_is_over(&d->waiting))
		return d->opts->once ? FAILED : DONE;
	if (schedule_until(d->schedule) > clock_monotonic_ns()) {
		flush(d);
		waiting_until(&d->waiting, schedule_until(d->schedule), false);
		return RUN;
	}
	if (choose(d, q, name, &bury)) {
		if (d->opts->once)
			return FAILED;
		waiting_until(&d->waiting, clock_monotonic_ns() + NS_PER_S, false);
		return RUN;
	}
	say_others(d, q, others_said);
	return name[0] ? send_one(d, q, name, bury) : wait_for_files(d);
}

/* --- from beginning to end ---------------------------------------------------------------- */

/* How many files --once is to deliver. */
static int count_files(struct deliverer *d, struct queue *q)
{
	int err = spool_batch_read(&q->batch, d->dir.new, "");

	if (err)
		log_error("%s/new: %s", d->dir.path, strerror(-err));
	else
		d->total = q->batch.total;
	return err;
}

static int deliver_all(struct deliverer *d)
{
	struct queue *q = malloc(sizeof(*q));
	bool others_said = false;
	int status = RUN;

	if (!q) {
		log_error("%s", strerror(ENOMEM));
		return FAILED;
	}
	queue_init(q);
	if (d->opts->once && count_files(d, q)) {
		free(q);
		return FAILED;
	}
	queue_init(q);
	while (status == RUN) {
		status = turn(d, q, &others_said);
		notify_alive();
	}
	notify_stopping();
	free(q);
	flush(d);
	progress_clear(&d->progress);
	log_verbose("%s: %" PRIu64 " file%s delivered, %" PRIu64 " given up", d->dir.path,
		    d->counts.delivered, LOG_PLURAL(d->counts.delivered), d->counts.dead);
	return status;
}

static int fail(const char *what, int err, const char *what_to_do)
{
	log_error("%s: %s%s", what, strerror(-err), what_to_do);
	return FAILED;
}

static int open_spool(struct deliverer *d)
{
	char path[4096], help[DENIED_SIZE];
	int err = spool_dir_open(&d->dir, d->opts->spool, false);

	if (!err) {
		d->lock = spool_lock(&d->dir);
		err = d->lock < 0 ? d->lock : 0;
		if (err == -EBUSY) {
			log_error("%s: another program delivers it; a spool has one deliverer, and with several destinations there is a spool for each",
				  d->opts->spool);
			return FAILED;
		}
		return err ? fail(d->opts->spool, err, "; its file `lock' has to be written") : RUN;
	}
	snprintf(path, sizeof(path), "%s%s%s", d->opts->spool, d->dir.failed[0] ? "/" : "",
		 d->dir.failed);
	denied_help(help, err, "ctagg-deliver", path, DENIED_FOLDER);
	return fail(path, err, *help ? help : "; ctagg --spool makes a spool");
}

static bool is_same_folder(int a, int b)
{
	struct stat x, y;

	return !fstat(a, &x) && !fstat(b, &y) && x.st_dev == y.st_dev && x.st_ino == y.st_ino;
}

/* What is moved to new/ would be removed there as if it had been moved elsewhere; what is moved to
 * tmp/ is torn, and to dead/, a dead letter. */
static int open_archive(struct deliverer *d)
{
	if (!d->opts->archive)
		return RUN;
	d->archive = open(d->opts->archive, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (d->archive < 0)
		return fail(d->opts->archive, -errno, "; --archive wants a folder that is there");
	if (!is_same_folder(d->archive, d->dir.new) && !is_same_folder(d->archive, d->dir.tmp) &&
	    !is_same_folder(d->archive, d->dir.dead))
		return RUN;
	log_error("--archive: %s is a part of the spool; name a folder of its own", d->opts->archive);
	return WRONG_USAGE;
}

static int open_transport(struct deliverer *d)
{
	struct refusal why;
	int err = transports_open(&d->transport, d->opts, &why);

	if (!err)
		return RUN;
	log_error("%s", why.why);
	return err == -EINVAL ? WRONG_USAGE : FAILED;
}

static int open_schedule(struct deliverer *d)
{
	struct schedule_limits limits = { d->opts->retry_first_ns, d->opts->retry_max_ns,
					  d->opts->max_attempts, clock_wall_ns() };
	char path[64];
	int err;

	if (getrandom(&limits.seed, sizeof(limits.seed), GRND_NONBLOCK) < 0)
		limits.seed += getpid();
	err = schedule_open(&d->schedule, &limits);
	if (err)
		return fail("schedule", err, "");
	snprintf(path, sizeof(path), "/proc/self/fd/%d", d->dir.new);
	err = waiting_open(&d->waiting, path);
	return err ? fail("signals", err, "") : RUN;
}

static int open_reporting(struct deliverer *d)
{
	int err = reporting_open(&d->reporting, d->opts->metrics, &d->dir);

	char help[DENIED_SIZE];

	if (!err)
		return RUN;
	denied_help(help, err, "ctagg-deliver", d->opts->metrics, DENIED_REPLACE);
	return fail(d->opts->metrics, err, *help ? help : "; --metrics wants a file in a folder that can be written");
}

/* The step by which everything is ready, in this order. */
static int set_up(struct deliverer *d)
{
	int status = open_spool(d);

	if (status == RUN)
		status = open_archive(d);
	if (status == RUN)
		status = open_transport(d);
	if (status == RUN)
		status = open_schedule(d);
	if (status == RUN && (status = binding_check(&d->dir, d->opts)) == 0)
		status = RUN;
	if (status == RUN)
		status = open_reporting(d);
	if (status == RUN)
		delivered_read(&d->dir, &d->delivered);
	d->delivered.error[0] = '\0';	/* a failure of this run is said, also if it is an old one */
	return status;
}

static void tear_down(struct deliverer *d)
{
	reporting_close(&d->reporting);
	transport_close(d->transport);
	schedule_close(d->schedule);
	waiting_close(&d->waiting);
	if (d->archive >= 0)
		close(d->archive);
	if (d->lock >= 0)
		close(d->lock);
	spool_dir_close(&d->dir);
	notify_close();
}

/* Writing to a closed pipe or past a file size limit returns an error. Of a command, whose end is
 * waited for, nobody would learn the exit status where this program was started with SIGCHLD
 * ignored. */
static void set_signals(void)
{
	signal(SIGPIPE, SIG_IGN);
	signal(SIGXFSZ, SIG_IGN);
	signal(SIGCHLD, SIG_DFL);
}

int deliver_run(const struct deliver_options *opts)
{
	struct deliverer d = {
		.opts = opts, .lock = -1, .archive = -1,
		.dir = { opts->spool, -1, -1, -1, -1, "" },
		.waiting = { -1, -1 },
		.progress = { .wanted = opts->once && opts->verbosity == LOG_NORMAL &&
					isatty(STDERR_FILENO) },
	};
	int status;

	set_signals();
	status = set_up(&d);
	if (status == RUN) {
		deliver_confine(opts);
		log_verbose("ready: %s", opts->spool);
		notify_ready();
		status = deliver_all(&d);
	}
	tear_down(&d);
	return status;
}
