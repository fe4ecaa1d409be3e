/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_RULE_MOVES_H
#define CTAGG_RULE_MOVES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "rule/counters.h"

/* By how much the counters of rules have moved in one window, by the rules' numbers, which are held
 * until rule_moves_clear(). All zero: nothing has moved; `counters' is to be set before
 * rule_moves_add().
 *
 * counters    lent; NULL: nothing has ever been added
 * place       of each number: the index of its move, plus 1; 0: it has not moved
 * incomplete  a move found no memory
 */
struct rule_moves {
	struct rule_counters *counters;
	struct rule_move {
		uint32_t number;
		struct rule_moved moved;
		uint32_t total;	/* the label whose total the move shares a record with; 0: none */
	} *list;
	uint32_t *place;
	size_t n, room, places;
	bool incomplete;
};

/* Add to the move of this number. Returns 0; or -ENOMEM, and nothing is added. */
int rule_moves_add(struct rule_moves *m, uint32_t number, uint64_t packets, uint64_t bytes,
		   bool reset);

/* Add the moves of another window, which stay as they are; both have the same counters. */
void rule_moves_add_all(struct rule_moves *m, const struct rule_moves *from);

/* A rule of the same name and comment that has taken the place of another one, whose number is held
 * too, gets the move of both. */
void rule_moves_unite(struct rule_moves *m);

/* The move of a number; lent until the next call that changes m. NULL: it has not moved. */
struct rule_move *rule_moves_of(const struct rule_moves *m, uint32_t number);

void rule_moves_clear(struct rule_moves *m);
void rule_moves_free(struct rule_moves *m);

#endif
