/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_INTAKE_INTAKE_H
#define CTAGG_INTAKE_INTAKE_H

#include <stdbool.h>
#include <stddef.h>

#include "flow/key.h"
#include "flow/select.h"
#include "host/addresses.h"
#include "interim/interim.h"
#include "table/memory.h"

/* The one way of an event, from a source to a table:
 *
 *   direction   where the flow goes, from the addresses of this namespace and from what
 *               the hook of a packet says
 *   selection   whether the event is counted at all; it may ask for the direction
 *   interim     the event's counters become what has not been counted yet; a connection
 *               that is not selected is followed too
 *   key         which flow the event belongs to, from all facts above
 *   table       the sums of that flow
 *
 * intake_choose() goes as far as interim, intake_add() does the rest. In between the caller
 * may keep events for a later window, and gives each a time: key and counters do not depend
 * on those. The intake reads no clock and no socket. */
struct intake {
	const struct flow_select *select;	/* NULL: every event is counted */
	const struct addresses *addresses;
	struct interim *interim;	/* NULL: events carry all that there is to count */
	struct flow_mask mask;
	bool untracked;		/* interim had no memory for a connection; the caller clears it */
};

/* Prepare to make the keys that spec asks for. select and addresses are lent until the last
 * use of the intake; without addresses (NULL) none is of this namespace. interim is NULL until the caller sets it. */
void intake_init(struct intake *in, const struct flow_spec *spec,
		 const struct flow_select *select, const struct addresses *addresses);

/* Take n events as a source made them, in the order in which they happened. Events that are
 * selected move to the front, complete but for a time; returns how many these are. */
size_t intake_choose(struct intake *in, struct flow_event *events, size_t n);

/* Add n events that intake_choose() has left, each with its time_ns, to a table whose
 * memory_key_bytes() are those of the spec. */
void intake_add(const struct intake *in, struct memory *into, const struct flow_event *events,
		size_t n);

#endif
