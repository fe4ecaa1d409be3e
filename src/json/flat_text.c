/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <endian.h>
#include <string.h>

#include "json/flat_text.h"
#include "json/unicode.h"

/* Four hexadecimal digits; -1 where one is missing. */
static int32_t four_digits(const char *p, const char *end)
{
	int32_t n = 0;

	if (end - p < 4)
		return -1;
	for (int i = 0; i < 4; i++) {
		char c = p[i];

		if (c >= '0' && c <= '9')
			n = n << 4 | (c - '0');
		else if ((c | 0x20) >= 'a' && (c | 0x20) <= 'f')
			n = n << 4 | ((c | 0x20) - 'a' + 10);
		else
			return -1;
	}
	return n;
}

/* Decode the escape of a character by its number, from behind its "\u" on: two escapes where the
 * character has a surrogate pair. Returns how many bytes the escape has, both "\u" included, or
 * 0. */
static size_t escaped_number(const char *p, const char *end, uint32_t *point)
{
	int32_t high = four_digits(p, end), low;

	*point = high;
	if (high <= 0 || (high >= 0xdc00 && high <= 0xdfff))
		return 0;
	if (high < 0xd800 || high > 0xdfff)
		return 6;
	if (end - p < 10 || p[4] != '\\' || p[5] != 'u')
		return 0;
	low = four_digits(p + 6, end);
	if (low < 0xdc00 || low > 0xdfff)
		return 0;
	*point = 0x10000 + ((uint32_t)(high - 0xd800) << 10) + (low - 0xdc00);
	return 12;
}

/* Decode the escape at p, which begins with a backslash. Returns how many bytes it has, or 0. */
static size_t escape(const char *p, const char *end, uint32_t *point)
{
	static const char letters[] = "\"\\/bfnrt", meant[] = "\"\\/\b\f\n\r\t";
	const char *letter;

	if (end - p < 2)
		return 0;
	if (p[1] == 'u')
		return escaped_number(p + 2, end, point);
	letter = memchr(letters, p[1], sizeof(letters) - 1);
	if (!letter)
		return 0;
	*point = (unsigned char)meant[letter - letters];
	return 2;
}

/* The length of the character at f->p, which is no plain ASCII; 0: there is none. */
static size_t odd_character(struct flat *f, struct flat_text *text)
{
	uint32_t point;
	size_t n;

	if (*f->p == '\\') {
		text->escaped = true;
		n = escape(f->p, f->end, &point);
		if (!n)
			flat_bad(f, "an escape that JSON does not have, or half a surrogate pair");
		return n;
	}
	n = (unsigned char)*f->p < 0x20 ? 0 : utf8_decode((const unsigned char *)f->p, f->end - f->p, &point);
	if (!n)
		flat_bad(f, "a byte in a string that is a control character or not UTF-8");
	return n;
}

/* Bytes of a string that stand for themselves. */
static bool is_plain(unsigned char c)
{
	return c >= 0x20 && c < 0x80 && c != '"' && c != '\\';
}

/* The same byte eight times. */
#define EIGHT(c) (0x0101010101010101ULL * (c))

/* Of eight bytes, the highest bit of each one that is below n (at most 0x80). Above the first such byte
 * the bits can be wrong: a borrow goes through them. */
static uint64_t below(uint64_t eight, uint8_t n)
{
	return (eight - EIGHT(n)) & ~eight & EIGHT(0x80);
}

/* Skip plain bytes, eight at a time. */
static const char *skip_plain(const char *p, const char *end)
{
	while (end - p >= 8) {
		uint64_t eight, odd;

		memcpy(&eight, p, sizeof(eight));
		eight = le64toh(eight);	/* the first byte is the lowest one */
		odd = below(eight, 0x20) | below(eight ^ EIGHT('"'), 1) | below(eight ^ EIGHT('\\'), 1) |
		      (eight & EIGHT(0x80));
		if (odd)
			return p + __builtin_ctzll(odd) / 8;
		p += 8;
	}
	while (p < end && is_plain(*p))
		p++;
	return p;
}

int flat_read_string(struct flat *f, struct flat_text *text)
{
	size_t n;

	text->p = f->p;
	text->escaped = false;
	for (;;) {
		f->p = skip_plain(f->p, f->end);
		if (f->p == f->end)
			return flat_bad(f, "a string without an end");
		if (*f->p == '"')
			break;
		n = odd_character(f, text);
		if (!n)
			return -EBADMSG;
		f->p += n;
	}
	text->len = f->p++ - text->p;
	return 0;
}

/* The next character that a well-formed text means, from *p on. */
static uint32_t next_point(const struct flat_text *text, const char **p)
{
	const char *end = text->p + text->len;
	uint32_t point = 0;

	if (text->escaped && **p == '\\')
		*p += escape(*p, end, &point);
	else
		*p += utf8_decode((const unsigned char *)*p, end - *p, &point);
	return point;
}

bool flat_copy(const struct flat_text *text, char *to, size_t room, size_t *len)
{
	const char *p = text->p, *end = p + text->len;
	char bytes[4];
	size_t n;

	*len = 0;
	if (!text->escaped) {
		if (text->len > room)
			return false;
		memcpy(to, p, text->len);
		*len = text->len;
		return true;
	}
	while (p < end) {
		n = utf8_encode(bytes, next_point(text, &p));
		if (n > room - *len)
			return false;
		memcpy(to + *len, bytes, n);
		*len += n;
	}
	return true;
}

static bool same_meaning(const struct flat_text *a, const struct flat_text *b)
{
	const char *p = a->p, *q = b->p, *p_end = p + a->len, *q_end = q + b->len;

	while (p < p_end && q < q_end)
		if (next_point(a, &p) != next_point(b, &q))
			return false;
	return p == p_end && q == q_end;
}

bool flat_same_text(const struct flat_text *a, const struct flat_text *b)
{
	if (a->escaped || b->escaped)
		return same_meaning(a, b);
	return a->len == b->len && !memcmp(a->p, b->p, a->len);
}

bool flat_is(const struct flat_text *text, const char *s, size_t len)
{
	return flat_same_text(text, &(struct flat_text){ .p = s, .len = len });
}
