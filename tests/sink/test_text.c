/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <arpa/inet.h>
#include <criterion/criterion.h>
#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "random.h"
#include "sink/text.h"

#define S 1000000000ULL

/* --- numbers and addresses ------------------------------------------------ */

static void expect_number(uint64_t n)
{
	char ours[21] = { 0 }, theirs[21];

	snprintf(theirs, sizeof(theirs), "%" PRIu64, n);
	*text_u64(ours, n) = '\0';
	cr_assert_str_eq(ours, theirs);
}

Test(text, numbers_read_like_those_of_printf)
{
	struct random r = random_from(21);

	expect_number(0);
	expect_number(UINT64_MAX);
	for (uint64_t n = 1, i = 0; i < 20; i++, n *= 10) {
		expect_number(n - 1);
		expect_number(n);
		expect_number(n + 1);
	}
	for (int i = 0; i < 100000; i++)
		expect_number(random_next(&r) >> random_below(&r, 64));
}

static void expect_ipv4(const uint8_t addr[4])
{
	char ours[16] = { 0 }, theirs[INET_ADDRSTRLEN];
	char *end = text_ipv4(ours, addr);

	cr_assert_leq(end - ours, 15);
	*end = '\0';
	cr_assert_str_eq(ours, inet_ntop(AF_INET, addr, theirs, sizeof(theirs)));
}

Test(text, ipv4_reads_like_that_of_inet_ntop)
{
	struct random r = random_from(22);
	uint8_t addr[4];

	for (int place = 0; place < 4; place++) {
		for (int octet = 0; octet < 256; octet++) {
			memset(addr, 255, sizeof(addr));
			addr[place] = octet;
			expect_ipv4(addr);
		}
	}
	for (int i = 0; i < 100000; i++) {
		random_bytes(&r, addr, sizeof(addr));
		expect_ipv4(addr);
	}
}

static const char *ipv6(const uint8_t addr[16])
{
	static char text[46];
	char *end = text_ipv6(text, addr);

	cr_assert_leq(end - text, 45);
	*end = '\0';
	return text;
}

/* inet_ntop() writes ::1.2.3.4 for the long deprecated IPv4-compatible ones;
 * for them it is enough that inet_pton() reads the same address. */
static void expect_ipv6(const uint8_t addr[16])
{
	static const uint8_t zeros[12];
	char theirs[INET6_ADDRSTRLEN];
	uint8_t back[16];

	if (memcmp(addr, zeros, sizeof(zeros)))
		cr_assert_str_eq(ipv6(addr), inet_ntop(AF_INET6, addr, theirs, sizeof(theirs)));
	cr_assert_eq(inet_pton(AF_INET6, ipv6(addr), back), 1, "%s", ipv6(addr));
	cr_assert(!memcmp(addr, back, sizeof(back)), "%s", ipv6(addr));
}

Test(text, ipv6_reads_like_that_of_inet_ntop_for_every_pattern_of_zeros)
{
	static const uint16_t groups[] = { 0x1, 0x10, 0xff, 0x100, 0xabc, 0x1000, 0xffff };
	uint8_t addr[16];

	for (size_t g = 0; g < sizeof(groups) / sizeof(groups[0]); g++) {
		for (int pattern = 0; pattern < 256; pattern++) {
			for (int i = 0; i < 8; i++) {
				addr[2 * i] = pattern >> i & 1 ? groups[g] >> 8 : 0;
				addr[2 * i + 1] = pattern >> i & 1 ? groups[g] : 0;
			}
			expect_ipv6(addr);
		}
	}
}

Test(text, ipv6_reads_like_that_of_inet_ntop_for_random_addresses)
{
	struct random r = random_from(23);
	uint8_t addr[16];

	for (int i = 0; i < 200000; i++) {
		random_bytes(&r, addr, sizeof(addr));
		/* random bits say which bytes are zero: random bytes hardly ever are */
		for (uint64_t bits = random_next(&r), b = 0; b < 16; b++)
			addr[b] &= bits >> b & 1 ? 0xff : 0;
		expect_ipv6(addr);
	}
}

Test(text, ipv6_is_written_as_rfc_5952_says)
{
	static const char *const examples[] = {
		"2001:db8::1", "2001:db8:0:1:1:1:1:1", "2001:0:0:1::1", "2001:db8::1:0:0:1", "::",
		"::1", "1::", "2001:db8::aaaa:0:0:1", "fe80::1ff:fe23:4567:890a",
		"ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "::ffff:192.0.2.1", "::ffff:255.255.255.255",
		"::fffe:c000:201", "::7f00:1",
	};
	uint8_t addr[16];

	for (size_t i = 0; i < sizeof(examples) / sizeof(examples[0]); i++) {
		cr_assert_eq(inet_pton(AF_INET6, examples[i], addr), 1);
		cr_expect_str_eq(ipv6(addr), examples[i]);
	}
}

/* --- times ---------------------------------------------------------------- */

static void expect_time(uint64_t ns)
{
	time_t s = ns / S;
	char ours[28] = { 0 }, theirs[64];
	size_t len;
	struct tm tm;

	cr_assert_not_null(gmtime_r(&s, &tm));
	len = strftime(theirs, sizeof(theirs), "%Y-%m-%dT%H:%M:%S", &tm);
	snprintf(theirs + len, sizeof(theirs) - len, ".%06uZ", (unsigned int)(ns % S / 1000));
	cr_assert_eq(text_time(ours, ns) - ours, 27);
	cr_assert_str_eq(ours, theirs);
}

Test(text, times_read_like_those_of_strftime_on_every_day)
{
	/* 64 bits of nanoseconds end in the year 2554 */
	for (uint64_t day = 0; day < UINT64_MAX / S / 86400; day++) {
		expect_time(day * 86400 * S);
		expect_time((day + 1) * 86400 * S - 1);
	}
	expect_time(UINT64_MAX);
}

Test(text, times_read_like_those_of_strftime_at_random)
{
	struct random r = random_from(24);

	for (int i = 0; i < 200000; i++)
		expect_time(random_next(&r));
}

/* --- strings from outside ------------------------------------------------- */

/* Append a code point in UTF-8. */
static char *put_utf8(char *p, uint32_t c)
{
	if (c < 0x80) {
		*p++ = c;
	} else if (c < 0x800) {
		*p++ = 0xc0 | c >> 6;
		*p++ = 0x80 | (c & 0x3f);
	} else if (c < 0x10000) {
		*p++ = 0xe0 | c >> 12;
		*p++ = 0x80 | (c >> 6 & 0x3f);
		*p++ = 0x80 | (c & 0x3f);
	} else {
		*p++ = 0xf0 | c >> 18;
		*p++ = 0x80 | (c >> 12 & 0x3f);
		*p++ = 0x80 | (c >> 6 & 0x3f);
		*p++ = 0x80 | (c & 0x3f);
	}
	return p;
}

/* The length of the well-formed sequence at s: a row of table 3-7 of the
 * Unicode standard, written out; 0 for none. */
static size_t well_formed(const unsigned char *s, size_t len)
{
	static const struct {
		unsigned char first, last, second_min, second_max, n;
	} rows[] = {
		{ 0x00, 0x7f, 0, 0, 1 },	    { 0xc2, 0xdf, 0x80, 0xbf, 2 },
		{ 0xe0, 0xe0, 0xa0, 0xbf, 3 }, { 0xe1, 0xec, 0x80, 0xbf, 3 },
		{ 0xed, 0xed, 0x80, 0x9f, 3 }, { 0xee, 0xef, 0x80, 0xbf, 3 },
		{ 0xf0, 0xf0, 0x90, 0xbf, 4 }, { 0xf1, 0xf3, 0x80, 0xbf, 4 },
		{ 0xf4, 0xf4, 0x80, 0x8f, 4 },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		size_t n = rows[i].n;

		if (s[0] < rows[i].first || s[0] > rows[i].last)
			continue;
		if (n > len || (n > 1 && (s[1] < rows[i].second_min || s[1] > rows[i].second_max)))
			return 0;
		for (size_t k = 2; k < n; k++)
			if (s[k] < 0x80 || s[k] > 0xbf)
				return 0;
		return n;
	}
	return 0;
}

/* What a reader should get back: the string, with U+FFFD for each byte that is
 * no UTF-8. */
static size_t decoded(char *to, const char *s, size_t len)
{
	char *p = to;

	for (size_t i = 0, n; i < len; i += n ? n : 1) {
		n = well_formed((const unsigned char *)s + i, len - i);
		if (n) {
			memcpy(p, s + i, n);
			p += n;
		} else {
			p = put_utf8(p, 0xfffd);
		}
	}
	return p - to;
}

/* Escape a string of at most 64 bytes and check all that is promised of it. */
static void expect_escaped(const char *s, size_t len)
{
	char json[2 + 6 * 64 + 1], expected[3 * 64], *end;
	char *exact = malloc(len ? len : 1);	/* a sanitizer sees a read past its end */
	size_t expected_len = decoded(expected, s, len);
	json_t *value;

	memcpy(exact, s, len);
	json[0] = '"';
	end = text_escaped(json + 1, exact, len);
	cr_assert_leq(end - (json + 1), (ptrdiff_t)(6 * len));
	*end++ = '"';
	for (char *p = json; p < end; p++)
		cr_assert(*p >= 0x20 && *p <= 0x7e, "a byte 0x%02x", (unsigned char)*p);
	value = json_loadb(json, end - json, JSON_DECODE_ANY | JSON_ALLOW_NUL, NULL);
	cr_assert_not_null(value, "%.*s", (int)(end - json), json);
	cr_assert_eq(json_string_length(value), expected_len, "%.*s", (int)(end - json), json);
	cr_assert(!memcmp(json_string_value(value), expected, expected_len), "%.*s",
		  (int)(end - json), json);
	json_decref(value);
	free(exact);
}

Test(text_escaped, all_strings_of_a_byte_and_of_two)
{
	char s[2];

	expect_escaped("", 0);
	for (int first = 0; first < 256; first++) {
		s[0] = first;
		expect_escaped(s, 1);
		for (int second = 0; second < 256; second++) {
			s[1] = second;
			expect_escaped(s, 2);
		}
	}
}

Test(text_escaped, every_code_point)
{
	char s[4];

	for (uint32_t c = 0; c <= 0x10ffff; c++)
		expect_escaped(s, put_utf8(s, c) - s);	/* surrogates are among them */
}

Test(text_escaped, cut_off_or_too_long_or_too_high)
{
	static const char *const strings[] = {
		"\xc3", "\xe2\x82", "\xf0\x9f\x98", "a\xf0\x9f\x98", "\xe2\x82\xe2\x82\xac",
		"\xc0\x80", "\xc1\xbf", "\xe0\x80\x80", "\xe0\x9f\xbf", "\xf0\x80\x80\x80",
		"\xf0\x8f\xbf\xbf", "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xf7\xbf\xbf\xbf",
		"\xf8\x88\x80\x80\x80", "\xfc\x84\x80\x80\x80\x80", "\xfe", "\xff", "\x80", "\xbf",
		"\xed\xa0\x80", "\xed\xbf\xbf", "\xed\xa0\xbd\xed\xb8\x80", "\xef\xbb\xbf",
		"\xef\xbf\xbe", "\xef\xbf\xbf", "\xc2\x9b;31m", "\x1b[31m", "\xe2\x80\xae",
		"\"}\n{\"type\":\"flow\"}", "\\u0041", "\\", "/", "\x7f", "\xc3(", "\xe2(\xa1",
		"\xe2\x82(", "\xf0(\x8c\xbc", "\xf0\x90(\xbc", "\xf0\x90\x8c(",
	};

	for (size_t i = 0; i < sizeof(strings) / sizeof(strings[0]); i++)
		expect_escaped(strings[i], strlen(strings[i]));
}

Test(text_escaped, random_bytes)
{
	struct random r = random_from(25);
	char s[64];

	for (int i = 0; i < 100000; i++) {
		size_t len = random_below(&r, sizeof(s) + 1);

		random_bytes(&r, s, len);
		expect_escaped(s, len);
	}
}

Test(text_escaped, random_mixtures_of_good_and_bad)
{
	struct random r = random_from(26);
	char s[64];

	for (int i = 0; i < 100000; i++) {
		char *p = s;

		while (p < s + sizeof(s) - 4) {
			p = put_utf8(p, random_next(&r) % 0x110000 >> random_below(&r, 18));
			if (!random_below(&r, 6))
				p[-1] = random_next(&r);
		}
		expect_escaped(s, p - s);
	}
}

Test(text_escaped, plain_text_stays_as_it_is)
{
	static const char plain[] = "DROP in=eth0 [new] {x} 'a/b' ~";
	char out[6 * sizeof(plain)];

	cr_assert_eq(text_escaped(out, plain, strlen(plain)) - out, (ptrdiff_t)strlen(plain));
	cr_assert(!memcmp(out, plain, strlen(plain)));
}

/* --- and cut --------------------------------------------------------------- */

/* What is left is a whole beginning, as long as there is room for, and says whether it
 * is all. */
static void expect_cut(const char *s, size_t len, size_t max)
{
	char whole[6 * 64], part[6 * 64];
	size_t whole_len = text_escaped(whole, s, len) - whole, part_len;
	bool cut = false;

	cr_assert_leq(len, 64);
	part_len = text_escaped_max(part, s, len, max, &cut) - part;
	cr_assert_leq(part_len, max);
	cr_assert_eq(memcmp(part, whole, part_len), 0);
	cr_assert_eq(cut, part_len < whole_len, "%zu of %zu, at most %zu", part_len, whole_len, max);
	if (!cut)
		return;
	/* The text ends before the first character that does not fit, not in the middle of it. */
	cr_assert_gt(part_len + 12, max);
	if (whole[part_len] != '\\')
		cr_assert_eq(part_len, max);
	cr_assert(part_len < 6 || memcmp(part + part_len - 6, "\\ud8", 4), "half of a pair at the end");
}

Test(text_escaped, is_cut_between_characters)
{
	static const char *const texts[] = {
		"plain text", "\"quoted\" \\ \"", "\x01\x02\x03", "caf\xc3\xa9 caf\xc3\xa9",
		"\xf0\x90\x80\x80\xf0\x90\x80\x80", "a\xf0\x90\x80\x80z\xff\xfe\"", "",
	};

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		for (size_t max = 0; max < 100; max++)
			expect_cut(texts[i], strlen(texts[i]), max);
}
