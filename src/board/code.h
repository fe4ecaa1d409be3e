/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_BOARD_CODE_H
#define CTAGG_BOARD_CODE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "board/board.h"

/* What a row is about, as few bytes: a key, of which the fields that it has take room alone; or the
 * `other' records; or a host. Two codes are the same bytes when what they stand for is the same. */
#define BOARD_CODE_MAX 160

/* Each writes a code and returns how many bytes it has. */
size_t board_code_key(uint8_t code[BOARD_CODE_MAX], const struct view_key *key);
size_t board_code_other(uint8_t code[BOARD_CODE_MAX]);
size_t board_code_host(uint8_t code[BOARD_CODE_MAX], uint32_t host);


/* In which order rows stand that are equal (struct board_query): less than 0, 0 or more, as
 * memcmp(). */
int board_code_compare(const uint8_t *a, size_t a_len, const uint8_t *b, size_t b_len);

/* What a code stands for. */
struct board_meaning {
	struct view_key key;
	bool other, is_host;
	uint32_t host;
};

void board_code_read(const uint8_t *code, struct board_meaning *to);

#endif
