/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_VIEW_RECORD_H
#define CTAGG_VIEW_RECORD_H

#include "lines/record_read.h"
#include "view/flow.h"
#include "view/texts.h"
#include "view/window.h"

/* The fields of a line -> a record as ctagg-view keeps it; for gather.c. Each function returns 0;
 * -EBADMSG, and in *why a static text, when a field has a value that it cannot have; or -ENOMEM. A
 * text for which there is no room has number 0. */

/* Which window a record belongs to: those members of w. -ENOSPC: there is no room for the name of the
 * host, the run or the namespace. */
int view_record_head(struct view_window *w, struct view_texts *texts, const struct record_line *r,
		     const char **why);

int view_record_flow(struct view_flow *f, struct view_texts *texts, const struct record_line *r,
		     const char **why);
int view_record_rule(struct view_rule *rule, struct view_texts *texts, const struct record_line *r);

/* All that a window record says besides its head. */
int view_record_window(struct view_window *w, struct view_texts *texts, const struct record_line *r,
		       const char **why);

#endif
