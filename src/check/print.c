/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <jansson.h>

#include "check/check.h"

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

static void print_json(FILE *out, const struct cause *cause, const char *host)
{
	json_t *o = json_pack("{s:s, s:i, s:s, s:s, s:s, s:s, s:s}", "type", "check", "schema", 1,
			      "host", host, "severity", severity_name(cause->severity), "cause",
			      cause->name, "text", cause->text, "command", cause->command);

	if (o && !json_dumpf(o, out, JSON_COMPACT | JSON_ENSURE_ASCII))
		fputc('\n', out);
	json_decref(o);
}

void check_print(FILE *out, const struct causes *causes, const char *host, bool json)
{
	for (size_t i = 0; i < causes->n; i++) {
		const struct cause *cause = &causes->list[i];

		if (json)
			print_json(out, cause, host);
		else
			fprintf(out, "%s: %s: %s\n", severity_name(cause->severity), cause->text,
				cause->command);
	}
}
