/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_TESTS_FLOW_LEVEL_OF_H
#define CTAGG_TESTS_FLOW_LEVEL_OF_H

#include <string.h>

#include "flow/window_record.h"

/* The first record of a level that is made of these n windows. */
static inline struct window_record level_of(const struct window_record *windows, size_t n)
{
	struct window_record level;

	memset(&level, 0, sizeof(level));
	window_record_restart(&level);
	for (size_t i = 0; i < n; i++)
		window_record_add(&level, &windows[i]);
	return level;
}

#endif
