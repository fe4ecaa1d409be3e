/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_RULE_LABELS_H
#define CTAGG_RULE_LABELS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "rule/ruleset.h"

/* What drop records say of the rule that logged a packet, as a small number that
 * fits into a key, and how much each has logged in a window. */
struct labels;

/* So many at a time: those of the open window and of the last closed one. Packets
 * beyond get LABELS_NONE. */
#define LABELS_MAX 1024
#define LABELS_NONE (LABELS_MAX + 1)

/* prefix NULL: of LABELS_NONE, there was no room to keep them apart. Rule: how many
 * rules it may have been; one is known when that is 1, then the rest is set. */
struct label {
	const char *prefix;
	size_t prefix_len;
	size_t rules;
	uint8_t family;
	uint64_t handle;
	const char *table, *chain, *comment;
	uint64_t drops, logged;		/* of the closed window */
};

/* Returns 0 and a handle the caller owns, or -ENOMEM. */
int labels_open(struct labels **out);

/* Ask this ruleset from now on (NULL: none), which may be the last one changed. */
void labels_ruleset(struct labels *l, const struct ruleset *r);

/* The number, never 0, for a packet of the open window, and in *verdict what its
 * rules do. labels_count() adds one packet of a number to the open window. */
uint32_t labels_find(struct labels *l, uint8_t family, uint16_t group, const char *prefix,
		     size_t prefix_len, enum rule_verdict *verdict);
void labels_count(struct labels *l, uint32_t number, bool dropped);

/* The window is closed: its counts are what labels_get() shows. Numbers of it stay
 * valid until the next call. */
void labels_close_window(struct labels *l);

/* What a number stands for; lent. */
const struct label *labels_get(const struct labels *l, uint32_t number);

/* Those with counts in the closed window, largest first: up to max numbers.
 * Returns how many there are. */
size_t labels_top(const struct labels *l, uint32_t *numbers, size_t max);

void labels_close(struct labels *l);	/* NULL is fine */

#endif
