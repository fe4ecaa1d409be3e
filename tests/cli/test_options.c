/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <criterion/criterion.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "capture.h"
#include "cli/options_case.h"
#include "cli/log.h"
#include "cli/options.h"
#include "cli/rows.h"
#include "flow/change.h"
#include "flow/enable.h"

#define EXPECT_WRONG(option, value, ...)                                                       \
	expect_wrong((const char *const[]){ __VA_ARGS__, NULL }, option, value)

#define MS 1000000ULL
#define S 1000000000ULL
#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))

Test(options, defaults)
{
	struct options o;

	cr_assert_eq(PARSE(&o), OPTIONS_RUN);
	cr_expect_eq(o.window_ns, 60 * S);
	cr_expect_eq(o.count, 0);
	cr_expect_null(o.output);
	cr_expect_null(o.netns);
	cr_expect_eq(o.max_flows, 65536);
	cr_expect_eq(o.buffer_bytes, 16 << 20);
	cr_expect(o.align);
	cr_expect(o.conntrack);
	cr_expect_eq(o.verbosity, LOG_NORMAL);
}

Test(options, the_key_stays_as_it_was_given)
{
	struct options o, by_default;

	cr_assert_eq(PARSE(&by_default), OPTIONS_RUN);
	cr_expect_null(by_default.key);
	cr_assert_eq(PARSE(&o, "-k", FLOW_KEY_DEFAULT), OPTIONS_RUN);
	cr_expect(flow_spec_is_default(&o.spec));
	cr_assert_eq(PARSE(&o, "--key=dst/24,src"), OPTIONS_RUN);
	cr_expect_str_eq(o.key, "dst/24,src");
}

Test(options, tags)
{
	char tags[OPTIONS_MAX_TAGS + 1][16], *argv[OPTIONS_MAX_TAGS + 3] = { (char *)"ctagg" };
	struct options o;

	cr_assert_eq(PARSE(&o, "--host=gw1", "--tag", "site=fra", "--tag=0_=a=b\xff", "--tag=site_=", "--tag=sit="),
		     OPTIONS_RUN);
	cr_expect_str_eq(o.host, "gw1");
	cr_expect_eq(o.n_tags, 4);
	cr_expect_str_eq(o.tags[0], "site=fra");
	cr_expect_str_eq(o.tags[1], "0_=a=b\xff");
	EXPECT_WRONG("--host", "a name", "--host=");
	EXPECT_WRONG("--metrics", "name of a file", "--metrics=");
	EXPECT_WRONG("--labels", "is empty", "--labels=");
	EXPECT_WRONG("--tag", "'site' is given twice", "--tag=site=a", "--tag=site=a");
	EXPECT_WRONG("--tag", "'=fra'", "--tag", "=fra");
	EXPECT_WRONG("--tag", "'site'", "--tag", "site");
	EXPECT_WRONG("--tag", "'Site=fra'", "--tag", "Site=fra");
	EXPECT_WRONG("--tag", "'a-b=c'", "--tag", "a-b=c");
	for (int i = 0; i <= OPTIONS_MAX_TAGS; i++) {
		snprintf(tags[i], sizeof(tags[i]), "--tag=k%d=", i);
		argv[i + 1] = tags[i];
	}
	cr_expect_eq(options_parse(&o, OPTIONS_MAX_TAGS + 1, argv), OPTIONS_RUN);
	cr_expect_eq(options_parse(&o, OPTIONS_MAX_TAGS + 2, argv), OPTIONS_WRONG);
}

Test(options, every_long_option)
{
	struct options o;

	cr_assert_eq(PARSE(&o, "--window=5m", "--count=3", "--output=f.jsonl", "--max-flows=100",
			   "--no-align", "--buffer-size=512K", "--netns=blue", "--verbose"),
		     OPTIONS_RUN);
	cr_expect_eq(o.window_ns, 300 * S);
	cr_expect_eq(o.count, 3);
	cr_expect_str_eq(o.output, "f.jsonl");
	cr_expect_str_eq(o.netns, "blue");
	cr_expect_eq(o.max_flows, 100);
	cr_expect_eq(o.buffer_bytes, 512 << 10);
	cr_expect_not(o.align);
	cr_expect_eq(o.verbosity, LOG_VERBOSE);
}

Test(options, groups_add_up)
{
	struct options o;

	cr_assert_eq(PARSE(&o, "-g", "auto", "--no-conntrack", "-t", "3,drops"), OPTIONS_RUN);
	cr_expect(o.auto_groups);
	cr_expect_eq(o.n_groups, 0);
	cr_assert_eq(PARSE(&o, "-g", "5,0=accept", "--nflog-group=65535", "--no-conntrack"), OPTIONS_RUN);
	cr_expect_not(o.auto_groups);
	cr_assert_eq(o.n_groups, 3);
	cr_expect_eq(o.groups[0], 5);
	cr_expect_not(o.group_accepts[0]);
	cr_expect_eq(o.groups[1], 0);
	cr_expect(o.group_accepts[1]);
	cr_expect_eq(o.groups[2], 65535);
	cr_expect_not(o.group_accepts[2]);
	cr_expect_not(o.conntrack);
}

Test(options, a_list_of_windows_gives_levels)
{
	struct options o;

	cr_assert_eq(PARSE(&o, "-w", "10s,1m,1h"), OPTIONS_RUN);
	cr_expect_eq(o.window_ns, 10 * S);
	cr_assert_eq(o.n_levels, 2);
	cr_expect_eq(o.level_ns[0], 60 * S);
	cr_expect_eq(o.level_ns[1], 3600 * S);
	cr_assert_eq(PARSE(&o, "-w", "10s"), OPTIONS_RUN);
	cr_expect_eq(o.n_levels, 0);
}

Test(options, the_largest_are_so_by_a_counter_that_counts)
{
	struct options o;

	cr_assert_eq(PARSE(&o, "-t5", "--no-conntrack", "-g1"), OPTIONS_RUN);
	cr_expect_eq(o.top_by, TOP_DROPS);
	cr_assert_eq(PARSE(&o, "--no-conntrack", "-t5,bytes", "-t6", "-g1"), OPTIONS_RUN);
	cr_expect_eq(o.top_by, TOP_DROPS);
	cr_assert_eq(PARSE(&o, "-t5,drops", "--no-conntrack", "-g1"), OPTIONS_RUN);
	cr_expect_eq(o.top_by, TOP_DROPS);
	cr_assert_eq(PARSE(&o, "-t5", "-g1"), OPTIONS_RUN);
	cr_expect_eq(o.top_by, TOP_STARTS);
	cr_assert_eq(PARSE(&o, "-t5,drops", "-g1"), OPTIONS_RUN);
	cr_expect_eq(o.top_by, TOP_DROPS);
	cr_assert_eq(PARSE(&o, "-t5,packets", "-s"), OPTIONS_RUN);
	cr_expect_eq(o.top_by, TOP_PACKETS);
}

Test(options, what_makes_a_flow_and_which_are_counted)
{
	struct options o;

	cr_assert_eq(PARSE(&o, "-k", "src/24,dst/8/48,icmp-code", "-t", "7,bytes",
			   "--src=!10.0.0.0/8,192.0.2.1-192.0.2.6", "--dport=80,8000-8999",
			   "--proto=tcp,17"), OPTIONS_RUN);
	cr_expect_eq(o.spec.fields, FIELD_SRC | FIELD_DST | FIELD_ICMP | FIELD_ICMP_CODE);
	cr_expect_eq(o.spec.src.v4, 24);
	cr_expect_eq(o.spec.src.v6, 128);
	cr_expect_eq(o.spec.dst.v4, 8);
	cr_expect_eq(o.spec.dst.v6, 48);
	cr_expect_eq(o.spec.mark, UINT32_MAX);
	cr_expect_eq(o.top, 7);
	cr_expect_eq(o.top_by, TOP_BYTES);
	cr_expect(o.select.src.inverted);
	/* 192.0.2.1/32, .2/31, .4/31, .6/32 */
	cr_assert_eq(o.select.src.n, 5);
	cr_expect_eq(o.select.src.list[0].bits, 104);
	cr_expect_eq(o.select.src.list[1].bits, 128);
	cr_expect_eq(o.select.src.list[2].bits, 127);
	cr_expect_eq(o.select.src.list[3].bits, 127);
	cr_expect_eq(o.select.src.list[4].bits, 128);
	cr_expect_eq(o.select.dport.n, 2);
	cr_expect_eq(o.select.dport.list[1].last, 8999);
	cr_expect_eq(o.select.proto.list[0].first, 6);
	cr_expect_eq(o.select.proto.list[1].first, 17);
	cr_assert_eq(PARSE(&o, "-kmark/0xff00,src/8"), OPTIONS_RUN);
	cr_expect_eq(o.spec.mark, 0xff00);
	cr_expect_eq(o.spec.src.v4, 8);
	cr_assert_eq(PARSE(&o, "-kmark/0xf0,src", "--distinct=mark/0xff"), OPTIONS_RUN);
	cr_expect_eq(o.distinct.mark, 0xff);
	cr_assert_eq(PARSE(&o, "--dst=::/0,0.0.0.0-255.255.255.255"), OPTIONS_RUN);
	cr_assert_eq(o.select.dst.n, 2);
	cr_expect_eq(o.select.dst.list[0].bits, 0);
	cr_expect_eq(o.select.dst.list[1].bits, 96);
}

Test(options, every_short_option)
{
	struct options o;

	cr_assert_eq(PARSE(&o, "-w", "500ms", "-c", "3", "-of.jsonl", "-m100", "-v"), OPTIONS_RUN);
	cr_expect_eq(o.window_ns, 500 * MS);
	cr_expect_eq(o.count, 3);
	cr_expect_str_eq(o.output, "f.jsonl");
	cr_expect_eq(o.max_flows, 100);
	cr_expect_eq(o.verbosity, LOG_VERBOSE);
	cr_assert_eq(PARSE(&o, "-q"), OPTIONS_RUN);
	cr_expect_eq(o.verbosity, LOG_QUIET);
	cr_assert_eq(PARSE(&o, "--quiet"), OPTIONS_RUN);
	cr_expect_eq(o.verbosity, LOG_QUIET);
}

Test(options, the_last_of_equals_holds)
{
	struct options o;

	cr_assert_eq(PARSE(&o, "-w", "1", "-o", "file", "-v", "-w", "2", "-o", "-", "-q"), OPTIONS_RUN);
	cr_expect_eq(o.window_ns, 2 * S);
	cr_expect_null(o.output, "- is standard output");
	cr_expect_eq(o.verbosity, LOG_QUIET);
}

/* What an option that has a value makes of two values. */
enum twice {
	LAST_HOLDS,	/* the same as the second alone */
	REFUSED,	/* both, with a message */
	ADDS_UP,	/* something else than the second alone */
};

static const struct {
	const char *first, *second;
	enum twice twice;
} options_twice[] = {
	{ "--window=10s,1m,1h", "--window=20s", LAST_HOLDS },
	{ "--window=20s", "--window=10s,1m", LAST_HOLDS },
	{ "--count=5", "--count=6", LAST_HOLDS },
	{ "--output=a", "--output=b", LAST_HOLDS },
	{ "--nflog-group=5", "--nflog-group=6=accept", ADDS_UP },
	{ "--kernel-drops", "--kernel-drops=NO_SOCKET", REFUSED },
	{ "--sockets=5", "--sockets", LAST_HOLDS },
	{ "--key=src,dst", "--key=dport", REFUSED },
	{ "--distinct=sport", "--distinct=sport", REFUSED },
	{ "--proto=tcp", "--proto=udp", REFUSED },
	{ "--src=10.0.0.1", "--src=10.0.0.2", REFUSED },
	{ "--dst=10.0.0.1", "--dst=10.0.0.1", REFUSED },
	{ "--sport=1", "--sport=2", REFUSED },
	{ "--dport=1", "--dport=!2", REFUSED },
	{ "--addr=10.0.0.1", "--addr=10.0.0.2", REFUSED },
	{ "--port=1", "--port=2", REFUSED },
	{ "--direction=in", "--direction=out", REFUSED },
	{ "--zone=1", "--zone=2", REFUSED },
	{ "--mark=1", "--mark=2", REFUSED },
	{ "--max-flows=10", "--max-flows=20", LAST_HOLDS },
	{ "--top=10,bytes", "--top=20", LAST_HOLDS },
	{ "--top=10", "--top=20,ends", LAST_HOLDS },
	{ "--early-close=10", "--early-close=20", LAST_HOLDS },
	{ "--table=bpf", "--table=auto", LAST_HOLDS },
	{ "--buffer-size=1M", "--buffer-size=2M", LAST_HOLDS },
	{ "--netns=a", "--netns=b", REFUSED },
	{ "--state=a", "--state=b", LAST_HOLDS },
	{ "--read=a", "--read=b", LAST_HOLDS },
	{ "--own=10.0.0.1", "--own=10.0.0.2", REFUSED },
	{ "--seed=1", "--seed=2", LAST_HOLDS },
	{ "--changes=appeared,changed:5%", "--changes=vanished", LAST_HOLDS },
	{ "--check=json", "--check", LAST_HOLDS },
	{ "--check", "--check=json", LAST_HOLDS },
	{ "--fail-on=note", "--fail-on=warning", LAST_HOLDS },
	{ "--enable=acct", "--enable=events", ADDS_UP },
	{ "--host=a", "--host=b", LAST_HOLDS },
	{ "--metrics=a", "--metrics=b", LAST_HOLDS },
	{ "--user=root", "--user=daemon", LAST_HOLDS },
	{ "--tag=a=1", "--tag=b=1", ADDS_UP },
	{ "--anonymize=a", "--anonymize=b", LAST_HOLDS },
	{ "--labels=a", "--labels=b", ADDS_UP },
	{ "--interim=all", "--interim", LAST_HOLDS },
	{ "--source=trace", "--source=netlink", LAST_HOLDS },
	{ "--spool=a", "--spool=b", ADDS_UP },
	{ "--spool-max=1G,7d", "--spool-max=2G", LAST_HOLDS },
	{ "--spool-sync=none", "--spool-sync=window", LAST_HOLDS },
	{ "--interim", "--interim=all", LAST_HOLDS },
};

/* The two struct options are compared byte by byte: parsing sets all bytes but those of
 * unused levels, and a string in both is the same word of the command line. */
static void expect_twice(const char *first, const char *second, enum twice twice)
{
	const char *changes = strncmp(second, "--changes", 9) ? NULL : "--state=c";
	const char *with = changes || !strncmp(second, "--state", 7) ? "--snapshot" :
			   !strncmp(second, "--fail-on", 9) ? "--check" :
			   !strncmp(second, "--seed", 6) ? "--read=f" :
			   !strncmp(second, "--spool-", 8) ? "--spool=s" : NULL;
	static struct options both, last;
	char name[32] = "";

	memcpy(name, first, strcspn(first, "="));
	if (twice == REFUSED) {
		expect_wrong((const char *const[]){ first, second, NULL }, name, "given twice");
		return;
	}
	cr_assert_eq(PARSE(&last, second, with, changes), OPTIONS_RUN, "%s", second);
	cr_assert_eq(PARSE(&both, first, second, with, changes), OPTIONS_RUN, "%s %s", first, second);
	memset(both.level_ns + both.n_levels, 0, sizeof(both.level_ns) - both.n_levels * 8);
	cr_expect_eq(!memcmp(&both, &last, sizeof(both)), twice == LAST_HOLDS, "%s %s", first, second);
}

Test(options, given_twice)
{
	for (size_t i = 0; i < LENGTH(options_twice); i++)
		expect_twice(options_twice[i].first, options_twice[i].second, options_twice[i].twice);
	EXPECT_WRONG("--src", "one list", "--src=1.1.1.1", "-q", "--src=2.2.2.2");
	EXPECT_WRONG("-k", "one list", "-k", "src", "-kdst");
	EXPECT_WRONG("--spool", "'a' is given twice", "--spool=a", "--spool=b", "--spool=a");
}

/* The list above has each option that takes a value. */
Test(options, given_twice_is_complete)
{
	for (const struct option_row *row = option_rows; row->name; row++) {
		size_t len = strlen(row->name), i = 0;

		while (row->argument && i < LENGTH(options_twice) &&
		       (strncmp(row->name, options_twice[i].first + 2, len) ||
			strcspn(options_twice[i].first + 2, "=") != len))
			i++;
		cr_expect_lt(i, LENGTH(options_twice), "--%s", row->name);
	}
}

Test(options, changes_are_a_set_and_a_share)
{
	struct options o;

	cr_assert_eq(PARSE(&o, "-s", "--state=f"), OPTIONS_RUN);
	cr_expect_eq(o.changes, CHANGES_ALL);
	cr_expect_eq(o.change_share, 0);
	cr_assert_eq(PARSE(&o, "-s", "--state=f", "--changes=vanished,appeared"), OPTIONS_RUN);
	cr_expect_eq(o.changes, CHANGE_APPEARED | CHANGE_VANISHED);
	cr_assert_eq(PARSE(&o, "-s", "--state=f", "--changes=changed:5%,vanished"), OPTIONS_RUN);
	cr_expect_eq(o.changes, CHANGE_CHANGED | CHANGE_VANISHED);
	cr_expect_eq(o.change_share, CHANGE_WHOLE / 20);
	cr_assert_eq(PARSE(&o, "-s", "--state=f", "--changes=changed:0.25"), OPTIONS_RUN);
	cr_expect_eq(o.change_share, 250);
	cr_assert_eq(PARSE(&o, "-s", "--state=f", "--changes=changed:1000000.001%"), OPTIONS_RUN);
	cr_expect_eq(o.change_share, 1000000001);
}

Test(options, enabling_and_groups_add_up)
{
	struct options o;

	cr_assert_eq(PARSE(&o, "--enable=acct", "--enable=events", "-g5", "-g6"), OPTIONS_RUN);
	cr_expect_eq(o.enable, ENABLE_ACCT | ENABLE_EVENTS);
	cr_assert_eq(o.n_groups, 2);
}

Test(options, interim_with_and_without_all)
{
	struct options o;

	cr_assert_eq(PARSE(&o, "-q"), OPTIONS_RUN);
	cr_expect_eq(o.interim, OPTIONS_NO_INTERIM);
	cr_assert_eq(PARSE(&o, "--interim"), OPTIONS_RUN);
	cr_expect_eq(o.interim, OPTIONS_INTERIM);
	cr_assert_eq(PARSE(&o, "--interim=all"), OPTIONS_RUN);
	cr_expect_eq(o.interim, OPTIONS_INTERIM_ALL);
	EXPECT_WRONG("--interim", "'al'", "--interim=al");
	EXPECT_WRONG("--interim", "''", "--interim=");
}

Test(options, limits_are_allowed)
{
	struct options o;

	cr_assert_eq(PARSE(&o, "-w1ms", "-c1", "-m1", "--buffer-size=1"), OPTIONS_RUN);
	cr_assert_eq(PARSE(&o, "-w366d", "-c18446744073709551615", "-m16777216", "--buffer-size=1G"),
		     OPTIONS_RUN);
	cr_expect_eq(o.max_flows, 16777216);
	cr_expect_eq(o.count, UINT64_MAX);
}

Test(options, wrong_options_are_named_as_typed)
{
	EXPECT_WRONG("--no-such", "not an option", "--no-such");
	EXPECT_WRONG("--no-such=1", "not an option", "--no-such=1");
	EXPECT_WRONG("-x", "not an option", "-x");
	EXPECT_WRONG("-x", "not an option", "-qx");
	EXPECT_WRONG("-x", "not an option", "-xq");
	EXPECT_WRONG("--no", "--no-align, --no-conntrack;", "--no");
	EXPECT_WRONG("--quiet=yes", "takes no value", "--quiet=yes");
	EXPECT_WRONG("-w", "missing", "-w");
	EXPECT_WRONG("-w", "missing", "-qw");
	EXPECT_WRONG("-x", "not an option", "--quiet", "-xq");
	EXPECT_WRONG("--no-align=1", "takes no value", "--no-align=1");
	EXPECT_WRONG("--window", "missing", "--window");
	EXPECT_WRONG("--netns", "missing", "-q", "--netns");
	EXPECT_WRONG("eth0", "not expected", "eth0");
	EXPECT_WRONG("eth0", "not expected", "-q", "--", "eth0");
	EXPECT_WRONG("--no-conntrack", "nothing is left", "--no-conntrack");
	EXPECT_WRONG("--state", "add --snapshot", "--state=x");
	EXPECT_WRONG("--state", "--state and --check", "--check", "--state=x");
	EXPECT_WRONG("--changes", "add --state", "--changes=changed", "-s");
	EXPECT_WRONG("--fail-on", "add --check", "--fail-on=error");
	EXPECT_WRONG("--fail-on", "add --check", "--snapshot", "--fail-on=note");
	EXPECT_WRONG("--enable", "--check", "--enable=acct", "--check");
	EXPECT_WRONG("--enable", "--snapshot", "--enable=acct", "-s");
	EXPECT_WRONG("--interim", "--snapshot", "--interim", "-s");
	EXPECT_WRONG("--interim", "--no-conntrack", "--interim", "--no-conntrack", "-g1");
	EXPECT_WRONG("--snapshot", "--count", "-s", "-c1");
	EXPECT_WRONG("--snapshot", "--nflog-group", "-s", "-g1");
	EXPECT_WRONG("--snapshot", "--no-conntrack", "-s", "--no-conntrack");
	EXPECT_WRONG("--top", "largest by ends", "-s", "-t5,ends");
	EXPECT_WRONG("--top", "largest by drops", "-s", "-t5,drops");
	EXPECT_WRONG("--top", "--nflog-group", "-t5,drops");
	EXPECT_WRONG("--top", "take drops", "-t5,starts", "--no-conntrack", "-g1");
	EXPECT_WRONG("--top", "take drops", "--no-conntrack", "-g1", "-t5,bytes");
	EXPECT_WRONG("--distinct", "neither connections nor", "--no-conntrack", "--rules", "-kdst", "--distinct=sport");
}

Test(options, what_was_typed_cannot_reach_the_terminal)
{
	EXPECT_WRONG("?[31m?", "not an option", "--\x1b[31m\x7f\n");
	EXPECT_WRONG("--window", " 1?2: ", "--window=1\n2");
}

Test(options, a_very_long_value_is_still_one_line)
{
	char value[4000] = "--window=";

	memset(value + 9, 'y', sizeof(value) - 10);
	value[sizeof(value) - 1] = '\0';
	EXPECT_WRONG("--window", "yyyyyyyy", value);
}

static void expect_printed(const char *option, const char *begins)
{
	struct capture c = capture_begin(STDOUT_FILENO);
	const char *const words[] = { option, "--no-such", NULL };
	struct options o;
	enum options_result result = parse(&o, words);
	char text[32768];

	capture_end(&c, text, sizeof(text));
	cr_expect_eq(result, OPTIONS_DONE, "%s", option);
	cr_expect_eq(strncmp(text, begins, strlen(begins)), 0, "%s", text);
	cr_expect_eq(text[strlen(text) - 1], '\n');
}

Test(options, help_and_version_go_to_standard_output)
{
	expect_printed("-h", "Usage: ctagg ");
	expect_printed("--help", "Usage: ctagg ");
	expect_printed("-V", "ctagg " PACKAGE_VERSION "\n");
	expect_printed("--version", "ctagg " PACKAGE_VERSION "\n");
}

Test(options, help_that_cannot_be_written_is_a_failure)
{
	int full = open("/dev/full", O_WRONLY), saved = dup(STDOUT_FILENO);
	struct options o;

	fflush(stdout);
	cr_assert_eq(dup2(full, STDOUT_FILENO), STDOUT_FILENO);
	cr_expect_neq(PARSE(&o, "--help"), OPTIONS_DONE);
	dup2(saved, STDOUT_FILENO);
}
