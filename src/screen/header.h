/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_SCREEN_HEADER_H
#define CTAGG_SCREEN_HEADER_H

#include "screen/picture.h"
#include "screen/shown.h"

/* Write what the window records of the frame say, and what the screen does with it, into at most
 * `most' lines, from the place on; what matters most stands first. The lines are LOOK_ALARM when
 * something is missing in the window. Returns how many lines were used, at least 1. */
int header_put(struct place first, int most, const struct shown *s);

#endif
