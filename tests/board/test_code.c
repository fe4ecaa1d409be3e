/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Keys as codes, and back. */
#include "config.h"

#include <criterion/criterion.h>
#include <string.h>

#include "board/code.h"
#include "board/some_windows.h"

Test(board_code, stands_for_what_it_was_made_of)
{
	uint8_t code[BOARD_CODE_MAX];
	struct board_meaning m;
	size_t longest = 0;

	for (unsigned int i = 0; i < 20000; i++) {
		struct view_key key = some_key(i);
		size_t len = board_code_key(code, &key);

		memset(code + len, 0xff, sizeof(code) - len);
		board_code_read(code, &m);
		cr_assert_arr_eq(&m.key, &key, sizeof(key), "key %u", i);
		cr_assert(!m.other && !m.is_host && !m.host);
		longest = len > longest ? len : longest;
	}
	cr_expect_lt(longest, BOARD_CODE_MAX);
	board_code_other(code);
	board_code_read(code, &m);
	cr_expect(m.other && !m.is_host && !m.key.has);
	for (uint64_t host = 0; host <= UINT32_MAX; host = 3 * host + 1) {
		board_code_host(code, host);
		board_code_read(code, &m);
		cr_assert(m.is_host && m.host == host && !m.other && !m.key.has);
	}
}

/* The longest code that there can be. */
Test(board_code, has_room)
{
	uint8_t code[BOARD_CODE_MAX + 1];
	struct board_meaning m;
	struct view_key key;
	size_t len;

	memset(&key, 0xee, sizeof(key));
	key.has = 2 * VIEW_NETNS - 1;
	memset(key.pad, 0, sizeof(key.pad));
	key.src_bits = key.dst_bits = key.nat_src_bits = key.nat_dst_bits = 127;
	code[BOARD_CODE_MAX] = 0x55;
	len = board_code_key(code, &key);
	cr_expect(len > 120 && len <= BOARD_CODE_MAX, "%zu", len);
	cr_expect_eq(code[BOARD_CODE_MAX], 0x55);
	board_code_read(code, &m);
	cr_expect_arr_eq(&m.key, &key, sizeof(key));
}

Test(board_code, is_the_same_for_the_same_key_alone)
{
	uint8_t a[BOARD_CODE_MAX], b[BOARD_CODE_MAX];

	for (unsigned int i = 0; i < 300; i++)
		for (unsigned int j = 0; j < 300; j++) {
			struct view_key k = some_key(i), l = some_key(j);
			size_t a_len = board_code_key(a, &k), b_len = board_code_key(b, &l);
			int order = board_code_compare(a, a_len, b, b_len);

			cr_assert_eq(!order, !memcmp(&k, &l, sizeof(k)), "%u, %u", i, j);
			cr_assert_eq(!order, a_len == b_len && !memcmp(a, b, a_len));
			cr_assert_eq(order < 0, board_code_compare(b, b_len, a, a_len) > 0);
		}
}
