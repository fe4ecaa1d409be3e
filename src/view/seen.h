/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_VIEW_SEEN_H
#define CTAGG_VIEW_SEEN_H

#include <stdbool.h>
#include <stdint.h>

/* Which windows have been seen. The windows of one run follow one another, so what is kept are
 * sequences: windows without a gap in their numbers (seq) or between their bounds take the place of
 * one, in whatever order they came. */
struct view_seen;

/* How many sequences are kept, of all streams and of one; windows that need more are not remembered. */
#define VIEW_SEEN_MAX (1u << 18)
#define VIEW_SEEN_MAX_STREAM 4096

/* The windows of one level of one run. */
struct view_stream {
	uint32_t host, run;
	uint64_t window_ms;
};

int view_seen_open(struct view_seen **out);	/* 0 or -ENOMEM */
void view_seen_close(struct view_seen *s);	/* NULL is fine */

/* Remember a window. Returns 1 when it is new, 0 when a window of this number was seen before within
 * a sequence that its bounds are in, too, or -ENOMEM. (With --seed several runs have one name.) */
int view_seen_add(struct view_seen *s, const struct view_stream *stream, uint64_t seq, uint64_t start_ns,
		  uint64_t end_ns);

/* Whether these bounds lie within one of the sequences: then records with them have come before. */
bool view_seen_has(const struct view_seen *s, const struct view_stream *stream, uint64_t start_ns,
		   uint64_t end_ns);

#endif
