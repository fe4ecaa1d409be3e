/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "cli/help.h"
#include "cli/log.h"
#include "cli/row.h"

#define COLUMNS 80
#define TEXT_COLUMN 27
#define LEAST_TEXT 24	/* with fewer columns beside an option, its text begins below */

/* "  -w, --window=DURATION"; returns how many columns that takes. */
static int print_names(const struct option_row *row)
{
	char argument[128] = "";
	int len = row->letter ? printf("  -%c, --%s", row->letter, row->name) :
				printf("      --%s", row->name);

	if (!row->argument)
		return len;
	row_argument(row, argument, sizeof(argument));
	return len + printf(row->rest ? " %s" : row->optional ? "[=%s]" : "=%s", argument);
}

/* Print the words of a text from this column on, in lines of COLUMNS at most that begin
 * at TEXT_COLUMN. */
static void print_wrapped(const char *text, int column)
{
	if (column + 2 > COLUMNS - LEAST_TEXT) {
		putchar('\n');
		column = 0;
	}
	for (int gap = column < TEXT_COLUMN - 2 ? TEXT_COLUMN - column : 2; *text; gap = 1) {
		int len = strcspn(text, " ");

		if (column + gap + len > COLUMNS) {
			putchar('\n');
			column = 0;
			gap = TEXT_COLUMN;
		}
		column += printf("%*s%.*s", gap, "", len, text);
		text += len + (text[len] == ' ');
	}
	putchar('\n');
}

enum options_result help_end(void)
{
	if (!fflush(stdout) && !ferror(stdout))
		return OPTIONS_DONE;
	log_error("standard output: %s; not all was written", strerror(errno));
	return OPTIONS_FAILED;
}

enum options_result help_print(const struct option_program *p)
{
	const struct option_row *before = NULL;
	char text[512];

	fputs(p->head, stdout);
	for (const struct option_row *row = p->rows; row->name; before = row++) {
		if (!before || row->group != before->group)
			printf("\n%s\n", p->headings[row->group]);
		row_help(row, text, sizeof(text));
		print_wrapped(text, print_names(row));
	}
	fputs(p->tail, stdout);
	return help_end();
}

enum options_result help_version(const struct option_program *p)
{
	printf("%s " PACKAGE_VERSION "\n%s"
	       "Licence GPL-2.0-or-later: free software, without any warranty.\n",
	       p->name, p->built);
	return help_end();
}
