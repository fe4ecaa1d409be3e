/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What stands in which line. */
#include "config.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "screen/live_case.h"
#include "screen/screen_case.h"
#include "screen/terminal.h"
#include "view/gather_case.h"

TestSuite(layout, .init = open_live, .fini = close_live);

/* Whether any line has the text. */
static bool has(const char *text)
{
	return line_with(&picture, text) >= 0;
}

/* The looks of the columns where a line has the text. */
static const char *look_of(const char *text)
{
	static char looks[512];
	int line = line_with(&picture, text);
	const char *whole, *at;
	int columns = 0;

	cr_assert_geq(line, 0, "%s", text);
	whole = line_of(&picture, line);
	at = strstr(whole, text);
	for (const char *p = whole; p < at; p++)
		columns += (*p & 0xc0) != 0x80;	/* a character, none of them wide */
	snprintf(looks, sizeof(looks), "%.*s", (int)strlen(text), looks_of(&picture, line) + columns);
	return looks;
}

/* A text of one letter for each character. */
static bool all(const char *looks, enum look look)
{
	return *looks && strspn(looks, (char[]){ (char)('a' + look), 0 }) == strlen(looks);
}

Test(layout, before_the_first_window)
{
	draw(24, 80);
	cr_expect(has("waiting for the first window"));
	live.shown.ended = true;
	draw(24, 80);
	cr_expect(has("no window has come"));
}

Test(layout, a_complete_window)
{
	plain_flow(1, 6000);
	plain_flow(2, 60000);
	end_window("ok", ",\"records\":2,\"starts\":3,\"ends\":5,\"drops\":0,\"logged\":0,"
			 "\"lost_events\":0,\"lost_drops\":0,\"table_rows\":812,\"table_capacity\":65536,"
			 "\"kernel\":{\"drop\":0,\"early_drop\":0,\"entries\":1203,\"max\":262144}");
	draw(24, 100);
	cr_expect(has("gw1  1m  2026-11-21 00:00:00 to 00:01:00 UTC  complete"));
	cr_expect(has("0 events/s"), "8 in a minute");
	cr_expect(has("lost events 0"));
	cr_expect(has("lost drops 0"));
	cr_expect(has("table 812 of 65,536"));
	cr_expect(has("connections 1,203 of 262,144"));
	cr_expect(has("kernel drops 0"));
	cr_expect_not(has("removed early"));
	cr_expect_not(has("incomplete"));
	cr_expect(all(looks_of(&picture, 0), LOOK_HEADER));
	cr_expect(has("flows: 2"));
}

Test(layout, a_rate_is_never_too_large_to_be_shown)
{
	end_window("ok", "");
	draw(24, 100);
	live.shown.frame.events = INT64_MAX;
	live.shown.frame.span_ns = 1;
	draw(24, 100);
	cr_expect(has("9,223,372,036,854,775,807 events/s"));
}

Test(layout, rows_and_their_numbers)
{
	int first, second;

	plain_flow(1, 6000);
	plain_flow(2, 60000);
	end_window("ok", "");
	draw(24, 100);
	first = line_with(&picture, "10.0.0.2");
	second = line_with(&picture, "10.0.0.1");
	cr_expect_eq(second, first + 1, "the largest stands first");
	/* 180,000 bytes and 1,800 packets in a minute */
	cr_expect_str_eq(line_of(&picture, first),
			 "out  tcp    10.0.0.2  192.0.2.2:443      3.0k         30       2       3       0");
	cr_expect_str_eq(line_of(&picture, first - 1),
			 "way  proto  source    destination    bytes/s\u25bc  packets/s  starts    ends   drops");
	press("c");
	draw(24, 100);
	cr_expect_str_eq(line_of(&picture, first),
			 "out  tcp    10.0.0.2  192.0.2.2:443    180k     1.8k       2       3       0");
}

Test(layout, a_partial_window_is_an_alarm)
{
	plain_flow(1, 6000);
	end_window("partial", ",\"lost_events\":120,\"lost_drops\":null");
	draw(24, 100);
	cr_expect(has("partial: 120 events lost, unknown number of logged packets lost"));
	cr_expect(has("lost events 120"));
	cr_expect(has("lost drops ?"));
	cr_expect(has("1 of the last 60 incomplete"));
	cr_expect(all(looks_of(&picture, 0), LOOK_ALARM));
	plain_window(1);
	draw(24, 100);
	cr_expect(all(looks_of(&picture, 0), LOOK_HEADER));
	cr_expect(has("1 of the last 60 incomplete"), "it is not forgotten");
}

Test(layout, what_did_not_get_here_is_said)
{
	plain_window(1);
	live.shown.slow = 12;
	live.shown.large = 1;
	live.shown.gone = 2;
	live.shown.unread = 1;
	live.shown.malformed = 1234;
	draw(30, 100);
	cr_expect(has("12 windows skipped: this terminal was too slow"));
	cr_expect(has("1 window skipped: too large"));
	cr_expect(has("2 files were gone before they could be read"));
	cr_expect(has("1 file could not be read"));
	cr_expect(has("1,234 lines are no records"));
	live.shown.slow = live.shown.large = live.shown.gone = live.shown.unread = live.shown.malformed = 0;
	live.shown.left_out = 5;
	live.shown.blanks = 1;
	draw(30, 100);
	cr_expect(has("5 records had no room in memory"));
	cr_expect(has("1 text is empty: no room in memory"));
}

Test(layout, the_first_line_of_the_narrowest_screen_has_what_matters)
{
	plain_flow(1, 6000);
	end_window("partial", ",\"lost_events\":7");
	draw(6, 40);
	cr_expect_str_eq(line_of(&picture, 0), "gw1  1m  00:01:00  partial: 7 events lo\u2026");
	press(" ");
	draw(6, 40);
	cr_expect_str_eq(line_of(&picture, 0), "gw1  1m  00:01:00  partial: 7\u2026   PAUSED");
}

Test(layout, a_screen_that_is_too_small_says_so)
{
	plain_window(1);
	draw(5, 80);
	cr_expect_str_eq(line_of(&picture, 0), "too small: 40x6 is needed");
	draw(24, 39);
	cr_expect_str_eq(line_of(&picture, 0), "too small: 40x6 is needed");
	draw(1, 1);
	cr_expect_str_eq(line_of(&picture, 0), "\u2026");
}

/* Every size, with every kind of row, is a picture without a fault; draw() looks. */
Test(layout, every_size)
{
	flow(",\"proto\":\"tcp\",\"src_ip\":\"2001:db8:1111:2222:3333:4444:5555:6666\",\"src_port\":65535,"
	     "\"dst_ip\":\"2001:db8:1111:2222:3333:4444:5555:7777\",\"dst_port\":443,"
	     "\"nat_src_ip\":\"2001:db8::1\",\"nat_src_port\":1,\"nat_dst_ip\":\"2001:db8::2\","
	     "\"zone\":65535,\"mark\":4294967295,\"src_label\":\"\u65e5\u672c\u8a9e\u306e\u30e9\u30d9\u30eb\","
	     "\"dst_label\":\"e\u0301\",\"mark_label\":\"m\",\"starts\":9223372036854775807,"
	     "\"orig_bytes\":9223372036854775807,\"reply_bytes\":9223372036854775807,\"live\":3");
	flow(",\"proto\":\"icmp\",\"src_ip\":\"10.0.0.0/8\",\"dst_ip\":\"192.0.2.1\",\"icmp_type\":8,"
	     "\"icmp_code\":0,\"iif\":\"eth0\",\"oif\":null,\"log_prefix\":\"p\",\"rule\":null,"
	     "\"rule_comment\":\"c\",\"drops\":7,\"orig_bytes\":null");
	other(",\"reason\":\"table_full\",\"folded_flows\":3,\"starts\":1");
	end_window("partial", ",\"max_error\":7");
	for (int width = 1; width <= 300; width++)
		for (int height = 1; height <= 60; height += height < 12 ? 1 : 7)
			draw(height, width);
	for (enum board_group g = 0; g < BOARD_N_GROUPS; g++) {
		live.shown.query.group = g;
		live.stale = true;
		for (int width = 40; width <= 300; width += 7)
			draw(24, width);
	}
}

Test(layout, the_sorted_column_is_always_there)
{
	static const char *const titles[] = { "bytes/s", "packets/s", "starts", "ends", "drops", "live" };

	plain_window(6000);
	for (enum board_column c = 0; c < BOARD_N_COLUMNS; c++) {
		live.shown.query.sort = c;
		live.stale = true;
		draw(8, 40);
		cr_expect(has(titles[c]), "%s", titles[c]);
		cr_expect(has("10.0.0.1"));
		cr_expect(has("192.0.2.1:443"));
		cr_expect(all(look_of(titles[c]), LOOK_SORTED));
	}
}

Test(layout, unknown_numbers_are_no_zeros)
{
	flow(",\"proto\":\"udp\",\"src_ip\":\"10.0.0.1\",\"dst_ip\":\"10.0.0.2\",\"dst_port\":53,\"starts\":5,"
	     "\"orig_bytes\":null,\"reply_bytes\":null");
	end_window("ok", "");
	press("s");
	press("s");
	draw(24, 100);
	cr_expect_str_eq(line_of(&picture, line_with(&picture, "10.0.0.2:53")),
			 "udp    10.0.0.1  10.0.0.2:53        -          -        5       -       -");
}

Test(layout, texts_from_outside_are_harmless)
{
	flow(",\"proto\":\"tcp\",\"src_ip\":\"10.0.0.1\",\"dst_ip\":\"10.0.0.2\",\"dst_port\":1,\"drops\":1,"
	     "\"log_prefix\":\"\\u001b[2Jboom\\u0007\\u009b31m\\u202e<b>\",\"rule\":\"inet/\\u001b]0;x\\u0007/1\","
	     "\"rule_comment\":\"\\r\\n\\t\",\"src_label\":\"\\u2028\\u200b\",\"starts\":1");
	end_window("ok", "");
	draw(24, 200);
	cr_expect(has("?[2Jboom??31m?<b>"));
	cr_expect(has("inet/?]0;x?/1"));
	cr_expect(has("???"));
	press("u");
	draw(24, 200);
	cr_expect(has("?[2Jboom??31m?<b>"));
}

/* Columns behind a wide text stand where they stand behind a narrow one. */
Test(layout, wide_labels_are_aligned)
{
	const char *wide, *narrow;

	flow(",\"src_ip\":\"10.0.0.1\",\"src_label\":\"\u65e5\u672c\u8a9e\",\"starts\":5,\"orig_bytes\":6000");
	flow(",\"src_ip\":\"10.0.0.2\",\"src_label\":\"office\",\"starts\":5,\"orig_bytes\":60");
	end_window("ok", "");
	press("l");
	draw(24, 80);
	wide = line_of(&picture, line_with(&picture, "\u65e5\u672c\u8a9e"));
	narrow = line_of(&picture, line_with(&picture, "office"));
	cr_expect_eq(picture_columns(wide), picture_columns(narrow));
	cr_expect(strstr(wide, " 100 "), "%s", wide);
	cr_expect(strstr(narrow, " 1 "), "%s", narrow);
	/* from the last digit of bytes/s on */
	cr_expect_eq(strlen(strstr(wide, "00 ")), strlen(strstr(narrow, "1 ")) + 1);
}

Test(layout, other_is_a_row)
{
	plain_flow(1, 6000);
	other(",\"reason\":\"top\",\"folded_flows\":30,\"starts\":30,\"orig_bytes\":600,\"reply_bytes\":0");
	end_window("ok", "");
	draw(24, 100);
	cr_expect_eq(line_with(&picture, "other: 30 flows  "), line_with(&picture, "10.0.0.1") + 1);
	cr_expect_not(has("no filter can look into it"));
	press("/proto=tcp");
	press_key(KEY_OF_ENTER);
	draw(24, 100);
	cr_expect(has("without `other': no filter can look into it"));
}

/* How many flows there are does not stand in the way of the numbers. */
Test(layout, other_leaves_room_for_numbers)
{
	const char *row;

	plain_flow(1, 6000);
	other(",\"reason\":\"top\",\"folded_flows\":123456,\"starts\":30,\"orig_bytes\":600,\"reply_bytes\":0");
	end_window("ok", "");
	press("d");
	draw(24, 40);
	row = line_of(&picture, line_with(&picture, "other"));
	cr_expect(strstr(row, "other  "), "%s", row);
	cr_expect_not(strstr(row, "12"), "%s", row);
}

/* The title of the history names both labels of a pair, also the one that is missing. */
Test(layout, a_pair_of_labels_is_whole)
{
	flow(",\"src_ip\":\"10.0.0.1\",\"dst_label\":\"servers\",\"orig_bytes\":6000,\"reply_bytes\":0");
	flow(",\"src_ip\":\"10.0.0.1\",\"src_label\":\"lab\",\"dst_label\":\"servers\",\"orig_bytes\":60,\"reply_bytes\":0");
	end_window("ok", "");
	press("l");
	press_key(KEY_OF_DOWN);
	draw(24, 100);
	cr_expect(has("bytes/s of - > servers: "));
	press_key(KEY_OF_DOWN);
	draw(24, 100);
	cr_expect(has("bytes/s of lab > servers: "));
}

Test(layout, a_row_without_a_record_is_quiet)
{
	plain_flow(1, 6000);
	plain_flow(2, 6);
	end_window("ok", "");
	plain_flow(2, 6);
	end_window("ok", "");
	draw(24, 100);
	cr_expect(has("192.0.2.1:443"));
	cr_expect(all(look_of("192.0.2.1:443"), LOOK_QUIET));
	cr_expect(all(look_of("192.0.2.2:443"), LOOK_PLAIN));
}

Test(layout, without_utf8_there_is_ascii_only)
{
	flow(",\"src_ip\":\"10.0.0.1\",\"src_label\":\"\u65e5\",\"orig_bytes\":6000");
	end_window("partial", "");
	plain_window(6);
	use_ascii();
	draw(24, 100);
	for (int i = 0; i < 24; i++)
		for (const char *p = line_of(&picture, i); *p; p++)
			cr_expect(*p >= ' ' && *p <= '~', "line %d: %s", i, line_of(&picture, i));
	use_utf8();
}

/* --- the history ------------------------------------------------------------------ */

/* The line of the bars: the last one above that of keys. */
static const char *bars(int height)
{
	return line_of(&picture, height - 2);
}

Test(layout, the_history_of_all_rows)
{
	plain_window(1000);
	plain_window(4000);
	end_window("ok", "");
	plain_window(8000);
	draw(16, 100);
	cr_expect_str_eq(bars(16) + 56, "\u2581\u2584_\u2588");
	cr_expect(has("bytes/s of all rows: at most 400 in the last 60 windows"));
	draw(16, 40);
	cr_expect_str_eq(bars(16) + 36, "\u2581\u2584_\u2588", "the latest ones have room");
}

Test(layout, the_history_of_the_chosen_row)
{
	plain_flow(1, 600);
	plain_flow(2, 300);
	end_window("ok", "");
	plain_flow(1, 600);
	plain_flow(2, 600);
	end_window("ok", "");
	press_key(KEY_OF_DOWN);
	press_key(KEY_OF_DOWN);
	draw(16, 100);
	cr_expect(all(look_of("192.0.2.2:443  "), LOOK_CHOSEN));
	cr_expect(has("bytes/s of out tcp 10.0.0.2 > 192.0.2.2:443: at most 30 in the last 60 windows"));
	cr_expect_str_eq(bars(16) + 58, "\u2584\u2588");
}

Test(layout, incomplete_windows_are_marked_in_the_history)
{
	plain_window(600);
	plain_flow(1, 600);
	end_window("partial", "");
	plain_window(600);
	draw(16, 100);
	cr_expect_str_eq(looks_of(&picture, 14) + 56, "aijiaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa");
	draw(24, 100);
	cr_expect_str_eq(line_of(&picture, 22), "                                                          !");
	cr_expect_str_eq(line_of(&picture, 20), "                                                         \u2588\u2588\u2588");
	cr_expect_str_eq(line_of(&picture, 21), "                                                         \u2588\u2588\u2588");
}

Test(layout, bars_have_more_steps_in_more_lines)
{
	plain_window(1600);
	plain_window(100);
	plain_window(800);
	plain_window(900);
	draw(24, 100);
	cr_expect_str_eq(line_of(&picture, 20), "                                                        \u2588  \u2581");
	cr_expect_str_eq(line_of(&picture, 21), "                                                        \u2588\u2581\u2588\u2588");
}
