/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include "board/group.h"
#include "view/filter.h"

static const uint32_t fields[BOARD_N_GROUPS] = {
	[BOARD_SRC] = VIEW_SRC,
	[BOARD_DST] = VIEW_DST,
	[BOARD_PORT] = VIEW_PROTO | VIEW_DPORT | VIEW_ICMP_TYPE,
	[BOARD_RULE] = VIEW_PREFIX | VIEW_RULE | VIEW_COMMENT,
	[BOARD_LABEL] = VIEW_SRC_LABEL | VIEW_DST_LABEL,
	[BOARD_DIRECTION] = VIEW_DIRECTION,
};

struct board_group_by board_group_by(const struct board_query *q)
{
	return (struct board_group_by){
		q->group, q->select && flow_select_any(q->select) ? q->select : NULL,
	};
}

bool board_group_code(const struct board_group_by *by, const uint8_t *code_of_flow,
		      uint8_t code[BOARD_CODE_MAX], size_t *len)
{
	struct board_meaning flow;

	*len = 0;
	if (!by->select && !board_group_has_codes(by->group))
		return true;
	board_code_read(code_of_flow, &flow);
	if (by->select) {
		struct view_flow selected = { .key = flow.key, .other = flow.other };

		if (!view_filter_holds(by->select, &selected))
			return false;
	}
	if (!board_group_has_codes(by->group))
		return true;
	if (flow.other) {
		*len = board_code_other(code);
		return true;
	}
	flow.key.has &= fields[by->group];
	*len = board_code_key(code, &flow.key);
	return flow.key.has || by->group != BOARD_RULE;
}

size_t board_group_row(enum board_group group, const struct board_row *row,
		       uint8_t code[BOARD_CODE_MAX])
{
	if (group == BOARD_HOST)
		return board_code_host(code, row->host);
	return row->other ? board_code_other(code) : board_code_key(code, &row->key);
}
