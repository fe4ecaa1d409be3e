/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_REPORT_GROW_H
#define CTAGG_REPORT_GROW_H

#include <errno.h>
#include <stddef.h>

#include "hash/grow.h"

/* Give *items, of `size' bytes each, room for n + 1 of them where *room is for n; they may move.
 * Returns 0, or -ENOMEM with the items where they were. */
static inline int grow_by_one(void **items, size_t n, size_t *room, size_t size)
{
	return grow_items(items, room, n + 1, size) ? 0 : -ENOMEM;
}

#endif
