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

/* The bytes that the text of a field means, and how many these are. They are in the line, or, where it
 * has escapes, in copy. A text of more than VIEW_TEXT_MAX bytes is empty: no line of ctagg has one. */
#define VIEW_TEXT_MAX 4096
const char *view_record_text(const struct record_line *r, enum record_field field, char copy[VIEW_TEXT_MAX],
			     size_t *len);

int view_record_flow(struct view_flow *f, struct view_texts *texts, const struct record_line *r,
		     const char **why);
int view_record_rule(struct view_rule *rule, struct view_texts *texts, const struct record_line *r);

/* All that a window record says besides its head. */
int view_record_window(struct view_window *w, struct view_texts *texts, const struct record_line *r,
		       const char **why);

#endif
