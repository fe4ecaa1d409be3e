/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_REPORT_PLOT_H
#define CTAGG_REPORT_PLOT_H

#include <stdbool.h>

#include "report/page.h"

/* A plot of columns: an area from 0 up, in steps, which is open where nothing is known. */

/* columns  what is drawn, of p->axis
 * rates    which of the rates, added up: bits of enum report_rate
 * class    of its elements, which the style sheet colours
 * top      what the plot reaches up to, more than 0
 * y, height  in pixels of the svg element that it stands in
 */
struct report_plot {
	const struct report_column *columns;
	unsigned int rates;
	const char *class;
	double top;
	unsigned int y, height;
};

/* The largest value of the rates, added up, in the columns. */
double report_plot_largest(const struct report_page *p, const struct report_column *columns, unsigned int rates);

/* A round number that is at least so large: 1, 2 or 5 and zeros. */
double report_plot_top(double largest);

void report_plot_draw(const struct report_page *p, const struct report_plot *plot);

/* Hatch the columns in which no host has a window, those of which bytes are not known (`bytes'), and
 * lightly those that lack a window of any host. */
void report_plot_hatch(const struct report_page *p, const struct report_column *columns, unsigned int y,
		       unsigned int height, bool bytes);

/* Columns of all hosts (host UINT32_MAX), or of one. The caller frees them. NULL: no memory. */
struct report_column *report_plot_columns(const struct report_page *p, uint32_t host);

#endif
