/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_HASH_TEXTS_H
#define CTAGG_HASH_TEXTS_H

#include <stddef.h>
#include <stdint.h>

/* Texts and their numbers: a number stands for the same text for ever. Numbers are given in the order
 * in which the texts come, from 1; 0 is the empty text. A text is removed only at the end, and never
 * moves. */
struct texts;

#define TEXTS_MAX (1u << 20)
#define TEXTS_MAX_BYTES (64u << 20)	/* of all texts together */

/* Returns 0, or -ENOMEM. A secret of the run keeps whoever writes the texts from choosing ones that
 * collide. */
int texts_open(struct texts **out);

/* Find the number of a text of len bytes, any bytes, which is copied when it is new. Returns 0 and the
 * number; or with *number untouched -ENOMEM, or -ENOSPC when TEXTS_MAX* are reached. */
int texts_number(struct texts *t, const char *text, size_t len, uint32_t *number);

/* The text of a number that texts_number() has given, with a NUL behind it; lent until the texts are
 * closed. Another thread may call this while texts_number() runs, of numbers that it was told of. */
const char *texts_get(const struct texts *t, uint32_t number, size_t *len);

/* How many texts there are: the numbers 1 to that. */
uint32_t texts_count(const struct texts *t);

void texts_close(struct texts *t);	/* NULL is fine */

#endif
