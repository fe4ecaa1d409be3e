/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Numbers, keys and texts as people read them. */
#include "config.h"

#include <arpa/inet.h>
#include <criterion/criterion.h>
#include <inttypes.h>
#include <netinet/in.h>
#include <string.h>

#include "view/show.h"

#define NS_PER_S 1000000000ULL

/* What a function has written, in a static array; its result is the length. */
#define SHOWN(function, ...)                                                                   \
	({                                                                                     \
		static char text_[128];                                                        \
		size_t len_ = function(text_, sizeof(text_), __VA_ARGS__);                     \
		cr_expect_eq(len_, strlen(text_));                                             \
		text_;                                                                         \
	})

Test(view_show, counts_have_five_characters_at_most)
{
	static const struct {
		uint64_t n;
		const char *text;
	} cases[] = {
		{ 0, "0" }, { 7, "7" }, { 999, "999" }, { 1000, "1.0k" }, { 1099, "1.0k" },
		{ 1100, "1.1k" }, { 12345, "12.3k" }, { 99999, "99.9k" }, { 100000, "100k" },
		{ 999999, "999k" }, { 1000000, "1.0M" }, { 999999999, "999M" },
		{ 1000000000, "1.0G" }, { 1000000000000, "1.0T" }, { 1000000000000000, "1.0P" },
		{ INT64_MAX, "9.2E" }, { UINT64_MAX, "18.4E" },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		cr_expect_str_eq(SHOWN(show_count, cases[i].n), cases[i].text);
	for (uint64_t n = 1; n < UINT64_MAX / 3; n = n * 3 + 1)
		cr_expect_leq(strlen(SHOWN(show_count, n)), 5, "%" PRIu64, n);
}

/* A count never says more than there was. */
Test(view_show, counts_are_rounded_down)
{
	for (uint64_t n = 1; n < UINT64_MAX / 3; n = n * 3 + 1) {
		const char *text = SHOWN(show_count, n);
		double unit = 1;
		char *end;
		double said = strtod(text, &end);

		for (const char *u = " kMGTPE"; *end && *u != *end; u++)
			unit *= 1000;
		cr_expect(said * unit <= (double)n && (said + (said < 100 ? 0.1 : 1)) * unit > (double)n * 0.999999,
			  "%" PRIu64 " is shown as %s", n, text);
	}
}

Test(view_show, exact_numbers_have_commas)
{
	cr_expect_str_eq(SHOWN(show_exact, 0), "0");
	cr_expect_str_eq(SHOWN(show_exact, 999), "999");
	cr_expect_str_eq(SHOWN(show_exact, 1000), "1,000");
	cr_expect_str_eq(SHOWN(show_exact, 1234567), "1,234,567");
	cr_expect_str_eq(SHOWN(show_exact, UINT64_MAX), "18,446,744,073,709,551,615");
}

Test(view_show, times_are_utc)
{
	uint64_t ns = 1795222800 * NS_PER_S + 999999999;

	cr_expect_str_eq(SHOWN(show_time, ns), "2026-11-21 01:00:00");
	cr_expect_str_eq(SHOWN(show_clock, ns), "01:00:00");
	cr_expect_str_eq(SHOWN(show_time, 0), "1970-01-01 00:00:00");
}

Test(view_show, durations_have_the_largest_unit_that_fits)
{
	cr_expect_str_eq(SHOWN(show_duration, 500), "500ms");
	cr_expect_str_eq(SHOWN(show_duration, 1500), "1500ms");
	cr_expect_str_eq(SHOWN(show_duration, 2000), "2s");
	cr_expect_str_eq(SHOWN(show_duration, 90000), "90s");
	cr_expect_str_eq(SHOWN(show_duration, 60000), "1m");
	cr_expect_str_eq(SHOWN(show_duration, 3600000), "1h");
	cr_expect_str_eq(SHOWN(show_duration, 86400000), "24h");
	cr_expect_str_eq(SHOWN(show_duration, 0), "0s");
}

static const char *address(const char *text, uint8_t bits)
{
	static uint8_t addr[16];

	memset(addr, 0, sizeof(addr));
	if (strchr(text, ':')) {
		inet_pton(AF_INET6, text, addr);
	} else {
		memset(addr + 10, 0xff, 2);
		inet_pton(AF_INET, text, addr + 12);
	}
	return SHOWN(show_address, addr, bits);
}

Test(view_show, addresses_and_networks)
{
	cr_expect_str_eq(address("192.0.2.10", 128), "192.0.2.10");
	cr_expect_str_eq(address("10.0.0.0", 104), "10.0.0.0/8");
	cr_expect_str_eq(address("0.0.0.0", 96), "0.0.0.0/0");
	cr_expect_str_eq(address("2001:db8::1", 128), "2001:db8::1");
	cr_expect_str_eq(address("2001:db8::", 32), "2001:db8::/32");
	cr_expect_str_eq(address("::", 0), "::/0");
	/* no network of IPv4 is so large: damaged lines have such prefixes */
	cr_expect_str_eq(address("::ffff:1.2.3.4", 90), "::ffff:1.2.3.4/90");
}

Test(view_show, protocols_have_names_or_numbers)
{
	cr_expect_str_eq(SHOWN(show_proto, IPPROTO_TCP), "tcp");
	cr_expect_str_eq(SHOWN(show_proto, 253), "253");
}

/* Names are those of services(5), which a machine can lack. */
Test(view_show, ports_have_numbers_or_names)
{
	char name[128];

	cr_expect_str_eq(SHOWN(show_port, 65535, IPPROTO_TCP, false), "65535");
	cr_expect_str_eq(SHOWN(show_port, 22, IPPROTO_TCP, false), "22");
	cr_expect_str_eq(SHOWN(show_port, 0, IPPROTO_TCP, true), "0");
	cr_expect_str_eq(SHOWN(show_port, 22, 253, true), "22");
	show_port(name, sizeof(name), 22, IPPROTO_TCP, true);
	cr_expect(!strcmp(name, "ssh") || !strcmp(name, "22"), "%s", name);
}

#define TEXT_OF(bytes) SHOWN(show_text, bytes, sizeof(bytes) - 1)

Test(view_show, texts_are_harmless)
{
	cr_expect_str_eq(TEXT_OF("web <b>"), "web <b>");
	cr_expect_str_eq(TEXT_OF("a\033[31mb\r\n\tc\177"), "a?[31mb???c?");
	cr_expect_str_eq(TEXT_OF("a\0b"), "a?b");
	cr_expect_str_eq(TEXT_OF("\xc2\x9b" "31m"), "?31m");		/* CSI of C1 */
	cr_expect_str_eq(TEXT_OF("\x9b" "31m"), "?31m");		/* the same as a byte */
	cr_expect_str_eq(TEXT_OF("\xe2\x80\xae" "gpj"), "?gpj");		/* U+202E */
	cr_expect_str_eq(TEXT_OF("a\xe2\x80\xa8" "b"), "a?b");		/* U+2028 */
	cr_expect_str_eq(TEXT_OF("a\xe2\x81\xa6" "b"), "a?b");		/* U+2066 */
	cr_expect_str_eq(TEXT_OF("\xef\xbb\xbf" "a"), "?a");		/* U+FEFF */
	cr_expect_str_eq(TEXT_OF("\xf3\xa0\x81\x81"), "?");		/* U+E0041 */
	cr_expect_str_eq(TEXT_OF("Z\xc3\xbcrich \xe6\x9d\xb1\xe4\xba\xac"), "Z\xc3\xbcrich \xe6\x9d\xb1\xe4\xba\xac");
	cr_expect_str_eq(TEXT_OF("\xed\xa0\x80"), "???");		/* half a pair */
	cr_expect_str_eq(TEXT_OF("\xc0\xaf"), "??");			/* not the shortest form */
}

Test(view_show, texts_are_cut_between_characters)
{
	char to[4] = "xxx";

	cr_expect_eq(show_text(to, sizeof(to), "ab\xc3\xbc", 4), 2);
	cr_expect_str_eq(to, "ab");
	cr_expect_eq(show_text(to, sizeof(to), "a\xc3\xbc", 3), 3);
	cr_expect_str_eq(to, "a\xc3\xbc");
	cr_expect_eq(show_text(to, 1, "a", 1), 0);
	cr_expect_str_eq(to, "");
	to[0] = 'x';
	cr_expect_eq(show_text(to, 0, "a", 1), 0);
	cr_expect_eq(to[0], 'x');
}

Test(view_show, numbers_are_cut_too)
{
	char to[4];

	cr_expect_eq(show_exact(to, sizeof(to), 1234567), 3);
	cr_expect_str_eq(to, "1,2");
	cr_expect_eq(show_time(to, sizeof(to), 0), 3);
	cr_expect_str_eq(to, "197");
}
