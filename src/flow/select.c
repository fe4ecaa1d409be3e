/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <arpa/inet.h>
#include <string.h>

#include "flow/proto.h"
#include "flow/select.h"

bool flow_select_any(const struct flow_select *s)
{
	return s->proto.n || s->sport.n || s->dport.n || s->port.n || s->direction.n || s->zone.n ||
	       s->mark.n || s->src.n || s->dst.n || s->addr.n;
}

bool flow_numbers_have(const struct flow_numbers *numbers, __u32 value)
{
	for (size_t i = 0; i < numbers->n; i++)
		if (value >= numbers->list[i].first && value <= numbers->list[i].last)
			return true;
	return false;
}

/* Whether a number meets a condition. An unknown number is in no list, so only an inverted
 * list lets it through. */
static bool number(const struct flow_numbers *numbers, bool known, __u32 value)
{
	return !numbers->n || (known && flow_numbers_have(numbers, value)) != numbers->inverted;
}

bool flow_marks_have(const struct flow_marks *marks, __u32 mark)
{
	for (size_t i = 0; i < marks->n; i++) {
		const struct flow_marks_item *item = &marks->list[i];

		if ((mark & item->mask) >= item->first && (mark & item->mask) <= item->last)
			return true;
	}
	return false;
}

/* A packet, whose mark is unknown, is in no list. */
static bool mark(const struct flow_marks *marks, const struct flow_event *ev)
{
	return !marks->n || (ev->conntrack && flow_marks_have(marks, ev->mark)) != marks->inverted;
}

static bool either_port(const struct flow_numbers *ports, const struct flow_event *ev)
{
	return !ports->n || (ev->has_ports && (flow_numbers_have(ports, ntohs(ev->orig.sport)) ||
					       flow_numbers_have(ports, ntohs(ev->orig.dport)))) !=
			    ports->inverted;
}

bool flow_same_network(const __u8 a[16], const __u8 b[16], unsigned int bits)
{
	unsigned int whole = bits / 8, rest = bits % 8;

	return !memcmp(a, b, whole) && (!rest || !((a[whole] ^ b[whole]) >> (8 - rest)));
}

/* Whether the list has a network that holds the address: only one of its family does. */
static bool has_address(const struct flow_networks *networks, __u8 family, const __u8 addr[16])
{
	for (size_t i = 0; i < networks->n; i++)
		if (networks->list[i].family == family &&
		    flow_same_network(networks->list[i].addr, addr, networks->list[i].bits))
			return true;
	return false;
}

static bool address(const struct flow_networks *networks, __u8 family, const __u8 addr[16])
{
	return !networks->n || has_address(networks, family, addr) != networks->inverted;
}

static bool either_address(const struct flow_networks *networks, const struct flow_event *ev)
{
	return !networks->n || (has_address(networks, ev->family, ev->orig.saddr) ||
				has_address(networks, ev->family, ev->orig.daddr)) !=
			       networks->inverted;
}

/* A direction that nobody knows is neither in a list nor outside of one. */
static bool direction(const struct flow_numbers *directions, __u8 dir)
{
	return !directions->n || (dir != FLOW_DIR_UNKNOWN && number(directions, true, dir));
}

bool flow_select_holds(const struct flow_select *s, const struct flow_event *ev)
{
	/* 0 is a protocol like others in an event of connection tracking. */
	bool proto_known = ev->conntrack || proto_is_known(ev->family, ev->l4);

	return number(&s->proto, proto_known, ev->l4) &&
	       direction(&s->direction, ev->dir) &&
	       number(&s->dport, ev->has_ports, ntohs(ev->orig.dport)) &&
	       number(&s->sport, ev->has_ports, ntohs(ev->orig.sport)) &&
	       either_port(&s->port, ev) &&
	       address(&s->src, ev->family, ev->orig.saddr) &&
	       address(&s->dst, ev->family, ev->orig.daddr) &&
	       either_address(&s->addr, ev) &&
	       number(&s->zone, ev->conntrack, ev->zone) &&
	       mark(&s->mark, ev);
}
