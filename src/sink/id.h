/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_SINK_ID_H
#define CTAGG_SINK_ID_H

#include <stdint.h>

#include "sink/seed.h"

/* Makes UUIDs of version 7 (RFC 9562, 5.7), each larger than the one before. All zero: none has
 * been made. */
struct id {
	uint8_t bytes[16];	/* the last one, network order */
	uint64_t ms;		/* the time of the last seed, since 1970 */
	struct seed seed;	/* where the random number comes from; set before the first id */
};

/* The ids that follow are of the time ms (milliseconds since 1970) and count up from a random
 * number. When ms is not later than the last seed's, they go on from the last id, so that ids
 * increase. */
void id_seed(struct id *id, uint64_t ms);

/* Write the next id at p: 36 bytes, lower case, no NUL. Returns where the text ends. */
char *id_next(struct id *id, char *p);

#endif
