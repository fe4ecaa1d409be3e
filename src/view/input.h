/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_VIEW_INPUT_H
#define CTAGG_VIEW_INPUT_H

#include <stddef.h>

#include "view/gather.h"

/* Give all lines of files to g, in this order; `-' is standard input, a folder stands for its
 * files in the order of their names (as the files of a spool sort by time), names that begin with
 * a dot and folders left out. Ends with view_gather_end(). Memory does not grow with the files.
 *
 * Returns 0; 1 after a message that names the file that could not be read, and the reason: the files behind
 * it have been read; or -errno of gathering, at once and without a message: that of the window's function, or
 * -ENOMEM. */
int view_input_read(struct view_gather *g, char *const *files, size_t n);

#endif
