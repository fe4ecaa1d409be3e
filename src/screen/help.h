/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_SCREEN_HELP_H
#define CTAGG_SCREEN_HELP_H

#include "screen/picture.h"
#include "screen/shown.h"

/* The line of keys: as many as have room, the most wanted ones first. */
void help_line(struct place line, const struct shown *s);

/* All keys, in all of the picture. */
void help_page(struct picture *p);

#endif
