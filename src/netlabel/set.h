/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_NETLABEL_SET_H
#define CTAGG_NETLABEL_SET_H

#include "hash/texts.h"
#include "netlabel/marks.h"
#include "netlabel/trie.h"

/* The labels of networks and of marks, as the files of --labels said at one time (one reading of
 * all of them). A set is filled once and then only read; whoever needs it longer than it was lent for
 * holds it. A level of windows that is still open holds the set that it began with.
 *
 * names     lent; its numbers outlive the set
 * networks  64 bytes each at most. To find an address's label takes as many steps as networks lie
 *           around one another on the way to it, and twice that at most: some 20 with 500,000 networks
 * holders   how many hold the set
 */
struct netlabel_set {
	struct texts *names;
	struct netlabel_trie networks;
	struct netlabel_marks marks;
	unsigned int holders;
};

/* An empty set that the caller holds; NULL without memory. */
struct netlabel_set *netlabel_set_open(struct texts *names);

/* Hold the set once more; returns it. And hold it no longer: who does so last frees it. NULL is fine
 * for both. */
struct netlabel_set *netlabel_set_hold(struct netlabel_set *set);
void netlabel_set_drop(struct netlabel_set *set);

/* The number of an address's label, 0 where it has none: the smallest network that the address is
 * in says it. family is AF_INET or AF_INET6, and the address as in flow/address.h. */
uint32_t netlabel_set_address(const struct netlabel_set *set, uint8_t family, const __u8 addr[16]);

/* The number of the label that the addresses of a network have which are in none of the set's smaller
 * networks; 0: none. */
uint32_t netlabel_set_around(const struct netlabel_set *set, const struct flow_network *network);

/* Whether all addresses of a network have the same label, or none has one. Then *number is the
 * label's number, or 0. bits as in struct flow_network: of 128. */
static inline bool netlabel_set_network(const struct netlabel_set *set,
					const struct flow_network *network, uint32_t *number)
{
	return netlabel_trie_find_network(&set->networks, network, number);
}

/* The same for all marks whose bits of `kept' are those of mark: see netlabel_marks_find(). */
static inline bool netlabel_set_mark(const struct netlabel_set *set, uint32_t mark, uint32_t kept,
				     uint32_t *number)
{
	return netlabel_marks_find(&set->marks, mark, kept, number);
}

/* Show fn each network, in any order; number 0: what is in this network, and in no smaller one, has no
 * label. fn borrows what it sees. Returns 0, or the first non-zero that fn returned. */
typedef int netlabel_network_fn(void *arg, const struct flow_network *network, uint32_t number);
int netlabel_set_each(const struct netlabel_set *set, netlabel_network_fn *fn, void *arg);

#endif
