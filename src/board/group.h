/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_BOARD_GROUP_H
#define CTAGG_BOARD_GROUP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "board/board.h"
#include "board/code.h"

/* Which flows are looked for. select NULL: all. */
struct board_group_by {
	enum board_group group;
	const struct flow_select *select;
};

struct board_group_by board_group_by(const struct board_query *q);

/* Whether the group has rows that are neither flows as they are nor hosts. */
static inline bool board_group_has_codes(enum board_group g)
{
	return g != BOARD_FLOWS && g != BOARD_HOST;
}

/* Whether a flow is in any row, by the code of its key. If so, and if the group has codes of its
 * own, writes that of the flow's row, and its length to *len. */
bool board_group_code(const struct board_group_by *by, const uint8_t *flow,
		      uint8_t code[BOARD_CODE_MAX], size_t *len);

/* Write the code of a row. Returns its length. */
size_t board_group_row(enum board_group group, const struct board_row *row,
		       uint8_t code[BOARD_CODE_MAX]);

#endif
