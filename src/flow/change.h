/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_FLOW_CHANGE_H
#define CTAGG_FLOW_CHANGE_H

#include "flow/sums.h"

/* What has become of a flow from one snapshot to the next (--state), and which of these changes
 * are printed (--changes). */
enum change_what {
	CHANGE_APPEARED = 1 << 0,
	CHANGE_VANISHED = 1 << 1,
	CHANGE_CHANGED = 1 << 2,	/* a counter is not what it was */
};

#define CHANGES_ALL (CHANGE_APPEARED | CHANGE_VANISHED | CHANGE_CHANGED)

/* A whole, in the unit that shares are in: thousandths of a percent. */
#define CHANGE_WHOLE 100000u

/* Whether all counters that a snapshot has are the same. */
bool flow_change_none(const struct flow_sums *then, const struct flow_sums *now);

/* Whether a counter that a snapshot has moved, up or down, by at least this share of what it was
 * then. From 0 any move is large enough. A share of 0: whether any counter moved at all. */
bool flow_change_reaches(const struct flow_sums *then, const struct flow_sums *now,
			 uint32_t share);

#endif
