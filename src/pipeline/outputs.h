/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_PIPELINE_OUTPUTS_H
#define CTAGG_PIPELINE_OUTPUTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sink/output.h"

/* The outputs of one run. Every line goes to each of them; each fails, is tried again and
 * goes away on its own. */

/* The buffer of an output that has one. */
#define OUTPUTS_BUFFER (1 << 20)
#define OUTPUTS_MAX 4

/* One output and how it fares. */
struct outputs_one {
	struct output *output;	/* owned */
	char *room;		/* lent by the output, between room and commit */
	bool blocked;		/* at the last flush the reader was not ready */
	bool failing;		/* the last flush failed: nothing is written before ... */
	bool retry;		/* ... outputs_retry() */
	bool gone;		/* nobody reads this one any more */
	int err;		/* why the last flush failed */
	int reopen_err;		/* why it cannot be opened anew; 0: no need */
	uint64_t refused;	/* as output_refused() said last */
};

/* All zero: no outputs. */
struct outputs {
	struct outputs_one list[OUTPUTS_MAX];
	size_t n;
	bool quiet;		/* failures are not said here: the caller says them */
	uint64_t write_errors;	/* failed flushes and refused lines, of all outputs */
};

/* Add an output, up to OUTPUTS_MAX. outputs_close() closes it. */
void outputs_add(struct outputs *o, struct output *output);

/* outputs_room() lends len bytes to write one line in; NULL while any output has no room, or
 * when all have gone. outputs_commit() gives the line, of len bytes, to all outputs. */
char *outputs_room(struct outputs *o, size_t len);
void outputs_commit(struct outputs *o, size_t len);

/* The line just committed was a `window` record. */
void outputs_window_done(struct outputs *o);

/* The state of all outputs: the last in this list that one of them is in; those that have
 * gone do not matter until all have. A reader that is not ready comes after a failure: who
 * ends because writing fails must not leave out the lines that another reader will take. */
enum outputs_state {
	OUTPUTS_WRITTEN,	/* nothing waits */
	OUTPUTS_FAILING,	/* writing failed, which has been said: wait for outputs_retry() */
	OUTPUTS_BLOCKED,	/* a reader is not ready: wait for POLLOUT */
	OUTPUTS_GONE,		/* nobody reads any more */
};

/* Write what waits, as far as each output takes it. */
enum outputs_state outputs_flush(struct outputs *o);

/* Let the next outputs_flush() try again after a failure. */
void outputs_retry(struct outputs *o);

/* The descriptor to wait on for output number i, -1 for none; for POLLOUT when it is
 * blocked, else only for POLLERR and POLLHUP. */
int outputs_poll_fd(const struct outputs *o, size_t i);

/* Wait until a blocked output is ready; for a caller that has nothing else to wait for. */
void outputs_wait(const struct outputs *o);

/* After a POLLERR, or POLLHUP (hangup), of output number i: whether nobody reads any
 * output any more. A POLLERR for another reason counts as a failure to write. */
bool outputs_hung_up(struct outputs *o, size_t i, bool hangup);

/* Open each output anew; one that fails goes on in its old file, and outputs_tick()
 * tries again. What goes wrong is said once. */
void outputs_reopen(struct outputs *o);

/* Once a second: try again what has failed. Returns whether an output was opened anew,
 * so that outputs_poll_fd() has another descriptor. */
bool outputs_tick(struct outputs *o);

/* Bytes that wait for those who still read, and the lines that were left out. */
size_t outputs_pending(const struct outputs *o);
uint64_t outputs_refused(const struct outputs *o);

/* At the end, when outputs are failing: say how many lines each has lost, and why. */
void outputs_say_lost(const struct outputs *o);

void outputs_close(struct outputs *o);

#endif
