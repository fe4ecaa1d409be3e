/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <stdio.h>

#include "board/why.h"
#include "view/sentence.h"
#include "view/show.h"

bool board_is_incomplete(const struct board_frame *f)
{
	return f->status != WINDOW_OK || f->incomplete || f->missing || f->skipped;
}

/* The words so far, and how many reasons they have. */
struct words {
	struct sentence text;
	unsigned int reasons;
};

static void reason(struct words *s, const char *text)
{
	sentence_add(&s->text, "%s%s", s->reasons++ ? ", " : ": ", text);
}

/* `120 events lost': nothing when there are none. */
static void counted(struct words *s, uint64_t n, const char *one, const char *many)
{
	char number[32], text[128];

	if (!n)
		return;
	show_exact(number, sizeof(number), n);
	snprintf(text, sizeof(text), "%s %s", number, n == 1 ? one : many);
	reason(s, text);
}

/* As counted(), of a number that may be unknown: it is at least what is known of it. */
static void lost(struct words *s, const struct view_number *n, const char *one, const char *many)
{
	char text[128];

	if (n->state == VIEW_KNOWN) {
		counted(s, n->n, one, many);
	} else if (n->state == VIEW_NULL) {
		snprintf(text, sizeof(text), "unknown number of %s", many);
		reason(s, text);
	}
}

static void reasons(struct words *s, const struct board_frame *f)
{
	counted(s, f->skipped, "window skipped", "windows skipped");
	counted(s, f->incomplete, "window without its end", "windows without their end");
	counted(s, f->missing, "record missing", "records missing");
	lost(s, &f->lost_events, "event lost", "events lost");
	lost(s, &f->lost_drops, "logged packet lost", "logged packets lost");
	lost(s, &f->lost_kernel_drops, "dropped packet lost", "dropped packets lost");
	if (f->max_error.state == VIEW_KNOWN && f->max_error.n)
		reason(s, "table full");
	if (f->flowtable_uncounted)
		reason(s, "packets in a flow table that nobody counts");
	lost(s, &f->vanished, "connection vanished", "connections vanished");
	lost(s, &f->unread_rules, "counter of a rule not read", "counters of rules not read");
	lost(s, &f->unread_sockets, "socket not read", "sockets not read");
	lost(s, &f->dropped_windows, "window removed from the spool",
	     "windows removed from the spool");
}

size_t board_why(char *to, size_t size, const struct board_frame *f)
{
	struct words s = { sentence_begin(to, size), 0 };

	if (!board_is_incomplete(f)) {
		sentence_add(&s.text, "complete");
	} else if (f->status == WINDOW_NODATA) {
		sentence_add(&s.text, "no data");
		reasons(&s, f);
		reason(&s, "ctagg --check says why");
	} else {
		sentence_add(&s.text, "partial");
		reasons(&s, f);
	}
	return s.text.len;
}
