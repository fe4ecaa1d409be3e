/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_INTERIM_INTERIM_H
#define CTAGG_INTERIM_INTERIM_H

#include <stddef.h>

#include "flow/event.h"

/* What of each live connection has been counted already, so that each pass over the
 * connection table adds what is new, and its end just the rest. Memory follows the
 * number of connections (128 to 256 bytes each), which the kernel bounds.
 *
 * Everything goes through one thread, in this order: events read so far, a whole pass,
 * events read later. A connection that a pass has seen alive, its end not even begun,
 * ends later: its end is read later, and finds what the pass has counted.
 *
 * Where a filter folds ends that nobody reads, it has to know first: a connection is
 * told to it (interim_meet(), in a dump before the one that counts), and its end is
 * passed on from then on. What the filter folded before that is in no later dump. So
 * what a dump counts is of connections that were told before it began.
 *
 * A connection that follows another on the same tuple can have its identity, while the
 * end of the first is still queued. Sums hold nevertheless: see the two functions.
 */
struct interim;

/* How to tell a filter of connections; as kernel_counted() and kernel_uncounted(). */
struct interim_filter {
	int (*counted)(void *arg, const struct flow_identity *connection);
	void (*uncounted)(void *arg, const struct flow_identity *connection);
	void *arg;
};

/* filter is copied; NULL: every end is read. Returns 0 or -ENOMEM. */
int interim_open(struct interim **out, const struct interim_filter *filter);

/* Begin a pass; then each connection of the dump; then end it. What has been gone for
 * a whole window, and whose end has not come by then, was lost and is forgotten. */
void interim_begin(struct interim *i);

/* With a filter, for each connection of a dump before the one that counts. Returns 0,
 * or -errno when it could not be told: then it is not counted before its end. */
int interim_meet(struct interim *i, const struct flow_event *ev);

/* A live connection: its counters so far become what is new since the last pass, which
 * is nothing for one that cannot be counted yet. Returns 0 or -ENOMEM, then nothing is
 * counted either. */
int interim_live(struct interim *i, struct flow_event *ev);
void interim_finish(struct interim *i);

/* An end: its counters become what has not been counted yet. */
void interim_end(struct interim *i, struct flow_event *ev);

size_t interim_connections(const struct interim *i);

void interim_close(struct interim *i);	/* NULL is fine */

#endif
