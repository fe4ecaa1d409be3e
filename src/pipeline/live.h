/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_PIPELINE_LIVE_H
#define CTAGG_PIPELINE_LIVE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "intake/intake.h"
#include "source/conntrack.h"
#include "table/memory.h"

/* --interim: at the end of each window, a pass over the connection table adds what each open
 * connection has carried since the pass before. Two passes at the start read what connections have
 * carried so far, which is not counted (interim_baseline()). In a struct that is all zero
 * --interim is off, and the functions below do nothing.
 *
 * failed     the last pass missed connections: their traffic comes with a later window
 * baseline   what connections have carried before the start is not counted
 * identified events have an identity of ctagg's own, under the secret, in place of the kernel's id
 * unsettled  ends that were sent during the last pass are among the next so many events; 0:
 *            all of those ends have been read
 * intake     NULL: --interim is off
 * conntrack  NULL: events are not subscribed to yet
 * into       the table that the pass adds to
 * pass_ns    the time of all that the pass adds: the end of the window
 */
struct live {
	bool failed, baseline, identified;
	uint64_t secret[2];
	uint64_t unsettled;
	struct intake *intake;
	struct conntrack *conntrack;
	struct memory *into;
	uint64_t pass_ns;
};

/* Switch --interim on: from now on the intake follows connections. intake is lent until
 * live_close(). baseline: read what connections have carried so far, before events are subscribed
 * to; without it, the first window counts this too. identified: events come without the kernel's
 * id, so each connection gets an identity from what is known of it. Returns 0 or -errno: -ENOMEM,
 * -EPERM no CAP_NET_ADMIN, another error when the connection table cannot be read. */
int live_open(struct live *l, struct intake *intake, bool baseline, bool identified);

/* The secret of the identity that events have to bring, lent until live_close(); NULL: they bring the
 * kernel's id. */
const uint64_t *live_secret(const struct live *l);

/* Call after live_open(), when events have been subscribed to, and before the first of them is read;
 * conntrack is lent until live_close(). With a baseline, passes over the connection table once more,
 * and holds events that arrive meanwhile (conntrack_hold()). Returns as live_open() does. */
int live_subscribed(struct live *l, struct conntrack *conntrack);

/* n events from conntrack_read() have gone through intake_choose(). Call this for all events:
 * the number tells when the ends that were sent during a pass have been read. */
void live_read(struct live *l, size_t n);

/* Pass over the connection table, and add to `into`, the table of the window that ends at
 * end_ns. Call when all queued events have been read. Events that arrive during the pass are
 * held (conntrack_hold()) and belong to the next window. last: there is no next window, so the
 * held events are read here, and of those only ends are used: a connection that ended before
 * the pass came to its entry was live when the window ended, and is counted as live. Says what
 * fails. */
void live_count(struct live *l, struct memory *into, uint64_t end_ns, bool last);

/* What went wrong since the last call; last: no other window follows. Connections whose
 * counters somebody has set to zero have no field in the window record: a message says how
 * many there are. */
struct interim_losses live_losses(struct live *l, bool last);

/* The intake stays the caller's, and must not be used any more. */
void live_close(struct live *l);

#endif
