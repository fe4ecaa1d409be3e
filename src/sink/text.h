/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_SINK_TEXT_H
#define CTAGG_SINK_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* Each writes at p, without a terminating NUL, and returns where it stopped;
 * the caller has room for what the comment says. These are made for speed: a
 * record is a dozen of them. */

/* Inline, so that copying a literal is a few moves. */
static inline char *text_literal(char *p, const char *s, size_t len)
{
	memcpy(p, s, len);
	return p + len;
}
#define TEXT(p, s) text_literal((p), (s), sizeof(s) - 1)

char *text_u64(char *p, uint64_t n);			/* 20 bytes */
char *text_ipv4(char *p, const uint8_t addr[4]);	/* 15 bytes */
char *text_ipv6(char *p, const uint8_t addr[16]);	/* 45 bytes; RFC 5952 */

/* RFC 3339, UTC, microseconds: 2026-11-21T01:00:00.000000Z; 27 bytes.
 * ns since 1970, before the year 10000. */
char *text_time(char *p, uint64_t ns);

/* The inside of a JSON string: at most 6 bytes for each of the len. Plain ASCII
 * stays, any other valid UTF-8 becomes \u escapes, other bytes U+FFFD. */
char *text_escaped(char *p, const char *s, size_t len);

/* The same, of at most max bytes: when that is too little, the characters from the
 * first that does not fit are left out, and *cut is set (otherwise left as it is). */
char *text_escaped_max(char *p, const char *s, size_t len, size_t max, bool *cut);

#endif
