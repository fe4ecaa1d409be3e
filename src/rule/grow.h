/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_RULE_GROW_H
#define CTAGG_RULE_GROW_H

#include <errno.h>
#include <stddef.h>
#include <stdlib.h>

/* Make room for one more item of `size' bytes. Returns the items, which may have moved. Without
 * memory *err is set to -ENOMEM, and the items stay where they are with the room that they had. */
static inline void *grow(void *items, size_t n, size_t *room, size_t size, int *err)
{
	size_t wanted = *room ? 2 * *room : 32;
	void *grown;

	if (n < *room)
		return items;
	grown = realloc(items, wanted * size);
	if (!grown) {
		*err = -ENOMEM;
		return items;
	}
	*room = wanted;
	return grown;
}

#endif
