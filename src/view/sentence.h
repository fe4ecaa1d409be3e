/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_VIEW_SENTENCE_H
#define CTAGG_VIEW_SENTENCE_H

#include <stddef.h>

/* A text that grows part by part in memory of the caller, and is cut where the memory ends. It
 * always ends with a NUL. */
struct sentence {
	char *to;
	size_t size, len;
};

/* Begin an empty text in an array. */
#define SENTENCE(array) sentence_begin((array), sizeof(array))
struct sentence sentence_begin(char *to, size_t size);

void sentence_add(struct sentence *s, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

#endif
