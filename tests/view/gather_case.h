/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_TESTS_VIEW_GATHER_CASE_H
#define CTAGG_TESTS_VIEW_GATHER_CASE_H

#include "view/gather.h"

/* What the tests of gathering share: one gatherer, and the windows that it has shown. A function that
 * fails ends the test. */

#define CASE_WINDOWS 64

struct gather_case {
	struct view_texts *texts;
	struct view_gather *gather;
	struct view_window *windows[CASE_WINDOWS];
	size_t n;
};
extern struct gather_case shown;

void open_gather(void);
void close_gather(void);

/* Give a line, printf-like. */
void give(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* Give all lines of a text. */
void give_lines(const char *lines, size_t len);

/* Whether the number stands for this text. */
bool is_text(uint32_t number, const char *text);

#endif
