/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_HASH_GROW_H
#define CTAGG_HASH_GROW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>

/* Give *items, which have room for *room items of `size' bytes, room for n at least; they may move.
 * Returns false without memory: then the items are where they were. */
static inline bool grow_items(void **items, size_t *room, size_t n, size_t size)
{
	size_t wanted = *room ? *room : 64;
	void *grown;

	if (n <= *room)
		return true;
	while (wanted < n)
		wanted *= 2;
	grown = realloc(*items, wanted * size);
	if (!grown)
		return false;
	*items = grown;
	*room = wanted;
	return true;
}

#endif
