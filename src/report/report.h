/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_REPORT_REPORT_H
#define CTAGG_REPORT_REPORT_H

#include <stddef.h>
#include <stdint.h>

#include "flow/select.h"

/* The report of ctagg-view: one HTML file with all that it shows in it, and no script.
 *
 * files, n   what is read: see view/input.h
 * path       where the report goes; `-' is standard output
 * select     which flows the plots and the tables of flows show. Totals of windows, hosts and rules
 *            are always of everything, and the report says so
 * filter     the same conditions as text; NULL: none
 * level_ms   only windows of this nominal length; 0: of each run of ctagg the shortest level, since
 *            the longer levels of a run repeat the shortest one
 * top        how many rows a table has at most, the largest ones; one more row has the sum of the
 *            rest. 0: 25
 */
struct report_options {
	char *const *files;
	size_t n;
	const char *path;
	struct flow_select select;
	const char *filter;
	uint64_t level_ms;
	size_t top;
};

/* Read the files and write the report, in place of an older one with the same path, which stays as
 * it is when that fails. A file that is no page (it has bytes, and the first one is no `<') is not
 * replaced: it may be the lines. A path is never reached through a symbolic link; the new file has mode
 * 0640, less what the umask takes.
 *
 * Returns the exit status of the program: 0; 1 after a message: a file could not be read (the
 * report is written all the same, and says so), the report could not be written, or there was no
 * window of time in the files (then the report says that). A reader of standard output that went
 * away is no failure. */
int report_write(const struct report_options *o);

#endif
