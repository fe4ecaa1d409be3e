/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_VIEW_GATHER_H
#define CTAGG_VIEW_GATHER_H

#include <stddef.h>
#include <stdint.h>

#include "view/texts.h"
#include "view/window.h"

/* Gathers lines into windows. Windows of several hosts, runs and levels may come mixed: a window
 * is shown when its window record has come. */
struct view_gather;

/* What has been left out, since the beginning.
 *
 * lines        all lines that were given, empty ones too
 * malformed    lines that are no records: a damaged file, or something else
 * first_malformed, why   the number of the first one among all lines, from 1, and a static text
 * repeated     windows that came again: the same host, run, netns, window_ms and seq
 * other_types  well-formed lines that belong to no window's flows or rules: socket, change, event,
 *              check and unknown ones
 * unfinished   windows whose window record has not come; shown by view_gather_end()
 */
struct view_gathered {
	uint64_t lines, malformed, first_malformed, repeated, other_types, unfinished;
	const char *why;
};

/* Takes w, which it frees some time (view_window_free()). Returns 0, or -errno, which ends the
 * gathering. */
typedef int view_window_fn(struct view_window *w, void *arg);

/* texts is lent and gets the texts of all records. Returns 0 or -ENOMEM. */
int view_gather_open(struct view_gather **out, struct view_texts *texts, view_window_fn *fn, void *arg);

/* Take a line without its newline, which is copied as far as it is needed. Returns 0; or -errno
 * of fn, or -ENOMEM. A malformed line is counted and is no error. */
int view_gather_line(struct view_gather *g, const char *line, size_t len);

/* Show the windows that are unfinished, `complete' false, in the order in which they began to
 * come. */
int view_gather_end(struct view_gather *g);

const struct view_gathered *view_gather_counts(const struct view_gather *g);
void view_gather_close(struct view_gather *g);	/* NULL is fine */

#endif
