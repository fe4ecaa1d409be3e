/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "cli/duration.h"
#include "cli/log.h"
#include "cli/networks.h"
#include "cli/number.h"
#include "cli/options.h"
#include "cli/options_flow.h"
#include "cli/ranges.h"
#include "flow/enable.h"

#define NS_PER_S 1000000000ULL
#define MAX_FLOWS (1u << 24)
#define MAX_BUFFER (1u << 30)

static const struct options defaults = {
	.window_ns = 60 * NS_PER_S,
	.max_flows = 65536,
	.buffer_bytes = 16 << 20,
	.align = true,
	.conntrack = true,
};

static const char help[] =
"Usage: ctagg [OPTION]...\n"
"\n"
"Count connection tracking events (NEW and DESTROY) and dropped packets per flow\n"
"and time window and write one JSON line for each, with exact sums and a statement\n"
"of what was lost.\n"
"\n"
"  -w, --window=DURATION[,DURATION...]  length of a window: 500ms, 60, 5m, 1h (default\n"
"                           60s); a list gives levels, each a multiple of the one before\n"
"  -c, --count=N            stop after N windows\n"
"  -o, --output=FILE        append to FILE instead of standard output; SIGHUP opens\n"
"                           it anew\n"
"  -g, --nflog-group=N[=accept][,N...]  count packets that rules log to NFLOG group N\n"
"                           as drops; N=accept: where the rules do not show what\n"
"                           became of them, they were let go\n"
"  -k, --key=FIELD[,...]    what makes a flow: src dst sport dport proto icmp icmp-code dir\n"
"                           nat-src nat-sport nat-dst nat-dport zone mark rule; src/24/64\n"
"                           keeps 24 bits of IPv4, 64 of IPv6 (default\n"
"                           src,dst,dport,proto,icmp,dir,rule)\n"
"      --proto=LIST --src=LIST --dst=LIST --sport=LIST --dport=LIST\n"
"      --direction=LIST --zone=LIST --mark=LIST\n"
"                           count only these: names, numbers, networks, ranges;\n"
"                           a ! before the list: all others\n"
"  -m, --max-flows=N        flows kept apart in a window (default 65536); further\n"
"                           ones are added up in one `other` record\n"
"  -t, --top=K[,COUNTER]    keep the K largest flows of a window by starts (default),\n"
"                           ends, drops, bytes or packets; add the rest up in one\n"
"                           `other` record\n"
"      --early-close=PERCENT  close the window when so much of the table is used\n"
"      --table=auto|bpf|hash  count in the kernel where that works (auto), only\n"
"                           there (bpf) or in memory (hash)\n"
"      --no-align           windows count from the start, not from the full minute\n"
"      --no-conntrack       do not count connections, drops only\n"
"      --buffer-size=BYTES  receive buffer to ask the kernel for (default 16M)\n"
"      --netns=NAME|PATH|PID  watch another network namespace\n"
"  -s, --snapshot           read the connection table once, print what is alive per flow,\n"
"                           and exit\n"
"      --state=FILE         with --snapshot: print what has changed since FILE was\n"
"                           written the last time\n"
"      --interim            also count, each window, what live connections carried\n"
"                           since the last one\n"
"      --check[=json]       say what would keep data away, worst first, each with the\n"
"                           command that mends it, and exit with status 0 or 3\n"
"      --enable=acct,timestamp,events,hooks  switch on accounting, times, events, or a\n"
"                           rule that uses connection tracking, for the run; put back\n"
"                           at exit\n"
"  -q, --quiet              print errors only\n"
"  -v, --verbose            say what happens\n"
"  -h, --help               print this and exit\n"
"  -V, --version            print the version and exit\n"
"\n"
"Signals: SIGINT, SIGTERM, SIGQUIT write the window and end; SIGUSR2 writes it now;\n"
"SIGUSR1 prints statistics; SIGHUP opens the output file anew.\n"
"Exit status: 0 done, 1 failed, 2 wrong usage, 3 --check found something.\n"
"\n"
"Examples:\n"
"  ctagg --window 60 | jq                        watch\n"
"  ctagg -w 60 -g 5 -o /var/log/ctagg.jsonl      feed a log shipper, with the drops\n"
"                                                logged to NFLOG group 5\n"
"  ctagg --snapshot >> flows.jsonl               from cron\n"
"  ctagg --check                                 why is there no data?\n"
"  ctagg -w 10 -c 6 | jq -c 'select(.type==\"window\")'   a minute of totals\n"
"\n"
"ctagg(1) explains every field.\n";

static const char version[] = PACKAGE_STRING "\n"
"Licence GPL-2.0-or-later: free software, without any warranty.\n";

enum {
	OPT_NO_ALIGN = 256,
	OPT_NO_CONNTRACK,
	OPT_BUFFER_SIZE,
	OPT_CHECK,
	OPT_DIRECTION,
	OPT_DPORT,
	OPT_DST,
	OPT_EARLY_CLOSE,
	OPT_ENABLE,
	OPT_INTERIM,
	OPT_MARK,
	OPT_NETNS,
	OPT_PROTO,
	OPT_SPORT,
	OPT_SRC,
	OPT_STATE,
	OPT_TABLE,
	OPT_ZONE,
};

static const struct option long_options[] = {
	{ "window", required_argument, NULL, 'w' },
	{ "count", required_argument, NULL, 'c' },
	{ "output", required_argument, NULL, 'o' },
	{ "nflog-group", required_argument, NULL, 'g' },
	{ "key", required_argument, NULL, 'k' },
	{ "proto", required_argument, NULL, OPT_PROTO },
	{ "src", required_argument, NULL, OPT_SRC },
	{ "dst", required_argument, NULL, OPT_DST },
	{ "sport", required_argument, NULL, OPT_SPORT },
	{ "dport", required_argument, NULL, OPT_DPORT },
	{ "direction", required_argument, NULL, OPT_DIRECTION },
	{ "zone", required_argument, NULL, OPT_ZONE },
	{ "mark", required_argument, NULL, OPT_MARK },
	{ "max-flows", required_argument, NULL, 'm' },
	{ "top", required_argument, NULL, 't' },
	{ "early-close", required_argument, NULL, OPT_EARLY_CLOSE },
	{ "table", required_argument, NULL, OPT_TABLE },
	{ "no-align", no_argument, NULL, OPT_NO_ALIGN },
	{ "no-conntrack", no_argument, NULL, OPT_NO_CONNTRACK },
	{ "buffer-size", required_argument, NULL, OPT_BUFFER_SIZE },
	{ "netns", required_argument, NULL, OPT_NETNS },
	{ "snapshot", no_argument, NULL, 's' },
	{ "state", required_argument, NULL, OPT_STATE },
	{ "interim", no_argument, NULL, OPT_INTERIM },
	{ "check", optional_argument, NULL, OPT_CHECK },
	{ "enable", required_argument, NULL, OPT_ENABLE },
	{ "quiet", no_argument, NULL, 'q' },
	{ "verbose", no_argument, NULL, 'v' },
	{ "help", no_argument, NULL, 'h' },
	{ "version", no_argument, NULL, 'V' },
	{ 0 },
};

static int wrong(const char *option, const char *value, const char *expected)
{
	log_error("%s: '%s' is not %s", option, value, expected);
	return -EINVAL;
}

static int take_size(struct options *opts, const char *value)
{
	uint64_t bytes;

	if (options_size(value, &bytes) || !bytes || bytes > MAX_BUFFER)
		return wrong("--buffer-size", value,
			     "a number of bytes from 1 to 1G (16384, 512K, 16M)");
	opts->buffer_bytes = bytes;
	return 0;
}

static int take_max_flows(struct options *opts, const char *value)
{
	uint64_t n;

	if (options_number(value, 1, MAX_FLOWS, &n))
		return wrong("--max-flows", value, "a number from 1 to 16777216");
	opts->max_flows = n;
	return 0;
}

static int wrong_group(const char *value)
{
	return wrong("--nflog-group", value,
		     "a list of up to 64 group numbers from 0 to 65535, each once (5, 5,6=accept)");
}

/* One of the list, of len characters. */
static int take_group(struct options *opts, const char *item, size_t len)
{
	static const char accept[] = "=accept";
	const size_t suffix = sizeof(accept) - 1;
	char text[32];
	uint64_t group;
	bool accepts;

	if (len >= sizeof(text) || opts->n_groups == OPTIONS_MAX_GROUPS)
		return -EINVAL;
	memcpy(text, item, len);
	text[len] = '\0';
	accepts = len > suffix && !strcmp(text + len - suffix, accept);
	if (accepts)
		text[len - suffix] = '\0';
	if (options_number(text, 0, UINT16_MAX, &group))
		return -EINVAL;
	for (size_t i = 0; i < opts->n_groups; i++)
		if (opts->groups[i] == group)
			return -EINVAL;
	opts->group_accepts[opts->n_groups] = accepts;
	opts->groups[opts->n_groups++] = group;
	return 0;
}

static int take_groups(struct options *opts, const char *value)
{
	for (const char *item = value;; item++) {
		size_t len = strcspn(item, ",");

		if (take_group(opts, item, len))
			return wrong_group(value);
		item += len;
		if (!*item)
			return 0;
	}
}

/* One duration, or a list of them, each a multiple of the one before. */
static int take_window(struct options *opts, const char *value)
{
	static const char expected[] = "a duration from 1ms to 366d (500ms, 60, 5m, 1h), or a list of up to 9 durations, each a multiple of the one before";
	uint64_t ns, before = 0;
	size_t n = 0;

	for (const char *item = value;; item++) {
		size_t len = strcspn(item, ",");
		char text[64];

		if (len >= sizeof(text) || n > OPTIONS_MAX_LEVELS)
			return wrong("--window", value, expected);
		memcpy(text, item, len);
		text[len] = '\0';
		if (options_duration(text, &ns) || (before && (ns == before || ns % before)))
			return wrong("--window", value, expected);
		if (n)
			opts->level_ns[n - 1] = ns;
		else
			opts->window_ns = ns;
		before = ns;
		opts->n_levels = n++;
		item += len;
		if (!*item)
			return 0;
	}
}

static const char *const top_counters[] = {
	[TOP_STARTS] = "starts", [TOP_ENDS] = "ends", [TOP_DROPS] = "drops",
	[TOP_BYTES] = "bytes", [TOP_PACKETS] = "packets",
};

#define TOP_COUNTERS (sizeof(top_counters) / sizeof(top_counters[0]))

static int take_top(struct options *opts, const char *value)
{
	size_t len = strcspn(value, ",");
	char text[32] = "";

	opts->top_by = TOP_STARTS;	/* whatever an earlier --top has said */
	opts->top_default = !value[len];
	if (len < sizeof(text))
		memcpy(text, value, len);
	if (options_number(text, 1, MAX_FLOWS, &opts->top))
		return wrong("--top", value, "a number of flows, 1 or more, and perhaps a counter (10,bytes)");
	if (!value[len])
		return 0;
	for (size_t i = 0; i < TOP_COUNTERS; i++) {
		if (strcmp(value + len + 1, top_counters[i]))
			continue;
		opts->top_by = i;
		return 0;
	}
	return wrong("--top", value, "K, or K and one of starts, ends, drops, bytes, packets (10,bytes)");
}

static int take_key(struct options *opts, const char *value)
{
	if (options_key(value, &opts->spec))
		return wrong("--key", value, "a list of " OPTIONS_KEY_FIELDS);
	return 0;
}

static int take_selection(struct options *opts, int option, const char *value)
{
	static const char ports[] = "a list of ports and ranges (80,8000-8999)";
	static const char networks[] = "a list of addresses, networks and ranges (10.0.0.0/8,2001:db8::1)";
	struct flow_select *s = &opts->select;
	const char *name = "", *expected = "";
	int err = -EINVAL;

	switch (option) {
	case OPT_PROTO:
		name = "--proto", expected = "a list of protocols by name or number (tcp,udp,47)";
		err = options_protocols(value, &s->proto);
		break;
	case OPT_SRC:
		name = "--src", expected = networks;
		err = options_networks(value, &s->src);
		break;
	case OPT_DST:
		name = "--dst", expected = networks;
		err = options_networks(value, &s->dst);
		break;
	case OPT_SPORT:
		name = "--sport", expected = ports;
		err = options_numbers(value, UINT16_MAX, &s->sport);
		break;
	case OPT_DPORT:
		name = "--dport", expected = ports;
		err = options_numbers(value, UINT16_MAX, &s->dport);
		break;
	case OPT_DIRECTION:
		name = "--direction", expected = "a list of in, out, forward, local";
		err = options_directions(value, &s->direction);
		break;
	case OPT_ZONE:
		name = "--zone", expected = "a list of zones and ranges, 0 to 65535";
		err = options_numbers(value, UINT16_MAX, &s->zone);
		break;
	case OPT_MARK:
		name = "--mark", expected = "a list of marks and ranges, 0 to 4294967295 (decimal)";
		err = options_numbers(value, UINT32_MAX, &s->mark);
		break;
	}
	if (err)
		return wrong(name, value, expected);
	return 0;
}

static int take_check(struct options *opts, const char *value)
{
	if (value && strcmp(value, "json"))
		return wrong("--check", value, "json; or leave the value out");
	opts->check = value ? OPTIONS_CHECK_JSON : OPTIONS_CHECK;
	return 0;
}

static int take_enable(struct options *opts, const char *value)
{
	static const struct {
		const char *name;
		enum enable_what what;
	} words[] = {
		{ "acct", ENABLE_ACCT }, { "timestamp", ENABLE_TIMESTAMP },
		{ "events", ENABLE_EVENTS }, { "hooks", ENABLE_HOOKS },
	};

	for (const char *item = value;; item++) {
		size_t len = strcspn(item, ","), i = 0;

		while (i < 4 && (strlen(words[i].name) != len || strncmp(item, words[i].name, len)))
			i++;
		if (i == 4)
			return wrong("--enable", value, "a list of acct, timestamp, events, hooks");
		opts->enable |= words[i].what;
		item += len;
		if (!*item)
			return 0;
	}
}

static int take_table(struct options *opts, const char *value)
{
	if (!strcmp(value, "auto"))
		opts->table = OPTIONS_TABLE_AUTO;
	else if (!strcmp(value, "bpf"))
		opts->table = OPTIONS_TABLE_BPF;
	else if (!strcmp(value, "hash"))
		opts->table = OPTIONS_TABLE_HASH;
	else
		return wrong("--table", value, "auto, bpf or hash");
	return 0;
}

static int take(struct options *opts, int option, const char *value)
{
	uint64_t n;

	switch (option) {
	case 'w':
		return take_window(opts, value);
	case 't':
		return take_top(opts, value);
	case OPT_EARLY_CLOSE:
		if (options_number(value, 1, 100, &n))
			return wrong("--early-close", value, "a percentage from 1 to 100");
		opts->early_close = n;
		return 0;
	case 'c':
		if (options_number(value, 1, UINT64_MAX, &opts->count))
			return wrong("--count", value, "a number of windows, 1 or more");
		return 0;
	case 'o':
		if (!*value)
			return wrong("--output", value, "the name of a file");
		opts->output = strcmp(value, "-") ? value : NULL;
		return 0;
	case 'g':
		return take_groups(opts, value);
	case 'k':
		return take_key(opts, value);
	case OPT_PROTO:
	case OPT_SRC:
	case OPT_DST:
	case OPT_SPORT:
	case OPT_DPORT:
	case OPT_DIRECTION:
	case OPT_ZONE:
	case OPT_MARK:
		return take_selection(opts, option, value);
	case 'm':
		return take_max_flows(opts, value);
	case OPT_BUFFER_SIZE:
		return take_size(opts, value);
	case OPT_TABLE:
		return take_table(opts, value);
	case OPT_CHECK:
		return take_check(opts, value);
	case OPT_ENABLE:
		return take_enable(opts, value);
	case OPT_NETNS:
		if (!*value)
			return wrong("--netns", value, "a name, a path or a process id");
		opts->netns = value;
		return 0;
	case 's':
		opts->snapshot = true;
		return 0;
	case OPT_STATE:
		if (!*value)
			return wrong("--state", value, "the name of a file");
		opts->state = value;
		return 0;
	case OPT_INTERIM:
		opts->interim = true;
		return 0;
	case OPT_NO_ALIGN:
		opts->align = false;
		return 0;
	case OPT_NO_CONNTRACK:
		opts->conntrack = false;
		return 0;
	case 'q':
		opts->verbosity = LOG_QUIET;
		return 0;
	case 'v':
		opts->verbosity = LOG_VERBOSE;
		return 0;
	}
	return -EINVAL;
}

/* The options that say what is counted are given once: had the last one replaced the
 * others, or added to them, half of the readers would take the records for another
 * answer. Of other options with one value the last holds; -g and --enable add up. */
static const struct once {
	int option;
	const char *name, *help;
} once[] = {
#define ONE_LIST "put all of it in one list, separated by commas"
	{ 'k', "--key", ONE_LIST },
	{ OPT_PROTO, "--proto", ONE_LIST },
	{ OPT_SRC, "--src", ONE_LIST },
	{ OPT_DST, "--dst", ONE_LIST },
	{ OPT_SPORT, "--sport", ONE_LIST },
	{ OPT_DPORT, "--dport", ONE_LIST },
	{ OPT_DIRECTION, "--direction", ONE_LIST },
	{ OPT_ZONE, "--zone", ONE_LIST },
	{ OPT_MARK, "--mark", ONE_LIST },
	{ OPT_NETNS, "--netns", "one namespace is watched; run a ctagg for each" },
};

/* *given has a bit for each of the list above that has been given. */
static int take_once(int option, unsigned int *given)
{
	for (size_t i = 0; i < sizeof(once) / sizeof(once[0]); i++) {
		if (once[i].option != option)
			continue;
		if (*given & 1u << i) {
			log_error("%s: given twice; %s", once[i].name, once[i].help);
			return -EINVAL;
		}
		*given |= 1u << i;
	}
	return 0;
}

static bool known(int option)
{
	for (const struct option *o = long_options; o->name; o++)
		if (o->val == option)
			return true;
	return false;
}

/* getopt_long() has refused something: name it as it was typed. For a letter
 * among others, optind may still stand at the cluster. */
static void complain(int result, char *argv[])
{
	const char *typed = argv[optind - 1];
	char letter[3] = { '-', (char)optopt, '\0' };

	if (result == ':')
		log_error("%s: a value is missing; see ctagg --help",
			  strncmp(typed, "--", 2) ? letter : typed);
	else if (!optopt)
		log_error("%s: not an option; see ctagg --help", typed);
	else if (known(optopt))
		log_error("%s: takes no value; see ctagg --help", typed);
	else
		log_error("%s: not an option; see ctagg --help", letter);
}

/* What there is to count decides what flows can be the largest by: by another counter all
 * are equal, and those with the smallest keys would pass for the largest. */
static int check_top(struct options *opts)
{
	const char *why = NULL;

	if (!opts->conntrack && opts->top_default)
		opts->top_by = TOP_DROPS;
	if (!opts->top)
		return 0;
	if (!opts->conntrack && opts->top_by != TOP_DROPS)
		why = "with --no-conntrack only drops are counted; take drops";
	else if (opts->snapshot && (opts->top_by == TOP_ENDS || opts->top_by == TOP_DROPS))
		why = "a snapshot does not count them; take starts (what is alive), bytes or packets";
	else if (opts->top_by == TOP_DROPS && !opts->n_groups)
		why = "nothing counts drops; add --nflog-group";
	if (!why)
		return 0;
	log_error("--top: largest by %s: %s", top_counters[opts->top_by], why);
	return -EINVAL;
}

static enum options_result check(struct options *opts, int argc, char *argv[])
{
	if (optind < argc) {
		log_error("%s: not expected; options begin with -, see ctagg --help", argv[optind]);
		return OPTIONS_WRONG;
	}
	if (opts->state && !opts->snapshot) {
		log_error("--state: compares snapshots; add --snapshot");
		return OPTIONS_WRONG;
	}
	if ((opts->snapshot || opts->check) && opts->enable) {
		log_error("--enable: is for as long as windows are counted: leave out %s",
			  opts->check ? "--check" : "--snapshot");
		return OPTIONS_WRONG;
	}
	if (opts->interim && (opts->snapshot || !opts->conntrack)) {
		log_error("--interim: is for connections, and for as long as windows are counted: leave out %s",
			  opts->snapshot ? "--snapshot" : "--no-conntrack");
		return OPTIONS_WRONG;
	}
	if (opts->snapshot && (opts->n_groups || !opts->conntrack || opts->count)) {
		log_error("--snapshot: reads connections, once: leave out %s",
			  opts->n_groups ? "--nflog-group" :
			  opts->count ? "--count" : "--no-conntrack");
		return OPTIONS_WRONG;
	}
	if (!opts->conntrack && !opts->n_groups) {
		log_error("--no-conntrack: nothing is left to count; add --nflog-group, or leave it out");
		return OPTIONS_WRONG;
	}
	return check_top(opts) ? OPTIONS_WRONG : OPTIONS_RUN;
}

static enum options_result print(const char *text)
{
	if (fputs(text, stdout) >= 0 && !fflush(stdout))
		return OPTIONS_DONE;
	log_error("standard output: %s; not all was written", strerror(errno));
	return OPTIONS_FAILED;
}

enum options_result options_parse(struct options *opts, int argc, char *argv[])
{
	unsigned int given = 0;
	int option;

	*opts = defaults;
	opts->spec = flow_spec_default;
	opterr = 0;
	optind = 0;	/* anew, also in a test */
	while ((option = getopt_long(argc, argv, ":w:c:o:g:k:m:t:sqvhV", long_options, NULL)) != -1) {
		switch (option) {
		case 'h':
			return print(help);
		case 'V':
			return print(version);
		case ':':
		case '?':
			complain(option, argv);
			return OPTIONS_WRONG;
		}
		if (take_once(option, &given) || take(opts, option, optarg))
			return OPTIONS_WRONG;
	}
	return check(opts, argc, argv);
}
