/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <uuid/uuid.h>

#include "sink/id.h"

void id_seed(struct id *id, uint64_t ms)
{
	uuid_t random;

	if (id->ms && ms <= id->ms)
		return;
	uuid_generate_random(random);
	for (int i = 0; i < 6; i++)
		id->bytes[i] = ms >> (40 - 8 * i);
	for (int i = 6; i < 16; i++)
		id->bytes[i] = random[i];
	id->bytes[6] = 0x70 | (random[6] & 0x0f);
	/* The variant, and a zero above the 61 bits that are counted up: no
	 * window has so many records that the count overflows. */
	id->bytes[8] = 0x80 | (random[8] & 0x1f);
	id->ms = ms;
}

static void count_up(uint8_t bytes[16])
{
	for (int i = 15; i > 8 && !++bytes[i]; i--)
		if (i == 9)
			bytes[8]++;
}

char *id_next(struct id *id, char *p)
{
	static const char hex[] = "0123456789abcdef";

	count_up(id->bytes);
	for (int i = 0; i < 16; i++) {
		if (i == 4 || i == 6 || i == 8 || i == 10)
			*p++ = '-';
		*p++ = hex[id->bytes[i] >> 4];
		*p++ = hex[id->bytes[i] & 0xf];
	}
	return p;
}
