/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_SCREEN_TERMINAL_H
#define CTAGG_SCREEN_TERMINAL_H

#include "screen/picture.h"

/* The terminal, by ncurses. There is one. It is put back as it was however the program ends, but by
 * SIGKILL: also by a crash, and while the terminal takes nothing (Ctrl-S, a connection that hangs).
 */

/* Begin to use the terminal that the program was started from. Signals that end or stop the program,
 * and changes of the terminal's size, are told by terminal_signals() from then on. Returns 0; or
 * -errno, and a text that says what is wrong: -ENOTTY when there is no terminal, or it cannot do
 * what is needed. */
int terminal_open(const char **why);

/* Give the terminal back. Signals end the program again. */
void terminal_close(void);

/* Readable when terminal_key() or terminal_signals() has something to say. */
int terminal_keys_fd(void);
int terminal_signals_fd(void);

/* What signals have asked for since the last call. */
struct terminal_signals {
	bool end;	/* SIGINT, SIGTERM, SIGHUP */
	bool stop;	/* SIGTSTP: call terminal_stop() */
	bool size;	/* SIGWINCH: draw anew, in another size */
};
struct terminal_signals terminal_signals(void);

/* Give the terminal back, stop the program, and go on when it is continued (fg). */
void terminal_stop(void);

/* How large a picture is to be. */
void terminal_size(int *height, int *width);

/* Show a picture. Waits as long as the terminal takes nothing, unless a signal asks to end. */
void terminal_draw(const struct picture *p);

/* What was drawn before may be gone: the next picture is drawn as a whole. */
void terminal_forget(void);

/* A key: a character of ASCII or of the locale, or one of these. */
enum terminal_key {
	KEY_OF_NOTHING = 0,	/* none was pressed */
	KEY_OF_UP = 0x110000,	/* behind the last character of Unicode */
	KEY_OF_DOWN,
	KEY_OF_LEFT,
	KEY_OF_RIGHT,
	KEY_OF_PAGE_UP,
	KEY_OF_PAGE_DOWN,
	KEY_OF_HOME,
	KEY_OF_END,
	KEY_OF_BACKSPACE,
	KEY_OF_DELETE,
	KEY_OF_ENTER,
	KEY_OF_ESCAPE,
	KEY_OF_OTHER,		/* any key that is not named here */
};
unsigned int terminal_key(void);

#endif
