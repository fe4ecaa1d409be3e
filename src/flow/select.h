/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_FLOW_SELECT_H
#define CTAGG_FLOW_SELECT_H

#include <stddef.h>

#include "flow/event.h"

/* Which events are counted: those that meet every condition given. A condition is a list; an
 * inverted condition is met by everything outside of its list. */
struct flow_range {
	__u32 first, last;	/* both included */
};

struct flow_network {
	__u8 addr[16];		/* see flow/address.h */
	__u8 bits;		/* of 128: 96 more than an IPv4 prefix says */
	__u8 family;
};

#define FLOW_SELECT_MAX 256

struct flow_numbers {
	struct flow_range list[FLOW_SELECT_MAX];
	size_t n;		/* 0: no condition */
	bool inverted;
};

/* An item of a list of marks holds a mark whose bits of `mask` are a number from first to last.
 * first == last, or mask is all ones. first and last have no bit outside of mask. */
struct flow_marks_item {
	__u32 mask, first, last;
};

struct flow_marks {
	struct flow_marks_item list[FLOW_SELECT_MAX];
	size_t n;
	bool inverted;
};

struct flow_networks {
	struct flow_network list[FLOW_SELECT_MAX];
	size_t n;
	bool inverted;
};

/* port and addr are conditions on both ends of the original direction at once: one end at least
 * is in the list, or, inverted, neither end is. */
struct flow_select {
	struct flow_numbers proto, sport, dport, port, direction, zone;
	struct flow_marks mark;
	struct flow_networks src, dst, addr;
};

/* Whether a list has the value, inverted or not. */
bool flow_numbers_have(const struct flow_numbers *numbers, __u32 value);
bool flow_marks_have(const struct flow_marks *marks, __u32 mark);

/* Whether the first bits of both addresses are the same. */
bool flow_same_network(const __u8 a[16], const __u8 b[16], unsigned int bits);

/* Whether there is any condition. */
bool flow_select_any(const struct flow_select *select);

/* Whether an event, whose direction must be known, meets all conditions. A port list never
 * matches a protocol without ports, nor do lists of zones or marks match a packet, whose
 * zone and mark are unknown. */
bool flow_select_holds(const struct flow_select *select, const struct flow_event *ev);

#endif
