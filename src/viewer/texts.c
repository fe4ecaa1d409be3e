/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include "cli/help.h"
#include "viewer/rows.h"
#include "viewer/together.h"

static const char head[] =
"Usage: ctagg-view [OPTION]... [FILE]...\n"
"       ctagg-view [OPTION]... --follow=DIR\n"
"       ctagg-view [OPTION]... --report=FILE.html [FILE]...\n"
"       ctagg-view [OPTION]... --table|--csv [FILE]...\n"
"\n"
"Show the lines that ctagg writes: live on a terminal, as a report, as tables or\n"
"for a spreadsheet. Reads each FILE, or the files of a folder; without FILE, and\n"
"for -, standard input. Needs no privileges.\n";

static const char tail[] =
"\n"
"In the live view ? shows the keys, and q ends.\n"
"Exit status: 0 done, 1 failed, 2 wrong usage.\n"
"\n"
"Examples:\n"
"  ctagg -w 2 --interim | ctagg-view        watch\n"
"  ctagg-view --report=today.html /var/log/ctagg.jsonl\n"
"  ctagg-view --table --group=src --top=5 /var/log/ctagg.jsonl\n"
"  ctagg-view --csv /var/log/ctagg.jsonl >flows.csv\n"
"\n"
"ctagg-view(1) explains every option and key.\n";

static const char *const headings[] = {
	[GROUP_MODES] = "In place of the live view of FILE:",
	[GROUP_ROWS] = "Rows:",
	[GROUP_SELECTION] = "Selection (a ! before a LIST: all others; together they must all hold):",
	[GROUP_MESSAGES] = "Messages:",
};

const struct option_program viewer_program = {
	.name = "ctagg-view",
	.rows = viewer_rows,
	.words = "FILE", .words_at = offsetof(struct viewer_options, files),
	.values_at = offsetof(struct viewer_options, values),
	.headings = headings,
	.head = head,
	.tail = tail,
	.built = "Built with " VIEW_BUILT_WITH "\n",
	.pairs = viewer_pairs,
	.together = viewer_together,
};

enum options_result take_viewer_help(void *opts, const struct option_row *row, const char *value,
				     struct refusal *why)
{
	(void)opts, (void)row, (void)value, (void)why;
	return help_print(&viewer_program);
}

enum options_result take_viewer_version(void *opts, const struct option_row *row,
					const char *value, struct refusal *why)
{
	(void)opts, (void)row, (void)value, (void)why;
	return help_version(&viewer_program);
}
