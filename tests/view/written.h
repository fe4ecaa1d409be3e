/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_TESTS_VIEW_WRITTEN_H
#define CTAGG_TESTS_VIEW_WRITTEN_H

#include "sink/record.h"

/* Lines that ctagg's own writer makes, for tests of those who read them: so a field that gets another
 * name there is missed here. A function that fails aborts. */

#define WRITTEN_START 1795222800000000000ULL	/* 2026-11-21T01:00:00Z */
#define WRITTEN_MS 60000

/* text, len  the lines so far, each with its newline */
struct written {
	struct record r;
	struct origin origin;
	size_t len, lines;
	char text[64 * RECORD_MAX];
};

/* No lines yet. The records will be of this host, and of the first minute from WRITTEN_START on. */
void written_begin(struct written *w, const char *host);

/* From now on they are of the n-th minute, from 0; or, for -1, of a snapshot. */
void written_window(struct written *w, int n);

/* The records of a window, without its window record: each type, and among them each field of a key, each
 * counter, and each value that can be unknown. And of a snapshot. */
void written_records(struct written *w);
void written_snapshot(struct written *w);

/* A flow from 10.0.0.NUMBER with this many starts. */
void written_flow(struct written *w, unsigned int number, uint64_t starts);

/* A window record of number seq, that says that `records' lines came before, and has all fields. Of an even
 * number `kernel' is null, of number 3 some numbers are. */
void written_end(struct written *w, uint64_t seq, uint64_t records);

/* Events and a loss, as --events writes them. */
void written_events(struct written *w);

#endif
