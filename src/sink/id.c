/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <uuid/uuid.h>

#include "sink/id.h"

static void random_bytes(const struct seed *seed, uint64_t ms, uuid_t bytes)
{
	if (!seed->given) {
		uuid_generate_random(bytes);
		return;
	}
	for (int i = 0; i < 16; i++)
		bytes[i] = seed_bits(seed, 2 * ms + i / 8) >> (8 * (i % 8));
}

void id_seed(struct id *id, uint64_t ms)
{
	uuid_t random;

	if (id->ms && ms <= id->ms)
		return;		/* another window of this millisecond, or the clock went back */
	/* cppcheck-suppress uninitvar; random_bytes() fills it */
	random_bytes(&id->seed, ms, random);
	for (int i = 0; i < 6; i++)
		id->bytes[i] = ms >> (40 - 8 * i);
	for (int i = 6; i < 16; i++)
		id->bytes[i] = random[i];
	id->bytes[6] = 0x70 | (random[6] & 0x0f);
	/* The two bits of the variant (RFC 9562, 4.1), then a zero bit above the 61 bits that
	 * id_next() counts up: however large the random number is, no window has so many
	 * records that the count reaches the variant. */
	id->bytes[8] = 0x80 | (random[8] & 0x1f);
	id->ms = ms;
}

/* Add one to the number in bytes 8 to 15; byte 8 only gets the carry. */
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
