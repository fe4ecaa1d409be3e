/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_VIEW_TEXTS_H
#define CTAGG_VIEW_TEXTS_H

#include <stddef.h>
#include <stdint.h>

/* Texts of records (hosts, rules, labels ...) and their numbers, which stand for the same text for
 * a whole run. Numbers are given from 1 on; 0 is the empty text, which also stands for an unknown
 * one. Texts are UTF-8 without a NUL, and can hold any other character: whoever shows one makes it
 * harmless (view/show.h). */
struct view_texts;

int view_texts_open(struct view_texts **out);	/* 0 or -ENOMEM */
void view_texts_close(struct view_texts *t);	/* NULL is fine */

/* The number of a text of len bytes, which is copied when it is new. Returns 0; or with *number
 * untouched -ENOMEM, or -ENOSPC: there are a million texts, or 64 MiB of them (hash/texts.h). */
int view_texts_number(struct view_texts *t, const char *text, size_t len, uint32_t *number);

/* The text of a number, with a NUL behind it; lent until the texts are closed. Another thread may call
 * this while view_texts_number() runs, of numbers that it was told of. */
const char *view_texts_get(const struct view_texts *t, uint32_t number, size_t *len);

/* A record was read without one of its texts, for which there was no room. */
void view_texts_blank(struct view_texts *t);
uint64_t view_texts_blanks(const struct view_texts *t);	/* how often that was */

#endif
