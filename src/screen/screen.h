/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_SCREEN_SCREEN_H
#define CTAGG_SCREEN_SCREEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "board/board.h"
#include "flow/select.h"

/* The live view on a terminal. */

/* Where the lines come from, and what is shown first; keys change the rest. All pointers are lent
 * for the run.
 *
 * files, n_files  read as a whole, then their last window is shown until `q'. None, or only `-':
 *                 standard input, window by window, until it ends
 * follow          a folder (or a file) that is read and then followed; NULL: none. No files
 *                 beside it
 * select          which flows are shown
 * filter          the same conditions as text, in the words of the command line:
 *                 `--dst 10.0.0.0/8 --proto tcp'. It is shown, and can be edited. NULL: none
 * level_ms        which level of windows; 0: the shortest one
 * names           look up names of addresses, of those that are on the screen
 */
struct screen_options {
	char *const *files;
	size_t n_files;
	const char *follow;
	struct flow_select select;
	const char *filter;
	uint64_t level_ms;
	enum board_group group;
	enum board_column sort;
	bool names;
};

/* Show windows until the user or the input ends it. Returns the exit status: 0, or 1 after a
 * message. Characters beyond ASCII are shown as the locale says, which must have been set
 * (setlocale(3)). */
int screen_run(const struct screen_options *o);

#endif
