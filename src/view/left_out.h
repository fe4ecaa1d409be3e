/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_VIEW_LEFT_OUT_H
#define CTAGG_VIEW_LEFT_OUT_H

#include <stdint.h>

#include "view/gather.h"

/* Say, when all has been read, which lines were left out and why; and that there was no window,
 * where that is so. windows: how many were shown. Returns the exit status: 0; or 1 without any
 * window. */
int view_left_out(const struct view_gathered *g, uint64_t windows);

#endif
