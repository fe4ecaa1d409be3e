/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_VIEW_GATHER_H
#define CTAGG_VIEW_GATHER_H

#include <stddef.h>
#include <stdint.h>

#include "view/texts.h"
#include "view/window.h"

/* Gathers lines into windows. Windows of several hosts, runs and levels may come mixed: a window
 * is shown when its window record has come.
 *
 * Windows that have no window record yet may hold VIEW_GATHER_MAX_BYTES together. Where they would
 * hold more, the one that began to come first is shown unfinished, and what comes of this window later as
 * another window of the same bounds (`before' of struct view_window); when there is only one, further
 * records of it are left out, and are `missing' from it. */
struct view_gather;

#define VIEW_GATHER_MAX_BYTES ((size_t)512 << 20)

/* What has been left out, since the beginning.
 *
 * files        how often view_gather_file() was called
 * lines        all lines that were given, empty ones too
 * malformed    lines that are no records: a damaged file, or something else
 * first_malformed, why   the number of the first one among all lines, from 1, and a static text
 * repeated     windows that came again: the same host, run, window_ms, seq and bounds. Windows
 *              are remembered in up to VIEW_SEEN_MAX (view/seen.h) sequences without a gap
 * repeated_lines  records that came again within a window
 * other_types  well-formed lines that belong to no window's flows or rules: socket, change, event,
 *              check and unknown ones
 * unfinished   windows, or parts of windows, that were shown without their window record
 * left_out     records for which there was no room
 * blanks       texts of records (labels, rules ...) for which there was no room: the record has none
 */
struct view_gathered {
	uint64_t files, lines, malformed, first_malformed, repeated, repeated_lines, other_types, unfinished,
		left_out, blanks;
	const char *why;
};

/* Takes w, which it frees some time (view_window_free()). Returns 0, or -errno, which ends the
 * gathering. */
typedef int view_window_fn(struct view_window *w, void *arg);

/* texts is lent and gets the texts of all records. Returns 0 or -ENOMEM. */
int view_gather_open(struct view_gather **out, struct view_texts *texts, view_window_fn *fn, void *arg);

/* Let windows without a window record hold so many bytes, in place of VIEW_GATHER_MAX_BYTES. */
void view_gather_bound(struct view_gather *g, size_t bytes);

/* Take a line without its newline, which is copied as far as it is needed. Returns 0; or -errno
 * of fn, or -ENOMEM. A malformed line is counted and is no error. */
int view_gather_line(struct view_gather *g, const char *line, size_t len);

/* Count a file, whose lines are given next. */
void view_gather_file(struct view_gather *g);

/* Count a line that cannot be given, as malformed: why is a static text. */
void view_gather_malformed(struct view_gather *g, const char *why);

/* Show the windows that are unfinished, `complete' false, in the order in which they began to
 * come. */
int view_gather_end(struct view_gather *g);

const struct view_gathered *view_gather_counts(const struct view_gather *g);
void view_gather_close(struct view_gather *g);	/* NULL is fine */

#endif
