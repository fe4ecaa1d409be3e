/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_PIPELINE_LIVE_H
#define CTAGG_PIPELINE_LIVE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cli/options.h"
#include "host/addresses.h"
#include "interim/interim.h"
#include "source/conntrack.h"
#include "table/memory.h"

/* --interim: what connections have carried since the last window, from passes over the
 * connection table. All zero: not asked for, and all of this does nothing. */
struct live {
	struct interim *interim;
	bool failed;		/* the last pass was not whole: what it missed comes later */
	uint64_t unsettled;	/* ends held during the last pass may be among so many events */
	const struct options *opts;
	const struct addresses *addresses;
	struct conntrack *conntrack;
	struct memory *into;
	uint64_t pass_ns;
};

/* What is lent stays the caller's. Returns 0 or -ENOMEM. */
int live_open(struct live *l, const struct options *opts, const struct addresses *addresses,
	      struct conntrack *conntrack);

/* Of each end in a batch, take off what has been counted. Each batch that conntrack_read()
 * gives, before anything selects or makes keys. */
void live_end(struct live *l, struct flow_event *events, size_t n);

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
