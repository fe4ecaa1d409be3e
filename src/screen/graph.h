/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_SCREEN_GRAPH_H
#define CTAGG_SCREEN_GRAPH_H

#include "screen/picture.h"
#include "screen/shown.h"

/* Draw the history in `height' lines from the place on, a column a window, the latest one at the
 * right. A window that is not there has nothing, one with 0 a point; the largest number reaches to
 * the top. Of two lines or more the last one has `!' below each incomplete window; otherwise only
 * the look of its bar tells. */
void graph_draw(struct place first, int height, const struct shown *s);

/* The largest number of those that are drawn in `width' columns. */
uint64_t graph_most(const struct shown *s, int width);

#endif
