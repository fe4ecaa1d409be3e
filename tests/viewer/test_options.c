/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The command line of ctagg-view. */
#include "config.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "capture.h"
#include "cli/log.h"
#include "viewer/options.h"

#define NS_PER_S 1000000000ULL

static enum options_result parse(struct viewer_options *opts, const char *const words[])
{
	static char *argv[16];
	int argc = 0;

	argv[argc++] = (char *)"ctagg-view";
	for (; *words; words++)
		argv[argc++] = (char *)*words;
	argv[argc] = NULL;
	return viewer_options_parse(opts, argc, argv);
}
#define PARSE(opts, ...) parse((opts), (const char *const[]){ __VA_ARGS__ __VA_OPT__(,) NULL })

static const char *refused_words(const char *const words[])
{
	struct capture c = capture_begin(STDERR_FILENO);
	static struct viewer_options opts;
	enum options_result result = parse(&opts, words);
	static char text[2048];

	capture_end(&c, text, sizeof(text));
	cr_expect_eq(result, OPTIONS_WRONG, "%s", text);
	cr_expect_eq(strncmp(text, "ctagg-view: ", 12), 0, "%s", text);
	return text + 12;
}
#define REFUSED(...) refused_words((const char *const[]){ __VA_ARGS__, NULL })

static struct viewer_options o;

Test(viewer_options, have_defaults)
{
	cr_assert_eq(PARSE(&o), OPTIONS_RUN);
	cr_expect_eq(o.files.n, 0);
	cr_expect(!o.follow && !o.report && !o.table && !o.csv && !o.names);
	cr_expect_eq(o.level_ns, 0);
	cr_expect_eq(o.top, 0);
	cr_expect_eq(o.group, BOARD_FLOWS);
	cr_expect_eq(o.sort, BOARD_BYTES);
	cr_expect_not(flow_select_any(&o.select));
	cr_expect_eq(o.verbosity, LOG_NORMAL);
}

Test(viewer_options, take_files_anywhere)
{
	cr_assert_eq(PARSE(&o, "a", "--table", "-", "--top=5", "--", "--csv"), OPTIONS_RUN);
	cr_assert_eq(o.files.n, 3);
	cr_expect_str_eq(o.files.list[0], "a");
	cr_expect_str_eq(o.files.list[1], "-");
	cr_expect_str_eq(o.files.list[2], "--csv");
	cr_expect(o.table && !o.csv);
	cr_expect_eq(o.top, 5);
}

Test(viewer_options, take_words_and_durations)
{
	cr_assert_eq(PARSE(&o, "--group=rule", "--sort=drops", "--level=5m", "--names"), OPTIONS_RUN);
	cr_expect_eq(o.group, BOARD_RULE);
	cr_expect_eq(o.sort, BOARD_DROPS);
	cr_expect_eq(o.level_ns, 300 * NS_PER_S);
	cr_expect(o.names);
	cr_expect(strstr(REFUSED("--group=flows"), "flow, src, dst, port, rule, label, direction or host"));
	cr_expect(strstr(REFUSED("--sort=time"), "bytes, packets, starts, ends, drops or live"));
	cr_expect(strstr(REFUSED("--level=0"), "--level"));
	cr_expect(strstr(REFUSED("--table", "--top=0"), "--top"));
}

/* The ten conditions are those of ctagg, with other words of help. */
Test(viewer_options, select_as_ctagg_does)
{
	cr_assert_eq(PARSE(&o, "--proto=tcp", "--dst", "10.0.0.0/8", "--dport=!443"), OPTIONS_RUN);
	cr_expect_eq(o.select.proto.n, 1);
	cr_expect_eq(o.select.proto.list[0].first, 6);
	cr_expect_eq(o.select.dst.list[0].bits, 104);
	cr_expect(o.select.dport.inverted);
	cr_expect(strstr(REFUSED("--src=10.0.0.0/8", "--src=::/0"), "given twice"));
	cr_expect(strstr(REFUSED("--mark=x"), "--mark"));
	cr_expect(strstr(REFUSED("--proto=icmp", "--dport=80"), "--dport"));
}

/* The live view shows the conditions, and people change them there. */
Test(viewer_options, keep_conditions_as_they_were_typed)
{
	char *filter;

	cr_assert_eq(PARSE(&o, "--top=5", "--table", "--dst", "10.0.0.0/8", "--proto=tcp,udp", "--dpo=!80"), OPTIONS_RUN);
	filter = viewer_filter(&o);
	cr_expect_str_eq(filter, "proto=tcp,udp dst=10.0.0.0/8 dport=!80");
	free(filter);
	cr_assert_eq(PARSE(&o, "a"), OPTIONS_RUN);
	filter = viewer_filter(&o);
	cr_expect_str_eq(filter, "");
	free(filter);
}

Test(viewer_options, refuse_what_does_nothing_together)
{
	cr_expect(strstr(REFUSED("--table", "--csv"), "--csv and --table"));
	cr_expect(strstr(REFUSED("--report=r", "--table"), "--table and --report"));
	cr_expect(strstr(REFUSED("--follow=d", "--csv"), "--csv and --follow"));
	cr_expect(strstr(REFUSED("--csv", "--group=src"), "--group and --csv"));
	cr_expect(strstr(REFUSED("--report=r", "--sort=drops"), "--sort and --report"));
	cr_expect(strstr(REFUSED("--follow=d", "a.jsonl"), "a.jsonl: --follow=d is read"));
	cr_expect(strstr(REFUSED("--top=5"), "--table or --report"));
	cr_expect(strstr(REFUSED("--follow=d", "--follow=e"), "given twice"));
}
