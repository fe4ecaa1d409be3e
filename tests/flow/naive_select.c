/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <arpa/inet.h>

#include "flow/naive_select.h"

/* The values of an event that a condition is about: up to two, none where they are unknown. */
struct values {
	size_t n;
	uint64_t number[2];
	const __u8 *addr[2];
};

static struct values numbers(bool known, uint64_t a, uint64_t b)
{
	return (struct values){ .n = known ? 2 : 0, .number = { a, b } };
}

static struct values addresses(const __u8 *a, const __u8 *b)
{
	return (struct values){ .n = 2, .addr = { a, b } };
}

static bool holds_numbers(const struct flow_numbers *list, struct values values)
{
	size_t found = 0;

	for (size_t i = 0; i < list->n; i++)
		for (size_t k = 0; k < values.n; k++)
			found += values.number[k] >= list->list[i].first &&
				 values.number[k] <= list->list[i].last;
	if (!list->n)
		return true;
	return list->inverted ? found == 0 : found > 0;
}

static bool holds_marks(const struct flow_marks *list, bool known, uint64_t mark)
{
	size_t found = 0;

	for (size_t i = 0; known && i < list->n; i++) {
		uint64_t kept = 0;

		for (int bit = 0; bit < 32; bit++)
			if (list->list[i].mask >> bit & 1)
				kept += mark & 1ULL << bit;
		found += kept >= list->list[i].first && kept <= list->list[i].last;
	}
	if (!list->n)
		return true;
	return list->inverted ? found == 0 : found > 0;
}

static int bit_of(const __u8 addr[16], unsigned int bit)
{
	return addr[bit / 8] >> (7 - bit % 8) & 1;
}

static bool holds_networks(const struct flow_networks *list, __u8 family, struct values values)
{
	size_t found = 0;

	for (size_t i = 0; i < list->n; i++) {
		const struct flow_network *network = &list->list[i];

		for (size_t k = 0; k < values.n; k++) {
			unsigned int same = 0;

			while (same < network->bits &&
			       bit_of(network->addr, same) == bit_of(values.addr[k], same))
				same++;
			found += network->family == family && same == network->bits;
		}
	}
	if (!list->n)
		return true;
	return list->inverted ? found == 0 : found > 0;
}

bool naive_select_holds(const struct flow_select *s, const struct flow_event *ev)
{
	uint64_t sport = ntohs(ev->orig.sport), dport = ntohs(ev->orig.dport);
	const __u8 *src = ev->orig.saddr, *dst = ev->orig.daddr;
	bool l4_known = ev->conntrack || ev->family == AF_INET || ev->l4 != 0;

	return holds_numbers(&s->proto, numbers(l4_known, ev->l4, ev->l4)) &&
	       holds_numbers(&s->sport, numbers(ev->has_ports, sport, sport)) &&
	       holds_numbers(&s->dport, numbers(ev->has_ports, dport, dport)) &&
	       holds_numbers(&s->port, numbers(ev->has_ports, sport, dport)) &&
	       holds_numbers(&s->direction, numbers(true, ev->dir, ev->dir)) &&
	       holds_numbers(&s->zone, numbers(ev->conntrack, ev->zone, ev->zone)) &&
	       holds_marks(&s->mark, ev->conntrack, ev->mark) &&
	       holds_networks(&s->src, ev->family, addresses(src, src)) &&
	       holds_networks(&s->dst, ev->family, addresses(dst, dst)) &&
	       holds_networks(&s->addr, ev->family, addresses(src, dst));
}
