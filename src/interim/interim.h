/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_INTERIM_INTERIM_H
#define CTAGG_INTERIM_INTERIM_H

#include <stddef.h>

#include "flow/event.h"

/* How much of each live connection has been counted already, so that each pass over the
 * connection table adds only what a connection has carried since the pass before, and the
 * connection's end adds only the rest. Memory follows the number of connections (128 to 256
 * bytes each), which the kernel bounds. A connection that vanishes without an end is kept
 * for some more passes.
 *
 * One thread calls these functions, in this order: all ends that were sent before the pass
 * began, a whole pass, the ends sent since. A connection that a pass shows alive ends after
 * the pass has read it, so its end is read after the pass and finds what the pass counted.
 *
 * The next connection on the same tuple can have the same identity as the last one, whose
 * end has not been read yet. Sums hold nevertheless: interim.c says how.
 */
struct interim;

/* What went wrong with connections that were selected when a pass last showed them.
 *
 * vanished  connections that two whole passes in a row did not show, and whose end had not
 *           been read by the second one
 * zeroed    connections whose counters somebody else has set to zero: what they carried
 *           between the last pass and then is not known
 */
struct interim_losses {
	uint64_t vanished, zeroed;
};

/* Returns 0 or -ENOMEM. */
int interim_open(struct interim **out);

/* A pass shows a live connection. The event's counters, which are those since the
 * connection began, become what is new since the last pass: nothing for a connection that
 * cannot be counted yet. selected: the caller counts what is new; otherwise what is new is
 * never counted. Returns 0, or -ENOMEM: then the event's counters are 0, and what the
 * connection has carried comes later. */
int interim_live(struct interim *i, struct flow_event *ev, bool selected);

/* A pass shows a connection whose end is under way. */
void interim_ending(struct interim *i, const struct flow_event *ev);

/* The pass is over, and showed the whole table. Do not call after a pass that failed: then
 * no connection is taken for vanished because of that pass. */
void interim_finish(struct interim *i);

/* All ends that were sent before interim_finish() have been read. Optional: without this
 * call, counters that were set to zero are recognised one pass later. */
void interim_settled(struct interim *i);

/* Whether the last whole pass has shown the connection of an end alive. Ask before
 * interim_end(). */
bool interim_was_live(const struct interim *i, const struct flow_event *ev);

/* A connection has ended: the event's counters become what has not been counted yet. */
void interim_end(struct interim *i, struct flow_event *ev);

/* There will be no other pass, and all ends that were sent before interim_finish() have
 * been read: what was to be counted in the next pass is lost. */
void interim_stop(struct interim *i);

/* What went wrong since the last call. */
struct interim_losses interim_take_losses(struct interim *i);

size_t interim_connections(const struct interim *i);

void interim_close(struct interim *i);	/* NULL is fine */

#endif
