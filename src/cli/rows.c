/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include "cli/key.h"
#include "cli/kinds.h"
#include "cli/log.h"
#include "cli/rows.h"
#include "cli/selection.h"
#include "cli/spool.h"
#include "cli/syntax.h"
#include "cli/texts.h"
#include "flow/enable.h"

#define ROW_MEMBER(member) ROW_MEMBER_OF(struct options, member)

#define MAX_FLOWS (1u << 24)
#define MAX_BUFFER (1u << 30)

static const struct options_choice tables[] = {
	{ "auto", OPTIONS_TABLE_AUTO }, { "bpf", OPTIONS_TABLE_BPF },
	{ "hash", OPTIONS_TABLE_HASH }, { 0 },
};

static const struct options_choice sources[] = {
	{ "netlink", OPTIONS_SOURCE_NETLINK }, { "trace", OPTIONS_SOURCE_TRACE }, { 0 },
};

static const struct options_choice check_formats[] = {
	{ "json", OPTIONS_CHECK_JSON }, { 0 },
};

static const struct options_choice severities[] = {
	{ "error", OPTIONS_FAIL_ON_ERROR }, { "warning", OPTIONS_FAIL_ON_WARNING },
	{ "note", OPTIONS_FAIL_ON_NOTE }, { 0 },
};

static const struct options_choice spool_syncs[] = {
	{ "window", OPTIONS_SYNC_WINDOW }, { "none", OPTIONS_SYNC_NONE }, { 0 },
};

static const struct options_choice interim_words[] = {
	{ "all", OPTIONS_INTERIM_ALL }, { 0 },
};

static const struct options_choice enable_words[] = {
	{ "acct", ENABLE_ACCT }, { "timestamp", ENABLE_TIMESTAMP },
	{ "events", ENABLE_EVENTS }, { "hooks", ENABLE_HOOKS }, { 0 },
};

/* Which options do nothing together is said in together.c. */
const struct option_row option_rows[] = {
	{
		.name = "window", .letter = 'w', .group = GROUP_WINDOWS,
		.argument = "DURATION[,DURATION...]",
		.help = "length of a window (default 60s); 500ms, 60, 5m, 1h; a list gives several levels of windows, each length a multiple of the one before",
		.take = take_window,
	}, {
		.name = "count", .letter = 'c', .group = GROUP_WINDOWS, .argument = "N",
		.help = "stop after N windows",
		.take = take_number, ROW_MEMBER(count), .min = 1, .max = UINT64_MAX,
		.expected = "a number of windows, 1 or more",
	}, {
		.name = "output", .letter = 'o', .group = GROUP_WINDOWS, .argument = "FILE",
		.help = "append to FILE instead of standard output; SIGHUP opens it anew",
		.take = take_output, ROW_MEMBER(output), .shape = SHAPE_FILE,
		.expected = "the name of a file",
	}, {
		.name = "spool", .group = GROUP_WINDOWS, .argument = "DIR",
		.help = "write each window to a file of its own in DIR; for ctagg-deliver or another consumer; can be repeated; nothing goes to standard output then, unless -o says so",
		.take = take_spool, .shape = SHAPE_FOLDER,
		.expected = "the name of a folder",
	}, {
		.name = "spool-max", .group = GROUP_WINDOWS, .argument = "SIZE[,AGE]",
		.help = "how much a spool may hold (default 1G), and how old windows may be; the oldest ones are removed beyond; 100M, 10G,7d",
		.take = take_spool_max, .min = 1, .max = UINT64_MAX,
		.expected = "a size, and perhaps an age (100M, 10G,7d)",
		.needs = "spool", .needs_why = "is about spools; add --spool",
	}, {
		.name = "spool-sync", .group = GROUP_WINDOWS, .argument = "%",
		.help = "whether each window reaches the disk at once; none: a loss of power can damage the latest ones (default window)",
		.take = take_choice, ROW_MEMBER(spool_sync), .choices = spool_syncs,
		.shape = SHAPE_WORD,
		.needs = "spool", .needs_why = "is about spools; add --spool",
	}, {
		.name = "early-close", .group = GROUP_WINDOWS, .argument = "PERCENT",
		.help = "close the window when this much of the table is used",
		.take = take_number, ROW_MEMBER(early_close), .min = 1, .max = 100,
		.expected = "a percentage from 1 to 100",
	}, {
		.name = "no-align", .group = GROUP_WINDOWS,
		.help = "begin windows when the program starts, not at the full minute",
		.take = take_flag, ROW_MEMBER(align), .value = false,
	}, {
		.name = "metrics", .group = GROUP_WINDOWS, .argument = "FILE",
		.help = "counters of the run for Prometheus; FILE is replaced after each window",
		.take = take_text, ROW_MEMBER(metrics), .shape = SHAPE_FILE,
		.expected = "the name of a file",
	}, {
		.name = "strict", .group = GROUP_WINDOWS,
		.help = "exit with status 4 when a window was partial; all windows are written first",
		.take = take_flag, ROW_MEMBER(strict), .value = true,
	}, {
		.name = "host", .group = GROUP_WINDOWS, .argument = "NAME",
		.help = "what records call this host (default its host name)",
		.take = take_text, ROW_MEMBER(host),
		.expected = "a name",
	}, {
		.name = "tag", .group = GROUP_WINDOWS, .argument = "KEY=VALUE",
		.help = "a field \"tag_KEY\":\"VALUE\" in every record; can be repeated with other keys",
		.take = take_tag,
		.expected = "KEY=VALUE with a KEY of a-z, 0-9 and _ (site=fra)",
	}, {
		.name = "labels", .group = GROUP_WINDOWS, .argument = "FILE",
		.help = "names of networks: records have src_label and dst_label; FILE has lines NETWORK,LABEL (and MARK,LABEL below a line `mark,label`), or is a MaxMind DB (FILE.mmdb:FIELD); SIGHUP reads it anew; can be repeated",
		.take = take_labels, .shape = SHAPE_FILE,
		.expected = "the name of a file",
	}, {
		.name = "anonymize", .group = GROUP_WINDOWS, .argument = "KEYFILE",
		.help = "replace addresses by others that keep networks together; KEYFILE has 32 bytes or 64 hexadecimal digits",
		.take = take_text, ROW_MEMBER(anonymize), .shape = SHAPE_FILE,
		.expected = "the name of a file",
	}, {
		.name = "key", .letter = 'k', .group = GROUP_FLOWS, .argument = "FIELD[,FIELD...]",
		.help = "the fields that make a flow; %; src/24/64 keeps 24 bits of IPv4, 64 of IPv6, mark/0xff the last 8 bits (default " FLOW_KEY_DEFAULT ", drop_reason with --kernel-drops, netns with --netns=all)",
		.take = take_key, ROW_MEMBER(spec),
		.word = options_key_field, .shape = SHAPE_LIST,
		.once = ONE_LIST,
	}, {
		.name = "distinct", .group = GROUP_FLOWS, .argument = "FIELD",
		.help = "how many different values of FIELD each record had; a field as in --key, which the key has not; exact up to 128, then an estimate with its error",
		.take = take_distinct,
		.word = options_key_field, .shape = SHAPE_WORD,
		.once = "values of one field are counted; run a ctagg for each",
	}, {
		.name = "max-flows", .letter = 'm', .group = GROUP_FLOWS, .argument = "N",
		.help = "how many flows are kept apart in a window (default 65536); the smallest of more are added up in one `other` record",
		.take = take_number, ROW_MEMBER(max_flows), .min = 1, .max = MAX_FLOWS,
		.expected = "a number from 1 to 16777216",
	}, {
		.name = "top", .letter = 't', .group = GROUP_FLOWS, .argument = "K[,COUNTER]",
		.help = "keep the K largest flows of a window; compared by COUNTER: % (default starts); the others are added up in one `other` record",
		.take = take_top, .min = 1, .max = MAX_FLOWS,
		.choices = options_top_counters, .shape = SHAPE_NUMBER_WORD,
	}, {
		.name = "table", .group = GROUP_FLOWS, .argument = "%",
		.help = "where events are counted; auto: in the kernel if that works, else in memory; bpf: in the kernel; hash: in memory",
		.take = take_choice, ROW_MEMBER(table), .choices = tables, .shape = SHAPE_WORD,
	},
	SELECTION_ROWS(struct options, select., GROUP_SELECTION, "count"),
	{
		.name = "nflog-group", .letter = 'g', .group = GROUP_KERNEL,
		.argument = "N[=accept][,N...]|auto",
		.help = "count packets that rules log to NFLOG group N as drops; N=accept: where the rules do not show what became of them, they were let go; auto: each free group to which a rule that drops logs",
		.take = take_groups,
	}, {
		.name = "kernel-drops", .group = GROUP_KERNEL, .argument = "REASON[,REASON...]", .optional = true,
		.help = "count packets that the kernel drops, logged or not; for one of these reasons, by their names in the kernel (default " DROP_REASON_RULE ": by a rule); with --source=trace or --no-conntrack",
		.take = take_kernel_drops,
		.expected = "names of reasons (NETFILTER_DROP,NO_SOCKET)",
		.once = ONE_LIST,
	}, {
		.name = "rules", .group = GROUP_KERNEL,
		.help = "say each window what nftables rules with a counter dropped, by their counters",
		.take = take_flag, ROW_MEMBER(rules), .value = true,
	}, {
		.name = "sockets", .group = GROUP_KERNEL, .argument = "K", .optional = true,
		.help = "say each window what TCP sockets of this host carried; the K with most bytes or retransmissions (default 100), and the sum of the others",
		.take = take_number, ROW_MEMBER(sockets), .value = 100, .min = 1, .max = MAX_FLOWS,
		.expected = "a number from 1 to 16777216",
	}, {
		.name = "no-conntrack", .group = GROUP_KERNEL,
		.help = "count no connections, only packets that rules or the kernel drop",
		.take = take_flag, ROW_MEMBER(conntrack), .value = false,
	}, {
		.name = "netns", .group = GROUP_KERNEL, .argument = "NAME|PATH|PID|all",
		.help = "watch another network namespace; all: count the connections of every one, told apart, with --source=trace",
		.take = take_text, ROW_MEMBER(netns), .shape = SHAPE_NETNS,
		.expected = "a name, a path or a process id",
		.once = "one namespace is watched; run a ctagg for each",
	}, {
		.name = "source", .group = GROUP_KERNEL, .argument = "%",
		.help = "how connections are seen (default netlink); trace: by a program inside the kernel, which costs a fraction of any listener",
		.take = take_choice, ROW_MEMBER(source), .choices = sources, .shape = SHAPE_WORD,
	}, {
		.name = "buffer-size", .group = GROUP_KERNEL, .argument = "BYTES",
		.help = "size of the receive buffer to ask the kernel for (default 16M)",
		.take = take_size, ROW_MEMBER(buffer_bytes), .min = 1, .max = MAX_BUFFER,
		.expected = "a number of bytes from 1 to 1G (16384, 512K, 16M)",
	}, {
		.name = "enable", .group = GROUP_KERNEL, .argument = "%",
		.help = "switch kernel settings on for the run, and restore them at exit; acct: packets and bytes, timestamp: durations, events: always, hooks: connection tracking itself",
		.take = take_choices, ROW_MEMBER(enable), .choices = enable_words,
		.shape = SHAPE_LIST,
	}, {
		.name = "user", .group = GROUP_KERNEL, .argument = "NAME",
		.help = "become this user once all is set up; started by root; keeps the capabilities that are needed",
		.take = take_user, ROW_MEMBER(user), .shape = SHAPE_USER,
		.expected = "the name of a user",
	}, {
		.name = "interim", .group = GROUP_KERNEL, .argument = "%", .optional = true,
		.help = "also count, each window, what live connections carried since the last one; with =%, also what they had carried before the start",
		.take = take_choice, ROW_MEMBER(interim), .value = OPTIONS_INTERIM,
		.choices = interim_words, .shape = SHAPE_WORD,
	}, {
		.name = "events", .group = GROUP_MODES,
		.help = "write a line for each event in place of windows; and one for each second in which something was lost",
		.take = take_flag, ROW_MEMBER(events), .value = true,
	}, {
		.name = "snapshot", .letter = 's', .group = GROUP_MODES,
		.help = "read the connection table once, print the live connections per flow, and exit",
		.take = take_flag, ROW_MEMBER(snapshot), .value = true,
	}, {
		.name = "state", .group = GROUP_MODES, .argument = "FILE",
		.help = "print only what has changed since the snapshot in FILE, and put this one there; with --snapshot",
		.take = take_text, ROW_MEMBER(state), .shape = SHAPE_FILE,
		.expected = "the name of a file",
		.needs = "snapshot", .needs_why = "compares snapshots; add --snapshot",
	}, {
		.name = "changes", .group = GROUP_MODES, .argument = "%[:PERCENT]",
		.help = "which differences are printed (default all); the others are only counted; changed:PERCENT: flows of which a counter moved by so much; with --state",
		.take = take_changes, .choices = options_change_words, .shape = SHAPE_LIST,
		.needs = "state", .needs_why = "is about differences from a file; add --state",
	}, {
		.name = "read", .group = GROUP_MODES, .argument = "FILE",
		.help = "read events from FILE, a line each, instead of the kernel's; -: standard input; windows follow the times that they say",
		.take = take_text, ROW_MEMBER(read), .shape = SHAPE_FILE,
		.expected = "the name of a file, or - for standard input",
	}, {
		.name = "own", .group = GROUP_MODES, .argument = "ADDRESS[,ADDRESS...]",
		.help = "the addresses of the host that the events are from; for directions, with --read",
		.take = take_own, .once = ONE_LIST,
		.needs = "read", .needs_why = "says whose events are read; add --read",
	}, {
		.name = "seed", .group = GROUP_MODES, .argument = "N",
		.help = "make the ids and the name of the run from N; the same events then give the same bytes; with --read",
		.take = take_seed, .max = UINT64_MAX,
		.expected = "a number from 0 to 18446744073709551615",
		.needs = "read", .needs_why = "two runs on the kernel's events would have the same ids; add --read",
	}, {
		.name = "check", .group = GROUP_MODES, .argument = "%", .optional = true,
		.help = "say what would keep data away, and exit; worst first, each with the command that mends it; status 3 for an error, else 0",
		.take = take_choice, ROW_MEMBER(check), .value = OPTIONS_CHECK,
		.choices = check_formats, .shape = SHAPE_WORD,
	}, {
		.name = "fail-on", .group = GROUP_MODES, .argument = "%",
		.help = "how bad a line of --check has to be for status 3 (default error)",
		.take = take_choice, ROW_MEMBER(fail_on),
		.choices = severities, .shape = SHAPE_WORD,
		.needs = "check", .needs_why = "says when --check exits with status 3; add --check",
	}, {
		.name = "schema", .group = GROUP_MODES,
		.help = "print the JSON Schema of the records, and exit",
		.take = take_schema,
	}, {
		.name = "quiet", .letter = 'q', .group = GROUP_MESSAGES,
		.help = "print errors only",
		.take = take_flag, ROW_MEMBER(verbosity), .value = LOG_QUIET,
	}, {
		.name = "verbose", .letter = 'v', .group = GROUP_MESSAGES,
		.help = "also say what happens",
		.take = take_flag, ROW_MEMBER(verbosity), .value = LOG_VERBOSE,
	}, {
		.name = "help", .letter = 'h', .group = GROUP_MESSAGES,
		.help = "print this and exit",
		.take = take_help,
	}, {
		.name = "version", .letter = 'V', .group = GROUP_MESSAGES,
		.help = "print the version, what is built in, and the licence",
		.take = take_version,
	},
	{ 0 },
};

_Static_assert(sizeof(option_rows) / sizeof(option_rows[0]) <= OPTIONS_MAX_ROWS, "given[] holds all");
