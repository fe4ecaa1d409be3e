/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include "cli/kinds.h"
#include "cli/log.h"
#include "cli/row.h"
#include "cli/selection.h"
#include "viewer/rows.h"

#define ROW_MEMBER(member) ROW_MEMBER_OF(struct viewer_options, member)

static const struct options_choice groups[] = {
	{ "flow", BOARD_FLOWS }, { "src", BOARD_SRC }, { "dst", BOARD_DST },
	{ "port", BOARD_PORT }, { "rule", BOARD_RULE }, { "label", BOARD_LABEL },
	{ "direction", BOARD_DIRECTION }, { "host", BOARD_HOST }, { 0 },
};

static const struct options_choice columns[] = {
	{ "bytes", BOARD_BYTES }, { "packets", BOARD_PACKETS }, { "starts", BOARD_STARTS },
	{ "ends", BOARD_ENDS }, { "drops", BOARD_DROPS }, { "live", BOARD_LIVE }, { 0 },
};

/* Which options do nothing together is said in together.c. */
const struct option_row viewer_rows[] = {
	{
		.name = "follow", .group = GROUP_MODES, .argument = "DIR",
		.help = "show the files of DIR live, those that are there and each that comes; the folder `new' of a spool, or another one",
		.take = take_text, ROW_MEMBER(follow), .shape = SHAPE_FOLDER,
		.expected = "the name of a folder",
		.once = "one folder is followed",
	}, {
		.name = "report", .group = GROUP_MODES, .argument = "FILE",
		.help = "write a report of all windows to FILE; one page of HTML, which needs no network and no script",
		.take = take_text, ROW_MEMBER(report), .shape = SHAPE_FILE,
		.expected = "the name of a file",
		.once = "run a ctagg-view for each report",
	}, {
		.name = "table", .group = GROUP_MODES,
		.help = "print each window as a table, and no live view",
		.take = take_flag, ROW_MEMBER(table), .value = true,
	}, {
		.name = "csv", .group = GROUP_MODES,
		.help = "print a line for each flow of each window; for spreadsheets",
		.take = take_flag, ROW_MEMBER(csv), .value = true,
	}, {
		.name = "level", .group = GROUP_ROWS, .argument = "DURATION",
		.help = "show the windows of this length (default the shortest); of ctagg -w 10s,5m for example 5m",
		.take = take_duration, ROW_MEMBER(level_ns),
		.expected = "a duration such as 500ms, 60, 5m",
	}, {
		.name = "group", .group = GROUP_ROWS, .argument = "%",
		.help = "what makes a row (default flow)",
		.take = take_choice, ROW_MEMBER(group), .choices = groups, .shape = SHAPE_WORD,
	}, {
		.name = "sort", .group = GROUP_ROWS, .argument = "%",
		.help = "by what rows are sorted (default bytes)",
		.take = take_choice, ROW_MEMBER(sort), .choices = columns, .shape = SHAPE_WORD,
	}, {
		.name = "top", .group = GROUP_ROWS, .argument = "K",
		.help = "show K rows, and the others as one (default 20, in a report 25)",
		.take = take_number, ROW_MEMBER(top), .min = 1, .max = UINT32_MAX,
		.expected = "a number from 1 to 4294967295",
	}, {
		.name = "names", .group = GROUP_ROWS,
		.help = "show addresses and ports by their names, as the system knows them; asks name servers",
		.take = take_flag, ROW_MEMBER(names), .value = true,
	},
	SELECTION_ROWS(struct viewer_options, select., GROUP_SELECTION, "show"),
	{
		.name = "quiet", .letter = 'q', .group = GROUP_MESSAGES,
		.help = "print errors only",
		.take = take_flag, ROW_MEMBER(verbosity), .value = LOG_QUIET,
	}, {
		.name = "verbose", .letter = 'v', .group = GROUP_MESSAGES,
		.help = "also say what has been read",
		.take = take_flag, ROW_MEMBER(verbosity), .value = LOG_VERBOSE,
	}, {
		.name = "help", .letter = 'h', .group = GROUP_MESSAGES,
		.help = "print this and exit",
		.take = take_viewer_help,
	}, {
		.name = "version", .letter = 'V', .group = GROUP_MESSAGES,
		.help = "print the version, what is built in, and the licence",
		.take = take_viewer_version,
	},
	{ 0 },
};

_Static_assert(sizeof(viewer_rows) / sizeof(viewer_rows[0]) <= OPTIONS_MAX_ROWS, "given[] holds all");
