/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Lines of conditions, and which records meet them. */
#include "config.h"

#include <arpa/inet.h>
#include <criterion/criterion.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

#include "cli/options_case.h"
#include "view/filter.h"

static struct flow_select select_;
static struct refusal why;

static bool parses(const char *line)
{
	memset(&why, 0, sizeof(why));
	return !view_filter_parse(&select_, line, &why);
}

static const char *reason(const char *line)
{
	cr_assert_eq(view_filter_parse(&select_, line, &why), -EINVAL, "%s", line);
	return why.why;
}

/* --- lines ------------------------------------------------------------------------ */

/* The line selects what ctagg selects with these words on its command line. */
static void expect_same(const char *line, const char *const words[])
{
	static struct options o;

	cr_assert(parses(line), "%s: %s", line, why.why);
	cr_assert_eq(parse(&o, words), OPTIONS_RUN);
	cr_expect_arr_eq(&select_, &o.select, sizeof(select_), "%s", line);
}
#define EXPECT_SAME(line, ...)                                                                 \
	expect_same(line, (const char *const[]){ __VA_ARGS__ __VA_OPT__(,) NULL })

Test(view_filter, a_line_selects_what_ctagg_selects)
{
	EXPECT_SAME("");
	EXPECT_SAME(" \t\n ");
	EXPECT_SAME("dst=10.0.0.0/8 dport=!443", "--dst=10.0.0.0/8", "--dport=!443");
	EXPECT_SAME("  --dst 10.0.0.0/8   --dport='!443'\t", "--dst=10.0.0.0/8", "--dport=!443");
	EXPECT_SAME("dst 10.0.0.0/8", "--dst=10.0.0.0/8");
	EXPECT_SAME("proto=tcp,47 src=2001:db8::/32 addr=10.1.0.1-10.1.0.9 sport=1-5,https",
		    "--proto=tcp,47", "--src=2001:db8::/32", "--addr=10.1.0.1-10.1.0.9",
		    "--sport=1-5,https");
	EXPECT_SAME("port=!53 direction=in,local zone=3 mark=0x10/0xf0", "--port=!53",
		    "--direction=in,local", "--zone=3", "--mark=0x10/0xf0");
}

Test(view_filter, words_are_read_as_a_shell_reads_them)
{
	EXPECT_SAME("dport='!443'", "--dport=!443");
	EXPECT_SAME("dport=\"!443\"", "--dport=!443");
	EXPECT_SAME("dport=\\!443", "--dport=!443");
	EXPECT_SAME("'dport=!443' dst=1\"0.0\".0.\\1", "--dport=!443", "--dst=10.0.0.1");
	EXPECT_SAME("--dport '!443'", "--dport=!443");
	cr_expect_not_null(strstr(reason("dport='4 4'"), "'4 4'"));
	cr_expect_not_null(strstr(reason("dport=4\\ 4"), "'4 4'"));
	cr_expect_not_null(strstr(reason("dport='4\\4'"), "'4\\4'"));
	cr_expect_not_null(strstr(reason("dport=\"4\\4\""), "'4\\4'"));
	cr_expect_not_null(strstr(reason("dport=\"4\\\"4\""), "'4\"4'"));
	cr_expect_not_null(strstr(reason("dport=\"4'4\""), "'4'4'"));
	cr_expect_not_null(strstr(reason("dport='4\"4'"), "'4\"4'"));
	cr_expect_str_eq(reason("dport='443"), "'dport=443': the quote ' is not closed");
	cr_expect_str_eq(reason("\"dport"), "'dport': the quote \" is not closed");
	cr_expect_not_null(strstr(reason("dport=4\\"), "'4\\'"));
}

/* In the words of ctagg's own message. */
static void expect_refused(const char *line, const char *const words[])
{
	cr_expect_str_eq(reason(line), refused(words), "%s", line);
}
#define EXPECT_REFUSED(line, ...)                                                              \
	expect_refused(line, (const char *const[]){ __VA_ARGS__, NULL })

Test(view_filter, refuses_what_ctagg_refuses_in_the_same_words)
{
	EXPECT_REFUSED("dport=70000", "--dport=70000");
	EXPECT_REFUSED("dport=", "--dport=");
	EXPECT_REFUSED("dport=''", "--dport=");
	EXPECT_REFUSED("src=host.example", "--src=host.example");
	EXPECT_REFUSED("proto=tpc", "--proto=tpc");
	EXPECT_REFUSED("direction=up", "--direction=up");
	EXPECT_REFUSED("zone=65536", "--zone=65536");
	EXPECT_REFUSED("mark=7/3", "--mark=7/3");
	EXPECT_REFUSED("addr=10.0.0.1 addr=10.0.0.2", "--addr=10.0.0.1", "--addr=10.0.0.2");
	EXPECT_REFUSED("--proto icmp --dport 80", "--proto=icmp", "--dport=80");
	EXPECT_REFUSED("port=80 proto=gre", "--proto=gre", "--port=80");
	EXPECT_REFUSED("--dst", "--dst");
}

Test(view_filter, names_what_is_no_condition)
{
	const char *there = "is not a condition; there are proto, src, dst, sport, dport, addr, "
			    "port, direction, zone and mark";
	const char *const lines[] = { "10.0.0.1", "--window=5", "dports=5", "--=5", "=5", "''", "-" };
	char huge[8192];

	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
		cr_expect_not_null(strstr(reason(lines[i]), there), "%s", lines[i]);
	cr_expect_eq(reason("proto=tcp 10.0.0.1"), strstr(why.why, "'10.0.0.1' is"));
	memset(huge, 'x', sizeof(huge) - 1);
	huge[sizeof(huge) - 1] = '\0';
	cr_expect_not_null(strstr(reason(huge), "longer than a condition can be"));
	cr_expect_lt(strlen(why.why), 200);
	huge[4096] = '\0';
	cr_expect_not_null(strstr(reason(huge), "longer than a condition can be"));
	huge[4095] = '\0';
	cr_expect_not_null(strstr(reason(huge), there));
	memcpy(huge, "dport=", 6);
	huge[4000] = '\0';
	cr_expect_not_null(strstr(reason(huge), "--dport xxx"));
	cr_expect_lt(strlen(why.why), 300);
}

/* --- records ---------------------------------------------------------------------- */

/* A TCP connection from 10.0.0.1 port 1000 to 10.0.0.2 port 443. */
static struct view_flow tcp(void)
{
	struct view_flow f = { .key = {
		.has = VIEW_DIRECTION | VIEW_PROTO | VIEW_SRC | VIEW_SPORT | VIEW_DST | VIEW_DPORT |
		       VIEW_ZONE | VIEW_MARK,
		.proto = IPPROTO_TCP, .direction = FLOW_DIR_OUT, .sport = 1000, .dport = 443,
		.src_bits = 128, .dst_bits = 128, .zone = 5, .mark = 0x10,
	} };

	flow_addr_v4(f.key.src, "\x0a\0\0\x01");
	flow_addr_v4(f.key.dst, "\x0a\0\0\x02");
	return f;
}

static bool holds(const char *line, const struct view_flow *f)
{
	cr_assert(parses(line), "%s: %s", line, why.why);
	return view_filter_holds(&select_, f);
}

Test(view_filter, all_conditions_have_to_be_met)
{
	struct view_flow f = tcp();

	cr_expect(holds("", &f));
	cr_expect(holds("proto=tcp src=10.0.0.1 dst=10.0.0.0/8 sport=1000 dport=443 addr=10.0.0.2 "
			"port=443 direction=out zone=5 mark=0x10/0xf0", &f));
	for (const char *const *other = (const char *const[]){
		     "proto=udp", "src=10.0.0.2", "dst=11.0.0.0/8", "sport=1", "dport=444",
		     "addr=10.0.0.3", "port=80", "direction=in", "zone=6", "mark=0x11", NULL };
	     *other; other++) {
		char line[128];

		cr_expect_not(holds(*other, &f), "%s", *other);
		snprintf(line, sizeof(line), "%s %s", *other,
			 strncmp(*other, "proto", 5) ? "proto=tcp" : "zone=5");
		cr_expect_not(holds(line, &f), "%s", line);
		snprintf(line, sizeof(line), "%.*s=!%s", (int)strcspn(*other, "="), *other,
			 strchr(*other, '=') + 1);
		cr_expect(holds(line, &f), "%s", line);
	}
}

Test(view_filter, a_record_without_the_field_meets_no_condition_on_the_field)
{
	static const struct {
		uint32_t field;
		const char *conditions[2];
	} cases[] = {
		{ VIEW_PROTO, { "proto=tcp", "proto=!udp" } },
		{ VIEW_SRC, { "src=10.0.0.1", "src=!10.0.0.9" } },
		{ VIEW_DST, { "dst=10.0.0.2", "dst=!10.0.0.9" } },
		{ VIEW_SPORT, { "sport=1000", "sport=!7" } },
		{ VIEW_DPORT, { "dport=443", "dport=!7" } },
		{ VIEW_DIRECTION, { "direction=out", "direction=!in" } },
		{ VIEW_ZONE, { "zone=5", "zone=!6" } },
		{ VIEW_MARK, { "mark=0x10", "mark=!7" } },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct view_flow f = tcp();

		for (int k = 0; k < 2; k++) {
			f.key.has |= cases[i].field;
			cr_expect(holds(cases[i].conditions[k], &f), "%s", cases[i].conditions[k]);
			f.key.has &= ~cases[i].field;
			cr_expect_not(holds(cases[i].conditions[k], &f), "%s", cases[i].conditions[k]);
		}
	}
}

Test(view_filter, one_end_can_be_enough)
{
	struct view_flow f = tcp();

	f.key.has &= ~(VIEW_SPORT | VIEW_SRC);
	cr_expect(holds("port=443 addr=10.0.0.2", &f));
	cr_expect_not(holds("port=1000", &f));
	cr_expect_not(holds("addr=10.0.0.1", &f));
	cr_expect_not(holds("port=!443", &f));
	cr_expect_not(holds("port=!7", &f), "the other port can be 7");
	cr_expect_not(holds("addr=!10.0.0.9", &f), "the other address can be this one");
	cr_expect(holds("addr=!2001:db8::/32", &f), "the other address is of IPv4, too");
}

Test(view_filter, protocols_without_ports_are_in_no_list)
{
	struct view_flow f = tcp();

	f.key.proto = IPPROTO_ICMP;
	f.key.has &= ~(VIEW_SPORT | VIEW_DPORT);
	cr_expect_not(holds("dport=443", &f));
	cr_expect_not(holds("port=0", &f));
	cr_expect(holds("dport=!443 sport=!1 port=!0", &f));
	f.key.has &= ~VIEW_PROTO;
	cr_expect_not(holds("dport=!443", &f), "it can be TCP");
}

Test(view_filter, a_network_is_met_as_a_whole)
{
	struct view_flow f = tcp();

	f.key.src_bits = 96 + 24;
	f.key.src[15] = 0;
	cr_expect(holds("src=10.0.0.0/24", &f));
	cr_expect(holds("src=10.0.0.0/8,1.2.3.4", &f));
	cr_expect_not(holds("src=10.0.0.0/25", &f));
	cr_expect_not(holds("src=!10.0.0.0/25", &f), "half of it is in there");
	cr_expect_not(holds("src=!10.0.0.7", &f));
	cr_expect(holds("src=!10.0.1.0/24", &f));
	cr_expect_not(holds("src=::/0", &f), "another family");
	cr_expect(holds("src=!::/0", &f));
	memcpy(f.key.src, "\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\0", 16);
	f.key.src_bits = 32;
	cr_expect(holds("src=2001:db8::/32", &f));
	cr_expect_not(holds("src=2001:db8::/48", &f));
	cr_expect(holds("src=!0.0.0.0/0", &f));
	cr_expect_not(holds("addr=!2001:db8:1::1", &f));
	memset(f.key.src, 0, 16);
	f.key.src_bits = 0;
	cr_expect(holds("src=::/0", &f));
	cr_expect_not(holds("src=!::1", &f));
	cr_expect_not(holds("src=0.0.0.0/0", &f), "all addresses of IPv6, and none of IPv4");
	flow_addr_v4(f.key.src, "\0\0\0");
	f.key.src_bits = 96;
	cr_expect(holds("src=0.0.0.0/0", &f));
	cr_expect_not(holds("src=::/0", &f));
}

Test(view_filter, other_records_hold_without_a_condition_only)
{
	struct view_flow f = tcp();	/* with a key, which counts for nothing */

	f.other = true;
	cr_expect(holds("", &f));
	cr_expect_not(holds("proto=tcp", &f));
	cr_expect_not(holds("dport=!443", &f));
	cr_expect_not(holds("src=!10.0.0.1", &f));
}
