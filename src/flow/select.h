/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_FLOW_SELECT_H
#define CTAGG_FLOW_SELECT_H

#include <stddef.h>

#include "flow/event.h"

/* Which events are counted. Each of the conditions that is there must hold; inverted
 * it holds for all that is not in its list. */
struct flow_range {
	__u32 first, last;	/* both included */
};

struct flow_network {
	__u8 addr[16];		/* as in struct flow_key */
	__u8 bits;		/* of 128: an IPv4 network has 96 more than it says */
	__u8 family;
};

#define FLOW_SELECT_MAX 256

struct flow_numbers {
	struct flow_range list[FLOW_SELECT_MAX];
	size_t n;		/* 0: no condition */
	bool inverted;
};

struct flow_networks {
	struct flow_network list[FLOW_SELECT_MAX];
	size_t n;
	bool inverted;
};

struct flow_select {
	struct flow_numbers proto, sport, dport, direction, zone, mark;
	struct flow_networks src, dst;
};

/* Whether there is any condition. */
bool flow_select_any(const struct flow_select *select);

/* Whether the event is to be counted. It has the default key, with its direction.
 * What has no port is in no list of ports; a packet, of which neither zone nor mark
 * is known, in none of those. */
bool flow_select_holds(const struct flow_select *select, const struct flow_event *ev);

#endif
