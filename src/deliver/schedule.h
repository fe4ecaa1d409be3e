/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_DELIVER_SCHEDULE_H
#define CTAGG_DELIVER_SCHEDULE_H

#include <stdbool.h>
#include <stdint.h>

#include "deliver/transport.h"
#include "spool/name.h"

/* When which file is sent, as ctagg-deliver(1) has it. The schedule asks no clock: it is told the
 * time, in nanoseconds of a clock that nobody sets.
 *
 * A failure of the destination makes everything wait. A file that alone gets server errors steps
 * aside: after SCHEDULE_PATIENCE of them, and after each further one, one younger file is sent at
 * once. When the younger file is taken, the trouble is with the older file alone, which then waits
 * by itself. Otherwise the destination is down, and the older file is still the first to be sent,
 * so that files arrive in order when the destination comes back. */
struct schedule;

#define SCHEDULE_PATIENCE 5	/* server errors of a file before a younger one is tried */
#define SCHEDULE_REFUSALS 3	/* permanent answers before a file is given up */
#define SCHEDULE_FILES 256	/* files with failures that are remembered; more begin anew */

/* first_ns, max_ns  the first wait after a failure; the longest. Each is 1.7 times the one before,
 *                   and then shortened or lengthened by up to half of itself
 * max_attempts      server errors after which a file that stepped aside is given up; 0: never
 * seed              of the waits
 */
struct schedule_limits {
	uint64_t first_ns, max_ns, max_attempts, seed;
};

/* A file with failures.
 *
 * attempts       how often it was sent
 * refusals       permanent answers among these; server_errors: server errors
 * aside          it waits by itself, until due_ns
 * text           the last answer
 */
struct schedule_file {
	char name[SPOOL_NAME_MAX];
	uint64_t due_ns, attempts, refusals, server_errors;
	bool aside;
	char text[sizeof(((struct transport_answer *)0)->text)];
};

enum schedule_step {
	SCHEDULE_DONE,	/* the file was taken */
	SCHEDULE_KEEP,	/* it is tried again */
	SCHEDULE_BURY,	/* it is given up: a dead letter */
};

/* Returns 0 and a schedule the caller owns, or -ENOMEM. */
int schedule_open(struct schedule **out, const struct schedule_limits *limits);
void schedule_close(struct schedule *s);	/* NULL is fine */

/* Until when nothing is sent: a time, perhaps one that has passed. */
uint64_t schedule_until(const struct schedule *s);

/* A file that nobody can send now, for a reason that is not the destination's, steps aside until it
 * is tried again: one that cannot be read, or was given up and could not become a dead letter.
 * Returns false where too many files are remembered already: then it has not stepped aside. */
bool schedule_put_aside(struct schedule *s, const char *name, uint64_t now_ns);

/* A file that stepped aside and is to be sent now; NULL: none. To be asked before
 * schedule_takes(). *bury: it is not sent any more, but given up. */
const struct schedule_file *schedule_due(const struct schedule *s, uint64_t now_ns, bool *bury);

/* When the next file that stepped aside is due; UINT64_MAX: there is none. */
uint64_t schedule_next_due(const struct schedule *s);

/* Whether this file can be sent now. Asked about the waiting files from the oldest on, until one
 * can be sent; schedule_exhausted() says that none can. */
bool schedule_takes(const struct schedule *s, const char *name);
void schedule_exhausted(struct schedule *s);

/* What came of sending a file; not of one that was stopped. */
enum schedule_step schedule_answer(struct schedule *s, const char *name,
				   const struct transport_answer *answer, uint64_t now_ns);

/* What is remembered of a file; NULL: nothing has failed. */
const struct schedule_file *schedule_file(const struct schedule *s, const char *name);

/* The file has gone; and so has each file with a smaller name that has not stepped aside. */
void schedule_forget(struct schedule *s, const char *name);
void schedule_forget_before(struct schedule *s, const char *name);

#endif
