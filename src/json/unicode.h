/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_JSON_UNICODE_H
#define CTAGG_JSON_UNICODE_H

#include <stddef.h>
#include <stdint.h>

/* Decode the character that the bytes at s begin with (len is at least 1). Only the UTF-8 of
 * RFC 3629 is a character: the shortest form, no surrogates, nothing past U+10FFFF. Returns how
 * many bytes the character has, or 0 when there is none; then *point means nothing. */
static inline size_t utf8_decode(const unsigned char *s, size_t len, uint32_t *point)
{
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	size_t n = s[0] < 0x80 ? 1 : s[0] >> 5 == 6 ? 2 : s[0] >> 4 == 14 ? 3 : s[0] >> 3 == 30 ? 4 : 0;

	if (!n || n > len)
		return 0;
	*point = n == 1 ? s[0] : s[0] & (0xff >> (n + 1));
	for (size_t i = 1; i < n; i++) {
		if (s[i] >> 6 != 2)
			return 0;
		*point = *point << 6 | (s[i] & 0x3f);
	}
	if (*point < least[n] || *point > 0x10ffff || (*point >= 0xd800 && *point < 0xe000))
		return 0;
	return n;
}

/* Write the UTF-8 of a character, at most 4 bytes, at p. Returns how many bytes it has. */
static inline size_t utf8_encode(char *p, uint32_t point)
{
	size_t n = point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;

	if (n == 1) {
		p[0] = (char)point;
		return 1;
	}
	for (size_t i = n; --i > 0; point >>= 6)
		p[i] = (char)(0x80 | (point & 0x3f));
	p[0] = (char)((0xf00 >> n & 0xff) | point);
	return n;
}

#endif
