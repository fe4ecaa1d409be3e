/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <errno.h>

#include "board/board.h"
#include "cli/log.h"
#include "screen/screen.h"

/* What is being written beside this file, which goes when both are there. */

int screen_run(const struct screen_options *o)
{
	(void)o;
	log_error("the live view: not yet built");
	return 1;
}

int board_open(struct board **out, size_t max_bytes)
{
	(void)out, (void)max_bytes;
	log_error("--table: not yet built");
	return -ENOSYS;
}

void board_close(struct board *b)
{
	(void)b;
}

int board_add(struct board *b, const struct view_window *w)
{
	(void)b, (void)w;
	return -ENOSYS;
}

long board_ask(struct board *b, const struct board_query *q, struct board_frame *frame)
{
	(void)b, (void)q, (void)frame;
	return -ENOSYS;
}

void board_row(const struct board *b, size_t i, struct board_row *row)
{
	(void)b, (void)i, (void)row;
}
