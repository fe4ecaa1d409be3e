/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What keys do to what is looked at. */
#include "config.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "screen/live_case.h"
#include "screen/screen_case.h"
#include "screen/terminal.h"
#include "view/gather_case.h"

TestSuite(keys, .init = open_live, .fini = close_live);

static bool has(const char *text)
{
	draw(24, 100);
	return line_with(&picture, text) >= 0;
}

/* The text of the row that is chosen; "" when none is. */
static const char *chosen(void)
{
	draw(24, 100);
	for (int i = 0; i < picture.height; i++)
		if (looks_of(&picture, i)[0] == 'a' + LOOK_CHOSEN)
			return line_of(&picture, i);
	return "";
}

Test(keys, each_group_has_its_key)
{
	static const struct {
		const char *key, *header, *row;
	} groups[] = {
		{ "x", "sources: 2", "10.0.0.1 " },
		{ "y", "destinations: 2", "192.0.2.2 " },
		{ "p", "ports: 1", "tcp    443 " },
		{ "u", "rules: 1", "prefix-1 " },
		{ "l", "labels: 2", "office  " },
		{ "d", "directions: 1", "out " },
		{ "h", "hosts: 1", "gw1 " },
		{ "f", "flows: 2", "192.0.2.1:443 " },
	};

	plain_flow(1, 600);
	flow(",\"direction\":\"out\",\"proto\":\"tcp\",\"src_ip\":\"10.0.0.2\",\"dst_ip\":\"192.0.2.2\","
	     "\"dst_port\":443,\"src_label\":\"office\",\"log_prefix\":\"prefix-1\",\"rule\":\"inet/f/i/1\","
	     "\"drops\":3");
	end_window("ok", "");
	for (size_t i = 0; i < sizeof(groups) / sizeof(groups[0]); i++) {
		press(groups[i].key);
		cr_expect(has(groups[i].header), "%s", groups[i].header);
		cr_expect(has(groups[i].row), "%s", groups[i].row);
	}
}

Test(keys, sorting)
{
	static const char *const titles[] = {
		"bytes/s\u25bc", "packets/s\u25bc", "starts\u25bc", "ends\u25bc", "drops\u25bc", "live\u25bc",
		"bytes/s\u25bc",
	};

	plain_flow(1, 600);
	plain_flow(2, 300);
	end_window("ok", "");
	for (int i = 0; i < 7; i++) {
		cr_expect(has(titles[i]), "%s", titles[i]);
		press(i % 2 ? "s" : ">");
	}
	for (int i = 7; i-- > 0;) {
		press(i % 2 ? "S" : "<");
		cr_expect(has(titles[i]), "%s", titles[i]);
	}
	draw(24, 100);
	cr_expect_lt(line_with(&picture, "10.0.0.1 "), line_with(&picture, "10.0.0.2 "));
	press("r");
	cr_expect(has("bytes/s\u25b2"));
	cr_expect_gt(line_with(&picture, "10.0.0.1 "), line_with(&picture, "10.0.0.2 "));
}

Test(keys, ways)
{
	plain_window(6000);
	cr_expect(has("sent and received"));
	cr_expect(has(" 300 "));
	press("w");
	cr_expect(has("  sent"));
	cr_expect(has(" 100 "));
	press("w");
	cr_expect(has("  received"));
	cr_expect(has(" 200 "));
	press("w");
	cr_expect(has("sent and received"));
}

Test(keys, ports_by_name)
{
	plain_window(6000);
	press("n");
	cr_expect(has("192.0.2.1:https"));
	press("n");
	cr_expect(has("192.0.2.1:443"));
}

static bool name_of(void *arg, const uint8_t addr[16], char *to, size_t size)
{
	(void)arg;
	snprintf(to, size, "host-%u", addr[15]);
	return addr[12] == 192;
}

Test(keys, addresses_by_name)
{
	plain_window(6000);
	cr_expect_not(live.names);
	press("N");
	cr_expect(live.names);
	live.shown.name = name_of;
	cr_expect(has("10.0.0.1  host-1:443"));
	press("N");
	cr_expect_not(live.names);
}

/* --- the filter ------------------------------------------------------------------- */

Test(keys, a_filter_is_typed_and_holds)
{
	plain_flow(1, 600);
	plain_flow(2, 300);
	end_window("ok", "");
	press("/dst=192.0.2.2");
	cr_expect(has("filter: dst=192.0.2.2"));
	cr_expect_eq(picture.cursor_line, 23);
	cr_expect_eq(picture.cursor_column, (int)strlen("filter: dst=192.0.2.2"));
	cr_expect(has("10.0.0.1 "), "not yet");
	press_key(KEY_OF_ENTER);
	cr_expect_not(has("10.0.0.1 "));
	cr_expect(has("10.0.0.2 "));
	cr_expect(has("filter: dst=192.0.2.2"));
	cr_expect_eq(picture.cursor_line, -1);
	/* again: the old one is there to be changed */
	press("/");
	press_key(KEY_OF_BACKSPACE);
	press("1");
	press_key(KEY_OF_ENTER);
	cr_expect(has("10.0.0.1 "));
	cr_expect_not(has("10.0.0.2 "));
	press("/");
	press_key('U' & 0x1f);
	press_key(KEY_OF_ENTER);
	cr_expect(has("flows: 2"));
	cr_expect_not(has("filter:"));
}

Test(keys, escape_leaves_the_filter_as_it_was)
{
	plain_flow(1, 600);
	plain_flow(2, 300);
	end_window("ok", "");
	press("/dst=192.0.2.2");
	press_key(KEY_OF_ENTER);
	press("/ proto=udp");
	press_key(KEY_OF_ESCAPE);
	cr_expect(has("filter: dst=192.0.2.2  "));
	cr_expect_not(has("udp"));
	cr_expect(has("flows: 1"));
}

Test(keys, a_wrong_filter_is_refused_and_the_old_one_holds)
{
	plain_flow(1, 600);
	plain_flow(2, 300);
	end_window("ok", "");
	press("/dport=70000");
	press_key(KEY_OF_ENTER);
	cr_expect(has("70000"));
	cr_expect(has("65535"), "%s", live.error.why);
	cr_expect(has("flows: 2"));
	cr_expect_eq(picture.cursor_line, 23, "it can be mended");
	for (int i = 0; i < 2; i++)
		press_key(KEY_OF_BACKSPACE);
	cr_expect_not(has("65535"), "the message goes with the next key");
	press_key(KEY_OF_ENTER);
	cr_expect(has("flows: 0"));
	press("/");
	press_key('U' & 0x1f);
	press("nonsense \\ ' \"");
	press_key(KEY_OF_ENTER);
	cr_expect(has("flows: 0"));
	cr_expect_neq(live.error.why[0], '\0');
}

Test(keys, letters_of_a_filter_are_no_commands)
{
	plain_window(1);
	press("/q x y p ?N");
	cr_expect_not(live.quit);
	cr_expect_not(live.shown.help);
	cr_expect_eq(live.shown.query.group, BOARD_FLOWS);
	cr_expect(has("filter: q x y p ?N"));
}

/* --- time -------------------------------------------------------------------------- */

Test(keys, a_pause_keeps_the_window)
{
	plain_window(6000);
	press(" ");
	plain_window(60000);
	cr_expect(has("PAUSED"));
	cr_expect(has("1 window back"));
	cr_expect(has("00:00:00 to 00:01:00"));
	cr_expect(has(" 300 "));
	press(" ");
	cr_expect_not(has("PAUSED"));
	cr_expect_not(has("back"));
	cr_expect(has("00:01:00 to 00:02:00"));
}

Test(keys, back_in_time_and_forward)
{
	for (int i = 1; i <= 4; i++)
		plain_window(6000 * i);
	press_key(KEY_OF_LEFT);
	cr_expect(has("1 window back"));
	cr_expect(has("00:02:00 to 00:03:00"));
	press("[");
	cr_expect(has("2 windows back"));
	plain_window(1);
	cr_expect(has("3 windows back"), "the window stays, and gets older");
	cr_expect(has("00:01:00 to 00:02:00"));
	press("[[[[[[[");
	cr_expect(has("4 windows back"));
	cr_expect(has("00:00:00 to 00:01:00"));
	press_key(KEY_OF_RIGHT);
	cr_expect(has("3 windows back"));
	press_key(KEY_OF_END);
	cr_expect_not(has("back"));
	cr_expect(has("00:04:00 to 00:05:00"));
	press("[]");
	cr_expect_not(has("back"));
	plain_window(1);
	cr_expect(has("00:05:00 to 00:06:00"), "the screen goes with the windows again");
}

Test(keys, the_end_of_time_ends_a_pause)
{
	plain_window(1);
	press(" [");
	press_key(KEY_OF_END);
	cr_expect_not(has("PAUSED"));
	press(" ");
	plain_window(1);
	press("]");
	cr_expect(has("PAUSED"), "going forward does not");
	cr_expect_not(has("back"));
	plain_window(1);
	cr_expect(has("1 window back"));
}

Test(keys, levels)
{
	for (int i = 1; i <= 5; i++)
		plain_window(6000);
	lines_of("gw1", 5);
	go_to_minute(0);
	plain_window(30000);
	cr_expect(has("gw1  1m  2026-11-21 00:04:00"));
	press("t");
	cr_expect(has("gw1  5m  2026-11-21 00:00:00 to 00:05:00"));
	cr_expect(has(" 300 "), "90,000 bytes in 5 minutes");
	press("t");
	cr_expect(has("gw1  1m  2026-11-21 00:04:00"));
	/* back in time, the longer window is that of the same time */
	press("[[t");
	cr_expect(has("gw1  5m  2026-11-21 00:00:00 to 00:05:00"));
	press("t");
	cr_expect(has("gw1  1m  2026-11-21 00:02:00"), "and the other way round");
}

Test(keys, hosts_stand_side_by_side)
{
	plain_window(6000);
	go_to_minute(0);
	lines_of("gw2", 1);
	plain_window(60000);
	cr_expect(has("2 hosts  1m"));
	cr_expect(has("   3.3k "), "198,000 bytes of both in a minute");
	press("h");
	cr_expect(has("gw1        300 "));
	cr_expect(has("gw2       3.0k "));
	go_to_minute(1);
	plain_window(1);
	cr_expect(has("gw2  1m"));
}

/* --- rows -------------------------------------------------------------------------- */

Test(keys, the_chosen_row_is_followed)
{
	plain_flow(1, 600);
	plain_flow(2, 300);
	end_window("ok", "");
	cr_expect_str_eq(chosen(), "");
	press_key(KEY_OF_DOWN);
	cr_expect(strstr(chosen(), "10.0.0.1 "));
	plain_flow(1, 300);
	plain_flow(2, 600);
	end_window("ok", "");
	cr_expect(strstr(chosen(), "10.0.0.1 "), "it has moved");
	press_key(KEY_OF_UP);
	cr_expect(strstr(chosen(), "10.0.0.2 "));
	press_key(KEY_OF_UP);
	cr_expect(strstr(chosen(), "10.0.0.2 "), "nothing is above it");
	press_key(KEY_OF_ESCAPE);
	cr_expect_str_eq(chosen(), "");
}

Test(keys, long_tables_scroll)
{
	for (unsigned int i = 0; i < 100; i++)
		plain_flow(i, 100000 - i * 600);
	end_window("ok", "");
	draw(24, 100);
	press_key(KEY_OF_DOWN);
	press_key(KEY_OF_PAGE_DOWN);
	cr_expect_gt(live.shown.page, 5);
	cr_expect_eq(live.shown.chosen, (long)live.shown.page);
	cr_expect(*chosen());
	for (int i = 0; i < 20; i++) {
		press_key(KEY_OF_PAGE_DOWN);
		cr_expect(*chosen());
	}
	cr_expect_eq(live.shown.chosen, 99);
	cr_expect(has("10.0.0.99 "));
	cr_expect_not(has("10.0.0.0 "));
	press_key(KEY_OF_PAGE_UP);
	cr_expect_eq(live.shown.chosen, 99 - (long)live.shown.page);
	press_key(KEY_OF_HOME);
	cr_expect(strstr(chosen(), "10.0.0.0 "));
}

Test(keys, a_chosen_row_that_is_left_out_is_none)
{
	plain_flow(1, 600);
	plain_flow(2, 300);
	end_window("ok", "");
	press_key(KEY_OF_DOWN);
	press("/dst=192.0.2.2");
	press_key(KEY_OF_ENTER);
	cr_expect_str_eq(chosen(), "");
	cr_expect(has("of all rows"));
}

/* --- the rest ----------------------------------------------------------------------- */

Test(keys, help_and_the_way_out)
{
	plain_window(1);
	press("?");
	draw(40, 120);
	cr_expect_neq(line_with(&picture, "any key leaves this help"), -1);
	press("q");
	cr_expect_not(live.quit);
	draw(40, 120);
	cr_expect_eq(line_with(&picture, "any key leaves this help"), -1);
	press("q");
	cr_expect(live.quit);
}

/* On small screens each key is on one of the pages, whole. */
Test(keys, help_has_pages)
{
	static const int sizes[][2] = { { 24, 80 }, { 6, 40 }, { 10, 60 } };

	plain_window(1);
	for (size_t i = 0; i < 3; i++) {
		size_t pages = 1;
		bool last_key = false, first_key = false;

		press("?");
		for (draw(sizes[i][0], sizes[i][1]); live.shown.help_next; draw(sizes[i][0], sizes[i][1])) {
			cr_expect_neq(line_with(&picture, "any key: more; Esc: back"), -1);
			first_key |= line_with(&picture, "quit; the program") >= 0;
			last_key |= line_with(&picture, "Ctrl-L") >= 0;
			state_key(&live, 'q');
			pages++;
		}
		last_key |= line_with(&picture, "Ctrl-L") >= 0;
		cr_expect(first_key && last_key, "%zu", i);
		cr_expect_geq(pages, 2);
		for (int line = 0; line < picture.height; line++)
			cr_expect_null(strstr(line_of(&picture, line), "\u2026"), "%zu: %s", i, line_of(&picture, line));
		state_key(&live, 'q');
		cr_expect_not(live.shown.help);
		cr_expect_not(live.quit);
	}
	press("?");
	draw(6, 40);
	state_key(&live, KEY_OF_ESCAPE);
	cr_expect_not(live.shown.help);
}

Test(keys, nothing_happens_without_a_window)
{
	press("fxypuldhsS<>rrwwcnnN[] t");
	press_key(KEY_OF_UP);
	press_key(KEY_OF_DOWN);
	press_key(KEY_OF_PAGE_UP);
	press_key(KEY_OF_PAGE_DOWN);
	press_key(KEY_OF_HOME);
	press_key(KEY_OF_END);
	press_key(KEY_OF_OTHER);
	press_key(0x20ac);
	cr_expect(has("waiting for the first window"));
	cr_expect_not(has("PAUSED"));
	cr_expect_not(has("back"));
	cr_expect_not(live.quit);
}
