/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include "cli/kinds.h"
#include "cli/log.h"
#include "cli/row.h"
#include "deliver/rows.h"

#define ROW_MEMBER(member) ROW_MEMBER_OF(struct deliver_options, member)

static const struct options_choice status_formats[] = {
	{ "json", DELIVER_STATUS_JSON }, { 0 },
};

/* Which options do nothing together is said in options.c. */
const struct option_row deliver_rows[] = {
	{
		.name = "spool", .group = GROUP_WAY, .argument = "DIR",
		.help = "deliver the files of DIR, a spool of ctagg --spool",
		.take = take_text, ROW_MEMBER(spool), .shape = SHAPE_FOLDER,
		.expected = "the name of a folder",
		.once = "run a ctagg-deliver for each spool",
	}, {
		.name = "url", .group = GROUP_WAY, .argument = "URL",
		.help = "send each file to URL by HTTP or HTTPS; a POST of its lines as application/x-ndjson; {name} in URL becomes the name of the file",
		.take = take_text, ROW_MEMBER(url),
		.expected = "http://... or https://...",
		.once = "run a ctagg-deliver for each destination, with a spool of its own",
	}, {
		.name = "gzip", .group = GROUP_WAY,
		.help = "compress what --url sends",
		.take = take_flag, ROW_MEMBER(gzip), .value = true,
		.needs = "url", .needs_why = "compresses what --url sends; add --url",
	}, {
		.name = "header-file", .group = GROUP_WAY, .argument = "FILE",
		.help = "send the headers in FILE with each request; a `Name: value' a line, read for each request",
		.take = take_text, ROW_MEMBER(header_file), .shape = SHAPE_FILE,
		.expected = "the name of a file",
		.needs = "url", .needs_why = "has headers for --url; add --url",
	}, {
		.name = "cert", .group = GROUP_WAY, .argument = "FILE",
		.help = "show the server the certificate in FILE; PEM, with its key in the same file",
		.take = take_text, ROW_MEMBER(cert), .shape = SHAPE_FILE,
		.expected = "the name of a file",
		.needs = "url", .needs_why = "is shown to the server of --url; add --url",
	}, {
		.name = "cacert", .group = GROUP_WAY, .argument = "FILE",
		.help = "believe the authorities in FILE, and no others; PEM (default: those of the system)",
		.take = take_text, ROW_MEMBER(cacert), .shape = SHAPE_FILE,
		.expected = "the name of a file",
		.needs = "url", .needs_why = "verifies the server of --url; add --url",
	}, {
		.name = "timeout", .group = GROUP_WAY, .argument = "DURATION",
		.help = "try later when nothing is sent and nothing answered for so long (default 60s)",
		.take = take_duration, ROW_MEMBER(timeout_ns),
		.expected = "a duration such as 500ms, 60, 5m",
		.needs = "url", .needs_why = "says how long to wait for the server of --url; add --url",
	}, {
		.name = "udp", .group = GROUP_WAY, .argument = "HOST:PORT",
		.help = "send each record as a datagram of at most 1,400 bytes; longer ones are counted and skipped; nobody acknowledges a datagram: what was sent counts as delivered",
		.take = take_address, ROW_MEMBER(udp),
		.expected = "HOST:PORT or [ADDRESS]:PORT",
		.once = "run a ctagg-deliver for each destination, with a spool of its own",
	}, {
		.name = "syslog", .group = GROUP_WAY,
		.help = "send messages of RFC 5424 by --udp",
		.take = take_flag, ROW_MEMBER(syslog), .value = true,
		.needs = "udp", .needs_why = "is about the datagrams of --udp; add --udp",
	}, {
		.name = "ipfix", .group = GROUP_WAY, .argument = "HOST:PORT",
		.help = "send flow records by IPFIX, as datagrams; tcp:HOST:PORT: over a connection; nobody acknowledges IPFIX: what was sent counts as delivered, over a connection what the other host has received",
		.take = take_ipfix, ROW_MEMBER(ipfix),
		.expected = "HOST:PORT, [ADDRESS]:PORT, or one of these after tcp:",
		.once = "run a ctagg-deliver for each destination, with a spool of its own",
	}, {
		.name = "ipfix-file", .group = GROUP_WAY, .argument = "FILE",
		.help = "append flow records to FILE as messages of IPFIX",
		.take = take_text, ROW_MEMBER(ipfix_file), .shape = SHAPE_FILE,
		.expected = "the name of a file",
		.once = "run a ctagg-deliver for each destination, with a spool of its own",
	}, {
		.name = "ipfix-domain", .group = GROUP_WAY, .argument = "N",
		.help = "the observation domain in what --ipfix sends (default 1)",
		.take = take_number, ROW_MEMBER(ipfix_domain), .max = UINT32_MAX,
		.expected = "a number up to 4294967295",
	}, {
		.name = "ipfix-enterprise", .group = GROUP_WAY, .argument = "N",
		.help = "your private enterprise number; with it fields that IANA has no element for are sent, too (default: they are left out)",
		.take = take_number, ROW_MEMBER(ipfix_enterprise), .min = 1, .max = UINT32_MAX - 1,
		.expected = "a private enterprise number, as IANA assigns them",
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
		.name = "metrics", .group = GROUP_DELIVERY, .argument = "FILE",
		.help = "how delivery goes, for Prometheus; FILE is replaced before each wait, and every 10 seconds while files go",
		.take = take_text, ROW_MEMBER(metrics), .shape = SHAPE_FILE,
		.expected = "the name of a file",
	}, {
		.name = "user", .group = GROUP_DELIVERY, .argument = "NAME",
		.help = "become this user before anything is opened; started by root",
		.take = take_user, ROW_MEMBER(user), .shape = SHAPE_USER,
		.expected = "the name of a user",
	}, {
		.name = "status", .group = GROUP_LOOKING, .argument = "%", .optional = true,
		.help = "print how it stands with the spool, and exit; the status is that of a check of Nagios: 0 ok, 1 warning, 2 critical, 3 unknown",
		.take = take_choice, ROW_MEMBER(status), .value = DELIVER_STATUS,
		.choices = status_formats, .shape = SHAPE_WORD,
	}, {
		.name = "warning", .group = GROUP_LOOKING, .argument = "AGE[,PENDING[,DEAD]]",
		.help = "from when on --status warns (default 10m,1000,1); the age of the oldest file that waits, how many wait, how many are dead",
		.take = take_limits, ROW_MEMBER(warning),
		.needs = "status", .needs_why = "is a limit of --status; add --status",
	}, {
		.name = "critical", .group = GROUP_LOOKING, .argument = "AGE[,PENDING[,DEAD]]",
		.help = "from when on --status is critical (default 1h,10000,100)",
		.take = take_limits, ROW_MEMBER(critical),
		.needs = "status", .needs_why = "is a limit of --status; add --status",
	}, {
		.name = "list", .group = GROUP_LOOKING,
		.help = "print the files that wait and the dead letters, and exit",
		.take = take_flag, ROW_MEMBER(list), .value = true,
	}, {
		.name = "retry-dead", .group = GROUP_LOOKING,
		.help = "let all dead letters wait again, and exit; nothing is sent",
		.take = take_flag, ROW_MEMBER(retry_dead), .value = true,
	}, {
		.name = "keep", .group = GROUP_LOOKING, .argument = "RULE[,RULE...]",
		.help = "thin the folder of --archive, and exit; all:7d,day:1M,quarter keeps all files of 7 days, one a day of a month, then one a quarter; periods: all, hour, day, week, month, quarter, year; ages: h, d, w, M (months), y",
		.take = take_keep, ROW_MEMBER(keep),
		.needs = "archive", .needs_why = "thins the folder of --archive; add --archive=DIR",
	}, {
		.name = "dry-run", .group = GROUP_LOOKING,
		.help = "remove nothing; only print the names that --keep would remove",
		.take = take_flag, ROW_MEMBER(dry_run), .value = true,
		.needs = "keep", .needs_why = "is about what --keep removes; add --keep",
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
