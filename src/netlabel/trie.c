/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <endian.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "hash/grow.h"
#include "netlabel/trie.h"

/* The first bits of an address. */
struct prefix {
	uint64_t high, low;
	unsigned int bits;
};

/* The first n bits of 64. */
static uint64_t first_bits(uint64_t word, unsigned int n)
{
	return n ? word & UINT64_MAX << (64 - n) : 0;
}

static struct prefix prefix_of(const __u8 addr[16], unsigned int bits)
{
	uint64_t words[2];

	memcpy(words, addr, sizeof(words));
	return (struct prefix){
		.high = first_bits(be64toh(words[0]), bits < 64 ? bits : 64),
		.low = first_bits(be64toh(words[1]), bits < 64 ? 0 : bits - 64),
		.bits = bits,
	};
}

/* The bit at this position, from 0 to 127. */
static unsigned int bit_at(uint64_t high, uint64_t low, unsigned int position)
{
	return position < 64 ? high >> (63 - position) & 1 : low >> (127 - position) & 1;
}

/* How many bits the node's prefix and another one have in common, at the beginning of both. */
static unsigned int common(const struct netlabel_node *node, const struct prefix *p)
{
	unsigned int most = node->bits < p->bits ? node->bits : p->bits;
	unsigned int n = node->high != p->high ? __builtin_clzll(node->high ^ p->high) :
			 node->low != p->low ? 64 + __builtin_clzll(node->low ^ p->low) : 128;

	return n < most ? n : most;
}

static uint32_t root_of(const struct netlabel_trie *t, uint8_t family)
{
	return t->root[family != AF_INET];
}

/* --- adding ----------------------------------------------------------------- */

/* A node without children; there is room. Returns its position. */
static uint32_t add_node(struct netlabel_trie *t, const struct prefix *p, uint8_t family)
{
	t->nodes[t->used] = (struct netlabel_node){
		.high = p->high, .low = p->low, .bits = p->bits, .family = family,
	};
	return t->used++;
}

/* Put a node for the prefix, of which `shared' bits are those of the node at *link, between that node and
 * its parent: as the node's parent or, where the ways to both part, beside the node. Returns the
 * position of the new node. */
static uint32_t insert(struct netlabel_trie *t, uint32_t *link, const struct prefix *p, uint8_t family,
		       unsigned int shared)
{
	uint32_t below = *link, added = add_node(t, p, family), fork;
	const struct netlabel_node *node = &t->nodes[below];

	if (shared == p->bits) {
		t->nodes[added].child[bit_at(node->high, node->low, shared)] = below;
		*link = added;
		return added;
	}
	fork = add_node(t, &(struct prefix){
		.high = first_bits(p->high, shared < 64 ? shared : 64),
		.low = first_bits(p->low, shared < 64 ? 0 : shared - 64),
		.bits = shared,
	}, family);
	t->nodes[fork].child[bit_at(node->high, node->low, shared)] = below;
	t->nodes[fork].child[bit_at(p->high, p->low, shared)] = added;
	*link = fork;
	return added;
}

/* The position of the prefix's node, which is made when there is none. There is room for two nodes, so
 * none of them moves. */
static uint32_t place(struct netlabel_trie *t, const struct prefix *p, uint8_t family)
{
	uint32_t *link = &t->root[family != AF_INET];

	while (*link) {
		struct netlabel_node *node = &t->nodes[*link];
		unsigned int shared = common(node, p);

		node->is_known = false;
		if (shared < node->bits)
			return insert(t, link, p, family, shared);
		if (node->bits == p->bits)
			return *link;
		link = &node->child[bit_at(p->high, p->low, node->bits)];
	}
	return *link = add_node(t, p, family);
}

int netlabel_trie_add(struct netlabel_trie *t, const struct flow_network *network, uint8_t file,
		      uint32_t number)
{
	struct prefix p = prefix_of(network->addr, network->bits);
	struct netlabel_node *node;

	if (t->networks == NETLABEL_MAX_NETWORKS)
		return -ENOSPC;
	if (!t->used)
		t->used = 1;
	if (!grow_items((void **)&t->nodes, &t->room, t->used + 2, sizeof(*t->nodes)))
		return -ENOMEM;
	node = &t->nodes[place(t, &p, network->family)];
	if (node->is_network && node->file == file && node->number != number)
		return -EEXIST;
	t->networks += !node->is_network;
	node->is_network = true;
	node->file = file;
	node->number = number;
	return 0;
}

/* --- what regions hold ------------------------------------------------------- */

/* Whether the networks of a child, which is known, hold all addresses of that half of the node. */
static bool is_full(const struct netlabel_trie *t, const struct netlabel_node *node, int half)
{
	const struct netlabel_node *child = &t->nodes[node->child[half]];

	return node->child[half] && child->bits == node->bits + 1 && child->is_covered;
}

/* The label of all networks from a node on that is uniform: the node's own where some of its
 * addresses are in no smaller network. */
static uint32_t number_of(const struct netlabel_trie *t, uint32_t at)
{
	const struct netlabel_node *node = &t->nodes[at];

	while (!node->is_network || (is_full(t, node, 0) && is_full(t, node, 1)))
		node = &t->nodes[node->child[!node->child[0]]];
	return node->number;
}

/* Find out what is_uniform and is_covered of a node are, once: records of large networks ask again and
 * again. Where a half is not uniform, the other one is not looked at. */
static void know(const struct netlabel_trie *t, uint32_t at)
{
	struct netlabel_node *node = &t->nodes[at];
	bool uniform = true;

	if (node->is_known)
		return;
	for (int half = 0; half < 2 && uniform; half++) {
		uint32_t child = node->child[half];

		if (child)
			know(t, child);
		uniform = !child || t->nodes[child].is_uniform;
	}
	node->is_known = true;
	node->is_covered = uniform && (node->is_network || (is_full(t, node, 0) && is_full(t, node, 1)));
	for (int half = 0; half < 2 && uniform; half++)
		uniform = !node->child[half] ||
			  number_of(t, node->child[half]) == number_of(t, at);
	node->is_uniform = uniform;
}

/* --- looking up ------------------------------------------------------------- */

/* The smallest network that a prefix is in, from the node `at' on. */
static const struct netlabel_node *find(const struct netlabel_trie *t, uint32_t at, const struct prefix *p)
{
	const struct netlabel_node *found = NULL;

	while (at) {
		const struct netlabel_node *node = &t->nodes[at];

		if (common(node, p) < node->bits)
			break;
		if (node->is_network)
			found = node;
		if (node->bits == p->bits)
			break;
		at = node->child[bit_at(p->high, p->low, node->bits)];
	}
	return found;
}

const struct netlabel_node *netlabel_trie_find(const struct netlabel_trie *t, uint8_t family,
					       const __u8 addr[16])
{
	struct prefix p = prefix_of(addr, 128);

	return find(t, root_of(t, family), &p);
}

const struct netlabel_node *netlabel_trie_around(const struct netlabel_trie *t,
						 const struct flow_network *network)
{
	struct prefix p = prefix_of(network->addr, network->bits);

	return find(t, root_of(t, network->family), &p);
}

/* Whether all addresses of a region, a prefix of so many bits, have one label. The networks in the
 * region are those from the node `at' on, and addresses outside of them have the label *number.
 * Where there is one label, *number becomes it. */
static bool is_uniform(const struct netlabel_trie *t, uint32_t at, unsigned int bits, uint32_t *number)
{
	const struct netlabel_node *node = &t->nodes[at];
	uint32_t outside = *number;

	know(t, at);
	if (!node->is_uniform)
		return false;
	*number = number_of(t, at);
	return *number == outside || (node->bits == bits && node->is_covered);
}

bool netlabel_trie_find_network(const struct netlabel_trie *t, const struct flow_network *network,
				uint32_t *number)
{
	struct prefix p = prefix_of(network->addr, network->bits);
	uint32_t at = root_of(t, network->family);

	*number = 0;
	while (at) {
		const struct netlabel_node *node = &t->nodes[at];
		unsigned int shared = common(node, &p);

		if (shared == p.bits)
			return is_uniform(t, at, p.bits, number);
		if (shared < node->bits)
			break;
		if (node->is_network)
			*number = node->number;
		at = node->child[bit_at(p.high, p.low, node->bits)];
	}
	return true;
}

bool netlabel_trie_get(const struct netlabel_trie *t, size_t position, struct flow_network *network,
		       uint32_t *number)
{
	const struct netlabel_node *node = &t->nodes[position];
	uint64_t words[2] = { htobe64(node->high), htobe64(node->low) };

	memcpy(network->addr, words, sizeof(words));
	network->bits = node->bits;
	network->family = node->family;
	*number = node->number;
	return node->is_network;
}

void netlabel_trie_close(struct netlabel_trie *t)
{
	free(t->nodes);
}
