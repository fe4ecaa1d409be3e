/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_VIEW_EARLY_H
#define CTAGG_VIEW_EARLY_H

#include <stddef.h>

#include "view/window.h"

/* The windows that were shown before all of their lines had come, for want of memory; for gather.c. */

/* So many windows are remembered; then further ones take the places of others. */
#define VIEW_EARLY_MAX 1024

struct early_window;
struct view_early {
	struct early_window *of;
	size_t n, room, replaced;
};

/* Remember that so many more records of the window have been shown. Returns 0 or -ENOMEM. */
int view_early_add(struct view_early *e, const struct view_window *w, uint64_t records);

/* How many records of the window have been shown. */
uint64_t view_early_records(const struct view_early *e, const struct view_window *w);

/* No more records of the window come. */
void view_early_forget(struct view_early *e, const struct view_window *w);

void view_early_free(struct view_early *e);

#endif
