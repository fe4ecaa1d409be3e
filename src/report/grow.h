/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_REPORT_GROW_H
#define CTAGG_REPORT_GROW_H

#include <errno.h>
#include <stddef.h>
#include <stdlib.h>

/* Give *items, of `size' bytes each, room for n + 1 of them where *room is for n; they may move.
 * Returns 0, or -ENOMEM with the items where they were. */
static inline int grow_by_one(void **items, size_t n, size_t *room, size_t size)
{
	size_t wanted = *room ? 2 * *room : 16;
	void *grown;

	if (n < *room)
		return 0;
	grown = realloc(*items, wanted * size);
	if (!grown)
		return -ENOMEM;
	*items = grown;
	*room = wanted;
	return 0;
}

#endif
