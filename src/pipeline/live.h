/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_PIPELINE_LIVE_H
#define CTAGG_PIPELINE_LIVE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "intake/intake.h"
#include "source/conntrack.h"
#include "table/memory.h"

/* --interim: what connections have carried since the last window, from passes over the
 * connection table. All zero: not asked for, and all of this does nothing. */
struct live {
	bool failed;		/* the last pass was not whole: what it missed comes later */
	uint64_t unsettled;	/* ends held during the last pass may be among so many events */
	struct intake *intake;		/* NULL: not asked for */
	struct conntrack *conntrack;
	struct memory *into;
	uint64_t pass_ns;
};

/* intake and conntrack stay the caller's; from now on intake follows connections. Returns 0
 * or -ENOMEM. */
int live_open(struct live *l, struct intake *intake, struct conntrack *conntrack);

/* Of what conntrack_read() gives, n events have gone through intake_choose(). */
void live_read(struct live *l, size_t n);

/* Count into the table of the window that ends at end_ns, when all that was queued has
 * been read. Events that come meanwhile are held: conntrack_hold(). last: nobody will read
 * them, so connections that ended before the pass came to them are live in this window, as
 * they were when it ended. Says what fails. */
void live_count(struct live *l, struct memory *into, uint64_t end_ns, bool last);

/* What went wrong since the last window; last: no other window follows. Says what the
 * window record has no field for. */
struct interim_losses live_losses(struct live *l, bool last);

void live_close(struct live *l);

#endif
