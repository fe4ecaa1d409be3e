/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdlib.h>

#include "fuzz/targets.h"
#include "sink/text.h"

/* Whatever bytes come, and however little room there is, they become the inside of a JSON
 * string in printable ASCII. */

/* Four hexadecimal digits. */
static unsigned int unit(const char *p, const char *end)
{
	char digits[5] = "";

	must(end - p >= 4);
	for (int i = 0; i < 4; i++) {
		must(isxdigit((unsigned char)p[i]));
		digits[i] = p[i];
	}
	return strtoul(digits, NULL, 16);
}

/* Check an escape, from behind its backslash on. Returns where it ends. */
static const char *escape(const char *p, const char *end)
{
	unsigned int high;

	must(p < end);
	if (*p == '"' || *p == '\\')
		return p + 1;
	must(*p == 'u');
	high = unit(p + 1, end);
	must(high < 0xdc00 || high > 0xdfff);
	if (high < 0xd800 || high > 0xdbff)
		return p + 5;
	/* high is half of a surrogate pair: the other half has to follow */
	must(end - p >= 11 && p[5] == '\\' && p[6] == 'u');
	must(unit(p + 7, end) >> 10 == 0xdc00 >> 10);
	return p + 11;
}

static void inside_of_a_string(const char *p, const char *end)
{
	while (p < end) {
		must(*p >= 0x20 && *p <= 0x7e && *p != '"');
		p = *p == '\\' ? escape(p + 1, end) : p + 1;
	}
}

int fuzz_text(const uint8_t *data, size_t size)
{
	char *out = malloc(6 * size + 1);	/* the longest escape of a byte has 6 */
	size_t max = size ? data[0] : 0;
	bool cut = false;
	char *end;

	must(out);
	end = text_escaped(out, (const char *)data, size);
	must((size_t)(end - out) <= 6 * size);
	inside_of_a_string(out, end);
	end = text_escaped_max(out, (const char *)data, size, max, &cut);
	must((size_t)(end - out) <= max);
	inside_of_a_string(out, end);
	free(out);
	return 0;
}
