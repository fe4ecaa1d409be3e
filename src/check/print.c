/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <errno.h>

#include "check/check.h"
#include "sink/check_record.h"

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

static void print_json(FILE *out, const struct cause *cause, struct record *r)
{
	struct record_check line = {
		severity_name(cause->severity), cause->name, cause->text, cause->command,
	};
	char buffer[RECORD_MAX];

	/* cppcheck-suppress uninitvar; record_check() fills it, and is called first */
	fwrite(buffer, 1, record_check(r, buffer, &line) - buffer, out);
}

int check_print(FILE *out, const struct causes *causes, struct record *json)
{
	for (size_t i = 0; i < causes->n; i++) {
		const struct cause *cause = &causes->list[i];

		if (json)
			print_json(out, cause, json);
		else
			fprintf(out, "%s: %s: %s\n", severity_name(cause->severity), cause->text,
				cause->command);
	}
	errno = 0;
	if (fflush(out) || ferror(out))
		return errno ? -errno : -EIO;
	return 0;
}
