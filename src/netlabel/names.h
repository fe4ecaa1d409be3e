/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_NETLABEL_NAMES_H
#define CTAGG_NETLABEL_NAMES_H

#include <stddef.h>
#include <stdint.h>

/* The texts of labels (--labels) and their numbers, for a whole run. A number stands for the same
 * text for ever, also when the files have been read again: so rows that have the number in their
 * key are right before and after. Numbers are given in the order in which the texts come, from 1;
 * 0 is no label, and the number of the empty text. A label is removed only at the end. */
struct netlabel_names;

#define NETLABEL_MAX_LABELS (1u << 20)
#define NETLABEL_MAX_BYTES (64u << 20)	/* of all texts together */

/* Returns 0, or -ENOMEM. The texts come from files, so a secret of the run keeps an author of a
 * file from choosing texts that collide. */
int netlabel_names_open(struct netlabel_names **out);

/* Find the number of a text of len bytes, any bytes, which is copied when it is new. Returns 0 and the
 * number; or with *number untouched -ENOMEM, or -ENOSPC when NETLABEL_MAX_* are reached. */
int netlabel_names_number(struct netlabel_names *n, const char *text, size_t len, uint32_t *number);

/* The text of a number that netlabel_names_number() has given, without a NUL; lent until that
 * function is called again. */
const char *netlabel_names_text(const struct netlabel_names *n, uint32_t number, size_t *len);

/* How many labels there are: the numbers 1 to that. */
uint32_t netlabel_names_count(const struct netlabel_names *n);

void netlabel_names_close(struct netlabel_names *n);	/* NULL is fine */

#endif
