/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include "cli/help.h"
#include "deliver/rows.h"
#include "deliver/together.h"

static const char head[] =
"Usage: ctagg-deliver --spool=DIR [OPTION]... --url=URL\n"
"       ctagg-deliver --spool=DIR [OPTION]... --udp=HOST:PORT [--syslog]\n"
"       ctagg-deliver --spool=DIR [OPTION]... --ipfix=[tcp:]HOST:PORT\n"
"       ctagg-deliver --spool=DIR [OPTION]... --ipfix-file=FILE\n"
"       ctagg-deliver --spool=DIR [OPTION]... --exec CMD [ARG...]\n"
"       ctagg-deliver --spool=DIR --status[=json] | --list | --retry-dead\n"
"       ctagg-deliver --archive=DIR --keep=RULE[,RULE...] [--dry-run]\n"
"\n"
"Deliver the files that ctagg --spool=DIR writes, the oldest first. A file is\n"
"removed only after it was taken, so a file can come twice: then under the same\n"
"name, with the same ids.\n";

static const char tail[] =
"\n"
"Signals: SIGINT and SIGTERM end within a second, also in a transfer.\n"
"Exit status: 0 done, 1 failed, 2 wrong usage; --status has its own.\n"
"\n"
"Examples:\n"
"  ctagg-deliver --spool=/var/spool/ctagg --gzip --url=https://logs.example/in\n"
"  ctagg-deliver --spool=/var/spool/ctagg --udp=192.0.2.10:514 --syslog\n"
"  ctagg-deliver --spool=/var/spool/ctagg --ipfix=192.0.2.10:4739\n"
"  ctagg-deliver --spool=/var/spool/ctagg --exec sh -c 'cat >>/var/log/all.jsonl'\n"
"\n"
"ctagg-deliver(1) explains every option.\n";

static const char *const headings[] = {
	[GROUP_WAY] = "From where, and to where:",
	[GROUP_DELIVERY] = "Delivery:",
	[GROUP_LOOKING] = "In place of delivery:",
	[GROUP_MESSAGES] = "Messages:",
};

const struct option_program deliver_program = {
	.name = "ctagg-deliver",
	.rows = deliver_rows,
	.headings = headings,
	.head = head,
	.tail = tail,
	.built = "Built with " DELIVER_BUILT_WITH "\n",
	.pairs = deliver_pairs,
	.together = deliver_together,
};

enum options_result take_deliver_help(void *opts, const struct option_row *row, const char *value,
				      struct refusal *why)
{
	(void)opts, (void)row, (void)value, (void)why;
	return help_print(&deliver_program);
}

enum options_result take_deliver_version(void *opts, const struct option_row *row,
					 const char *value, struct refusal *why)
{
	(void)opts, (void)row, (void)value, (void)why;
	return help_version(&deliver_program);
}
