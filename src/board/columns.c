/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include "board/columns.h"
#include "flow/sums.h"

/* What was sent, and what was received; other columns have one counter, whichever way. */
static const struct {
	enum board_counter sent, received;
} counters_of[BOARD_N_COLUMNS] = {
	[BOARD_BYTES] = { BOARD_orig_bytes, BOARD_reply_bytes },
	[BOARD_PACKETS] = { BOARD_orig_packets, BOARD_reply_packets },
	[BOARD_STARTS] = { BOARD_starts, BOARD_starts },
	[BOARD_ENDS] = { BOARD_ends, BOARD_ends },
	[BOARD_DROPS] = { BOARD_drops, BOARD_drops },
	[BOARD_LIVE] = { BOARD_live, BOARD_live },
};

size_t board_column_counters(enum board_column column, enum board_way way,
			     enum board_counter counters[2])
{
	enum board_counter sent = counters_of[column].sent, received = counters_of[column].received;

	counters[0] = way == BOARD_RECEIVED ? received : sent;
	counters[1] = received;
	return way == BOARD_BOTH && sent != received ? 2 : 1;
}

uint64_t board_column(const struct board_sums *sums, enum board_column column, enum board_way way)
{
	enum board_counter counters[2];
	size_t n = board_column_counters(column, way, counters);

	return n == 1 ? sums->of[counters[0]] :
			flow_sums_capped(sums->of[counters[0]], sums->of[counters[1]]);
}

void board_columns(struct board_row *row, const struct board_sums *sums, enum board_way way)
{
	enum board_counter counters[2];

	for (unsigned int c = 0; c < BOARD_N_COLUMNS; c++) {
		size_t n = board_column_counters(c, way, counters);

		row->of[c] = board_column(sums, c, way);
		for (size_t i = 0; i < n; i++) {
			row->known |= (uint32_t)(sums->known >> counters[i] & 1) << c;
			row->unknown |= (uint32_t)(sums->unknown >> counters[i] & 1) << c;
		}
	}
}
