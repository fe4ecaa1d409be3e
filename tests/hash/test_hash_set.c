/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <criterion/criterion.h>

#include "hash/hash_set.h"

static struct hash_set open_for(uint64_t limit)
{
	struct hash_set s;

	cr_assert_eq(hash_set_open(&s, limit), 0);
	return s;
}

Test(hash_set, has_each_hash_once)
{
	struct hash_set s = open_for(10);

	cr_expect(hash_set_add(&s, 7));
	cr_expect(hash_set_add(&s, 8));
	cr_expect_not(hash_set_add(&s, 7));
	cr_expect_eq(s.used, 2);
	hash_set_close(&s);
}

/* With one limit of 4 there are 8 slots: all of these want the last one. */
Test(hash_set, tells_hashes_with_one_slot_apart)
{
	struct hash_set s = open_for(4);

	for (uint64_t i = 1; i <= 4; i++)
		cr_expect(hash_set_add(&s, 8 * i - 1));
	for (uint64_t i = 1; i <= 4; i++)
		cr_expect_not(hash_set_add(&s, 8 * i - 1));
	cr_expect_eq(s.used, 4);
	hash_set_close(&s);
}

Test(hash_set, has_room_for_a_hash_of_0)
{
	struct hash_set s = open_for(4);

	cr_expect(hash_set_add(&s, 0));
	cr_expect_not(hash_set_add(&s, 0));
	cr_expect_not(hash_set_add(&s, 1), "which counts as 1");
	cr_expect_eq(s.used, 1);
	hash_set_close(&s);
}

Test(hash_set, keeps_no_more_than_its_limit)
{
	struct hash_set s = open_for(3);

	for (uint64_t hash = 1; hash <= 5; hash++)
		cr_expect(hash_set_add(&s, hash));
	cr_expect_eq(s.used, 3);
	cr_expect_not(hash_set_add(&s, 3), "which is in the set");
	cr_expect(hash_set_add(&s, 4), "which is not");
	hash_set_close(&s);
}

Test(hash_set, grows_only_when_full_and_keeps_what_it_has)
{
	struct hash_set s = open_for(2);

	hash_set_add(&s, 1);
	cr_assert_eq(hash_set_grow(&s), 0);
	cr_expect_eq(s.limit, 2);
	for (uint64_t hash = 2; hash <= 1000; hash++) {
		cr_assert_eq(hash_set_grow(&s), 0);
		cr_assert(hash_set_add(&s, hash * 0x9e3779b97f4a7c15));
	}
	cr_expect_eq(s.used, 1000);
	cr_expect_not(hash_set_add(&s, 1));
	for (uint64_t hash = 2; hash <= 1000; hash++)
		cr_assert_not(hash_set_add(&s, hash * 0x9e3779b97f4a7c15));
	hash_set_close(&s);
}

Test(hash_set, adds_another_set_up)
{
	struct hash_set s = open_for(10), other = open_for(100);

	hash_set_add(&s, 1);
	hash_set_add(&other, 1);
	hash_set_add(&other, 300);
	hash_set_add_all(&s, &other);
	cr_expect_eq(s.used, 2);
	cr_expect_eq(other.used, 2);
	cr_expect_not(hash_set_add(&s, 300));
	hash_set_clear(&s);
	cr_expect_eq(s.used, 0);
	cr_expect(hash_set_add(&s, 300));
	hash_set_close(&s);
	hash_set_close(&other);
}
