/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_SCREEN_STATE_H
#define CTAGG_SCREEN_STATE_H

#include "cli/refusal.h"
#include "screen/screen.h"
#include "screen/shown.h"

/* What the user looks at: which windows, rows and columns. */

/* shown        what the picture is made of
 * select       in force; filter is the same as text
 * edit, editing, error   the filter that is being typed, and why it is refused
 * pinned       the screen stays at the window of pinned_slot: paused, or back in time
 * step         windows to go back from there (negative: forward) when the board is asked next
 * chosen, has_chosen   the row that is chosen, by its key
 * names        names of addresses are wanted
 * stale, moved the board must be asked again; only for the history, of another row
 * quit, redraw the user wants to leave; to have everything drawn anew
 */
struct state {
	struct shown shown;
	struct board *board;
	struct flow_select select;
	char filter[LINE_EDIT_MAX];
	struct line_edit edit;
	bool editing;
	struct refusal error;
	bool pinned;
	uint64_t pinned_slot;
	long step;
	struct board_row chosen;
	bool has_chosen;
	bool names, stale, moved, quit, redraw;
};

/* Begin with what the command line asks for. board and texts are lent. */
void state_init(struct state *s, const struct screen_options *o, struct board *board,
		const struct view_texts *texts);

/* Ask the board, if need be, so that shown is what there is. Returns 0 or -ENOMEM. */
int state_ask(struct state *s);

/* Rows are other ones from now on: columns are measured anew, and so on. */
void state_changed(struct state *s);

/* Do what a key asks for (screen/terminal.h says which number a key has). */
void state_key(struct state *s, unsigned int key);

#endif
