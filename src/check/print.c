/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "check/check.h"
#include "sink/text.h"

static const char *severity_name(enum check_severity severity)
{
	switch (severity) {
	case CHECK_NOTHING_COMES:
		return "error";
	case CHECK_INCOMPLETE:
		return "warning";
	case CHECK_LESS_DETAIL:
		break;
	}
	return "note";
}

/* ESCAPED  the most bytes that text_escaped() makes of one byte
 * AROUND   the most bytes that a line has besides texts from outside: names of fields, the
 *          severity, the cause
 */
#define ESCAPED 6
#define AROUND 256

/* Write `before', then "name":"value". Returns the end. */
static char *put_field(char *p, const char *before, const char *name, const char *value)
{
	p = stpcpy(stpcpy(p, before), "\"");
	p = stpcpy(stpcpy(p, name), "\":\"");
	p = text_escaped(p, value, strlen(value));
	*p++ = '"';
	return p;
}

/* The line is made in memory first, so that only a whole line is ever written. */
static int print_json(FILE *out, const struct cause *cause, const char *host)
{
	size_t outside = strlen(host) + strlen(cause->text) + strlen(cause->command);
	char *line = malloc(ESCAPED * outside + AROUND), *p;

	if (!line)
		return -ENOMEM;
	p = put_field(line, "{\"type\":\"check\",\"schema\":1,", "host", host);
	p = put_field(p, ",", "severity", severity_name(cause->severity));
	p = put_field(p, ",", "cause", cause->name);
	p = put_field(p, ",", "text", cause->text);
	p = put_field(p, ",", "command", cause->command);
	p = TEXT(p, "}\n");
	fwrite(line, 1, p - line, out);
	free(line);
	return 0;
}

int check_print(FILE *out, const struct causes *causes, const char *host, bool json)
{
	int err = 0;

	for (size_t i = 0; i < causes->n && !err; i++) {
		const struct cause *cause = &causes->list[i];

		if (json)
			err = print_json(out, cause, host);
		else
			fprintf(out, "%s: %s: %s\n", severity_name(cause->severity), cause->text,
				cause->command);
	}
	errno = 0;
	if (!err && (fflush(out) || ferror(out)))
		err = errno ? -errno : -EIO;
	return err;
}
