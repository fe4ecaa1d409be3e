/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_SINK_ID_H
#define CTAGG_SINK_ID_H

#include <stdint.h>

/* A source of UUIDv7 (RFC 9562, 5.7), each larger than the one before. All zero
 * is a source that has given none. */
struct id {
	uint8_t bytes[16];	/* the last one, network order */
	uint64_t ms;
};

/* Go on from a random place at ms since 1970. A time that is not later than the
 * last one keeps the old place, so that ids still increase. */
void id_seed(struct id *id, uint64_t ms);

/* Write the next one at p, 36 bytes, lower case; returns where it stopped. */
char *id_next(struct id *id, char *p);

#endif
