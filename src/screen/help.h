/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_SCREEN_HELP_H
#define CTAGG_SCREEN_HELP_H

#include "screen/picture.h"
#include "screen/shown.h"

/* The line of keys: as many as have room, the most wanted ones first. */
void help_line(struct place line, const struct shown *s);

/* The keys, in all of the picture: as many as have room, from this one on (0: the first). Returns the
 * first key of the next page, or 0: this is the last one. */
size_t help_page(struct picture *p, size_t from);

#endif
