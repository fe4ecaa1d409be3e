/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <arpa/inet.h>
#include <inttypes.h>
#include <netdb.h>
#include <stdio.h>
#include <string.h>

#include "flow/proto.h"
#include "json/unicode.h"
#include "sink/text.h"
#include "view/show.h"

#define MS_PER_S 1000ULL

/* Copy a text of len bytes, or as much of it as there is room for. */
static size_t put(char *to, size_t size, const char *text, size_t len)
{
	if (!size)
		return 0;
	if (len >= size)
		len = size - 1;
	memcpy(to, text, len);
	to[len] = '\0';
	return len;
}

size_t show_count(char *to, size_t size, uint64_t n)
{
	static const char units[] = "\0kMGTPE";
	char text[24];
	uint64_t tenths = 0;
	size_t unit = 0;

	for (; n >= 1000; n /= 1000, unit++)
		tenths = n % 1000 / 100;
	if (unit && n < 100)
		snprintf(text, sizeof(text), "%" PRIu64 ".%" PRIu64 "%c", n, tenths, units[unit]);
	else
		snprintf(text, sizeof(text), "%" PRIu64 "%.1s", n, &units[unit]);
	return put(to, size, text, strlen(text));
}

size_t show_exact(char *to, size_t size, uint64_t n)
{
	char text[32], *p = text + sizeof(text);
	unsigned int digits = 0;

	do {
		if (digits && digits % 3 == 0)
			*--p = ',';
		*--p = (char)('0' + n % 10);
		digits++;
	} while (n /= 10);
	return put(to, size, p, text + sizeof(text) - p);
}

/* The text of RFC 3339, of which other functions take parts. */
#define TIME_SIZE 27
#define DATE_LEN 10
#define CLOCK_LEN 8

size_t show_time(char *to, size_t size, uint64_t ns)
{
	char text[TIME_SIZE];

	text_time(text, ns);
	text[DATE_LEN] = ' ';
	return put(to, size, text, DATE_LEN + 1 + CLOCK_LEN);
}

size_t show_clock(char *to, size_t size, uint64_t ns)
{
	char text[TIME_SIZE];

	text_time(text, ns);
	return put(to, size, text + DATE_LEN + 1, CLOCK_LEN);
}

size_t show_duration(char *to, size_t size, uint64_t ms)
{
	static const struct {
		uint64_t ms;
		const char *name;
	} units[] = {
		{ 3600 * MS_PER_S, "h" }, { 60 * MS_PER_S, "m" }, { MS_PER_S, "s" }, { 1, "ms" },
	};
	char text[32];
	size_t i = 0;

	while (ms % units[i].ms)
		i++;
	if (!ms)
		i = 2;
	snprintf(text, sizeof(text), "%" PRIu64 "%s", ms / units[i].ms, units[i].name);
	return put(to, size, text, strlen(text));
}

static const uint8_t v4_mapped[12] = { [10] = 0xff, [11] = 0xff };

size_t show_address(char *to, size_t size, const uint8_t addr[16], uint8_t bits)
{
	bool v4 = bits >= 96 && !memcmp(addr, v4_mapped, sizeof(v4_mapped));
	char text[64], *end = v4 ? text_ipv4(text, addr + 12) : text_ipv6(text, addr);

	if (bits < 128)
		end += snprintf(end, text + sizeof(text) - end, "/%d", v4 ? bits - 96 : bits);
	return put(to, size, text, end - text);
}

/* The name that services(5) has; false: none. */
static bool service_name(char *to, size_t size, size_t *len, uint16_t port, uint8_t proto)
{
	struct servent entry, *found = NULL;
	char lines[2048];

	if (!proto_name(proto) ||
	    getservbyport_r(htons(port), proto_name(proto), &entry, lines, sizeof(lines), &found) ||
	    !found)
		return false;
	*len = show_text(to, size, found->s_name, strlen(found->s_name));
	return true;
}

size_t show_port(char *to, size_t size, uint16_t port, uint8_t proto, bool names)
{
	char text[8];
	size_t len;

	if (names && service_name(to, size, &len, port, proto))
		return len;
	return put(to, size, text, snprintf(text, sizeof(text), "%u", port));
}

size_t show_proto(char *to, size_t size, uint8_t proto)
{
	const char *name = proto_name(proto);
	char text[8];

	if (name)
		return put(to, size, name, strlen(name));
	return put(to, size, text, snprintf(text, sizeof(text), "%u", proto));
}

/* The characters of Unicode 14 that are not seen, or only by what they do to others: the categories
 * Cc, Cf, Zl and Zp of UnicodeData.txt, without those of Cf that have a shape of their own
 * (Prepended_Concatenation_Mark in PropList.txt). */
static bool is_control(uint32_t point)
{
	static const struct {
		uint32_t first, last;
	} controls[] = {
		{ 0x0000, 0x001f }, { 0x007f, 0x009f }, { 0x00ad, 0x00ad }, { 0x061c, 0x061c },
		{ 0x180e, 0x180e }, { 0x200b, 0x200f }, { 0x2028, 0x202e }, { 0x2060, 0x206f },
		{ 0xfeff, 0xfeff }, { 0xfff9, 0xfffb }, { 0x13430, 0x13438 },
		{ 0x1bca0, 0x1bca3 }, { 0x1d173, 0x1d17a }, { 0xe0000, 0xe007f },
	};

	for (size_t i = 0; i < sizeof(controls) / sizeof(controls[0]); i++)
		if (point <= controls[i].last)
			return point >= controls[i].first;
	return false;
}

size_t show_text(char *to, size_t size, const char *text, size_t len)
{
	size_t at = 0;

	if (!size)
		return 0;
	for (size_t i = 0, n; i < len; i += n) {
		uint32_t point;
		bool shown;

		n = utf8_decode((const unsigned char *)text + i, len - i, &point);
		shown = n && !is_control(point);
		if (at + (shown ? n : 1) >= size)
			break;
		if (shown)
			memcpy(to + at, text + i, n);
		else
			to[at] = '?';
		at += shown ? n : 1;
		n = n ? n : 1;
	}
	to[at] = '\0';
	return at;
}
