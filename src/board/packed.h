/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_BOARD_PACKED_H
#define CTAGG_BOARD_PACKED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "view/flow.h"

/* The counters of flows that a board shows. */
#define BOARD_COUNTERS(X) \
	X(orig_bytes)     \
	X(reply_bytes)    \
	X(orig_packets)   \
	X(reply_packets)  \
	X(starts)         \
	X(ends)           \
	X(drops)          \
	X(live)
#define BOARD_COUNTER_NUMBER(name) BOARD_##name,
enum board_counter { BOARD_COUNTERS(BOARD_COUNTER_NUMBER) BOARD_N_COUNTERS };
#undef BOARD_COUNTER_NUMBER

/* As struct view_sums; the bits are 1 << enum board_counter. */
struct board_sums {
	uint64_t of[BOARD_N_COUNTERS];
	uint8_t known, unknown;
};

void board_sums_of(struct board_sums *to, const struct view_sums *from);
void board_sums_add(struct board_sums *to, const struct board_sums *from);

/* The flows of a window, packed: by their ids in ascending order, in blocks. Within a block each
 * counter has as many bytes as its largest number needs; so an ordinary flow takes about 16 bytes,
 * and any of its numbers is read without reading those before it. */
#define BOARD_BLOCK 64

/* first       the smallest id
 * at          where the bytes of the block begin
 * n           how many flows there are
 * width       bytes of each counter: 0 (all are 0), 1, 2, 4 or 8
 * id_width    bytes of each id, from which `first' is taken: 0 (there is one), 1, 2 or 4
 * known, unknown  of all flows, when `same'; otherwise each flow has its own
 */
struct board_block {
	uint32_t first, at;
	uint8_t n, id_width, width[BOARD_N_COUNTERS];
	bool same;
	uint8_t known, unknown;
};

struct board_packed {
	struct board_block *blocks;
	size_t n_blocks;
	uint8_t *bytes;
	size_t size;		/* of the memory that is taken */
	uint8_t seen;		/* counters that one flow at least knows, or says to be unknown */
};

struct board_flow {
	uint32_t id;
	struct board_sums sums;
};

/* Pack n flows, in ascending order of their ids, none of which comes twice. Returns 0 or -ENOMEM. */
int board_pack(struct board_packed *p, const struct board_flow *flows, size_t n);
void board_packed_free(struct board_packed *p);

/* Read a block: the ids, one counter, or everything of the flow at i. */
void board_packed_ids(const struct board_packed *p, const struct board_block *b,
		      uint32_t to[BOARD_BLOCK]);
void board_packed_values(const struct board_packed *p, const struct board_block *b,
			 enum board_counter counter, uint64_t to[BOARD_BLOCK]);
void board_packed_masks(const struct board_packed *p, const struct board_block *b,
			uint8_t known[BOARD_BLOCK], uint8_t unknown[BOARD_BLOCK]);

/* The value of one flow's counter; 0 when the flow is not there. */
uint64_t board_packed_value(const struct board_packed *p, uint32_t id, enum board_counter counter);

#endif
