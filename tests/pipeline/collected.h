/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_TESTS_PIPELINE_COLLECTED_H
#define CTAGG_TESTS_PIPELINE_COLLECTED_H

#include <jansson.h>

#include "sink/output.h"

#define COLLECTED_BYTES (4 << 20)

/* An output that keeps all lines in memory, and has room for some of them at a time.
 *
 * room         bytes between two flushes
 * waiting      of the text: committed, and not flushed yet
 * window_done  how often it was said that a window was whole
 */
struct collected {
	struct output output;
	size_t room;
	char text[COLLECTED_BYTES];
	size_t len, waiting;
	int window_done, closed;
};

/* Nothing has been collected. */
void collected_init(struct collected *c);

/* Of type "window" or another one, the nth record from 0 on, borrowed from `records`; NULL
 * when there are fewer. records: what collected_records() returned. */
json_t *collected_record(const json_t *records, const char *type, size_t n);

/* All lines, as an array of objects; the caller's. Fails the test when a line is not JSON. */
json_t *collected_records(const struct collected *c);

#endif
