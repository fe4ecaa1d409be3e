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

static bool number(const struct flow_numbers *numbers, bool known, __u32 value)
{
	bool found = false;

	for (size_t i = 0; known && i < numbers->n && !found; i++)
		found = value >= numbers->list[i].first && value <= numbers->list[i].last;
	return !numbers->n || found != numbers->inverted;
}

static bool in_network(const struct flow_network *network, const __u8 addr[16])
{
	unsigned int whole = network->bits / 8, rest = network->bits % 8;

	return !memcmp(network->addr, addr, whole) &&
	       (!rest || !((network->addr[whole] ^ addr[whole]) >> (8 - rest)));
}

static bool address(const struct flow_networks *networks, __u8 family, const __u8 addr[16])
{
	bool found = false;

	for (size_t i = 0; i < networks->n && !found; i++)
		found = networks->list[i].family == family && in_network(&networks->list[i], addr);
	return !networks->n || found != networks->inverted;
}

bool flow_select_holds(const struct flow_select *s, const struct flow_event *ev)
{
	const struct flow_key *key = &ev->key;

	/* An event of connection tracking always says its protocol. */
	return number(&s->proto, ev->extra.conntrack || proto_is_known(key), key->l4) &&
	       number(&s->direction, true, key->dir) &&
	       number(&s->dport, key->has_ports, ntohs(key->dport)) &&
	       number(&s->sport, key->has_ports, ntohs(ev->extra.sport)) &&
	       address(&s->src, key->family, key->saddr) &&
	       address(&s->dst, key->family, key->daddr) &&
	       number(&s->zone, ev->extra.conntrack, ev->extra.zone) &&
	       number(&s->mark, ev->extra.conntrack, ev->extra.mark);
}
