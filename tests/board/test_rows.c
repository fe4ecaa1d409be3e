/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What board.h says of rows, case by case. */
#include "config.h"

#include <criterion/criterion.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include "board/some_windows.h"
#include "flow/address.h"
#include "flow/dir.h"
#include "view/filter.h"

#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))
#define MOST 0x7fffffffffffffffULL

static struct board *b;
static struct board_frame frame;

static void open_board(void)
{
	cr_assert_eq(board_open(&b, 1 << 30), 0);
}

static void close_board(void)
{
	board_close(b);
}
TestSuite(board_rows, .init = open_board, .fini = close_board);

static void add(unsigned int second, uint32_t host, struct view_flow *flows, size_t n)
{
	struct view_window w = some_window(second, flows, n);

	w.host = host;
	cr_assert_eq(board_add(b, &w), 0);
}

static long ask_for(enum board_group group, enum board_column sort)
{
	struct board_query q = { .group = group, .sort = sort };

	return board_ask(b, &q, &frame);
}

static struct board_row row(size_t i)
{
	struct board_row r;

	board_row(b, i, &r);
	return r;
}

/* The starts of all rows, in their order, as one number of decimal digits. */
static unsigned long starts_in_order(long n)
{
	unsigned long digits = 0;

	for (long i = 0; i < n; i++)
		digits = 10 * digits + row(i).of[BOARD_STARTS];
	return digits;
}

/* --- staying -------------------------------------------------------------------------- */

Test(board_rows, stay_for_60_windows_after_their_last_record)
{
	struct view_flow flows[2] = { some_flow(1, 1, 1, 1), some_flow(2, 1, 1, 9) };

	some_counter(&flows[1], VIEW_orig_bytes, 5);
	flows[1].sums.unknown = 1u << VIEW_reply_bytes;
	add(0, 1, flows, 2);
	for (unsigned int second = 1; second < 70; second++) {
		long n, found = -1;

		add(second, 1, flows, 1);
		n = ask_for(BOARD_FLOWS, BOARD_STARTS);
		cr_assert_eq(n, second <= 60 ? 2 : 1, "second %u", second);
		cr_expect_eq(row(0).quiet, 0);
		for (long i = 0; i < n; i++)
			if (row(i).key.src[15] == 2)
				found = i;
		cr_assert_eq(found, n - 2 ? -1 : 1);
		if (found < 0)
			continue;
		cr_expect_eq(row(1).quiet, second);
		cr_expect(!row(1).of[BOARD_STARTS] && !row(1).of[BOARD_BYTES]);
		cr_expect(!row(1).known && !row(1).unknown);
	}
}

Test(board_rows, are_as_old_as_they_were_when_one_goes_back)
{
	struct view_flow flow = some_flow(1, 1, 1, 4);

	for (unsigned int second = 0; second < 100; second++)
		add(second, 1, &flow, second % 10 == 0);
	for (size_t back = 0; back < 100; back++) {
		struct board_query q = { .back = back };
		unsigned int quiet = (99 - back) % 10;

		cr_assert_eq(board_ask(b, &q, &frame), 1);
		cr_expect_eq(row(0).quiet, quiet);
		cr_expect_eq(row(0).of[BOARD_STARTS], quiet ? 0 : 4);
	}
}

/* --- grouping ------------------------------------------------------------------------- */

/* Flows with all kinds of keys; the starts are a digit each. */
static void add_all_kinds(void)
{
	struct view_flow flows[8] = {
		some_flow(1, 1, 443, 1), some_flow(1, 2, 443, 2), some_flow(2, 2, 80, 3),
		some_flow(2, 1, 0, 1), some_flow(1, 1, 0, 1), some_flow(1, 1, 0, 1),
		some_other(50, 4), some_flow(3, 3, 443, 1),
	};

	flows[2].key.direction = FLOW_DIR_IN;
	flows[2].key.has |= VIEW_SRC_LABEL;
	flows[2].key.src_label = 6;
	flows[3].key.proto = IPPROTO_ICMP;
	flows[3].key.has ^= VIEW_DPORT | VIEW_ICMP_TYPE | VIEW_ICMP_CODE;
	flows[3].key.icmp_type = 8;
	flows[3].key.icmp_code = 1;
	flows[4].key = flows[3].key;
	flows[4].key.icmp_code = 2;
	flows[4].key.dst_label = 7;
	flows[4].key.has |= VIEW_DST_LABEL;
	flows[5].key = (struct view_key){	/* a key of these alone: no addresses */
		.has = VIEW_PREFIX | VIEW_RULE, .prefix = 3,
	};
	flows[7].key.src_bits = 96 + 24;
	flows[7].key.src[15] = 0;
	add(1, 1, flows, LENGTH(flows));
}

static void expect_group(enum board_group group, unsigned long digits)
{
	cr_expect_eq(starts_in_order(ask_for(group, BOARD_STARTS)), digits, "group %d: %lu", group,
		     starts_in_order(ask_for(group, BOARD_STARTS)));
}

Test(board_rows, are_grouped)
{
	add_all_kinds();
	expect_group(BOARD_FLOWS, 43211111);
	expect_group(BOARD_SRC, 54311);
	expect_group(BOARD_DST, 54311);
	expect_group(BOARD_PORT, 44321);
	expect_group(BOARD_RULE, 41);
	expect_group(BOARD_LABEL, 6431);
	expect_group(BOARD_DIRECTION, 6431);
	cr_expect_eq(ask_for(BOARD_HOST, BOARD_STARTS), 1);
	cr_expect(row(0).of[BOARD_STARTS] == 14 && row(0).host == 1 && !row(0).other);
}

Test(board_rows, of_a_group_have_only_its_fields)
{
	static const uint32_t fields[BOARD_N_GROUPS] = {
		~0u, VIEW_SRC, VIEW_DST, VIEW_PROTO | VIEW_DPORT | VIEW_ICMP_TYPE,
		VIEW_PREFIX | VIEW_RULE | VIEW_COMMENT, VIEW_SRC_LABEL | VIEW_DST_LABEL,
		VIEW_DIRECTION, 0,
	};

	add_all_kinds();
	for (unsigned int g = 0; g < BOARD_N_GROUPS; g++)
		for (long n = ask_for(g, BOARD_STARTS), i = 0; i < n; i++) {
			cr_expect_not(row(i).key.has & ~fields[g], "group %u", g);
			cr_expect(row(i).key.has || row(i).other || g != BOARD_RULE);
		}
	ask_for(BOARD_SRC, BOARD_PACKETS);	/* all are equal */
	cr_expect(!row(0).key.has && !row(0).other, "without a source");
	cr_expect(row(1).key.src_bits == 128 && row(1).key.src[15] == 1);
	cr_expect_eq(row(3).key.src_bits, 96 + 24);
	cr_expect(row(4).other);
}

Test(board_rows, of_flows_are_of_all_hosts_together)
{
	struct view_flow flow = some_flow(1, 1, 1, 5);

	add(1, 1, &flow, 1);
	add(1, 2, &flow, 1);
	add(2, 3, &flow, 1);
	cr_expect_eq(ask_for(BOARD_FLOWS, BOARD_STARTS), 1);
	cr_expect_eq(row(0).of[BOARD_STARTS], 5);
	cr_assert_eq(ask_for(BOARD_HOST, BOARD_STARTS), 3);
	cr_expect(row(0).host == 3 && row(0).of[BOARD_STARTS] == 5 && !row(0).quiet);
	cr_expect(row(1).host == 1 && row(1).of[BOARD_STARTS] == 0 && row(1).quiet == 1);
	cr_expect(row(2).host == 2 && row(2).quiet == 1);
}

Test(board_rows, the_same_key_twice_in_a_window_is_one_row)
{
	struct view_flow flows[] = { some_flow(1, 1, 1, 5), some_flow(2, 1, 1, 1), some_flow(1, 1, 1, 6) };

	add(1, 1, flows, LENGTH(flows));
	cr_expect_eq(starts_in_order(ask_for(BOARD_FLOWS, BOARD_STARTS)), 111);
	cr_expect_eq(row(0).of[BOARD_STARTS], 11);
}

/* --- numbers -------------------------------------------------------------------------- */

Test(board_rows, have_what_was_sent_or_received_or_both)
{
	struct view_flow flow = some_flow(1, 1, 1, 1);
	struct board_query q = { .sort = BOARD_BYTES };
	static const uint64_t bytes[BOARD_N_WAYS] = { 11, 10, 1 }, packets[BOARD_N_WAYS] = { 33, 30, 3 };

	some_counter(&flow, VIEW_orig_bytes, 10);
	some_counter(&flow, VIEW_reply_bytes, 1);
	some_counter(&flow, VIEW_orig_packets, 30);
	some_counter(&flow, VIEW_reply_packets, 3);
	some_counter(&flow, VIEW_ends, 4);
	some_counter(&flow, VIEW_drops, 5);
	some_counter(&flow, VIEW_live, 6);
	add(1, 1, &flow, 1);
	for (q.way = 0; q.way < BOARD_N_WAYS; q.way++) {
		cr_assert_eq(board_ask(b, &q, &frame), 1);
		cr_expect_eq(row(0).of[BOARD_BYTES], bytes[q.way]);
		cr_expect_eq(row(0).of[BOARD_PACKETS], packets[q.way]);
		cr_expect_eq(row(0).of[BOARD_STARTS], 1);
		cr_expect_eq(row(0).of[BOARD_ENDS], 4);
		cr_expect_eq(row(0).of[BOARD_DROPS], 5);
		cr_expect_eq(row(0).of[BOARD_LIVE], 6);
		cr_expect_eq(row(0).known, (1u << BOARD_N_COLUMNS) - 1);
		cr_expect_eq(row(0).unknown, 0);
	}
}

Test(board_rows, say_what_is_unknown)
{
	struct view_flow flows[] = { some_flow(1, 1, 1, 1), some_flow(1, 2, 1, 1) };
	struct board_query q = { .group = BOARD_SRC };

	flows[0].sums.unknown = 1u << VIEW_orig_bytes | 1u << VIEW_reply_bytes | 1u << VIEW_orig_packets;
	some_counter(&flows[1], VIEW_orig_bytes, 7);
	add(1, 1, flows, 1);
	board_ask(b, &q, &frame);
	cr_expect_eq(row(0).known, 1u << BOARD_STARTS);
	cr_expect_eq(row(0).unknown, 1u << BOARD_BYTES | 1u << BOARD_PACKETS);
	add(1, 1, flows + 1, 1);
	board_ask(b, &q, &frame);
	cr_expect_eq(row(0).known, 1u << BOARD_STARTS | 1u << BOARD_BYTES, "in part");
	cr_expect_eq(row(0).unknown, 1u << BOARD_BYTES | 1u << BOARD_PACKETS);
	cr_expect_eq(row(0).of[BOARD_BYTES], 7);
	q.way = BOARD_RECEIVED;
	board_ask(b, &q, &frame);
	cr_expect_eq(row(0).known, 1u << BOARD_STARTS);
	cr_expect_eq(row(0).unknown, 1u << BOARD_BYTES);
}

Test(board_rows, sums_stop_at_their_largest_number)
{
	struct view_flow flows[] = { some_flow(1, 1, 1, MOST), some_flow(1, 2, 1, MOST) };
	uint64_t of[BOARD_HISTORY];
	bool present[BOARD_HISTORY], partial[BOARD_HISTORY];
	struct board_query q = { .group = BOARD_SRC, .sort = BOARD_STARTS };

	some_counter(&flows[0], VIEW_orig_bytes, MOST);
	some_counter(&flows[0], VIEW_reply_bytes, 1);
	flows[1].sums.of[VIEW_starts] = UINT64_MAX;	/* no record has such a number */
	for (unsigned int host = 1; host < 4; host++) {
		add(1, host, flows, 2);
		cr_assert_eq(board_ask(b, &q, &frame), 1);
		cr_expect_eq(row(0).of[BOARD_STARTS], MOST);
		cr_expect_eq(row(0).of[BOARD_BYTES], MOST);
		cr_assert_eq(board_history(b, &q, NULL, of, present, partial), 0);
		cr_expect_eq(of[BOARD_HISTORY - 1], MOST);
	}
}

/* --- order ---------------------------------------------------------------------------- */

Test(board_rows, that_are_equal_stand_in_the_order_of_their_keys)
{
	struct view_flow flows[] = {
		some_other(1, 5), some_flow(2, 1, 1, 5), some_flow(1, 2, 1, 5), some_flow(1, 1, 258, 5),
		some_flow(1, 1, 257, 5), some_flow(9, 9, 9, 6), some_flow(9, 9, 9, 4),
		some_flow(1, 1, 1, 5), some_flow(1, 1, 1, 5),
	};
	struct board_query q = { .sort = BOARD_STARTS };

	flows[6].key.proto = IPPROTO_UDP;
	memset(flows[7].key.src, 0, 16);	/* :: */
	flows[8].key.src_bits = 96 + 31;
	flows[8].key.src[15] = 0;
	add(1, 1, flows, LENGTH(flows));
	for (int reverse = 0; reverse < 2; reverse++) {
		q.reverse = reverse;
		cr_assert_eq(board_ask(b, &q, &frame), 9);
		cr_expect_eq(row(0).of[BOARD_STARTS], reverse ? 4 : 6);
		cr_expect_eq(row(8).of[BOARD_STARTS], reverse ? 6 : 4);
		cr_expect(row(1).key.dport == 257 && row(2).key.dport == 258);
		cr_expect(row(3).key.src[15] == 1 && row(3).key.dst[15] == 2);
		cr_expect(row(4).key.src[15] == 2);
		cr_expect_eq(row(5).key.src_bits, 96 + 31, "networks behind addresses");
		cr_expect_eq(row(6).key.src[15], 0, "IPv6 behind IPv4");
		cr_expect(row(7).other);
	}
}

Test(board_rows, are_sorted_by_any_column)
{
	static const enum view_counter counters[BOARD_N_COLUMNS] = {
		VIEW_reply_bytes, VIEW_reply_packets, VIEW_starts, VIEW_ends, VIEW_drops, VIEW_live,
	};
	struct view_flow flows[BOARD_N_COLUMNS];

	for (unsigned int i = 0; i < BOARD_N_COLUMNS; i++) {
		flows[i] = some_flow(i, 1, 1, 1);
		some_counter(&flows[i], counters[i], 9);
	}
	add(1, 1, flows, BOARD_N_COLUMNS);
	for (unsigned int i = 0; i < BOARD_N_COLUMNS; i++) {
		cr_assert_eq(ask_for(BOARD_FLOWS, i), BOARD_N_COLUMNS);
		cr_expect_eq(row(0).key.src[15], i);
	}
}

/* --- selecting, finding ----------------------------------------------------------------- */

Test(board_rows, are_only_of_flows_that_are_selected)
{
	struct flow_select select;
	struct refusal why;
	struct board_query q = { .sort = BOARD_STARTS, .select = &select };

	add_all_kinds();
	cr_assert_eq(view_filter_parse(&select, "dst=10.0.0.2", &why), 0);
	cr_expect_eq(starts_in_order(board_ask(b, &q, &frame)), 32);
	cr_expect(frame.others == 1 && frame.other_flows == 50, "which nobody can look into");
	q.group = BOARD_HOST;
	cr_expect_eq(starts_in_order(board_ask(b, &q, &frame)), 5);
	q.group = BOARD_RULE;
	cr_expect_eq(board_ask(b, &q, &frame), 0);
	cr_assert_eq(view_filter_parse(&select, "", &why), 0);
	q.group = BOARD_FLOWS;
	cr_expect_eq(starts_in_order(board_ask(b, &q, &frame)), 43211111);
}

Test(board_rows, are_found_again)
{
	struct view_flow flows[] = { some_flow(1, 1, 1, 3), some_flow(2, 1, 1, 2), some_other(1, 1) };
	struct board_row first, second, other, gone = { .host = 5 };

	add(1, 1, flows, LENGTH(flows));
	ask_for(BOARD_FLOWS, BOARD_STARTS);
	first = row(0);
	second = row(1);
	other = row(2);
	flows[1].sums.of[VIEW_starts] = 7;
	add(2, 1, flows, LENGTH(flows));
	cr_expect_eq(board_find(b, &first), -1, "there is no answer");
	ask_for(BOARD_FLOWS, BOARD_STARTS);
	cr_expect_eq(board_find(b, &first), 1);
	cr_expect_eq(board_find(b, &second), 0);
	cr_expect_eq(board_find(b, &other), 2);
	ask_for(BOARD_HOST, BOARD_STARTS);
	gone = row(0);
	cr_expect_eq(board_find(b, &gone), 0);
	gone.host = 5;
	cr_expect_eq(board_find(b, &gone), -1);
	ask_for(BOARD_SRC, BOARD_STARTS);
	first.key.has = VIEW_SRC;
	cr_expect_eq(board_find(b, &first), 1);
	first.key.src[15] = 77;
	cr_expect_eq(board_find(b, &first), -1);
}

/* --- history ---------------------------------------------------------------------------- */

Test(board_rows, have_a_history)
{
	struct view_flow flows[2] = { some_flow(1, 1, 1, 0), some_flow(2, 1, 1, 1000) };
	uint64_t of[BOARD_HISTORY];
	bool present[BOARD_HISTORY], partial[BOARD_HISTORY];
	struct board_query q = { .sort = BOARD_STARTS };
	struct board_row r;

	for (unsigned int second = 0; second < 100; second++) {
		struct view_window w = some_window(second, flows, 2);

		flows[0].sums.of[VIEW_starts] = second;
		if (second == 70)
			w.status = WINDOW_PARTIAL;
		cr_assert_eq(board_add(b, &w), 0);
	}
	cr_assert_eq(board_ask(b, &q, &frame), 2);
	r = row(1);
	for (q.back = 0; q.back < 110; q.back++) {
		cr_assert_eq(board_history(b, &q, &r, of, present, partial), 0);
		for (size_t i = 0; i < BOARD_HISTORY; i++) {
			long second = 99 - (long)q.back - (long)(BOARD_HISTORY - 1 - i);

			cr_assert_eq(present[i], q.back < 100 && second >= 0);
			cr_assert_eq(of[i], present[i] ? (uint64_t)second : UINT64_C(0));
			cr_assert_eq(partial[i], present[i] && second == 70);
		}
	}
	q.back = 0;
	cr_assert_eq(board_history(b, &q, NULL, of, present, partial), 0);
	cr_expect_eq(of[BOARD_HISTORY - 1], 1099);
	cr_expect_eq(of[0], 1040);
	cr_expect_eq(board_find(b, &r), 1, "the answer is as before");
	cr_expect_eq(row(1).of[BOARD_STARTS], 99);
}
