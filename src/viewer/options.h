/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_VIEWER_OPTIONS_H
#define CTAGG_VIEWER_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>

#include "board/board.h"
#include "cli/program.h"
#include "flow/select.h"

/* What the command line of ctagg-view asks for. Strings point into the argv that was parsed.
 *
 * files     what is read, as view_input_read() has them; none: standard input
 * follow    a folder whose files are read as they come; NULL: none
 * report    the file of the report; NULL: none is written
 * table, csv  windows are printed. Neither of these three: the live view
 * level_ns  the length of the windows that are shown; 0: the shortest
 * select    which flows are shown
 * top       rows of a table; 0: as many as the mode finds right
 */
struct viewer_options {
	struct option_words files;
	const char *follow, *report;
	bool table, csv;
	uint64_t level_ns;
	struct flow_select select;
	enum board_group group;
	enum board_column sort;
	uint64_t top;
	bool names;
	int verbosity;		/* enum log_level */
	struct option_values values;
};

/* The command line of ctagg-view, which is read into a struct viewer_options. */
extern const struct option_program viewer_program;

/* Read the command line into *opts, as options_parse() does for ctagg. */
enum options_result viewer_options_parse(struct viewer_options *opts, int argc, char *argv[]);

/* The conditions of the command line as one text, in the words of view_filter_parse(): `dst=10.0.0.0/8
 * proto=tcp'. Returns a text that the caller frees, empty without conditions; or NULL without memory. */
char *viewer_filter(const struct viewer_options *opts);

#endif
