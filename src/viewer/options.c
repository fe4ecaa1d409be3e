/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "viewer/rows.h"

enum options_result viewer_options_parse(struct viewer_options *opts, int argc, char *argv[])
{
	memset(opts, 0, sizeof(*opts));
	return program_parse(&viewer_program, opts, argc, argv);
}

/* Add NAME=VALUE for each condition that was given, if there is room; returns how many bytes all of
 * them have. */
static size_t conditions(char *to, size_t size, const struct option_values *values)
{
	size_t len = 0;

	for (size_t i = 0; viewer_rows[i].name; i++) {
		char *at = to && len < size ? to + len : NULL;

		if (viewer_rows[i].group == GROUP_SELECTION && values->of[i])
			len += snprintf(at, at ? size - len : 0, "%s%s=%s", len ? " " : "",
					viewer_rows[i].name, values->of[i]);
	}
	return len;
}

char *viewer_filter(const struct viewer_options *opts)
{
	size_t size = conditions(NULL, 0, &opts->values) + 1;
	char *text = calloc(1, size);

	if (text)
		conditions(text, size, &opts->values);
	return text;
}
