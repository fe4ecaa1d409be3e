/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_TESTS_FUZZ_NEAREST_H
#define CTAGG_TESTS_FUZZ_NEAREST_H

#include "netlabel/trie.h"

/* The networks of a trie as a list, of which every one is looked at, bit by bit: the oracle of what the
 * trie finds. */
#define NEAREST_MAX 40

struct nearest {
	struct nearest_network {
		struct flow_network network;
		uint8_t file;
		uint32_t number;
	} list[NEAREST_MAX];
	size_t n;
};

/* As netlabel_trie_add(). A network beyond NEAREST_MAX: -ENOSPC. */
int nearest_add(struct nearest *to, const struct flow_network *network, uint8_t file, uint32_t number);

/* The trie has just these networks, and finds for each of their first and last addresses, for those before
 * and behind, and for each network, half and double of one what the list says. Aborts where it does not. */
void nearest_is(const struct nearest *list, const struct netlabel_trie *trie);

#endif
