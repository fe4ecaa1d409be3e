/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Inputs as lines of text: printable ASCII is as it is, a backslash is \\, and every other byte is \ and two
 * hexadecimal digits. */
#include "config.h"

#include <errno.h>
#include <string.h>

#include "fuzz/targets.h"

static const char digits[] = "0123456789abcdef";

void corpus_write(FILE *out, const void *bytes, size_t len)
{
	const unsigned char *p = bytes;

	for (size_t i = 0; i < len; i++) {
		if (p[i] == '\\')
			fputs("\\\\", out);
		else if (p[i] >= 0x20 && p[i] <= 0x7e)
			fputc(p[i], out);
		else
			fprintf(out, "\\%c%c", digits[p[i] >> 4], digits[p[i] & 15]);
	}
	fputc('\n', out);
}

/* The bytes that a line stands for, in its place. Returns how many there are, or -EBADMSG. */
static ssize_t read_line(char *line, size_t len)
{
	char *to = line, *end = line + len;

	for (char *p = line; p < end; p++) {
		const char *high, *low;

		if (*p != '\\') {
			*to++ = *p;
			continue;
		}
		if (++p < end && *p == '\\') {
			*to++ = '\\';
			continue;
		}
		high = p + 1 < end && *p ? strchr(digits, *p) : NULL;
		low = high && p[1] ? strchr(digits, p[1]) : NULL;
		if (!low)
			return -EBADMSG;
		*to++ = (char)((high - digits) << 4 | (low - digits));
		p++;
	}
	return to - line;
}

int corpus_each(const char *path, seed_fn *fn, void *arg)
{
	FILE *f = fopen(path, "r");
	char *line = NULL;
	size_t room = 0;
	ssize_t len;
	int n = f ? 0 : -errno;

	while (n >= 0 && (len = getline(&line, &room, f)) > 0) {
		len = read_line(line, len - (line[len - 1] == '\n'));
		if (len >= 0)
			fn(line, len, arg);
		n = len < 0 ? (int)len : n + 1;
	}
	free(line);
	if (f)
		fclose(f);
	return n;
}
