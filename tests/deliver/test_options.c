/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The command line of ctagg-deliver. */
#include "config.h"

#include <criterion/criterion.h>
#include <string.h>
#include <unistd.h>

#include "capture.h"
#include "cli/log.h"
#include "deliver/options.h"

#define NS_PER_S 1000000000ULL

static enum options_result parse(struct deliver_options *opts, const char *const words[])
{
	static char *argv[16];
	int argc = 0;

	argv[argc++] = (char *)"ctagg-deliver";
	for (; *words; words++)
		argv[argc++] = (char *)*words;
	argv[argc] = NULL;
	return deliver_options_parse(opts, argc, argv);
}
#define PARSE(opts, ...) parse((opts), (const char *const[]){ __VA_ARGS__, NULL })

static const char *refused_words(const char *const words[])
{
	struct capture c = capture_begin(STDERR_FILENO);
	struct deliver_options opts;
	enum options_result result = parse(&opts, words);
	static char text[2048];

	capture_end(&c, text, sizeof(text));
	cr_expect_eq(result, OPTIONS_WRONG);
	cr_expect_eq(strncmp(text, "ctagg-deliver: ", 15), 0, "%s", text);
	return text + 15;
}
#define REFUSED(...) refused_words((const char *const[]){ __VA_ARGS__, NULL })

Test(deliver_options, have_defaults)
{
	struct deliver_options o;

	cr_assert_eq(PARSE(&o, "--spool=s", "--exec", "true"), OPTIONS_RUN);
	cr_expect_str_eq(o.spool, "s");
	cr_expect_str_eq(o.exec[0], "true");
	cr_expect_null(o.exec[1]);
	cr_expect_null(o.archive);
	cr_expect(!o.once && !o.rebind && !o.max_attempts);
	cr_expect_eq(o.retry_first_ns, NS_PER_S);
	cr_expect_eq(o.retry_max_ns, 300 * NS_PER_S);
	cr_expect_eq(o.verbosity, LOG_NORMAL);
}

/* Options of the command are not ours, also those that we have, too. */
Test(deliver_options, give_the_command_all_that_follows)
{
	struct deliver_options o;

	cr_assert_eq(PARSE(&o, "--spool=s", "-v", "--exec", "cmd", "--once", "-q", "--", "x"), OPTIONS_RUN);
	cr_expect_str_eq(o.exec[0], "cmd");
	cr_expect_str_eq(o.exec[1], "--once");
	cr_expect_str_eq(o.exec[2], "-q");
	cr_expect_str_eq(o.exec[3], "--");
	cr_expect_str_eq(o.exec[4], "x");
	cr_expect_null(o.exec[5]);
	cr_expect(!o.once);
	cr_expect_eq(o.verbosity, LOG_VERBOSE);

	cr_assert_eq(PARSE(&o, "--spool=s", "--exec=cmd", "-q"), OPTIONS_RUN);
	cr_expect_str_eq(o.exec[0], "cmd");
	cr_expect_str_eq(o.exec[1], "-q");
	cr_expect_null(o.exec[2]);
	cr_expect_eq(o.verbosity, LOG_NORMAL);
}

Test(deliver_options, need_a_spool_and_a_destination)
{
	cr_expect_not_null(strstr(REFUSED("--exec", "true"), "--spool=DIR"));
	cr_expect_not_null(strstr(REFUSED("--spool=s"), "--exec CMD"));
	cr_expect_not_null(strstr(REFUSED("--spool=s", "--exec"), "its value is missing"));
	cr_expect_not_null(strstr(REFUSED("--spool=s", "--exec", ""), "the command is empty"));
	cr_expect_not_null(strstr(REFUSED("--spool=a", "--spool=b", "--exec", "c"), "given twice"));
	cr_expect_not_null(strstr(REFUSED("--spool=s", "word", "--exec", "c"), "word: not expected"));
}

Test(deliver_options, take_waits)
{
	struct deliver_options o;

	cr_assert_eq(PARSE(&o, "--spool=s", "--retry=10ms,2s", "--exec", "c"), OPTIONS_RUN);
	cr_expect_eq(o.retry_first_ns, 10000000);
	cr_expect_eq(o.retry_max_ns, 2 * NS_PER_S);
	cr_assert_eq(PARSE(&o, "--spool=s", "--retry=5s", "--exec", "c"), OPTIONS_RUN);
	cr_expect_eq(o.retry_first_ns, 5 * NS_PER_S);
	cr_expect_eq(o.retry_max_ns, 300 * NS_PER_S);
	cr_assert_eq(PARSE(&o, "--spool=s", "--retry=10m", "--exec", "c"), OPTIONS_RUN);
	cr_expect_eq(o.retry_max_ns, 600 * NS_PER_S);
	cr_expect_not_null(strstr(REFUSED("--spool=s", "--retry=2s,1s", "--exec", "c"),
				  "the longest wait is shorter"));
	cr_expect_not_null(strstr(REFUSED("--spool=s", "--retry=1s,", "--exec", "c"), "--retry 1s,"));
	cr_expect_not_null(strstr(REFUSED("--spool=s", "--retry=1s,2s,3s", "--exec", "c"), "2s,3s"));
}

Test(deliver_options, say_how_to_send_by_http)
{
	struct deliver_options o;

	cr_assert_eq(PARSE(&o, "--spool=s", "--url=http://h/"), OPTIONS_RUN);
	cr_expect_str_eq(o.url, "http://h/");
	cr_expect(!o.gzip && !o.header_file && !o.cert && !o.cacert && !o.udp && !o.exec);
	cr_expect_eq(o.timeout_ns, 60 * NS_PER_S);
	cr_assert_eq(PARSE(&o, "--spool=s", "--url=http://h/", "--gzip", "--header-file=h", "--cert=c",
			   "--cacert=a", "--timeout=1500ms"), OPTIONS_RUN);
	cr_expect(o.gzip);
	cr_expect_str_eq(o.header_file, "h");
	cr_expect_str_eq(o.cert, "c");
	cr_expect_str_eq(o.cacert, "a");
	cr_expect_eq(o.timeout_ns, 1500000000);
	cr_expect_not_null(strstr(REFUSED("--spool=s", "--url="), "the value is empty"));
	cr_expect_not_null(strstr(REFUSED("--spool=s", "--url=u", "--timeout=0"), "--timeout 0"));
}

Test(deliver_options, say_where_datagrams_go)
{
	struct deliver_options o;

	cr_assert_eq(PARSE(&o, "--spool=s", "--udp=h:514"), OPTIONS_RUN);
	cr_expect_str_eq(o.udp, "h:514");
	cr_expect(!o.syslog);
	cr_assert_eq(PARSE(&o, "--spool=s", "--udp=h:514", "--syslog"), OPTIONS_RUN);
	cr_expect(o.syslog);
	cr_expect_not_null(strstr(REFUSED("--spool=s", "--udp=h"), "there is no port"));
}

Test(deliver_options, say_how_to_send_by_ipfix)
{
	struct deliver_options o;

	cr_assert_eq(PARSE(&o, "--spool=s", "--ipfix=h:4739"), OPTIONS_RUN);
	cr_expect_str_eq(o.ipfix, "h:4739");
	cr_expect_null(o.ipfix_file);
	cr_expect_eq(o.ipfix_domain, 1u);
	cr_expect_eq(o.ipfix_enterprise, 0u);
	cr_assert_eq(PARSE(&o, "--spool=s", "--ipfix=tcp:[::1]:4739", "--ipfix-domain=4294967295",
			   "--ipfix-enterprise=4294967294"), OPTIONS_RUN);
	cr_expect_str_eq(o.ipfix, "tcp:[::1]:4739");
	cr_expect_eq(o.ipfix_domain, UINT32_MAX);
	cr_expect_eq(o.ipfix_enterprise, UINT32_MAX - 1);
	cr_assert_eq(PARSE(&o, "--spool=s", "--ipfix-file=f", "--ipfix-domain=0"), OPTIONS_RUN);
	cr_expect_str_eq(o.ipfix_file, "f");
	cr_expect_eq(o.ipfix_domain, 0u);
	cr_expect_not_null(strstr(REFUSED("--spool=s", "--ipfix=tcp:h:0"), "'0' is no port"));
	cr_expect_not_null(strstr(REFUSED("--spool=s", "--ipfix=h:1", "--ipfix-domain=4294967296"), "4294967295"));
	cr_expect_not_null(strstr(REFUSED("--spool=s", "--ipfix=h:1", "--ipfix-enterprise=0"), "0"));
	cr_expect_not_null(strstr(REFUSED("--spool=s", "--url=u", "--ipfix-domain=1"), "add --ipfix"));
	cr_expect_not_null(strstr(REFUSED("--spool=s", "--url=u", "--ipfix-enterprise=1"), "add --ipfix"));
	cr_expect_not_null(strstr(REFUSED("--spool=s", "--status", "--ipfix-domain=1"), "--status"));
}

Test(deliver_options, name_one_destination)
{
	static const char why[] = "one destination";
	static const char *const others[] = { "--url=u", "--udp=h:1", "--ipfix-file=f", "--exec=c" };

	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		cr_expect_not_null(strstr(REFUSED("--spool=s", "--ipfix=h:1", others[i]), why));
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		if (i != 2)
			cr_expect_not_null(strstr(REFUSED("--spool=s", "--ipfix-file=f", others[i]), why));

	cr_expect_not_null(strstr(REFUSED("--spool=s", "--url=u", "--udp=h:1"), why));
	cr_expect_not_null(strstr(REFUSED("--spool=s", "--url=u", "--exec", "c"), why));
	cr_expect_not_null(strstr(REFUSED("--spool=s", "--udp=h:1", "--exec", "c"), why));
	cr_expect_not_null(strstr(REFUSED("--spool=s", "--url=a", "--url=b"), "given twice"));
	cr_expect_not_null(strstr(REFUSED("--spool=s", "--udp=a:1", "--udp=b:1"), "given twice"));
}

/* An option that would do nothing is a mistake. */
Test(deliver_options, belong_to_their_destination)
{
	static const char *const of_url[] = { "--gzip", "--header-file=f", "--cert=f", "--cacert=f", "--timeout=1s" };

	for (size_t i = 0; i < sizeof(of_url) / sizeof(of_url[0]); i++)
		cr_expect_not_null(strstr(REFUSED("--spool=s", of_url[i], "--udp=h:1"), "add --url"));
	cr_expect_not_null(strstr(REFUSED("--spool=s", "--syslog", "--url=u"), "add --udp"));
}

Test(deliver_options, have_limits_for_status)
{
	struct deliver_options o;

	cr_assert_eq(PARSE(&o, "--spool=s", "--status"), OPTIONS_RUN);
	cr_expect_eq(o.status, DELIVER_STATUS);
	cr_expect_eq(o.warning.age_ns, 600 * NS_PER_S);
	cr_expect_eq(o.warning.pending, 1000u);
	cr_expect_eq(o.warning.dead, 1u);
	cr_expect_eq(o.critical.age_ns, 3600 * NS_PER_S);
	cr_expect_eq(o.critical.pending, 10000u);
	cr_expect_eq(o.critical.dead, 100u);
	cr_assert_eq(PARSE(&o, "--spool=s", "--status=json", "--warning=5m", "--critical=2h,7,3"),
		     OPTIONS_RUN);
	cr_expect_eq(o.status, DELIVER_STATUS_JSON);
	cr_expect_eq(o.warning.age_ns, 300 * NS_PER_S);
	cr_expect_eq(o.warning.pending, 1000u, "what is left out stays");
	cr_expect_eq(o.critical.age_ns, 7200 * NS_PER_S);
	cr_expect_eq(o.critical.pending, 7u);
	cr_expect_eq(o.critical.dead, 3u);
	cr_expect_not_null(strstr(REFUSED("--spool=s", "--status", "--warning=x"), "'x' is not a duration"));
	cr_expect_not_null(strstr(REFUSED("--spool=s", "--status", "--warning=1m,x"), "x"));
	cr_expect_not_null(strstr(REFUSED("--spool=s", "--status", "--warning=1m,0"), "0"));
	cr_expect_not_null(strstr(REFUSED("--spool=s", "--status", "--warning=1m,"), "empty"));
}

Test(deliver_options, thin_an_archive_without_a_spool)
{
	struct deliver_options o;

	cr_assert_eq(PARSE(&o, "--archive=a", "--keep=all:7d,week", "--dry-run"), OPTIONS_RUN);
	cr_expect_eq(o.keep.n, 2u);
	cr_expect(o.dry_run);
	cr_expect_not_null(strstr(REFUSED("--keep=all:7d"), "add --archive"));
	cr_expect_not_null(strstr(REFUSED("--archive=a", "--keep=all:7"), "'7' is not an age"));
}
