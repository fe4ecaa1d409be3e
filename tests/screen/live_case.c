/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <criterion/criterion.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "screen/layout.h"
#include "screen/live_case.h"
#include "screen/screen_case.h"
#include "view/gather_case.h"

struct state live;
struct picture picture;

static struct board *board;
static const char *host;
static unsigned int minute, minutes;
static size_t added;

void open_live(void)
{
	static const struct screen_options options;

	use_utf8();
	open_gather();
	cr_assert_eq(board_open(&board, 64 << 20), 0);
	state_init(&live, &options, board, shown.texts);
	minute = added = 0;
	lines_of("gw1", 1);
}

void close_live(void)
{
	board_close(board);
	close_gather();
	picture_free(&picture);
}

void lines_of(const char *whose, unsigned int length)
{
	host = whose;
	minutes = length;
}

void go_to_minute(unsigned int number)
{
	minute = number;
}

/* The fields that all records of the window have. */
static const char *head(void)
{
	static char text[512];

	snprintf(text, sizeof(text),
		 "\"schema\":1,\"host\":\"%s\",\"run\":\"aaaaaaaa\",\"window_ms\":%u,"
		 "\"slot\":\"2026-11-21T%02u:%02u:00.000000Z\","
		 "\"window_start\":\"2026-11-21T%02u:%02u:00.000000Z\","
		 "\"window_end\":\"2026-11-21T%02u:%02u:00.000000Z\"",
		 host, minutes * 60000, minute / 60, minute % 60, minute / 60, minute % 60,
		 (minute + minutes) / 60, (minute + minutes) % 60);
	return text;
}

static void __attribute__((format(printf, 2, 0))) give_record(const char *type, const char *fmt, va_list args)
{
	char rest[4096];

	vsnprintf(rest, sizeof(rest), fmt, args);
	give("{\"type\":\"%s\",%s%s}", type, head(), rest);
}

void flow(const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	give_record("flow", fmt, args);
	va_end(args);
}

void other(const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	give_record("other", fmt, args);
	va_end(args);
}

void plain_flow(unsigned int n, unsigned long long bytes)
{
	flow(",\"direction\":\"out\",\"proto\":\"tcp\",\"src_ip\":\"10.0.0.%u\",\"dst_ip\":\"192.0.2.%u\","
	     "\"dst_port\":443,\"starts\":%u,\"ends\":%u,\"drops\":0,\"orig_packets\":%llu,"
	     "\"orig_bytes\":%llu,\"reply_packets\":%llu,\"reply_bytes\":%llu",
	     n, n, n, n + 1, bytes / 100, bytes, 2 * bytes / 100, 2 * bytes);
}

void end_window(const char *status, const char *rest)
{
	give("{\"type\":\"window\",%s,\"seq\":%u,\"closed_by\":\"timer\",\"status\":\"%s\"%s}", head(),
	     minute / minutes + 1, status, rest);
	minute += minutes;
	for (; added < shown.n; added++) {
		cr_assert_eq(board_add(board, shown.windows[added]), 0);
		live.stale = true;
	}
	cr_assert_lt(shown.n, CASE_WINDOWS);
}

void plain_window(unsigned long long bytes)
{
	plain_flow(1, bytes);
	end_window("ok", "");
}

void press_key(unsigned int key)
{
	state_key(&live, key);
	cr_assert_eq(state_ask(&live), 0);
}

void press(const char *keys)
{
	while (*keys)
		press_key((unsigned char)*keys++);
}

const struct picture *draw(int height, int width)
{
	if (height != picture.height || width != picture.width)
		state_changed(&live);
	cr_assert_eq(state_ask(&live), 0);
	cr_assert_eq(picture_size(&picture, height, width), 0);
	layout(&picture, &live.shown);
	check_picture(&picture);
	return &picture;
}
