/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_INTERIM_INTERIM_H
#define CTAGG_INTERIM_INTERIM_H

#include <stddef.h>

#include "flow/event.h"

/* How much of each live connection has been counted already, so that each pass over the
 * connection table adds what the connection has carried since the pass before, and its end
 * just the rest. Memory follows the number of connections (128 to 256 bytes each), which
 * the kernel bounds. Connections that vanish without an end are kept for some passes more.
 *
 * Everything goes through one thread, in this order: all ends that were sent before the
 * pass began, a whole pass, the ends sent since. A connection that a pass has seen alive,
 * its end not even begun, ends later: its end is read after the pass, and finds what the
 * pass has counted.
 *
 * A connection that follows another on the same tuple can have its identity, while the
 * end of the first has not been read. Sums hold nevertheless: see the two functions.
 */
struct interim;

/* What went wrong, of connections that were selected when they were last seen.
 *
 * vanished  connections that a whole pass no longer showed, and whose end had not been
 *           read when the next pass did not show them either
 * zeroed    connections whose counters somebody else has set to zero: what they had
 *           carried since the last pass before that is not known
 */
struct interim_losses {
	uint64_t vanished, zeroed;
};

/* Returns 0 or -ENOMEM. */
int interim_open(struct interim **out);

/* A live connection of the pass in hand: its counters so far become what is new since
 * the last pass, which is nothing for one that cannot be counted yet. selected: what is
 * new will be counted; what is not is gone, and is not counted later. Returns 0 or
 * -ENOMEM, then nothing is new, and what it carries comes later. */
int interim_live(struct interim *i, struct flow_event *ev, bool selected);

/* A connection of the pass in hand whose end is under way. */
void interim_ending(struct interim *i, const struct flow_event *ev);

/* The pass in hand was whole. One that was not ends without this call, and then nothing
 * is taken for vanished because of it. */
void interim_finish(struct interim *i);

/* All ends that were sent before interim_finish() have been read. Optional: without it, it
 * takes a pass longer until counters set to zero are known for what they are. */
void interim_settled(struct interim *i);

/* Whether the last whole pass has shown the connection of an end alive. Ask before
 * interim_end(). */
bool interim_was_live(const struct interim *i, const struct flow_event *ev);

/* An end: its counters become what has not been counted yet. */
void interim_end(struct interim *i, struct flow_event *ev);

/* There will be no other pass, and all ends that were sent before interim_finish() have
 * been read: what was waiting for the next pass is lost now. */
void interim_stop(struct interim *i);

/* What went wrong since the last call. */
struct interim_losses interim_take_losses(struct interim *i);

size_t interim_connections(const struct interim *i);

void interim_close(struct interim *i);	/* NULL is fine */

#endif
