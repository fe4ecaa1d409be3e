/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <criterion/criterion.h>
#include <string.h>

#include "board/why.h"

static const char *why(const struct board_frame *f)
{
	static char text[512];

	cr_expect_eq(board_why(text, sizeof(text), f), strlen(text));
	return text;
}

static struct view_number known(uint64_t n)
{
	return (struct view_number){ n, VIEW_KNOWN };
}

Test(board_why, all_is_there)
{
	struct board_frame f = { .status = WINDOW_OK, .lost_events = { 0, VIEW_KNOWN } };

	cr_expect_not(board_is_incomplete(&f));
	cr_expect_str_eq(why(&f), "complete");
}

Test(board_why, each_reason_is_named)
{
	struct board_frame f = { .status = WINDOW_PARTIAL };

	cr_expect_str_eq(why(&f), "partial");
	f.lost_events = known(120);
	cr_expect_str_eq(why(&f), "partial: 120 events lost");
	f.lost_drops = known(1);
	f.max_error = known(3);
	cr_expect_str_eq(why(&f), "partial: 120 events lost, 1 logged packet lost, table full");
	f.lost_drops.state = VIEW_NULL;
	cr_expect_str_eq(why(&f),
			 "partial: 120 events lost, unknown number of logged packets lost, table full");
	f = (struct board_frame){ .status = WINDOW_PARTIAL, .vanished = known(1234567),
				  .unread_rules = known(1), .unread_sockets = known(2),
				  .dropped_windows = known(1), .flowtable_uncounted = true };
	cr_expect_str_eq(why(&f), "partial: packets in a flow table that nobody counts, "
				  "1,234,567 connections vanished, 1 counter of a rule not read, "
				  "2 sockets not read, 1 window removed from the spool");
}

/* What the screen or the way here has left out makes a good window incomplete, too. */
Test(board_why, what_did_not_come_is_missing)
{
	struct board_frame f = { .status = WINDOW_OK, .incomplete = 1 };

	cr_expect(board_is_incomplete(&f));
	cr_expect_str_eq(why(&f), "partial: 1 window without its end");
	f = (struct board_frame){ .status = WINDOW_OK, .missing = 2, .skipped = 12 };
	cr_expect(board_is_incomplete(&f));
	cr_expect_str_eq(why(&f), "partial: 12 windows skipped, 2 records missing");
}

Test(board_why, no_data_is_no_quiet_network)
{
	struct board_frame f = { .status = WINDOW_NODATA };

	cr_expect(board_is_incomplete(&f));
	cr_expect_str_eq(why(&f), "no data: ctagg --check says why");
	f.skipped = 1;
	cr_expect_str_eq(why(&f), "no data: 1 window skipped, ctagg --check says why");
}

Test(board_why, a_text_that_has_no_room_is_cut)
{
	struct board_frame f = { .status = WINDOW_PARTIAL, .lost_events = known(120) };
	char text[12];

	cr_expect_eq(board_why(text, sizeof(text), &f), 11);
	cr_expect_str_eq(text, "partial: 12");
	cr_expect_eq(board_why(text, 1, &f), 0);
	cr_expect_str_eq(text, "");
	cr_expect_eq(board_why(NULL, 0, &f), 0);
}
