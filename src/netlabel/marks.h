/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_NETLABEL_MARKS_H
#define CTAGG_NETLABEL_MARKS_H

#include "netlabel/trie.h"

/* Marks of connections and the numbers of their labels. An item stands for the marks whose bits of `mask'
 * are `value'. Where a mark is in several items, the one whose mask has most bits holds, and of
 * those with as many bits the one whose mask came first.
 *
 * items  a map from mask and value to the number: networks of a single address each, which is
 *        made of both
 * masks  in the order in which they hold
 * possible  what netlabel_marks_find() has found out
 */
#define NETLABEL_MAX_MASKS 64
#define NETLABEL_MAX_MARKS 65536

struct netlabel_marks {
	struct netlabel_trie items;
	uint32_t masks[NETLABEL_MAX_MASKS];
	size_t n_masks;
	struct netlabel_possible *possible;
};

/* Add an item; value has no bits outside of mask. file and the result as of netlabel_trie_add(), and
 * -E2BIG for more than NETLABEL_MAX_MASKS different masks, -ENOSPC for more than NETLABEL_MAX_MARKS items. */
int netlabel_marks_add(struct netlabel_marks *m, uint32_t mask, uint32_t value, uint8_t file,
		       uint32_t number);

/* Of a mark only the bits of `kept' are known. Returns whether these show which label the mark has, or
 * that it has none; then *number is the label's number, or 0. The first call after items were added, or with another `kept',
 * looks at all items; the others are quick. */
bool netlabel_marks_find(const struct netlabel_marks *m, uint32_t mark, uint32_t kept,
			 uint32_t *number);

void netlabel_marks_close(struct netlabel_marks *m);	/* a struct that is all zero is fine */

#endif
