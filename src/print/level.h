/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_PRINT_LEVEL_H
#define CTAGG_PRINT_LEVEL_H

#include "view/window.h"

/* The shortest windows of each run of ctagg that have come so far: the longer levels of a run (-w
 * 10s,5m) repeat them. All zero: none has come. */
struct levels {
	void *tree;	/* of struct shortest (tsearch(3)) */
};

/* Whether a window that has come is one of the shortest of its run. Snapshots are. Returns 1, 0 or
 * -ENOMEM. */
int levels_shortest(struct levels *l, const struct view_window *w);

void levels_free(struct levels *l);

#endif
