/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_NETLABEL_TRIE_H
#define CTAGG_NETLABEL_TRIE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "flow/select.h"

/* Networks and the numbers of their labels: a Patricia trie, whose nodes are networks that have a
 * label and those at which the ways to these part. So there are fewer than two nodes of 32 bytes a
 * network. Struct flow_network (flow/select.h) says what a network is; bits behind its prefix are
 * ignored. The networks of each family stand alone.
 *
 * nodes  [0] is not used, so that 0 is no node
 * root   the first node of IPv4, and of IPv6
 */
struct netlabel_node {
	uint64_t high, low;	/* the address, host order, with bits of 0 behind the prefix */
	uint32_t child[2];	/* by the bit of an address that follows the prefix */
	uint32_t number;	/* of the label; 0: the network is one without a label */
	uint8_t bits;		/* of 128 */
	uint8_t family;
	uint8_t file;		/* which file named the network last, see netlabel_trie_add() */
	bool is_network : 1;	/* false: ways part here, and no file has named this network */
	bool is_known : 1;	/* what follows has been found out; of the networks from here on: */
	bool is_uniform : 1;	/* all their addresses have the same label */
	bool is_covered : 1;	/* where that is so: they hold all addresses of the prefix */
};

struct netlabel_trie {
	struct netlabel_node *nodes;
	size_t used, room;
	uint32_t root[2];
	size_t networks;
};

#define NETLABEL_MAX_NETWORKS (1u << 22)

/* Give a network a label. Of two files that name a network, the later one (with the larger number)
 * holds, and is given later. Returns 0; or with the trie as it was -EEXIST, when this file has given the network
 * another label; -ENOSPC, when there are NETLABEL_MAX_NETWORKS; or -ENOMEM. */
int netlabel_trie_add(struct netlabel_trie *t, const struct flow_network *network, uint8_t file,
		      uint32_t number);

/* The smallest network that an address is in; lent, NULL where there is none. family is AF_INET or
 * AF_INET6, and the address as in flow/address.h. */
const struct netlabel_node *netlabel_trie_find(const struct netlabel_trie *t, uint8_t family,
					       const __u8 addr[16]);

/* The smallest network that the whole of a network is in, which may be itself; lent, or NULL. */
const struct netlabel_node *netlabel_trie_around(const struct netlabel_trie *t,
						 const struct flow_network *network);

/* Whether all addresses of a network have the same label, or none has one. Then *number is its
 * number, or 0. */
bool netlabel_trie_find_network(const struct netlabel_trie *t, const struct flow_network *network,
				uint32_t *number);

/* The node of this position, from 1 up to (not including) `used', as a network; false where ways part. */
bool netlabel_trie_get(const struct netlabel_trie *t, size_t position, struct flow_network *network,
		       uint32_t *number);

void netlabel_trie_close(struct netlabel_trie *t);	/* a struct that is all zero is fine */

#endif
