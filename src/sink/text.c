/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include "json/unicode.h"
#include "sink/text.h"

#define NS_PER_US 1000ULL
#define US_PER_S 1000000ULL
#define S_PER_DAY 86400ULL

/* MAX_ESCAPED       the longest escape of one character: two times \uXXXX, a surrogate pair
 * MAX_ESCAPED_BYTE  the most that one byte of text can become: one \uXXXX
 */
#define MAX_ESCAPED 12
#define MAX_ESCAPED_BYTE 6

static const char hex[] = "0123456789abcdef";

char *text_u64(char *p, uint64_t n)
{
	char digits[20];
	size_t len = 0;

	do
		digits[sizeof(digits) - ++len] = '0' + n % 10;
	while (n /= 10);
	return text_literal(p, digits + sizeof(digits) - len, len);
}

static char *padded(char *p, uint32_t n, int width)
{
	for (int i = width; i-- > 0; n /= 10)
		p[i] = '0' + n % 10;
	return p + width;
}

static char *octet(char *p, uint8_t n)
{
	if (n >= 100)
		*p++ = '0' + n / 100;
	if (n >= 10)
		*p++ = '0' + n / 10 % 10;
	*p++ = '0' + n % 10;
	return p;
}

char *text_ipv4(char *p, const uint8_t addr[4])
{
	for (int i = 0; i < 4; i++) {
		if (i)
			*p++ = '.';
		p = octet(p, addr[i]);
	}
	return p;
}

static char *group(char *p, const uint8_t pair[2])
{
	unsigned int n = pair[0] << 8 | pair[1];

	if (n > 0xfff)
		*p++ = hex[n >> 12];
	if (n > 0xff)
		*p++ = hex[n >> 8 & 0xf];
	if (n > 0xf)
		*p++ = hex[n >> 4 & 0xf];
	*p++ = hex[n & 0xf];
	return p;
}

/* The longest run of zero groups, which RFC 5952 writes as "::": the first of those that are
 * equally long, and none of a single group (4.2.2). *start is -1 when there is none. */
static void longest_zeros(const uint8_t addr[16], int *start, int *len)
{
	int run = 0;

	*start = -1;
	*len = 1;
	for (int i = 0; i < 8; i++) {
		run = addr[2 * i] || addr[2 * i + 1] ? 0 : run + 1;
		if (run > *len) {
			*len = run;
			*start = i + 1 - run;
		}
	}
}

char *text_ipv6(char *p, const uint8_t addr[16])
{
	static const uint8_t mapped[12] = { [10] = 0xff, [11] = 0xff };
	int zeros, len;

	if (!memcmp(addr, mapped, sizeof(mapped)))
		return text_ipv4(TEXT(p, "::ffff:"), addr + 12);
	longest_zeros(addr, &zeros, &len);
	for (int i = 0; i < 8; i++) {
		if (i == zeros) {
			p = TEXT(p, "::");
			i += len - 1;
			continue;
		}
		if (i && p[-1] != ':')
			*p++ = ':';
		p = group(p, addr + 2 * i);
	}
	return p;
}

struct date {
	uint32_t year, month, day;
};

/* Days since 1970 to a date of the Gregorian calendar. Years begin in March here, so that the leap
 * day is the last one of a year, and 400 years make an era, after which the calendar repeats. */
static struct date date_of(uint64_t days)
{
	uint64_t from_0000_03_01 = days + 719468;
	uint64_t era = from_0000_03_01 / 146097;
	uint32_t day = from_0000_03_01 % 146097;
	uint32_t year = (day - day / 1460 + day / 36524 - day / 146096) / 365;
	uint32_t of_year = day - (365 * year + year / 4 - year / 100);
	uint32_t month = (5 * of_year + 2) / 153;	/* 0 is March */

	return (struct date){
		.year = era * 400 + year + (month >= 10),
		.month = month < 10 ? month + 3 : month - 9,
		.day = of_year - (153 * month + 2) / 5 + 1,
	};
}

char *text_time(char *p, uint64_t ns)
{
	uint64_t s = ns / NS_PER_US / US_PER_S;
	uint32_t of_day = s % S_PER_DAY;
	struct date d = date_of(s / S_PER_DAY);

	p = padded(p, d.year, 4);
	*p++ = '-';
	p = padded(p, d.month, 2);
	*p++ = '-';
	p = padded(p, d.day, 2);
	*p++ = 'T';
	p = padded(p, of_day / 3600, 2);
	*p++ = ':';
	p = padded(p, of_day / 60 % 60, 2);
	*p++ = ':';
	p = padded(p, of_day % 60, 2);
	*p++ = '.';
	p = padded(p, ns / NS_PER_US % US_PER_S, 6);
	*p++ = 'Z';
	return p;
}

static char *escape_u(char *p, unsigned int unit)
{
	p = TEXT(p, "\\u");
	for (int shift = 12; shift >= 0; shift -= 4)
		*p++ = hex[unit >> shift & 0xf];
	return p;
}

static char *escape_point(char *p, uint32_t point)
{
	if (point == '"' || point == '\\') {
		*p++ = '\\';
		*p++ = point;
	} else if (point >= 0x20 && point < 0x7f) {
		*p++ = point;
	} else if (point < 0x10000) {
		p = escape_u(p, point);
	} else {
		p = escape_u(p, 0xd800 + ((point - 0x10000) >> 10));
		p = escape_u(p, 0xdc00 + ((point - 0x10000) & 0x3ff));
	}
	return p;
}

char *text_escaped(char *p, const char *s, size_t len)
{
	const unsigned char *u = (const unsigned char *)s;
	uint32_t point;
	size_t n;

	for (size_t i = 0; i < len; i += n ? n : 1) {
		n = utf8_decode(u + i, len - i, &point);
		p = escape_point(p, n ? point : 0xfffd);
	}
	return p;
}

char *text_escaped_max(char *p, const char *s, size_t len, size_t max, bool *cut)
{
	const unsigned char *u = (const unsigned char *)s;
	char escaped[MAX_ESCAPED], *end = p + max;
	size_t n, n_escaped;
	uint32_t point;

	if (len * MAX_ESCAPED_BYTE <= max)
		return text_escaped(p, s, len);
	for (size_t i = 0; i < len; i += n ? n : 1) {
		n = utf8_decode(u + i, len - i, &point);
		n_escaped = escape_point(escaped, n ? point : 0xfffd) - escaped;
		if (n_escaped > (size_t)(end - p)) {
			*cut = true;
			break;
		}
		p = text_literal(p, escaped, n_escaped);
	}
	return p;
}

size_t text_escaped_len(const char *s, size_t len, size_t max)
{
	const unsigned char *u = (const unsigned char *)s;
	char escaped[MAX_ESCAPED];
	size_t n, total = 0;
	uint32_t point;

	for (size_t i = 0; i < len && total < max; i += n ? n : 1) {
		n = utf8_decode(u + i, len - i, &point);
		total += escape_point(escaped, n ? point : 0xfffd) - escaped;
	}
	return total < max ? total : max;
}

/* Texts that are shorter than an equal share leave the rest of their share to the others, whose
 * share grows. Each turn finds such a text, or ends. */
size_t text_share(const size_t *lens, size_t n, size_t room)
{
	size_t share = 0, last, used, longer;

	do {
		last = share;
		used = longer = 0;
		for (size_t i = 0; i < n; i++) {
			if (lens[i] <= last)
				used += lens[i];
			else
				longer++;
		}
		share = longer ? (room - used) / longer : SIZE_MAX;
	} while (share != last && longer);
	return share;
}
