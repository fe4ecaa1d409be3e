/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Codes and their ids. */
#include "config.h"

#include <criterion/criterion.h>
#include <string.h>

#include "board/keys.h"
#include "random.h"

#define CODES 5000

/* Code number n: of 1 to 255 bytes. */
static size_t code_of(unsigned int n, uint8_t code[255])
{
	struct random r = random_from(n);
	size_t len = n % 50 ? 4 + n % 13 : 255;

	random_bytes(&r, code, len);
	memcpy(code, &n, sizeof(n));
	return len;
}

struct held {
	uint32_t id;
	unsigned int holds;
};

static void check(const struct board_keys *k, const struct held *held)
{
	static bool taken[CODES + 1];
	uint8_t code[255];

	memset(taken, 0, sizeof(taken));
	for (unsigned int n = 0; n < CODES; n++) {
		size_t len = code_of(n, code), its_len;
		const uint8_t *its;

		cr_assert_eq(board_keys_find(k, code, len), held[n].holds ? (int64_t)held[n].id : -1);
		if (!held[n].holds)
			continue;
		cr_assert(held[n].id < board_keys_end(k) && held[n].id < CODES && !taken[held[n].id]);
		taken[held[n].id] = true;
		its = board_keys_code(k, held[n].id, &its_len);
		cr_assert(its_len == len && !memcmp(its, code, len));
	}
}

Test(board_keys, are_held_and_released)
{
	static struct held held[CODES];
	struct random r = random_from(3);
	struct board_keys *k;
	uint8_t code[255];

	cr_assert_eq(board_keys_open(&k), 0);
	for (unsigned int i = 0; i < 200000; i++) {
		/* times in which codes are mostly held, and others in which they are released */
		bool grows = i / 20000 % 2 == 0;
		struct held *h = &held[random_below(&r, CODES)];
		size_t len = code_of(h - held, code);
		uint32_t id;

		if (random_below(&r, 10) < (grows ? 7 : 2)) {
			cr_assert_eq(board_keys_hold(k, code, len, &id), 0);
			cr_assert(!h->holds || h->id == id);
			h->id = id;
			h->holds++;
		} else if (h->holds) {
			board_keys_release(k, h->id);
			h->holds--;
		}
		if (i % 10000 == 0)
			check(k, held);
	}
	check(k, held);
	board_keys_clear(k);
	memset(held, 0, sizeof(held));
	check(k, held);
	cr_expect_eq(board_keys_end(k), 0);
	board_keys_close(k);
	board_keys_close(NULL);
}

Test(board_keys, use_ids_and_bytes_again)
{
	struct board_keys *k;
	uint8_t code[255];
	size_t most = 0;
	uint32_t id;

	cr_assert_eq(board_keys_open(&k), 0);
	for (unsigned int i = 0; i < 100000; i++) {
		cr_assert_eq(board_keys_hold(k, code, code_of(i, code), &id), 0);
		if (i < 1000)
			continue;
		/* 1,000 of them are held at a time */
		board_keys_release(k, board_keys_find(k, code, code_of(i - 1000, code)));
		most = board_keys_bytes(k) > most ? board_keys_bytes(k) : most;
	}
	cr_expect_leq(board_keys_end(k), 1001);
	cr_expect_lt(most, 1001 * (255 + 50));
	cr_expect_gt(most, 1000 * 10);
	board_keys_close(k);
}
