/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <stdlib.h>

#include "netlabel/set.h"

struct netlabel_set *netlabel_set_open(struct texts *names)
{
	struct netlabel_set *set = calloc(1, sizeof(*set));

	if (!set)
		return NULL;
	set->names = names;
	return netlabel_set_hold(set);
}

struct netlabel_set *netlabel_set_hold(struct netlabel_set *set)
{
	if (set)
		set->holders++;
	return set;
}

void netlabel_set_drop(struct netlabel_set *set)
{
	if (!set || --set->holders)
		return;
	netlabel_trie_close(&set->networks);
	netlabel_marks_close(&set->marks);
	free(set);
}

uint32_t netlabel_set_address(const struct netlabel_set *set, uint8_t family, const __u8 addr[16])
{
	const struct netlabel_node *node = netlabel_trie_find(&set->networks, family, addr);

	return node ? node->number : 0;
}

uint32_t netlabel_set_around(const struct netlabel_set *set, const struct flow_network *network)
{
	const struct netlabel_node *node = netlabel_trie_around(&set->networks, network);

	return node ? node->number : 0;
}

int netlabel_set_each(const struct netlabel_set *set, netlabel_network_fn *fn, void *arg)
{
	int stop = 0;

	for (size_t i = 1; i < set->networks.used && !stop; i++) {
		struct flow_network network;
		uint32_t number;

		if (netlabel_trie_get(&set->networks, i, &network, &number))
			stop = fn(arg, &network, number);
	}
	return stop;
}
