/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "bench.h"
#include "board/board.h"
#include "flow/address.h"
#include "flow/dir.h"

/* What the board of the live view takes: windows of 100,000 flows are added, of which so many
 * percent have a new key in each window, then each grouping is asked for, fifty rows are read, and
 * a history. Usage: board [PERCENT [WINDOWS]] (default 5, 70). */

#define FLOWS 100000

static uint64_t seed = 1;

static uint32_t draw(uint32_t below)
{
	seed = seed * 6364136223846793005ULL + 1442695040888963407ULL;
	return (seed >> 32) * below >> 32;
}

static void count(struct view_sums *s, enum view_counter c, uint64_t n)
{
	s->of[c] = n;
	s->known |= 1u << c;
}

/* The flow of key number n. Most carry little. */
static void make_flow(struct view_flow *f, uint32_t n)
{
	uint32_t mixed = n * 2654435761u;

	memset(f, 0, sizeof(*f));
	f->key.has = VIEW_DIRECTION | VIEW_PROTO | VIEW_SRC | VIEW_DST | VIEW_DPORT;
	f->key.direction = FLOW_DIR_IN + mixed % 3;
	f->key.proto = IPPROTO_TCP;
	f->key.dport = mixed % 1000;
	f->key.src_bits = f->key.dst_bits = 128;
	flow_addr_v4(f->key.src, (const uint8_t[]){ 10, mixed >> 8, mixed >> 16, mixed >> 24 });
	flow_addr_v4(f->key.dst, (const uint8_t[]){ 192, n >> 16, n >> 8, n });
	count(&f->sums, VIEW_starts, 1 + draw(3));
	count(&f->sums, VIEW_ends, draw(3));
	count(&f->sums, VIEW_drops, 0);
	count(&f->sums, VIEW_orig_packets, draw(300));
	count(&f->sums, VIEW_reply_packets, draw(3000));
	count(&f->sums, VIEW_orig_bytes, draw(100) ? draw(30000) : draw(1 << 30));
	count(&f->sums, VIEW_reply_bytes, draw(100) ? draw(300000) : draw(1u << 31));
}

/* Add the windows, whose flows come in another order each time. */
static void add_windows(struct board *b, unsigned int windows, unsigned int percent)
{
	struct view_flow *flows = calloc(FLOWS, sizeof(*flows));
	uint32_t *keys = calloc(FLOWS, sizeof(*keys)), next = 0;
	double seconds = 0;

	for (unsigned int k = 0; flows && keys && k < windows; k++) {
		struct view_window w = {
			.host = 1, .run = 2, .window_ms = 2000, .slot_ns = k * 2000000000ULL,
			.start_ns = k * 2000000000ULL, .end_ns = (k + 1) * 2000000000ULL,
			.complete = true, .status = WINDOW_OK, .flows = flows, .n_flows = FLOWS,
		};

		for (uint32_t i = 0; i < FLOWS; i++) {
			uint32_t other = draw(i + 1), key = keys[i];

			keys[i] = keys[other];
			keys[other] = !k || draw(100) < percent ? next++ : key;
		}
		for (uint32_t i = 0; i < FLOWS; i++)
			make_flow(&flows[i], keys[i]);
		seconds -= bench_seconds();
		if (board_add(b, &w))
			exit(1);
		seconds += bench_seconds();
	}
	bench_print("board", "add a window of 100,000 flows", "windows", windows, seconds);
	free(keys);
	free(flows);
}

static long look(struct board *b, const struct board_query *q)
{
	struct board_frame frame;
	struct board_row row;
	long n = board_ask(b, q, &frame);

	for (long i = 0; i < n && i < 50; i++)
		board_row(b, i, &row);
	return n;
}

static void ask(struct board *b, enum board_group group, const char *name, const struct flow_select *select)
{
	struct board_query q = { .group = group, .select = select };
	uint64_t of[BOARD_HISTORY];
	bool present[BOARD_HISTORY], partial[BOARD_HISTORY];
	struct board_row row;
	char text[128];
	double before;
	long n;

	before = bench_seconds();
	n = look(b, &q);
	snprintf(text, sizeof(text), "%s%s: ask, 50 of %ld rows", name, select ? ", selected" : "", n);
	bench_print("board", text, "asks", 1, bench_seconds() - before);
	if (n <= 0)
		return;
	board_row(b, 0, &row);
	before = bench_seconds();
	if (board_history(b, &q, &row, of, present, partial))
		exit(1);
	snprintf(text, sizeof(text), "%s%s: history of a row", name, select ? ", selected" : "");
	bench_print("board", text, "asks", 1, bench_seconds() - before);
}

int main(int argc, char *argv[])
{
	static const char *const names[BOARD_N_GROUPS] = {
		"flows", "src", "dst", "port", "rule", "label", "direction", "host",
	};
	static struct flow_select select = { .dport = { .n = 1, .list = { { 443, 500 } } } };
	struct rusage usage;
	struct board *b;

	if (board_open(&b, (size_t)2 << 30))
		return 1;
	add_windows(b, argc > 2 ? atoi(argv[2]) : 70, argc > 1 ? atoi(argv[1]) : 5);
	for (unsigned int g = 0; g < BOARD_N_GROUPS; g++)
		ask(b, g, names[g], NULL);
	ask(b, BOARD_FLOWS, "flows", &select);
	getrusage(RUSAGE_SELF, &usage);
	printf("{\"bench\":\"board\",\"frames\":%zu,\"peak_mb\":%ld}\n", board_frames(b, 0),
	       usage.ru_maxrss / 1024);
	board_close(b);
	return 0;
}
