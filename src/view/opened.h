/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_VIEW_OPENED_H
#define CTAGG_VIEW_OPENED_H

#include <stddef.h>
#include <stdint.h>

#include "view/window.h"

/* The windows whose window record has not come yet; for gather.c. */

/* w         owned
 * lines     records that have come
 * repeated  of these, records that came a second time: see view_opened_unrepeat()
 * before, next  in the order in which they began to come
 */
struct opened_window {
	struct opened_window *before, *next;
	struct view_window *w;
	uint64_t lines, repeated;
	size_t flows_room, rules_room;
};

/* tree   of struct opened_window (tsearch(3))
 * first, newest  the ends of the order in which they began to come
 * bytes  that all of them take
 * last   the one that view_opened_find() returned last; NULL: it has been handed over
 */
struct view_opened {
	void *tree;
	struct opened_window *first, *newest;
	size_t bytes;
	struct opened_window *last;
};

void view_opened_init(struct view_opened *all);
void view_opened_free(struct view_opened *all);	/* and all windows */

/* The window with the host, run, window_ms, start_ns and end_ns of this one; a new one when
 * there is none, with all that head says. NULL without memory. */
struct opened_window *view_opened_find(struct view_opened *all, const struct view_window *head);

/* The one that began to come first, but for this one (which can be NULL); NULL: there is none. */
struct opened_window *view_opened_oldest(const struct view_opened *all, const struct opened_window *but);

/* The place of the next record, behind the last one: who has filled it counts it in n_flows or
 * n_rules. NULL without memory. */
struct view_flow *view_opened_flow(struct view_opened *all, struct opened_window *o);
struct view_rule *view_opened_rule(struct view_opened *all, struct opened_window *o);

/* Remove flows and rules that are in all the same as an earlier one of the window: o->repeated says how many.
 * Returns 0 or -ENOMEM. */
int view_opened_unrepeat(struct opened_window *o);

/* Hand over the window; o is gone. */
struct view_window *view_opened_take(struct view_opened *all, struct opened_window *o);

#endif
