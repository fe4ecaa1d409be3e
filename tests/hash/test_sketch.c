/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <criterion/criterion.h>
#include <inttypes.h>
#include <string.h>

#include "hash/siphash.h"
#include "hash/sketch.h"

/* The hash of thing n, under the key of run number `run`: the same each time. */
static uint64_t hash_of(uint64_t n, uint64_t run)
{
	const uint64_t key[2] = { 0x0706050403020100ULL + run, 0x0f0e0d0c0b0a0908ULL };

	return siphash(key, &n, sizeof(n));
}

/* A sketch of the things from `first` on, n of them. */
static struct sketch sketch_of(uint64_t first, uint64_t n, uint64_t run)
{
	struct sketch s = { 0 };

	for (uint64_t i = 0; i < n; i++)
		sketch_add(&s, hash_of(first + i, run));
	return s;
}

static uint64_t number_of(const struct sketch *s, uint64_t *error)
{
	uint64_t n;

	cr_assert(sketch_count(s, &n, error));
	return n;
}

static uint64_t apart(uint64_t a, uint64_t b)
{
	return a > b ? a - b : b - a;
}

Test(sketch, is_exact_up_to_its_bound)
{
	struct sketch s = { 0 };
	uint64_t error;

	cr_expect_eq(number_of(&s, &error), 0);
	for (uint64_t i = 1; i <= SKETCH_EXACT; i++) {
		for (uint64_t again = 1; again <= i; again++)
			sketch_add(&s, hash_of(again, 0));
		cr_assert_eq(number_of(&s, &error), i);
		cr_assert_eq(error, 0);
	}
	sketch_add(&s, hash_of(0, 0));
	cr_expect_gt(number_of(&s, &error), SKETCH_EXACT);
	cr_expect_gt(error, 0, "an estimate says so");
	sketch_clear(&s);
}

Test(sketch, tells_hashes_with_one_slot_apart)
{
	struct sketch s = { 0 };
	uint64_t error;

	for (uint64_t i = 1; i <= SKETCH_EXACT; i++)
		sketch_add(&s, (i << 32) + 127);
	for (uint64_t i = 1; i <= SKETCH_EXACT; i++)
		sketch_add(&s, (i << 32) + 127);
	cr_expect_eq(number_of(&s, &error), SKETCH_EXACT);
	sketch_clear(&s);
}

Test(sketch, has_room_for_a_hash_of_0)
{
	struct sketch s = { 0 };
	uint64_t error;

	sketch_add(&s, 0);
	cr_expect_eq(number_of(&s, &error), 1);
	for (uint64_t hash = 2; hash < 10; hash++)
		sketch_add(&s, hash);
	sketch_add(&s, 0);
	cr_expect_eq(number_of(&s, &error), 9);
	sketch_clear(&s);
}

/* The mean of the errors, and of their squares, over many runs: three times the standard error is
 * what a record says, and the estimate leans to no side. */
Test(sketch, estimates_as_well_as_it_says)
{
	static const uint64_t sizes[] = { 129, 200, 500, 1000, 2000, 3000, 5000, 10000, 65535, 200000 };
	const int runs = 40;

	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		double n = sizes[i], sum = 0, squares = 0;

		for (int run = 0; run < runs; run++) {
			struct sketch s = sketch_of(0, sizes[i], run);
			uint64_t error, found = number_of(&s, &error);
			double off = found / n - 1;

			cr_expect_leq(apart(found, sizes[i]), error, "%" PRIu64 " of %" PRIu64, found, sizes[i]);
			cr_expect_lt(error, 0.115 * n);
			cr_expect_gt(error, 0.085 * n);
			sum += off;
			squares += off * off;
			sketch_clear(&s);
		}
		/* 1.04 / sqrt(1024) squared, and what 40 runs can be off by chance */
		cr_expect_lt(squares / runs, 0.0325 * 0.0325 * 1.8, "%" PRIu64, sizes[i]);
		cr_expect_lt(sum / runs, 0.017, "%" PRIu64, sizes[i]);
		cr_expect_gt(sum / runs, -0.017, "%" PRIu64, sizes[i]);
	}
}

static bool same(const struct sketch *a, const struct sketch *b)
{
	uint64_t n_a, n_b, error_a, error_b;

	return sketch_count(a, &n_a, &error_a) == sketch_count(b, &n_b, &error_b) && n_a == n_b &&
	       error_a == error_b;
}

/* Sizes on both sides of the bound, some with things in common. */
Test(sketch, adding_up_is_as_adding_all)
{
	static const uint64_t sizes[] = { 0, 1, 2, 8, 9, 32, 100, 128, 129, 400, 5000 };
	const size_t n = sizeof(sizes) / sizeof(sizes[0]);

	for (size_t i = 0; i < n * n; i++) {
		uint64_t a = sizes[i / n], b = sizes[i % n], first = a / 2;
		struct sketch one = sketch_of(0, a, 7), other = sketch_of(first, b, 7);
		struct sketch both = sketch_of(0, a > first + b ? a : first + b, 7), before = other;
		uint8_t kept[SKETCH_BYTES];

		if (b > SKETCH_EXACT)
			memcpy(kept, other.registers, sizeof(kept));
		sketch_add_all(&one, &other);
		cr_expect(same(&one, &both), "%" PRIu64 " and %" PRIu64, a, b);
		cr_expect(!memcmp(&before, &other, sizeof(other)), "and that one stays as it is");
		cr_expect(b <= SKETCH_EXACT || !memcmp(kept, other.registers, sizeof(kept)));
		sketch_clear(&one);
		sketch_clear(&other);
		sketch_clear(&both);
	}
}

Test(sketch, order_makes_no_difference)
{
	struct sketch forwards = sketch_of(0, 3000, 3), backwards = { 0 };

	for (uint64_t i = 3000; i > 0; i--)
		sketch_add(&backwards, hash_of(i - 1, 3));
	cr_expect(!memcmp(forwards.registers, backwards.registers, SKETCH_BYTES));
	sketch_clear(&forwards);
	sketch_clear(&backwards);
}

Test(sketch, unknown_and_others_are_unknown)
{
	struct sketch s = sketch_of(0, 50, 0), unknown = { .unknown = true }, more = sketch_of(0, 500, 0);
	uint64_t n, error;

	sketch_add_all(&unknown, &more);
	sketch_add(&unknown, 5);
	cr_expect_not(sketch_count(&unknown, &n, &error));
	sketch_add_all(&s, &unknown);
	cr_expect_not(sketch_count(&s, &n, &error));
	sketch_add_all(&more, &unknown);
	cr_expect_not(sketch_count(&more, &n, &error));
	sketch_clear(&s);
	cr_expect_eq(number_of(&s, &error), 0, "which is over when it is cleared");
	sketch_clear(&more);
}
