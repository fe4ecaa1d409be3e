/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "cli/help.h"
#include "cli/log.h"
#include "sink/schema.h"

#define COLUMNS 80
#define TEXT_COLUMN 27
#define LEAST_TEXT 24	/* with fewer columns beside an option, its text begins below */

static const char head[] =
"Usage: ctagg [OPTION]...\n"
"\n"
"Count connection tracking events (NEW and DESTROY) and dropped packets per flow\n"
"and time window and write one JSON line for each, with exact sums and a\n"
"statement of what was lost.\n";

static const char tail[] =
"\n"
"Signals: SIGINT, SIGTERM, SIGQUIT write the window and end; SIGUSR2 writes it\n"
"now; SIGUSR1 prints statistics; SIGHUP opens the output file anew.\n"
"Exit status: 0 done, 1 failed, 2 wrong usage, 3 --check found an error,\n"
"4 --strict and a window was partial.\n"
"\n"
"Examples:\n"
"  ctagg --check                            why is there no data?\n"
"  ctagg --window 60 --interim | jq         watch; without --interim the bytes of\n"
"                                           a TCP connection come two minutes\n"
"                                           after it was closed\n"
"  ctagg -w 60 --interim -g 5 -o /var/log/ctagg.jsonl\n"
"                                           feed a log shipper, with the drops\n"
"                                           that rules log to NFLOG group 5\n"
"  ctagg --snapshot >> flows.jsonl          from cron\n"
"  ctagg -w 10 -c 6 --no-align --interim | jq -c 'select(.type==\"window\")'\n"
"                                           totals of the next minute\n"
"\n"
"ctagg(1) explains every option, ctagg-record(5) every field.\n";

#ifdef HAVE_BPF
#define KERNEL_TABLE "built in"
#else
#define KERNEL_TABLE "not built in"
#endif

static const char version[] = PACKAGE_STRING "\n"
"Kernel table (BPF): " KERNEL_TABLE "\n"
"Built with " BUILT_WITH "\n"
"Licence GPL-2.0-or-later: free software, without any warranty.\n";

static const char *const headings[GROUPS] = {
	[GROUP_WINDOWS] = "Windows and output:",
	[GROUP_FLOWS] = "Flows:",
	[GROUP_SELECTION] = "Selection (a ! before a LIST: all others; together they must all hold):",
	[GROUP_KERNEL] = "What is read:",
	[GROUP_MODES] = "In place of windows:",
	[GROUP_MESSAGES] = "Messages:",
};

/* "  -w, --window=DURATION"; returns how many columns that takes. */
static int print_names(const struct option_row *row)
{
	char argument[128] = "";
	int len = row->letter ? printf("  -%c, --%s", row->letter, row->name) :
				printf("      --%s", row->name);

	if (!row->argument)
		return len;
	row_argument(row, argument, sizeof(argument));
	return len + printf(row->optional ? "[=%s]" : "=%s", argument);
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

static enum options_result printed(void)
{
	if (!fflush(stdout) && !ferror(stdout))
		return OPTIONS_DONE;
	log_error("standard output: %s; not all was written", strerror(errno));
	return OPTIONS_FAILED;
}

enum options_result take_help(struct options *opts, const struct option_row *row, const char *value,
			       struct refusal *why)
{
	enum option_group group = GROUPS;
	char text[512];

	(void)opts, (void)value, (void)why;
	fputs(head, stdout);
	for (row = option_rows; row->name; row++) {
		if (row->group != group)
			printf("\n%s\n", headings[row->group]);
		group = row->group;
		row_help(row, text, sizeof(text));
		print_wrapped(text, print_names(row));
	}
	fputs(tail, stdout);
	return printed();
}

enum options_result take_schema(struct options *opts, const struct option_row *row, const char *value,
				struct refusal *why)
{
	(void)opts, (void)row, (void)value, (void)why;
	schema_print(stdout);
	return printed();
}

enum options_result take_version(struct options *opts, const struct option_row *row, const char *value,
				 struct refusal *why)
{
	(void)opts, (void)row, (void)value, (void)why;
	fputs(version, stdout);
	return printed();
}
