/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Flows of a window, packed. */
#include "config.h"

#include <criterion/criterion.h>
#include <string.h>

#include "board/packed.h"
#include "random.h"

#define MANY 1000

/* n flows with ids that are near to each other or far apart, and numbers of up to so many bits. */
static void some_flows(struct random *r, struct board_flow *flows, size_t n, unsigned int gap,
		       unsigned int bits)
{
	uint32_t id = random_below(r, gap);

	memset(flows, 0, n * sizeof(*flows));
	for (size_t i = 0; i < n; i++, id += 1 + random_below(r, gap)) {
		struct board_sums *s = &flows[i].sums;

		flows[i].id = id;
		s->known = random_below(r, 50) ? 0x7f : random_next(r);
		s->unknown = random_below(r, 50) ? 0x80 : random_next(r);
		for (unsigned int c = 0; bits && c < BOARD_N_COUNTERS; c++)
			s->of[c] = random_below(r, 4) ? random_next(r) >> (64 - bits) : 0;
	}
}

static void expect_same(const struct board_packed *p, const struct board_flow *flows, size_t n)
{
	size_t at = 0;
	uint8_t seen = 0;

	for (size_t i = 0; i < p->n_blocks; at += p->blocks[i++].n) {
		const struct board_block *block = &p->blocks[i];
		uint8_t known[BOARD_BLOCK], unknown[BOARD_BLOCK];
		uint32_t ids[BOARD_BLOCK];
		uint64_t values[BOARD_BLOCK];

		cr_assert(block->n && block->n <= BOARD_BLOCK && at + block->n <= n);
		board_packed_ids(p, block, ids);
		board_packed_masks(p, block, known, unknown);
		for (unsigned int k = 0; k < block->n; k++) {
			const struct board_flow *f = &flows[at + k];

			cr_assert_eq(ids[k], f->id);
			cr_assert(known[k] == f->sums.known && unknown[k] == f->sums.unknown);
			seen |= known[k] | unknown[k];
		}
		for (unsigned int c = 0; c < BOARD_N_COUNTERS; c++) {
			board_packed_values(p, block, c, values);
			for (unsigned int k = 0; k < block->n; k++)
				cr_assert_eq(values[k], flows[at + k].sums.of[c]);
		}
	}
	cr_assert_eq(at, n);
	cr_assert_eq(p->seen, seen);
}

static void expect_found(const struct board_packed *p, const struct board_flow *flows, size_t n,
			 struct random *r)
{
	for (size_t i = 0; i < n; i++) {
		enum board_counter c = random_below(r, BOARD_N_COUNTERS);

		cr_assert_eq(board_packed_value(p, flows[i].id, c), flows[i].sums.of[c]);
		if (i + 1 == n || flows[i + 1].id != flows[i].id + 1)
			cr_assert_eq(board_packed_value(p, flows[i].id + 1, c), 0);
	}
	if (n && flows[0].id)
		cr_assert_eq(board_packed_value(p, flows[0].id - 1, 0), 0);
}

Test(board_packed, is_what_was_packed)
{
	static const unsigned int gaps[] = { 1, 2, 10, 1000, 1 << 20 };
	static struct board_flow flows[MANY];
	struct random r = random_from(5);

	for (unsigned int i = 0; i < 2000; i++) {
		size_t n = random_below(&r, random_below(&r, 2) ? 4 : MANY);
		struct board_packed p;

		some_flows(&r, flows, n, gaps[random_below(&r, 5)], random_below(&r, 64));
		cr_assert_eq(board_pack(&p, flows, n), 0);
		expect_same(&p, flows, n);
		expect_found(&p, flows, n, &r);
		board_packed_free(&p);
	}
}

Test(board_packed, takes_little_room)
{
	static struct board_flow flows[MANY];
	struct random r = random_from(6);
	struct board_packed p;

	some_flows(&r, flows, MANY, 2, 0);
	for (size_t i = 0; i < MANY; i++) {
		struct board_sums *s = &flows[i].sums;

		s->known = 0x7f;
		s->unknown = 0;
		s->of[BOARD_orig_bytes] = s->of[BOARD_reply_bytes] = random_below(&r, 1 << 30);
		s->of[BOARD_orig_packets] = s->of[BOARD_reply_packets] = random_below(&r, 60000);
		s->of[BOARD_starts] = s->of[BOARD_ends] = random_below(&r, 200);
	}
	cr_assert_eq(board_pack(&p, flows, MANY), 0);
	cr_expect_lt(p.size, MANY * 17);
	board_packed_free(&p);
}
