/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_PRINT_PRINT_H
#define CTAGG_PRINT_PRINT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "board/board.h"
#include "flow/select.h"

/* Windows as text on standard output, each as soon as it has come.
 *
 * files     as view_input_read() has them
 * select    which flows are printed; filter: the same as text, empty without conditions
 * level_ms  which windows are; 0: of each host the shortest that has come so far
 * csv       one line a flow; otherwise tables for people, for which what follows holds
 * group, sort   the rows, and their order
 * top       how many rows a table has; the others are one row
 * names     addresses and ports by their names
 */
struct print_options {
	char *const *files;
	size_t n_files;
	const struct flow_select *select;
	const char *filter;
	uint64_t level_ms;
	bool csv;
	enum board_group group;
	enum board_column sort;
	uint64_t top;
	bool names;
};

/* Print all windows. Returns the exit status: 0 when all was printed, also when the reader of a
 * pipe went away; 1 after a message. */
int print_run(const struct print_options *o);

#endif
