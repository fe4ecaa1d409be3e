/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "hash/text_stream.h"
#include "json/unicode.h"
#include "metrics/exposition.h"

#define US_PER_S 1000000

void exposition_family(struct exposition *x, const char *name, enum exposition_type type,
		       const char *help)
{
	fprintf(x->out, "# HELP %s %s\n# TYPE %s %s\n", name, help, name,
		type == EXPOSITION_COUNTER ? "counter" : "gauge");
}

/* The name of a sample with its labels, and the space before its value. */
static void begin_sample(struct exposition *x, const char *name, const char *label)
{
	const char *between = x->labels && label ? "," : "";

	fputs(name, x->out);
	if (x->labels || label)
		fprintf(x->out, "{%s%s%s}", x->labels ? x->labels : "", between, label ? label : "");
	fputc(' ', x->out);
}

void exposition_number(struct exposition *x, const char *name, const char *label, uint64_t n)
{
	begin_sample(x, name, label);
	fprintf(x->out, "%" PRIu64 "\n", n);
}

void exposition_seconds(struct exposition *x, const char *name, uint64_t us)
{
	begin_sample(x, name, NULL);
	fprintf(x->out, "%" PRIu64 ".%06" PRIu64 "\n", us / US_PER_S, us % US_PER_S);
}

void exposition_one(struct exposition *x, const char *name, enum exposition_type type,
		    const char *help, uint64_t n)
{
	exposition_family(x, name, type, help);
	exposition_number(x, name, NULL, n);
}

void exposition_one_seconds(struct exposition *x, const char *name, enum exposition_type type,
			    const char *help, uint64_t us)
{
	exposition_family(x, name, type, help);
	exposition_seconds(x, name, us);
}

/* --- labels ------------------------------------------------------------------- */

/* A character of a label's value, which has n bytes at s; n is 0 where there is no character. */
static void put_character(FILE *out, const unsigned char *s, size_t n)
{
	if (!n)
		fputs("\xef\xbf\xbd", out);	/* U+FFFD */
	else if (*s == '\n')
		fputs("\\n", out);
	else if (*s < 0x20 || *s == 0x7f)
		fputc('?', out);
	else
		fprintf(out, "%s%.*s", *s == '"' || *s == '\\' ? "\\" : "", (int)n, (const char *)s);
}

static void put_value(FILE *out, const char *value)
{
	const unsigned char *s = (const unsigned char *)value;
	size_t len = strlen(value), n;
	uint32_t point;

	for (; len; s += n ? n : 1, len -= n ? n : 1) {
		n = utf8_decode(s, len, &point);
		put_character(out, s, n);
	}
}

int exposition_label(char **labels, const char *name, size_t len, const char *value)
{
	char *text = NULL;
	size_t size;
	FILE *out = text_stream_open(&text, &size);

	if (!out)
		return -ENOMEM;
	fprintf(out, "%s%s%.*s=\"", *labels ? *labels : "", *labels ? "," : "", (int)len, name);
	put_value(out, value);
	fputc('"', out);
	if (text_stream_close(out, &text))
		return -ENOMEM;
	free(*labels);
	*labels = text;
	return 0;
}
