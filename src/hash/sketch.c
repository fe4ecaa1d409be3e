/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "hash/sketch.h"

/* Slots for the second hash, and how many times as many there are whenever these are full. */
#define FIRST_SLOTS 8
#define MORE_SLOTS 4

/* The largest value of a register: a hash has no bit set behind the number of the register. */
#define LAST_RANK (64 - SKETCH_REGISTER_BITS + 1)

_Static_assert(SKETCH_EXACT * sizeof(uint64_t) == SKETCH_BYTES && SKETCH_REGISTERS == SKETCH_BYTES,
	       "slots make room for registers");
_Static_assert(FIRST_SLOTS * MORE_SLOTS * MORE_SLOTS == SKETCH_EXACT, "slots grow to this");

static bool is_estimate(const struct sketch *s)
{
	return s->used > SKETCH_EXACT;
}

void sketch_clear(struct sketch *s)
{
	if (s->size || is_estimate(s))
		free(s->slots);
	memset(s, 0, sizeof(*s));
}

static void give_up(struct sketch *s)
{
	sketch_clear(s);
	s->unknown = true;
}

/* --- registers ---------------------------------------------------------------- */

static void raise(uint8_t registers[SKETCH_REGISTERS], uint64_t hash)
{
	uint64_t rest = hash << SKETCH_REGISTER_BITS;
	uint8_t rank = rest ? __builtin_clzll(rest) + 1 : LAST_RANK;
	uint8_t *at = &registers[hash >> (64 - SKETCH_REGISTER_BITS)];

	if (rank > *at)
		*at = rank;
}

/* The hash that was added last is one too many: all that are kept, SKETCH_EXACT of them, go to
 * registers, which take the place of the slots. */
static void begin_estimate(struct sketch *s)
{
	uint64_t hashes[SKETCH_EXACT];

	memcpy(hashes, s->slots, sizeof(hashes));
	memset(s->registers, 0, SKETCH_REGISTERS);
	for (int i = 0; i < SKETCH_EXACT; i++)
		raise(s->registers, hashes[i]);
	s->used = SKETCH_EXACT + 1;
	s->size = 0;
}

/* --- slots -------------------------------------------------------------------- */

/* Put in a hash that is not among the slots; one of these at least is free. */
static void put(uint64_t *slots, uint16_t size, uint64_t hash)
{
	uint16_t i = hash & (size - 1);

	while (slots[i])
		i = (i + 1) & (size - 1);
	slots[i] = hash;
}

static bool has(const struct sketch *s, uint64_t hash)
{
	uint16_t i = hash & (s->size - 1);

	for (uint16_t n = 0; n < s->size && s->slots[i]; n++, i = (i + 1) & (s->size - 1))
		if (s->slots[i] == hash)
			return true;
	return false;
}

/* Make slots, or more of them. Returns false when there is no memory. */
static bool grow(struct sketch *s)
{
	uint16_t size = s->size ? MORE_SLOTS * s->size : FIRST_SLOTS;
	uint64_t *slots = calloc(size, sizeof(*slots));

	if (!slots)
		return false;
	if (!s->size)
		put(slots, size, s->one);
	for (uint16_t i = 0; i < s->size; i++)
		put(slots, size, s->slots[i]);
	if (s->size)
		free(s->slots);
	s->slots = slots;
	s->size = size;
	return true;
}

/* Keep a hash for which there is a slot, or which is the first one. */
static void keep(struct sketch *s, uint64_t hash)
{
	if (s->size)
		put(s->slots, s->size, hash);
	else
		s->one = hash;
	s->used++;
}

static bool is_kept(const struct sketch *s, uint64_t hash)
{
	return s->size ? has(s, hash) : s->used && s->one == hash;
}

void sketch_add(struct sketch *s, uint64_t hash)
{
	uint16_t room = s->size ? s->size : 1;

	if (s->unknown)
		return;
	if (!hash)
		hash = 1;
	if (!is_estimate(s)) {
		if (is_kept(s, hash))
			return;
		if (s->used < room) {
			keep(s, hash);
			return;
		}
		if (s->used < SKETCH_EXACT) {
			if (grow(s))
				keep(s, hash);
			else
				give_up(s);
			return;
		}
		begin_estimate(s);
	}
	raise(s->registers, hash);
}

/* --- adding up ---------------------------------------------------------------- */

/* Add the registers of another sketch: have registers, too, and raise them. */
static void add_registers(struct sketch *s, const uint8_t from[SKETCH_REGISTERS])
{
	struct sketch few = *s;

	if (!is_estimate(s)) {
		s->registers = calloc(SKETCH_REGISTERS, 1);
		s->used = SKETCH_EXACT + 1;
		s->size = 0;
		if (s->registers)
			sketch_add_all(s, &few);
		else
			memset(s, 0, sizeof(*s));
		s->unknown = !s->registers;
		sketch_clear(&few);
	}
	if (s->unknown)
		return;
	for (int i = 0; i < SKETCH_REGISTERS; i++)
		if (from[i] > s->registers[i])
			s->registers[i] = from[i];
}

void sketch_add_all(struct sketch *s, const struct sketch *from)
{
	if (from->unknown)
		give_up(s);
	if (s->unknown)
		return;
	if (is_estimate(from)) {
		add_registers(s, from->registers);
		return;
	}
	if (from->used && !from->size)
		sketch_add(s, from->one);
	for (uint16_t i = 0; i < from->size; i++)
		if (from->slots[i])
			sketch_add(s, from->slots[i]);
}

/* --- counting ----------------------------------------------------------------- */

/* The sum over k >= 1 of x to the power of 2^k, times 2^(k - 1), and x; for x less than 1. */
static double sigma(double x)
{
	double y = 1, z = x, before;

	do {
		x *= x;
		before = z;
		z += x * y;
		y += y;
	} while (z > before);
	return z;
}

/* Ertl's algorithm takes registers with LAST_RANK apart, of which there are none before there are
 * 2^50 hashes; here they count as all others do. */
static uint64_t estimate(const uint8_t registers[SKETCH_REGISTERS])
{
	const double half_by_ln_2 = 0.721347520444481703680, m = SKETCH_REGISTERS;
	unsigned int with[LAST_RANK + 1] = { 0 };
	double z = 0;

	for (int i = 0; i < SKETCH_REGISTERS; i++)
		with[registers[i]]++;
	for (int rank = LAST_RANK; rank > 0; rank--)
		z = (z + with[rank]) / 2;
	z += m * sigma(with[0] / m);
	return half_by_ln_2 * m * m / z + 0.5;
}

bool sketch_count(const struct sketch *s, uint64_t *n, uint64_t *error)
{
	*n = s->used;
	*error = 0;
	if (!is_estimate(s))
		return !s->unknown;
	*n = estimate(s->registers);
	if (*n <= SKETCH_EXACT)
		*n = SKETCH_EXACT + 1;
	/* 3 * 1.04 / sqrt(1024) is 39 / 400. */
	*error = *n / 400 * 39 + (*n % 400 * 39 + 399) / 400;
	return true;
}
