/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_INTERIM_INTERIM_H
#define CTAGG_INTERIM_INTERIM_H

#include <stddef.h>

#include "flow/event.h"

/* Knows how much of each live connection's traffic has been counted already, so that a pass over
 * the connection table adds only what a connection has carried since the pass before, and the
 * connection's end adds only the rest. Needs 128 to 256 bytes of memory for each connection, and
 * the kernel bounds the number of connections. A connection that vanishes without an end is kept
 * for some more passes.
 *
 * What connections carried before the program began can be left out: two passes at the start read
 * how much that is, the baseline. See interim_baseline().
 *
 * One thread calls these functions, in this order: all ends that were sent before the pass
 * began, a whole pass, the ends sent since. A connection that a pass shows alive ends after
 * the pass has read it, so its end is read after the pass and finds what the pass counted.
 *
 * A new connection on the same tuple can look the same as the old one, whose end has not been
 * read yet. The sums are right nevertheless: interim.c says how. Where events have an identity, which
 * comes from the tuples, a new connection looks like the old one each time, but passes know the kernel's
 * id besides, and tell them apart by that. When an old connection's end is lost, and no pass shows the
 * new connection before that ends too, the new one's end is taken for the old one's.
 */
struct interim;

/* What went wrong with connections that were selected when a pass last showed them.
 *
 * vanished  connections that two whole passes in a row did not show, and whose end had not been
 *           read by the time of the second pass
 * zeroed    connections whose counters another program has set to zero: what they carried
 *           between the last pass and that moment is not known
 */
struct interim_losses {
	uint64_t vanished, zeroed;
};

/* Returns 0 or -ENOMEM. */
int interim_open(struct interim **out);

/* What interim_live() makes of the connections that it is shown.
 *
 * COUNT   count what each has carried since the last pass
 * BEFORE  the pass before the program subscribes to events: what a connection has carried so far
 *         is its baseline, and is not counted
 * SINCE   the pass after the subscription counts nothing either. It shows which connections of
 *         the first pass are still there, so that those that ended before the subscription, and
 *         whose ends nobody will read, are not taken for vanished
 *
 * Both passes are needed. An end that is read after the subscription is of a connection that the
 * first pass has shown, so the part before the baseline is known; or of a connection that began
 * after the first pass, which counts whole. With one pass, after the subscription, an end that is
 * sent before the pass reaches the connection would have no baseline. And the first pass has the
 * kernel remove connections that have expired, which a pass does not show, before anybody reads
 * their ends. */
enum interim_pass { INTERIM_COUNT, INTERIM_BEFORE, INTERIM_SINCE };

/* The passes from now on are of this kind. The order is: BEFORE, a pass; SINCE, a pass,
 * interim_finish(), which makes all further passes COUNT. interim_settled() is then not optional:
 * it must be called before the next pass. Without a call, all passes are COUNT, and the first one
 * counts all that connections have carried in their lives. */
void interim_baseline(struct interim *i, enum interim_pass kind);

/* A pass shows a live connection. The event's counters go from all that the connection has carried
 * to what it has carried since the last pass; to 0 when the connection cannot be counted before
 * the next pass, and in passes for the baseline. selected: the caller counts this event; otherwise
 * this traffic is never counted. Returns 0, or -ENOMEM: then the event's counters are 0, and a later pass or the end brings what
 * the connection has carried; in a pass for the baseline, the baseline is not known. */
int interim_live(struct interim *i, struct flow_event *ev, bool selected);

/* A pass shows a connection whose end is under way. Not in a pass of the kind BEFORE: there the
 * connection is shown by interim_live(), because its end may be read after the subscription. */
void interim_ending(struct interim *i, const struct flow_event *ev);

/* The pass is over, and showed the whole table. Do not call this after a pass that failed, because
 * connections that the pass did not come to would be taken for vanished. */
void interim_finish(struct interim *i);

/* All ends that were sent before interim_finish() have been read. Optional, but after the baseline:
 * without this call, counters that were set to zero are recognised one pass later. */
void interim_settled(struct interim *i);

/* ev is an end: whether the last whole pass has shown its connection alive. Call before
 * interim_end(), which forgets the connection. */
bool interim_was_live(const struct interim *i, const struct flow_event *ev);

/* A connection has ended: the event's counters become the part that has not been counted yet. */
void interim_end(struct interim *i, struct flow_event *ev);

/* No other pass follows, and all ends that were sent before interim_finish() have been read. What
 * would have been counted in the next pass is now known to be lost: see struct interim_losses. */
void interim_stop(struct interim *i);

/* What went wrong since the last call. */
struct interim_losses interim_take_losses(struct interim *i);

/* How many connections are known at this moment. */
size_t interim_connections(const struct interim *i);

void interim_close(struct interim *i);	/* NULL is fine */

#endif
