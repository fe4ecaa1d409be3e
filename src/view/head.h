/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_VIEW_HEAD_H
#define CTAGG_VIEW_HEAD_H

#include <stdbool.h>

#include "lines/record_read.h"
#include "view/texts.h"
#include "view/window.h"

/* Which window a record belongs to; for gather.c. Mostly it is that of the record before: then the fields
 * that say so have the same bytes as they had there. */

#define VIEW_HEAD_TEXTS 5
#define VIEW_HEAD_BYTES 1024	/* of all fields together; longer ones are read each time */

/* of      the fields of the record before, as they stood in its line; `bytes' has them
 * window  host, run, window_ms and times of that record's window; all else is 0
 * known   there was such a record
 */
struct view_head {
	struct {
		bool is_there;
		size_t len;
		const char *at;
	} of[VIEW_HEAD_TEXTS];
	uint64_t window_ms;
	bool known;
	struct view_window window;
	char bytes[VIEW_HEAD_BYTES];
};

/* Read the head of a record into h->window. Returns 1 when it is the same as that of the record before;
 * 0 when it can be another one; -EBADMSG, and in *why a static text; -ENOMEM; or -ENOSPC: there is no room
 * for the name of the host or the run. */
int view_head_read(struct view_head *h, struct view_texts *texts, const struct record_line *r, const char **why);

#endif
