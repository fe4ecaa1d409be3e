/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_SCREEN_SHOWN_H
#define CTAGG_SCREEN_SHOWN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "board/board.h"
#include "screen/line_edit.h"
#include "view/texts.h"

/* What the picture is made of. */

/* The columns that name a row. */
enum name_column {
	NAME_HOST,
	NAME_DIRECTION,
	NAME_PROTO,
	NAME_SRC,
	NAME_DST,
	NAME_PORT,	/* of the group of ports: without an address */
	NAME_SRC_LABEL,
	NAME_DST_LABEL,
	NAME_PREFIX,
	NAME_RULE,
	NAME_COMMENT,
	NAME_NAT,
	NAME_DEVICES,
	NAME_DROP_REASON,
	NAME_NETNS,
	NAME_ZONE,
	NAME_MARK,
	NAME_N
};

/* The name of an address, when it is known: false otherwise, and soon perhaps. */
typedef bool shown_name_fn(void *arg, const uint8_t addr[16], char *to, size_t size);

/* The latest answer of the board
 *
 * board, query, frame, n_rows   of board_ask(); frame is all 0 when there is no frame
 * chosen    which row is; -1: none
 * of, present, partial   of board_history(): of the chosen row, or of all selected flows
 *
 * How it is shown
 *
 * totals    bytes and packets of the window; otherwise per second
 * port_names, name, name_arg   names for ports; for addresses (name NULL: none)
 * texts     of the keys
 *
 * The situation
 *
 * keeps     the input has an end that does not end the program: files
 * back      how many frames the shown one is behind the newest one
 * slow      windows that were skipped, because the terminal took so long
 * large     windows that were skipped, because each was larger than the memory for windows
 * gone, unread  files that were gone before they could be read; that could not be read
 * malformed lines that are no records
 * left_out  records for which there was no room; blanks: texts of records
 * filter    as it is in force; empty: none
 * edit      the filter that is being typed; NULL: none is
 * error     why what was typed is refused; empty: it is not
 *
 * Kept from one picture to the next; start from all 0
 *
 * first     the row at the top
 * widths    of columns, so that they do not move with every window. To be set to 0 when the
 *           grouping, the filter or the size changes
 * page      how many rows the picture has room for
 * help_from, help_next   where the page of help begins; where the next one does, 0: there is none
 */
struct shown {
	struct board *board;
	struct board_query query;
	struct board_frame frame;
	size_t n_rows;
	long chosen;
	uint64_t of[BOARD_HISTORY];
	bool present[BOARD_HISTORY], partial[BOARD_HISTORY];

	bool totals, port_names;
	shown_name_fn *name;
	void *name_arg;
	const struct view_texts *texts;

	bool paused, ended, keeps, help;
	size_t back;
	uint64_t slow, large, gone, unread, malformed, left_out, blanks;
	const char *filter;
	const struct line_edit *edit;
	const char *error;

	size_t first, page, help_from, help_next;
	int widths[NAME_N];
};

#endif
