/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_PRINT_PRINTING_H
#define CTAGG_PRINT_PRINTING_H

#include <stdint.h>

#include "print/grid.h"
#include "print/names.h"
#include "print/out.h"
#include "print/print.h"
#include "view/texts.h"

/* The longest text that is printed: a line of ctagg is shorter. */
#define PRINTING_TEXT 4096

/* What all windows of a run are printed with.
 *
 * windows  how many have been printed
 * names    NULL: numbers are shown
 * text     room for any one text
 */
struct printing {
	const struct print_options *o;
	struct view_texts *texts;
	uint64_t windows;
	struct names *names;
	struct out out;
	struct grid grid;
	char text[PRINTING_TEXT];
};

#endif
