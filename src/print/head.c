/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "board/why.h"
#include "print/head.h"
#include "view/character.h"
#include "view/show.h"

#define NS_PER_S 1000000000ULL
#define NS_PER_MS 1000000ULL
#define DATE_LEN 10	/* of 2026-11-21 */

/* A harmless text, as the terminal shows it. */
static void put_shown(struct printing *p, const char *text)
{
	bool wide = character_is_wide();
	size_t len = strlen(text);
	struct character c;

	for (size_t i = 0, n; i < len; i += n) {
		n = character_next(text + i, len - i, wide, &c);
		out_put(&p->out, c.c == L'?' ? "?" : text + i, c.c == L'?' ? 1 : n);
	}
}

/* A name of a host or a namespace: what is longer is cut. */
static void put_name(struct printing *p, uint32_t number)
{
	char text[128];
	size_t len;
	const char *from = view_texts_get(p->texts, number, &len);

	show_text(text, sizeof(text), from, len);
	put_shown(p, text);
}

/* A time, with milliseconds when it is not a whole second. */
static void time_text(char to[32], uint64_t ns)
{
	size_t len = show_time(to, 32, ns);

	if (ns % NS_PER_S)
		snprintf(to + len, 32 - len, ".%03u", (unsigned int)(ns % NS_PER_S / NS_PER_MS));
}

/* `2026-11-21 01:00:00 to 01:01:00 UTC': the date of the end only when it is another one. */
static void put_bounds(struct printing *p, const struct view_window *w)
{
	char start[32], end[32];
	size_t skip;

	time_text(start, w->start_ns);
	time_text(end, w->end_ns);
	skip = strncmp(start, end, DATE_LEN) ? 0 : DATE_LEN + 1;
	out_text(&p->out, start);
	if (w->end_ns != w->start_ns) {
		out_text(&p->out, " to ");
		out_text(&p->out, end + skip);
	}
	out_text(&p->out, " UTC");
}

static void put_length(struct printing *p, const struct view_window *w)
{
	char text[32] = "snapshot";

	if (w->window_ms)
		show_duration(text, sizeof(text), w->window_ms);
	out_text(&p->out, text);
}

/* Which flows, and how many others nobody can tell. */
static void put_conditions(struct printing *p, const struct board_frame *frame)
{
	char number[32];

	if (!flow_select_any(p->o->select))
		return;
	out_text(&p->out, "only flows with ");
	show_text(p->text, sizeof(p->text), p->o->filter, strlen(p->o->filter));
	put_shown(p, p->text);
	if (frame->other_flows) {
		show_exact(number, sizeof(number), frame->other_flows);
		out_text(&p->out, "; ");
		out_text(&p->out, number);
		out_text(&p->out, frame->other_flows == 1 ? " flow in `other' records may be such a flow" :
							    " flows in `other' records may be such flows");
	}
	out_text(&p->out, "\n");
}

/* The table has no column of packets that the kernel dropped, and a row of such packets alone would look empty. */
static void put_kernel_drops(struct printing *p, const struct view_window *w)
{
	char number[32];

	if (!w->total.of[VIEW_kernel_drops])
		return;
	show_exact(number, sizeof(number), w->total.of[VIEW_kernel_drops]);
	out_text(&p->out, "packets that the kernel dropped (kernel_drops), in all flows: ");
	out_text(&p->out, number);
	out_text(&p->out, "; --csv has them per flow\n");
}

void head_print(struct printing *p, const struct view_window *w, const struct board_frame *frame)
{
	put_name(p, w->host);
	if (w->netns) {
		out_text(&p->out, ", namespace ");
		put_name(p, w->netns);
	}
	out_text(&p->out, "  ");
	put_bounds(p, w);
	out_text(&p->out, "  ");
	put_length(p, w);
	out_text(&p->out, "  ");
	board_why(p->text, sizeof(p->text), frame);
	out_text(&p->out, p->text);
	out_text(&p->out, "\n");
	put_conditions(p, frame);
	put_kernel_drops(p, w);
}
