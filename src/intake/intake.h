/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_INTAKE_INTAKE_H
#define CTAGG_INTAKE_INTAKE_H

#include <stdbool.h>
#include <stddef.h>

#include "flow/key.h"
#include "flow/select.h"
#include "host/addresses.h"
#include "host/netns_list.h"
#include "interim/interim.h"
#include "table/labelled.h"
#include "table/memory.h"

/* The one way of an event, from a source to a table:
 *
 *   direction   where the flow goes, from the addresses of this namespace and from what
 *               the hook of a packet says; unless the source knows where
 *   selection   whether the event is counted at all; a selection may ask for the direction,
 *               so it comes after the direction
 *   interim     follows connections, also those that are not selected. The counters of an
 *               event of a connection (packets and bytes) become the part that has not been
 *               counted yet
 *   key         which flow the event belongs to, from its facts and its direction; with labels in
 *               the key, from the set of labels that is in force as well
 *   table       the sums of that flow
 *
 * intake_choose() does the first three steps, intake_add() the last two. In between the caller
 * may keep events for a later window, and gives each event a time; neither changes the event's
 * key or counters. The intake reads no clock and no socket. */

/* Labels in keys.
 *
 * fields  FIELD_SRC_LABEL and FIELD_DST_LABEL, if the key has them
 * set     in force
 * more    n_more tables that get all events as well, with the labels of another set
 */
struct intake_labels {
	__u32 fields;
	const struct netlabel_set *set;
	const struct labelled *more;
	size_t n_more;
};

struct intake {
	const struct flow_select *select;	/* NULL: every event is counted */
	const struct addresses *addresses;	/* NULL: no address is of this namespace */
	const struct netns_list *namespaces;	/* in place of `addresses', of every namespace; NULL: events are of one; the caller sets it */
	struct interim *interim;	/* NULL: the counters of events are added as they are */
	struct flow_mask mask;
	struct intake_labels labels;	/* lent; the caller sets `set' and `more' */
	bool untracked;		/* set when interim had no memory for a connection; the caller
				 * clears it */
};

/* Prepare to make the keys that spec asks for. select (NULL: every event is counted) and addresses
 * (NULL: no address is of this namespace) are lent until the last use of the intake. interim is
 * NULL until the caller sets it. */
void intake_init(struct intake *in, const struct flow_spec *spec,
		 const struct flow_select *select, const struct addresses *addresses);

/* Direction, selection and interim for n events as a source made them, in the order in which they
 * happened. Selected events move to the front of `events`; they lack only a time. Returns how many
 * were selected. */
size_t intake_choose(struct intake *in, struct flow_event *events, size_t n);

/* Add n events that intake_choose() has selected, and that have a time_ns by now, to a table whose
 * memory_key_bytes() are flow_spec_bytes() of the spec. */
void intake_add(const struct intake *in, struct memory *into, const struct flow_event *events,
		size_t n);

#endif
