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
	bool failing;		/* the last flush failed: nothing is written until `retry` */
	bool retry;		/* outputs_retry() was called: the next flush tries again */
	bool gone;		/* nobody reads from this output any more */
	int err;		/* why the last flush failed */
	int reopen_err;		/* why opening anew failed, to be tried again; 0: did not fail */
	uint64_t refused;	/* what output_refused() returned last */
};

/* All zero: no outputs. */
struct outputs {
	struct outputs_one list[OUTPUTS_MAX];
	size_t n;
	bool quiet;		/* do not say failures to write: the caller says them */
	uint64_t write_errors;	/* failed flushes and refused lines, of all outputs */
};

/* Add an output, up to OUTPUTS_MAX. outputs_close() closes it. */
void outputs_add(struct outputs *o, struct output *output);

/* The lines that come next are of this window. */
void outputs_begin(struct outputs *o, const struct output_window *w);

/* outputs_room() lends len bytes to write one line in, until outputs_commit(); returns NULL while
 * any output has no room, or when the readers of all outputs have gone. outputs_commit() gives the
 * line, of len bytes, to all outputs. */
char *outputs_room(struct outputs *o, size_t len);
void outputs_commit(struct outputs *o, size_t len);

/* The line just committed was a `window` record. */
void outputs_window_done(struct outputs *o);

/* The state of all outputs together. Each output is in one of these states, and the last one in
 * this list counts. Outputs whose reader has gone are left out until all readers have gone. A
 * reader that is not ready counts more than a failure: a caller that gives up when writing fails
 * must not leave out lines that another output's reader will still take. */
enum outputs_state {
	OUTPUTS_WRITTEN,	/* no line waits */
	OUTPUTS_FAILING,	/* writing failed, and a message said so: see outputs_retry() */
	OUTPUTS_BLOCKED,	/* a reader is not ready: wait for POLLOUT */
	OUTPUTS_GONE,		/* nobody reads from any output any more */
};

/* Write the lines that wait, as far as each output takes them. */
enum outputs_state outputs_flush(struct outputs *o);

/* Let the next outputs_flush() try again after a failure. */
void outputs_retry(struct outputs *o);

/* The descriptor to wait on for output number i, -1 for none. Wait for POLLOUT when the output is
 * blocked, otherwise only for POLLERR and POLLHUP. */
int outputs_poll_fd(const struct outputs *o, size_t i);

/* Wait until a blocked output is ready; for a caller that has nothing else to wait for. */
void outputs_wait(const struct outputs *o);

/* There was a POLLERR, or with hangup a POLLHUP, on output number i: take note that the reader has
 * gone, or of a failure to write if the POLLERR has another reason. Returns whether the readers of
 * all outputs have gone. */
bool outputs_hung_up(struct outputs *o, size_t i, bool hangup);

/* Open each output anew, because its file may have been renamed. An output that cannot be opened
 * goes on in its old file, and outputs_tick() tries again. An error is said once. */
void outputs_reopen(struct outputs *o);

/* Call once a second: lets the next outputs_flush() try again, and opens outputs anew that could
 * not be opened. Returns whether one was opened: then outputs_poll_fd() has another descriptor. */
bool outputs_tick(struct outputs *o);

/* How many bytes wait for readers that have not gone; and how many lines were left out, because
 * an output can never take a line so long. */
size_t outputs_pending(const struct outputs *o);
uint64_t outputs_refused(const struct outputs *o);

/* How many windows, with how many records, outputs have given up since the last call, because nobody
 * came for them. last: no later call follows, so nothing is given up from now on. */
void outputs_dropped(struct outputs *o, bool last, uint64_t *windows, uint64_t *records);

/* At the end, when outputs are failing: say how many lines each has lost, and why. */
void outputs_say_lost(const struct outputs *o);

void outputs_close(struct outputs *o);

#endif
