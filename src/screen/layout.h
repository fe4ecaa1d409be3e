/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_SCREEN_LAYOUT_H
#define CTAGG_SCREEN_LAYOUT_H

#include "screen/picture.h"
#include "screen/shown.h"

/* Smaller than this, the screen only says so. */
#define LAYOUT_LEAST_HEIGHT 6
#define LAYOUT_LEAST_WIDTH 40

/* Draw into a new picture, which has its size. Depends on nothing but the picture's size, s, and
 * the locale. Sets what s keeps from one picture to the next. */
void layout(struct picture *p, struct shown *s);

#endif
