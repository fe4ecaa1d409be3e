/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <criterion/criterion.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "view/gather_case.h"

struct gather_case shown;

static int keep(struct view_window *w, void *arg)
{
	(void)arg;
	cr_assert_lt(shown.n, CASE_WINDOWS);
	shown.windows[shown.n++] = w;
	return 0;
}

void open_gather(void)
{
	shown.n = 0;
	cr_assert_eq(view_texts_open(&shown.texts), 0);
	cr_assert_eq(view_gather_open(&shown.gather, shown.texts, keep, NULL), 0);
}

void close_gather(void)
{
	for (size_t i = 0; i < shown.n; i++)
		view_window_free(shown.windows[i]);
	view_gather_close(shown.gather);
	view_texts_close(shown.texts);
}

void give(const char *fmt, ...)
{
	static char line[8192];
	va_list args;
	int len;

	va_start(args, fmt);
	len = vsnprintf(line, sizeof(line), fmt, args);
	va_end(args);
	cr_assert(len >= 0 && (size_t)len < sizeof(line));
	cr_assert_eq(view_gather_line(shown.gather, line, len), 0);
}

void give_lines(const char *lines, size_t len)
{
	const char *end = lines + len, *newline;

	for (; lines < end; lines = newline + 1) {
		newline = memchr(lines, '\n', end - lines);
		cr_assert_not_null(newline);
		cr_assert_eq(view_gather_line(shown.gather, lines, newline - lines), 0);
	}
}

bool is_text(uint32_t number, const char *text)
{
	size_t len;
	const char *its = view_texts_get(shown.texts, number, &len);

	return len == strlen(text) && !memcmp(its, text, len + 1);
}
