/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <criterion/criterion.h>
#include <langinfo.h>
#include <locale.h>
#include <string.h>
#include <wctype.h>

#include "json/unicode.h"
#include "screen/screen_case.h"

void use_utf8(void)
{
	if (!setlocale(LC_CTYPE, "C.UTF-8") || strcmp(nl_langinfo(CODESET), "UTF-8") != 0)
		cr_skip_test("there is no locale C.UTF-8");
}

void use_ascii(void)
{
	setlocale(LC_CTYPE, "C");
}

#define TEXTS 8
static char texts[TEXTS][16384];

static char *next_text(void)
{
	static unsigned int next;

	return texts[next++ % TEXTS];
}

const char *line_of(const struct picture *p, int line)
{
	char *text = next_text();
	size_t len = 0;

	for (int i = 0; i < p->width; i++) {
		const struct cell *c = &p->cells[line * p->width + i];

		for (int j = 0; j < CELL_CHARACTERS && c->of[j]; j++)
			len += utf8_encode(text + len, c->of[j]);
	}
	while (len && text[len - 1] == ' ')
		len--;
	text[len] = '\0';
	return text;
}

const char *looks_of(const struct picture *p, int line)
{
	char *text = next_text();

	for (int i = 0; i < p->width; i++)
		text[i] = (char)('a' + p->cells[line * p->width + i].look);
	text[p->width] = '\0';
	return text;
}

int line_with(const struct picture *p, const char *text)
{
	for (int i = 0; i < p->height; i++)
		if (strstr(line_of(p, i), text))
			return i;
	return -1;
}

/* A cell of a line. Its second half, if it has one, is behind it in the line. */
static void check_cell(const struct cell *c, bool last)
{
	int columns = c->of[0] ? wcwidth(c->of[0]) : 0;

	cr_expect(columns == 1 || columns == 2, "U+%04X has %d columns", (unsigned)c->of[0], columns);
	cr_expect(iswprint(c->of[0]), "U+%04X", (unsigned)c->of[0]);
	if (columns == 2) {
		cr_expect(!last, "half of a character at the end of a line");
		if (!last)
			cr_expect_eq(c[1].of[0], 0, "two characters in one place");
	}
	for (int i = 1; i < CELL_CHARACTERS && c->of[i]; i++)
		cr_expect_eq(wcwidth(c->of[i]), 0, "U+%04X", (unsigned)c->of[i]);
}

void check_picture(const struct picture *p)
{
	for (int line = 0; line < p->height; line++)
		for (int i = 0; i < p->width; i++) {
			const struct cell *c = &p->cells[line * p->width + i];

			check_cell(c, i == p->width - 1);
			i += c->of[0] && wcwidth(c->of[0]) == 2;
		}
}
