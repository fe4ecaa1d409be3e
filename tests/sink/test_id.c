/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <criterion/criterion.h>
#include <uuid/uuid.h>

#include "sink/id.h"

#define MS 1795222803120ULL	/* 2026-11-21T01:00:03.120Z */

/* The next id, as libuuid reads it. */
static void next(struct id *id, uuid_t uuid)
{
	char text[37] = { 0 }, again[37];

	cr_assert_eq(id_next(id, text) - text, 36);
	cr_assert_eq(uuid_parse(text, uuid), 0, "%s", text);
	uuid_unparse_lower(uuid, again);
	cr_assert_str_eq(text, again);
}

static uint64_t ms_of(const uuid_t uuid)
{
	uint64_t ms = 0;

	for (int i = 0; i < 6; i++)
		ms = ms << 8 | uuid[i];
	return ms;
}

static void expect_version_7(const uuid_t uuid)
{
	cr_assert_eq(uuid[6] >> 4, 7, "RFC 9562, 5.7");
	cr_assert_eq(uuid[8] >> 6, 2, "RFC 9562, 4.1");
}

Test(id, is_a_uuid_of_version_7_at_its_time)
{
	struct id id = { 0 };
	uuid_t uuid;

	for (uint64_t i = 0; i < 10000; i++) {
		id_seed(&id, MS + i);
		next(&id, uuid);
		expect_version_7(uuid);
		cr_assert_eq(ms_of(uuid), MS + i);
	}
}

Test(id, increases_within_a_window_and_over_windows)
{
	struct id id = { 0 };
	uuid_t last = { 0 }, uuid;

	for (uint64_t window = 0; window < 1000; window++) {
		id_seed(&id, MS + 1000 * window);
		for (int i = 0; i < 300; i++) {
			next(&id, uuid);
			cr_assert_lt(memcmp(last, uuid, sizeof(uuid)), 0);
			uuid_copy(last, uuid);
		}
	}
}

Test(id, increases_when_windows_end_in_one_millisecond_or_earlier)
{
	struct id id = { 0 };
	uuid_t last = { 0 }, uuid;

	for (uint64_t window = 0; window < 1000; window++) {
		id_seed(&id, MS - window / 2 % 3);
		for (int i = 0; i < 3; i++) {
			next(&id, uuid);
			cr_assert_lt(memcmp(last, uuid, sizeof(uuid)), 0);
			expect_version_7(uuid);
			uuid_copy(last, uuid);
		}
	}
	cr_assert_eq(ms_of(last), MS);
}

/* All that counts up, at its highest but for one: byte 8 holds the variant and
 * room for a carry. */
Test(id, carries_over_every_byte)
{
	for (int low = 9; low < 16; low++) {
		struct id id = { 0 };
		uuid_t before, uuid;

		id_seed(&id, MS);
		id.bytes[8] = 0x80;
		memset(id.bytes + 9, 0, 7);
		memset(id.bytes + low, 0xff, 16 - low);
		memcpy(before, id.bytes, 16);
		next(&id, uuid);
		cr_expect_eq(uuid[low - 1], before[low - 1] + 1, "into byte %d", low - 1);
		for (int i = low; i < 16; i++)
			cr_expect_eq(uuid[i], 0);
		cr_expect(!memcmp(uuid, before, low - 1), "and no further");
		expect_version_7(uuid);
	}
}

Test(id, leaves_room_to_count)
{
	/* a bit is left free above a random place: 2^61 ids fit at the least */
	for (int i = 0; i < 1000; i++) {
		struct id id = { 0 };

		id_seed(&id, MS);
		cr_assert_eq(id.bytes[8] & 0x20, 0);
	}
}

Test(id, does_not_repeat_from_run_to_run)
{
	uuid_t seen[100];

	for (int i = 0; i < 100; i++) {
		struct id id = { 0 };

		id_seed(&id, MS);
		next(&id, seen[i]);
		for (int k = 0; k < i; k++)
			cr_assert_neq(uuid_compare(seen[i], seen[k]), 0);
	}
}

/* The same seed gives the same ids, in each window others; another seed gives others. */
Test(id, a_seed_says_which)
{
	struct id a = { .seed = { true, 7 } }, b = a, c = { .seed = { true, 8 } };
	char first[36], second[36], third[36];

	id_seed(&a, MS);
	id_seed(&b, MS);
	id_seed(&c, MS);
	id_next(&a, first);
	id_next(&b, second);
	id_next(&c, third);
	cr_expect(!memcmp(first, second, 36));
	cr_expect(memcmp(first, third, 36));
	cr_expect_eq(first[14], '7', "the version");
	cr_expect(strchr("89ab", first[19]), "the variant");
	id_seed(&a, MS + 1);
	id_next(&a, second);
	cr_expect(memcmp(first + 19, second + 19, 17));
}
