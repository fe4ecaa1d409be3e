/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which options stand together: every pair of them. */
#include "config.h"

#include <criterion/criterion.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "capture.h"
#include "cli/options_case.h"
#include "cli/rows.h"

#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))
#define NOT_SNAPSHOT "snapshot state changes "
#define NOT_CHECK "check "
#define NOT_EVENTS "events "
#define NOT_READ NOT_SNAPSHOT NOT_CHECK "fail-on nflog-group kernel-drops rules sockets no-conntrack netns source buffer-size enable interim "

/* Each option as it can stand alone, perhaps with others that it needs, and the options that are
 * refused beside it; a pair stands in the list of one of the two at least. */
static const struct together {
	const char *option;
	const char *needed[2];
	const char *refused;
} options[] = {
	{ "--window=5", { NULL }, NOT_SNAPSHOT NOT_CHECK NOT_EVENTS },
	{ "--count=1", { NULL }, NOT_SNAPSHOT NOT_CHECK NOT_EVENTS },
	{ "--output=f", { NULL }, NOT_CHECK },
	{ "--spool=d", { NULL }, NOT_CHECK },
	{ "--spool-max=1G", { "--spool=d" }, NOT_CHECK },
	{ "--spool-sync=none", { "--spool=d" }, NOT_CHECK },
	{ "--early-close=50", { NULL }, NOT_SNAPSHOT NOT_CHECK NOT_EVENTS },
	{ "--no-align", { NULL }, NOT_SNAPSHOT NOT_CHECK NOT_EVENTS },
	{ "--metrics=f", { NULL }, NOT_SNAPSHOT NOT_CHECK NOT_EVENTS },
	{ "--strict", { NULL }, NOT_CHECK },
	{ "--host=h", { NULL }, NOT_EVENTS },
	{ "--tag=a=b", { NULL }, NOT_EVENTS },
	{ "--anonymize=f", { NULL }, NOT_CHECK },
	{ "--labels=f", { NULL }, NOT_CHECK },
	{ "--key=src", { NULL }, NOT_EVENTS },
	{ "--distinct=sport", { NULL }, NOT_CHECK NOT_EVENTS "state changes " },
	{ "--max-flows=5", { NULL }, NOT_EVENTS },
	{ "--top=5", { NULL }, NOT_CHECK NOT_EVENTS "state changes " },
	{ "--table=hash", { NULL }, NOT_SNAPSHOT },
	{ "--proto=tcp", { NULL }, "" },
	{ "--src=10.0.0.1", { NULL }, "" },
	{ "--dst=10.0.0.1", { NULL }, "" },
	{ "--sport=1", { NULL }, "" },
	{ "--dport=1", { NULL }, "" },
	{ "--addr=10.0.0.1", { NULL }, "" },
	{ "--port=1", { NULL }, "" },
	{ "--direction=in", { NULL }, "" },
	{ "--zone=1", { NULL }, "no-conntrack " },
	{ "--mark=0x10/0xf0", { NULL }, "no-conntrack " },
	{ "--nflog-group=5", { NULL }, NOT_SNAPSHOT },
	{ "--kernel-drops", { "--source=trace" }, NOT_SNAPSHOT NOT_CHECK "no-conntrack " },
	{ "--rules", { NULL }, NOT_SNAPSHOT NOT_CHECK NOT_EVENTS },
	{ "--sockets", { NULL }, NOT_SNAPSHOT NOT_CHECK NOT_EVENTS },
	{ "--no-conntrack", { "--nflog-group=6" }, NOT_SNAPSHOT },
	{ "--netns=n", { NULL }, "" },
	{ "--source=trace", { NULL }, NOT_SNAPSHOT "no-conntrack " },
	{ "--buffer-size=1M", { NULL }, NOT_SNAPSHOT },
	{ "--enable=acct", { NULL }, NOT_SNAPSHOT NOT_CHECK "no-conntrack " },
	{ "--user=root", { NULL }, "" },
	{ "--interim", { NULL }, NOT_SNAPSHOT NOT_EVENTS "no-conntrack " },
	{ "--events", { NULL }, NOT_SNAPSHOT NOT_CHECK },
	{ "--snapshot", { NULL }, NOT_CHECK },
	{ "--state=f", { "--snapshot" }, NOT_CHECK },
	{ "--changes=changed", { "--snapshot", "--state=f" }, NOT_CHECK },
	{ "--read=f", { NULL }, NOT_READ },
	{ "--own=10.0.0.1", { "--read=f" }, NOT_READ },
	{ "--seed=1", { "--read=f" }, NOT_READ },
	{ "--check", { NULL }, "" },
	{ "--fail-on=note", { "--check" }, NOT_SNAPSHOT
	  "window count output spool spool-max spool-sync early-close no-align strict top distinct enable events metrics anonymize labels kernel-drops rules sockets " },
	{ "--quiet", { NULL }, "" },
	{ "--verbose", { NULL }, "" },
};

/* The name of the option, which a space follows in lists. */
static void name_of(const struct together *o, char name[32])
{
	snprintf(name, 32, "%.*s ", (int)strcspn(o->option + 2, "="), o->option + 2);
}

static bool has_word(const char *list, const char *name)
{
	for (const char *at = strstr(list, name); at; at = strstr(at + 1, name))
		if (at == list || at[-1] == ' ')
			return true;
	return false;
}

/* What is there already is not given twice. */
static void add_needed(const char *words[], size_t *n, const struct together *o)
{
	for (size_t i = 0; i < LENGTH(o->needed) && o->needed[i]; i++) {
		size_t at = 0;

		while (at < *n && strcmp(words[at], o->needed[i]))
			at++;
		words[at] = o->needed[i];
		*n += at == *n;
	}
}

static void expect_pair(const struct together *a, const struct together *b)
{
	const char *words[8] = { a->option, b->option };
	char name_a[32], name_b[32];
	static struct options o;
	size_t n = 2;

	name_of(a, name_a);
	name_of(b, name_b);
	add_needed(words, &n, a);
	add_needed(words, &n, b);
	if (has_word(a->refused, name_b) || has_word(b->refused, name_a)) {
		const char *text = refused(words);

		cr_expect_not_null(strstr(text, "; leave "), "%s %s: %s", name_a, name_b, text);
	} else {
		cr_expect_eq(parse(&o, words), OPTIONS_RUN, "%s and %s", name_a, name_b);
	}
}

Test(together, every_pair_in_both_orders)
{
	for (size_t i = 0; i < LENGTH(options); i++)
		for (size_t k = 0; k < LENGTH(options); k++)
			if (i != k)
				expect_pair(&options[i], &options[k]);
}

/* --help, --schema and --version end the reading of the command line. */
Test(together, every_option_is_in_the_list)
{
	for (const struct option_row *row = option_rows; row->name; row++) {
		char name[32], want[32];
		size_t i = 0;

		snprintf(want, sizeof(want), "%s ", row->name);
		for (; i < LENGTH(options); i++) {
			name_of(&options[i], name);
			if (!strcmp(name, want))
				break;
		}
		cr_expect(i < LENGTH(options) || !strcmp(row->name, "help") ||
			  !strcmp(row->name, "schema") || !strcmp(row->name, "version"), "--%s", row->name);
	}
}

static void expect_said(const char *message, const char *const words[])
{
	const char *text = refused(words);

	cr_expect_str_eq(text, message, "%s", text);
}
#define EXPECT_SAID(message, ...) expect_said(message, (const char *const[]){ __VA_ARGS__, NULL })

Test(together, the_message_names_both_and_why)
{
	EXPECT_SAID("--window and --snapshot: a snapshot is taken once, and there are no windows; leave one of them out",
		    "--snapshot", "--window", "5");
	EXPECT_SAID("--output and --check: --check says what would keep data away, and counts nothing; leave one of them out",
		    "-of", "--check=json");
	EXPECT_SAID("--zone and --no-conntrack: that is for connections, and only drops are counted; leave one of them out",
		    "-g5", "--zone=!1", "--no-conntrack");
	EXPECT_SAID("--table bpf and --no-conntrack: drops are counted in memory; leave one of them out",
		    "-g5", "--table=bpf", "--no-conntrack");
	EXPECT_SAID("--dport and --proto: none of these protocols has ports; leave one of them out",
		    "--dport=80", "--proto=icmp,47-50");
	EXPECT_SAID("--port and --proto: none of these protocols has ports; leave one of them out",
		    "--port=80", "--proto=icmp,47-50");
}

Test(together, what_makes_sense_is_taken)
{
	struct options o;

	cr_expect_eq(PARSE(&o, "--dport=80", "--proto=icmp,6"), OPTIONS_RUN);
	cr_expect_eq(PARSE(&o, "--dport=80", "--proto=!icmp"), OPTIONS_RUN);
	cr_expect_eq(PARSE(&o, "--port=80", "--proto=icmp,6"), OPTIONS_RUN);
	cr_expect_eq(PARSE(&o, "--proto=icmp", "-ksrc,dport"), OPTIONS_RUN);
	cr_expect_eq(PARSE(&o, "--no-conntrack", "-g5", "-ksrc,rule"), OPTIONS_RUN);
	cr_expect_eq(PARSE(&o, "--no-conntrack", "--rules"), OPTIONS_RUN);
	cr_expect_eq(PARSE(&o, "--no-conntrack", "--sockets"), OPTIONS_RUN);
	cr_expect_eq(PARSE(&o, "--no-conntrack", "-g5", "-ksrc,nat-dst/8,zone,rule"), OPTIONS_RUN);
	cr_expect_eq(PARSE(&o, "-s", "-t5,bytes", "-m9", "--strict", "-of"), OPTIONS_RUN);
	cr_expect_eq(PARSE(&o, "--check=json", "-g5", "--interim", "-m9", "--table=hash"), OPTIONS_RUN);
}
