/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#include "fuzz/nearest.h"
#include "fuzz/targets.h"
#include "netlabel/naive.h"

static void mask(struct flow_network *n)
{
	for (unsigned int i = n->bits; i < 128; i++)
		n->addr[i / 8] &= ~(0x80 >> i % 8);
}

static bool is_same(const struct flow_network *a, const struct flow_network *b)
{
	return a->family == b->family && a->bits == b->bits && !memcmp(a->addr, b->addr, 16);
}

int nearest_add(struct nearest *to, const struct flow_network *network, uint8_t file, uint32_t number)
{
	struct flow_network masked = *network;
	size_t i = 0;

	mask(&masked);
	while (i < to->n && !is_same(&to->list[i].network, &masked))
		i++;
	if (i == NEAREST_MAX)
		return -ENOSPC;
	if (i < to->n && to->list[i].file == file)
		return to->list[i].number == number ? 0 : -EEXIST;
	to->n += i == to->n;
	to->list[i] = (struct nearest_network){ masked, file, number };
	return 0;
}

/* The smallest network that has the first address, and is no smaller than `bits'. NULL: none. */
static const struct nearest_network *around(const struct nearest *list, uint8_t family, const __u8 addr[16],
					    unsigned int bits)
{
	const struct nearest_network *found = NULL;

	for (size_t i = 0; i < list->n; i++) {
		const struct nearest_network *n = &list->list[i];

		if (n->network.bits <= bits && naive_is_in(&n->network, family, addr) &&
		    (!found || n->network.bits > found->network.bits))
			found = n;
	}
	return found;
}

static uint32_t number_of(const struct nearest *list, uint8_t family, const __u8 addr[16])
{
	const struct nearest_network *n = around(list, family, addr, 128);

	return n ? n->number : 0;
}

static void check_node(const struct netlabel_node *node, const struct nearest_network *n)
{
	must(!node == !n);
	if (node)
		must(node->number == n->number && node->bits == n->network.bits && node->family == n->network.family);
}

static void check_address(const struct nearest *list, const struct netlabel_trie *trie, uint8_t family,
			  const __u8 addr[16])
{
	check_node(netlabel_trie_find(trie, family, addr), around(list, family, addr, 128));
}

/* Add 1 or -1. Returns whether there is such an address. */
static bool step(__u8 addr[16], int by)
{
	for (int i = 15; i >= 0; i--) {
		addr[i] += by;
		if (addr[i] != (by > 0 ? 0 : 0xff))
			return true;
	}
	return false;
}

static void last_of(const struct flow_network *n, __u8 last[16])
{
	memcpy(last, n->addr, 16);
	for (unsigned int i = n->bits; i < 128; i++)
		last[i / 8] |= 0x80 >> i % 8;
}

/* Whether all addresses of a network have the label of its first one: it is enough to look where a network
 * begins, and behind each one's end. */
static bool is_uniform(const struct nearest *list, const struct flow_network *network, uint32_t *number)
{
	bool uniform = true;

	*number = number_of(list, network->family, network->addr);
	for (size_t i = 0; i < list->n && uniform; i++) {
		const struct flow_network *n = &list->list[i].network;
		__u8 behind[16];

		if (naive_is_in(network, n->family, n->addr))
			uniform = number_of(list, n->family, n->addr) == *number;
		last_of(n, behind);
		if (uniform && step(behind, 1) && naive_is_in(network, n->family, behind))
			uniform = number_of(list, n->family, behind) == *number;
	}
	return uniform;
}

static void check_network(const struct nearest *list, const struct netlabel_trie *trie, struct flow_network network)
{
	uint32_t number = 77, expected;
	bool uniform;

	mask(&network);
	check_node(netlabel_trie_around(trie, &network),
		   around(list, network.family, network.addr, network.bits));
	uniform = is_uniform(list, &network, &expected);
	must(netlabel_trie_find_network(trie, &network, &number) == uniform);
	must(!uniform || number == expected);
}

static void check_around(const struct nearest *list, const struct netlabel_trie *trie, const struct flow_network *n)
{
	unsigned int least = n->family == AF_INET ? 96 : 0;
	struct flow_network other = *n;
	__u8 addr[16];

	memcpy(addr, n->addr, 16);
	check_address(list, trie, n->family, addr);
	if (step(addr, -1))
		check_address(list, trie, n->family, addr);
	last_of(n, addr);
	check_address(list, trie, n->family, addr);
	if (step(addr, 1))
		check_address(list, trie, n->family, addr);
	check_network(list, trie, other);
	other.bits = n->bits > least ? n->bits - 1 : n->bits;
	check_network(list, trie, other);
	other.bits = n->bits < 128 ? n->bits + 1 : n->bits;
	check_network(list, trie, other);
	memcpy(other.addr, addr, 16);
	check_network(list, trie, other);
}

void nearest_is(const struct nearest *list, const struct netlabel_trie *trie)
{
	struct flow_network network;
	uint32_t number;
	size_t n = 0;

	must(trie->networks == list->n);
	for (size_t i = 1; i < trie->used; i++) {
		const struct nearest_network *named;

		if (!netlabel_trie_get(trie, i, &network, &number))
			continue;
		n++;
		named = around(list, network.family, network.addr, network.bits);
		must(named && is_same(&named->network, &network) && named->number == number);
	}
	must(n == list->n);
	for (size_t i = 0; i < list->n; i++)
		check_around(list, trie, &list->list[i].network);
}
