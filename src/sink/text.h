/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_SINK_TEXT_H
#define CTAGG_SINK_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* Each function writes at p, without a terminating NUL, and returns where the text ends. The
 * comment says how many bytes of room the caller needs. The functions are made for speed: a
 * record takes a dozen calls. */

/* Inline, so that the compiler copies a literal, whose length it knows, by a few moves. */
static inline char *text_literal(char *p, const char *s, size_t len)
{
	memcpy(p, s, len);
	return p + len;
}
#define TEXT(p, s) text_literal((p), (s), sizeof(s) - 1)

char *text_u64(char *p, uint64_t n);			/* 20 bytes */
char *text_ipv4(char *p, const uint8_t addr[4]);	/* 15 bytes */
char *text_ipv6(char *p, const uint8_t addr[16]);	/* 45 bytes; RFC 5952 */

/* RFC 3339, UTC, microseconds: 2026-11-21T01:00:00.000000Z; 27 bytes. ns: since 1970; the year
 * must have four digits. */
char *text_time(char *p, uint64_t ns);

/* The inside of a JSON string: at most 6 bytes for each of the len bytes at s. Printable ASCII
 * stays as it is, apart from \" and \\. Other characters of valid UTF-8 become \u escapes. A byte
 * that belongs to no character becomes U+FFFD. */
char *text_escaped(char *p, const char *s, size_t len);

/* As text_escaped(), in at most max bytes. The first character that does not fit and all
 * characters behind it are left out, and *cut becomes true; otherwise *cut stays as it is. */
char *text_escaped_max(char *p, const char *s, size_t len, size_t max, bool *cut);

/* How many bytes text_escaped() would write, or max where that is less. */
size_t text_escaped_len(const char *s, size_t len, size_t max);

/* n texts of these lengths (with escapes) shall have room bytes together. Returns how long the
 * longest of them may be: texts up to this length stay whole. As much as possible: SIZE_MAX where
 * all have room. */
size_t text_share(const size_t *lens, size_t n, size_t room);

#endif
