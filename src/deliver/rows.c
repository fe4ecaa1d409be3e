/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include "cli/kinds.h"
#include "cli/log.h"
#include "cli/row.h"
#include "deliver/rows.h"

#define ROW_MEMBER(member) ROW_MEMBER_OF(struct deliver_options, member)

/* Which options do nothing together is said in options.c. */
const struct option_row deliver_rows[] = {
	{
		.name = "spool", .group = GROUP_WAY, .argument = "DIR",
		.help = "deliver the files of DIR, a spool of ctagg --spool",
		.take = take_text, ROW_MEMBER(spool), .shape = SHAPE_FOLDER,
		.expected = "the name of a folder",
		.once = "run a ctagg-deliver for each spool",
	}, {
		.name = "exec", .group = GROUP_WAY, .argument = "CMD [ARG...]",
		.rest = true,
		.help = "run CMD for each file; it reads the lines from standard input, and CTAGG_NAME is the name of the file; exit status 0: taken, 65: never will be, other: try later; all that follows belongs to CMD",
		.take = take_command, ROW_MEMBER(exec), .shape = SHAPE_COMMAND,
		.expected = "a command",
	}, {
		.name = "rebind", .group = GROUP_WAY,
		.help = "deliver a spool to another destination than so far",
		.take = take_flag, ROW_MEMBER(rebind), .value = true,
	}, {
		.name = "once", .group = GROUP_DELIVERY,
		.help = "deliver what is there, and end; at the first temporary failure too, with status 1 when something is left",
		.take = take_flag, ROW_MEMBER(once), .value = true,
	}, {
		.name = "archive", .group = GROUP_DELIVERY, .argument = "DIR",
		.help = "move to DIR what was delivered, instead of removing it",
		.take = take_text, ROW_MEMBER(archive), .shape = SHAPE_FOLDER,
		.expected = "the name of a folder",
	}, {
		.name = "retry", .group = GROUP_DELIVERY, .argument = "FIRST[,LONGEST]",
		.help = "how long to wait after a failure (default 1s,5m); each wait is 1.7 times the one before, up to LONGEST",
		.take = take_retry,
	}, {
		.name = "max-attempts", .group = GROUP_DELIVERY, .argument = "N",
		.help = "give a file up after N server errors while others are taken (default never)",
		.take = take_number, ROW_MEMBER(max_attempts), .min = 1, .max = UINT64_MAX,
		.expected = "a number of attempts, 1 or more",
	}, {
		.name = "quiet", .letter = 'q', .group = GROUP_MESSAGES,
		.help = "print errors only",
		.take = take_flag, ROW_MEMBER(verbosity), .value = LOG_QUIET,
	}, {
		.name = "verbose", .letter = 'v', .group = GROUP_MESSAGES,
		.help = "also say what became of each file",
		.take = take_flag, ROW_MEMBER(verbosity), .value = LOG_VERBOSE,
	}, {
		.name = "help", .letter = 'h', .group = GROUP_MESSAGES,
		.help = "print this and exit",
		.take = take_deliver_help,
	}, {
		.name = "version", .letter = 'V', .group = GROUP_MESSAGES,
		.help = "print the version, what is built in, and the licence",
		.take = take_deliver_version,
	},
	{ 0 },
};

_Static_assert(sizeof(deliver_rows) / sizeof(deliver_rows[0]) <= OPTIONS_MAX_ROWS, "given[] holds all");
