/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "board/packed.h"
#include "flow/sums.h"

/* The bytes of a block: the ids, the masks (known and unknown, of one flow after the other) unless
 * all are the same, then the counters, one after the other. Numbers are as the machine has them. */

static const enum view_counter view_counters[BOARD_N_COUNTERS] = {
#define VIEW_COUNTER_OF(name) [BOARD_##name] = VIEW_##name,
	BOARD_COUNTERS(VIEW_COUNTER_OF)
};

void board_sums_of(struct board_sums *to, const struct view_sums *from)
{
	memset(to, 0, sizeof(*to));
	for (unsigned int i = 0; i < BOARD_N_COUNTERS; i++) {
		enum view_counter c = view_counters[i];

		if (from->known >> c & 1)
			to->of[i] = from->of[c];
		to->known |= (from->known >> c & 1) << i;
		to->unknown |= (from->unknown >> c & 1) << i;
	}
}

void board_sums_add(struct board_sums *to, const struct board_sums *from)
{
	for (unsigned int i = 0; i < BOARD_N_COUNTERS; i++)
		to->of[i] = flow_sums_capped(to->of[i], from->of[i]);
	to->known |= from->known;
	to->unknown |= from->unknown;
}

static uint8_t width_of(uint64_t largest)
{
	if (largest <= UINT8_MAX)
		return largest ? 1 : 0;
	if (largest <= UINT16_MAX)
		return 2;
	return largest <= UINT32_MAX ? 4 : 8;
}

static void write(uint8_t *to, unsigned int width, uint64_t n)
{
	uint16_t two = n;
	uint32_t four = n;

	if (width == 1)
		*to = n;
	else if (width == 2)
		memcpy(to, &two, 2);
	else if (width == 4)
		memcpy(to, &four, 4);
	else if (width == 8)
		memcpy(to, &n, 8);
}

static uint64_t read(const uint8_t *from, unsigned int width)
{
	uint16_t two;
	uint32_t four;
	uint64_t eight;

	switch (width) {
	case 1:
		return *from;
	case 2:
		memcpy(&two, from, 2);
		return two;
	case 4:
		memcpy(&four, from, 4);
		return four;
	case 8:
		memcpy(&eight, from, 8);
		return eight;
	}
	return 0;
}

/* How the flows of a block are packed. Returns how many bytes that takes. */
static size_t measure(struct board_block *b, const struct board_flow *flows)
{
	uint64_t largest[BOARD_N_COUNTERS] = { 0 };
	size_t size;

	b->first = flows[0].id;
	b->id_width = width_of(flows[b->n - 1].id - b->first);
	b->known = flows[0].sums.known;
	b->unknown = flows[0].sums.unknown;
	b->same = true;
	for (unsigned int i = 0; i < b->n; i++) {
		const struct board_sums *s = &flows[i].sums;

		b->same &= s->known == b->known && s->unknown == b->unknown;
		for (unsigned int c = 0; c < BOARD_N_COUNTERS; c++)
			if (s->of[c] > largest[c])
				largest[c] = s->of[c];
	}
	size = b->id_width + (b->same ? 0 : 2);
	for (unsigned int c = 0; c < BOARD_N_COUNTERS; c++) {
		b->width[c] = width_of(largest[c]);
		size += b->width[c];
	}
	return size * b->n;
}

static const uint8_t *masks_of(const struct board_packed *p, const struct board_block *b)
{
	return p->bytes + b->at + b->n * b->id_width;
}

static const uint8_t *values_of(const struct board_packed *p, const struct board_block *b,
				enum board_counter counter)
{
	const uint8_t *at = masks_of(p, b) + (b->same ? 0 : 2 * b->n);

	for (unsigned int c = 0; c < counter; c++)
		at += b->n * b->width[c];
	return at;
}

static void fill(const struct board_packed *p, const struct board_block *b,
		 const struct board_flow *flows)
{
	uint8_t *at = p->bytes + b->at;

	for (unsigned int i = 0; i < b->n; i++, at += b->id_width)
		write(at, b->id_width, flows[i].id - b->first);
	for (unsigned int i = 0; !b->same && i < b->n; i++) {
		*at++ = flows[i].sums.known;
		*at++ = flows[i].sums.unknown;
	}
	for (unsigned int c = 0; c < BOARD_N_COUNTERS; c++)
		for (unsigned int i = 0; i < b->n; i++, at += b->width[c])
			write(at, b->width[c], flows[i].sums.of[c]);
}

int board_pack(struct board_packed *p, const struct board_flow *flows, size_t n)
{
	size_t bytes = 0;

	memset(p, 0, sizeof(*p));
	p->n_blocks = (n + BOARD_BLOCK - 1) / BOARD_BLOCK;
	p->blocks = calloc(p->n_blocks ? p->n_blocks : 1, sizeof(*p->blocks));
	if (!p->blocks)
		return -ENOMEM;
	for (size_t i = 0; i < p->n_blocks; i++) {
		size_t left = n - i * BOARD_BLOCK;

		p->blocks[i].n = left < BOARD_BLOCK ? left : BOARD_BLOCK;
		p->blocks[i].at = bytes;
		bytes += measure(&p->blocks[i], flows + i * BOARD_BLOCK);
	}
	p->bytes = bytes <= UINT32_MAX ? malloc(bytes ? bytes : 1) : NULL;
	if (!p->bytes) {
		board_packed_free(p);
		return -ENOMEM;
	}
	for (size_t i = 0; i < p->n_blocks; i++)
		fill(p, &p->blocks[i], flows + i * BOARD_BLOCK);
	for (size_t i = 0; i < n; i++)
		p->seen |= flows[i].sums.known | flows[i].sums.unknown;
	p->size = p->n_blocks * sizeof(*p->blocks) + bytes;
	return 0;
}

void board_packed_free(struct board_packed *p)
{
	free(p->blocks);
	free(p->bytes);
	memset(p, 0, sizeof(*p));
}

/* One loop for each width. */
#define READ_ALL(to, from, n, width)                                                           \
	do {                                                                                   \
		for (unsigned int i_ = 0; i_ < (n); i_++)                                      \
			(to)[i_] = read((from) + i_ * (width), (width));                       \
	} while (0)
#define READ_WIDTH(to, from, n, width)                                                         \
	do {                                                                                   \
		if ((width) == 1)                                                              \
			READ_ALL(to, from, n, 1);                                              \
		else if ((width) == 2)                                                         \
			READ_ALL(to, from, n, 2);                                              \
		else if ((width) == 4)                                                         \
			READ_ALL(to, from, n, 4);                                              \
		else                                                                           \
			READ_ALL(to, from, n, (width));                                        \
	} while (0)

void board_packed_ids(const struct board_packed *p, const struct board_block *b,
		      uint32_t to[BOARD_BLOCK])
{
	READ_WIDTH(to, p->bytes + b->at, b->n, b->id_width);
	for (unsigned int i = 0; i < b->n; i++)
		to[i] += b->first;
}

void board_packed_values(const struct board_packed *p, const struct board_block *b,
			 enum board_counter counter, uint64_t to[BOARD_BLOCK])
{
	const uint8_t *from = values_of(p, b, counter);
	unsigned int width = b->width[counter];

	READ_WIDTH(to, from, b->n, width);
}

void board_packed_masks(const struct board_packed *p, const struct board_block *b,
			uint8_t known[BOARD_BLOCK], uint8_t unknown[BOARD_BLOCK])
{
	const uint8_t *at = masks_of(p, b);

	for (unsigned int i = 0; i < b->n; i++) {
		known[i] = b->same ? b->known : at[2 * i];
		unknown[i] = b->same ? b->unknown : at[2 * i + 1];
	}
}

/* The block in which an id would be; NULL: there is none. */
static const struct board_block *block_of(const struct board_packed *p, uint32_t id)
{
	size_t low = 0, high = p->n_blocks;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (p->blocks[middle].first <= id)
			low = middle + 1;
		else
			high = middle;
	}
	return low ? &p->blocks[low - 1] : NULL;
}

uint64_t board_packed_value(const struct board_packed *p, uint32_t id, enum board_counter counter)
{
	const struct board_block *b = block_of(p, id);
	uint32_t ids[BOARD_BLOCK];

	if (!b)
		return 0;
	board_packed_ids(p, b, ids);
	for (unsigned int i = 0; i < b->n; i++)
		if (ids[i] == id)
			return read(values_of(p, b, counter) + i * b->width[counter],
				    b->width[counter]);
	return 0;
}
