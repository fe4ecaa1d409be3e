/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <arpa/inet.h>
#include <string.h>

#include "flow/proto.h"
#include "flow/select.h"

bool flow_select_any(const struct flow_select *s)
{
	return s->proto.n || s->sport.n || s->dport.n || s->direction.n || s->zone.n ||
	       s->mark.n || s->src.n || s->dst.n;
}

/* Whether a number meets a condition. An unknown number is in no list, so only an inverted
 * list lets it through. */
static bool number(const struct flow_numbers *numbers, bool known, __u32 value)
{
	bool found = false;

	for (size_t i = 0; known && i < numbers->n && !found; i++)
		found = value >= numbers->list[i].first && value <= numbers->list[i].last;
	return !numbers->n || found != numbers->inverted;
}

/* Whether the first network->bits of both addresses are the same. */
static bool in_network(const struct flow_network *network, const __u8 addr[16])
{
	unsigned int whole = network->bits / 8, rest = network->bits % 8;

	return !memcmp(network->addr, addr, whole) &&
	       (!rest || !((network->addr[whole] ^ addr[whole]) >> (8 - rest)));
}

/* Whether an address meets a condition: a network holds only addresses of its family. */
static bool address(const struct flow_networks *networks, __u8 family, const __u8 addr[16])
{
	bool found = false;

	for (size_t i = 0; i < networks->n && !found; i++)
		found = networks->list[i].family == family && in_network(&networks->list[i], addr);
	return !networks->n || found != networks->inverted;
}

bool flow_select_holds(const struct flow_select *s, const struct flow_event *ev)
{
	/* 0 is a protocol like others in an event of connection tracking. */
	bool proto_known = ev->conntrack || proto_is_known(ev->family, ev->l4);

	return number(&s->proto, proto_known, ev->l4) &&
	       number(&s->direction, true, ev->dir) &&
	       number(&s->dport, ev->has_ports, ntohs(ev->orig.dport)) &&
	       number(&s->sport, ev->has_ports, ntohs(ev->orig.sport)) &&
	       address(&s->src, ev->family, ev->orig.saddr) &&
	       address(&s->dst, ev->family, ev->orig.daddr) &&
	       number(&s->zone, ev->conntrack, ev->zone) &&
	       number(&s->mark, ev->conntrack, ev->mark);
}
