/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_TESTS_SCREEN_SCREEN_CASE_H
#define CTAGG_TESTS_SCREEN_SCREEN_CASE_H

#include <stdbool.h>

#include "screen/picture.h"

/* The locale of a test: with characters beyond ASCII (a test is skipped where the machine has no
 * such locale), and without. */
void use_utf8(void);
void use_ascii(void);

/* A line of a picture as text, without the blanks at its end; good until the next but seven calls. */
const char *line_of(const struct picture *p, int line);

/* A look for each column of a line: the letters of enum look from `a' on, of which LOOK_PLAIN is
 * `a'. */
const char *looks_of(const struct picture *p, int line);

/* The first line that has this text, or -1. */
int line_with(const struct picture *p, const char *text);

/* What holds for every picture: only printable characters, no half of a wide one, and nothing that
 * combines with nothing. */
void check_picture(const struct picture *p);

#endif
