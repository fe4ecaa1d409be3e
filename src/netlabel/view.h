/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_NETLABEL_VIEW_H
#define CTAGG_NETLABEL_VIEW_H

#include "netlabel/set.h"

/* The networks of one or more sets together, for a look-up that shall tell what label an address has
 * in each of the sets: the longest network here that the address is in has a number, and a number
 * stands for one label in each set. Two networks have the same number where their labels are the
 * same in every set. Number 0: no label in any set, as outside of all networks.
 *
 * sets      held, n_sets of them
 * networks  n of them, each once
 * labels    of number i in set j: labels[i * n_sets + j]; `numbers' of them
 */
#define NETLABEL_VIEW_SETS 9

struct netlabel_view_network {
	struct flow_network network;
	uint32_t number;
};

struct netlabel_view {
	struct netlabel_set *sets[NETLABEL_VIEW_SETS];
	size_t n_sets;
	struct netlabel_view_network *networks;
	size_t n;
	uint32_t *labels;
	uint32_t numbers;
};

/* Make the view of n_sets sets (1 to NETLABEL_VIEW_SETS), and hold them. Time: that of sorting all
 * networks. Returns 0 and a view the caller owns, or -ENOMEM. */
int netlabel_view_open(struct netlabel_view **out, struct netlabel_set *const *sets, size_t n_sets);

/* The position of a set in the view; of a set that is not in the view, 0. */
size_t netlabel_view_position(const struct netlabel_view *v, const struct netlabel_set *set);

/* The label that a number stands for in the set of this position. */
static inline uint32_t netlabel_view_label(const struct netlabel_view *v, uint32_t number,
					   size_t position)
{
	return number < v->numbers ? v->labels[(size_t)number * v->n_sets + position] : 0;
}

void netlabel_view_close(struct netlabel_view *v);	/* NULL is fine */

#endif
