/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <stdio.h>

#include "cli/help.h"
#include "cli/rows.h"
#include "cli/texts.h"
#include "cli/together.h"
#include "sink/schema.h"

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
"  ctagg -w 2 --interim | ctagg-view        watch, on a terminal\n"
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

static const char built[] =
"Kernel table (BPF): " KERNEL_TABLE "\n"
"Built with " BUILT_WITH "\n";

static const char *const headings[] = {
	[GROUP_WINDOWS] = "Windows and output:",
	[GROUP_FLOWS] = "Flows:",
	[GROUP_SELECTION] = "Selection (a ! before a LIST: all others; together they must all hold):",
	[GROUP_KERNEL] = "What is read:",
	[GROUP_MODES] = "In place of windows:",
	[GROUP_MESSAGES] = "Messages:",
};

const struct option_program ctagg_program = {
	.name = "ctagg",
	.rows = option_rows,
	.headings = headings,
	.head = head,
	.tail = tail,
	.built = built,
	.pairs = options_pairs,
	.together = options_together,
};

enum options_result take_help(void *opts, const struct option_row *row, const char *value,
			      struct refusal *why)
{
	(void)opts, (void)row, (void)value, (void)why;
	return help_print(&ctagg_program);
}

enum options_result take_schema(void *opts, const struct option_row *row, const char *value,
				struct refusal *why)
{
	(void)opts, (void)row, (void)value, (void)why;
	schema_print(stdout);
	return help_end();
}

enum options_result take_version(void *opts, const struct option_row *row, const char *value,
				 struct refusal *why)
{
	(void)opts, (void)row, (void)value, (void)why;
	return help_version(&ctagg_program);
}
