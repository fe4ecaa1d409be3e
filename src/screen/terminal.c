/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <ncurses.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "screen/terminal.h"
#include "screen/terminal_end.h"

#define ESCAPE_MS 50		/* that the rest of a key's sequence can be late */
#define MOST_LINES 500
#define MOST_COLUMNS 1000

/* Ended and stopped by; and the size. ncurses leaves signals alone that have a handler. */
static const int caught[] = { SIGINT, SIGTERM, SIGHUP, SIGTSTP, SIGWINCH };
#define N_CAUGHT (sizeof(caught) / sizeof(caught[0]))

/* fd      of the terminal, by a description of its own
 * keys    a window that is never shown: to read a key of a window that is shown draws it first
 * event   readable after a signal
 * drawing what the program does may wait for the terminal
 */
static struct {
	int fd, event;
	FILE *in, *out;
	SCREEN *screen;
	WINDOW *keys;
	attr_t attributes[LOOK_N];
	short colours[LOOK_N];
	struct sigaction before[N_CAUGHT];
	volatile sig_atomic_t end, stop, size, drawing;
} terminal = { .fd = -1, .event = -1 };

static void on_signal(int signal)
{
	int saved = errno;
	uint64_t one = 1;

	if (signal == SIGWINCH)
		terminal.size = 1;
	else if (signal == SIGTSTP)
		terminal.stop = 1;
	else
		terminal.end = 1;
	if (terminal.end && terminal.drawing)
		terminal_end_hurry(true);
	if (write(terminal.event, &one, sizeof(one)) < 0)
		errno = 0;	/* it is readable already */
	errno = saved;
}

static int catch_signals(void)
{
	struct sigaction action = { .sa_handler = on_signal, .sa_flags = SA_RESTART };

	terminal.event = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (terminal.event < 0)
		return -errno;
	for (size_t i = 0; i < N_CAUGHT; i++)
		sigaction(caught[i], &action, &terminal.before[i]);
	return 0;
}

/* The terminal that the program was started from, also when standard input is a pipe. */
static int open_tty(const char **why)
{
	if (!isatty(STDOUT_FILENO)) {
		*why = "standard output is no terminal; add --table or --csv to write text";
		return -ENOTTY;
	}
	terminal.fd = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);
	if (terminal.fd < 0)
		terminal.fd = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 0);
	if (terminal.fd < 0)
		return -errno;
	terminal.in = fdopen(fcntl(terminal.fd, F_DUPFD_CLOEXEC, 0), "r");
	terminal.out = fdopen(fcntl(terminal.fd, F_DUPFD_CLOEXEC, 0), "w");
	return terminal.in && terminal.out ? 0 : -ENOMEM;
}

/* Add what the terminal is sent for a capability, without the pauses ($<5>) that old ones need. */
static void add_capability(char *to, size_t size, const char *name)
{
	const char *text = tigetstr(name);
	size_t len = strlen(to);

	if (!text || text == (const char *)-1)
		return;
	while (*text && len + 1 < size) {
		const char *end = text[0] == '$' && text[1] == '<' ? strchr(text, '>') : NULL;

		if (!end)
			to[len++] = *text;
		text = end ? end + 1 : text + 1;
	}
	to[len] = '\0';
}

static int begin_ncurses(const char **why)
{
	char text[256] = "";
	const char *type = getenv("TERM");

	terminal_end_prepare(terminal.fd);	/* newterm() changes the modes */
	terminal.screen = newterm(NULL, terminal.out, terminal.in);
	if (!terminal.screen || !tigetstr("cup")) {
		*why = type && *type ? "its type, $TERM, is not known or cannot move the cursor; --table prints text"
				     : "$TERM does not say of what type it is";
		return -ENOTTY;
	}
	set_term(terminal.screen);
	add_capability(text, sizeof(text), "sgr0");
	add_capability(text, sizeof(text), "rmkx");
	add_capability(text, sizeof(text), "cnorm");
	add_capability(text, sizeof(text), "rmcup");
	terminal_end_text(text);
	return 0;
}

/* What looks are without colours. */
static const attr_t plain[LOOK_N] = {
	[LOOK_ALARM] = A_REVERSE | A_BOLD,
	[LOOK_FLAG] = A_BOLD,
	[LOOK_COLUMN] = A_UNDERLINE,
	[LOOK_SORTED] = A_UNDERLINE | A_BOLD,
	[LOOK_CHOSEN] = A_REVERSE,
	[LOOK_QUIET] = A_DIM,
	[LOOK_BAR_ALARM] = A_REVERSE,
	[LOOK_KEY] = A_BOLD,
};

/* And with them; -1 is the terminal's own colour. */
static const struct {
	enum look look;
	short text, ground;
	attr_t attributes;
} coloured[] = {
	{ LOOK_ALARM, COLOR_WHITE, COLOR_RED, A_BOLD },
	{ LOOK_FLAG, COLOR_BLACK, COLOR_YELLOW, 0 },
	{ LOOK_COLUMN, COLOR_BLACK, COLOR_CYAN, 0 },
	{ LOOK_SORTED, COLOR_BLACK, COLOR_GREEN, 0 },
	{ LOOK_BAR, COLOR_GREEN, -1, 0 },
	{ LOOK_BAR_ALARM, COLOR_RED, -1, A_BOLD },
	{ LOOK_KEY, COLOR_CYAN, -1, A_BOLD },
};

/* $NO_COLOR asks for none: no-color.org. */
static void choose_looks(void)
{
	const char *no_color = getenv("NO_COLOR");

	memcpy(terminal.attributes, plain, sizeof(plain));
	memset(terminal.colours, 0, sizeof(terminal.colours));
	if ((no_color && *no_color) || !has_colors() || start_color() != OK ||
	    use_default_colors() != OK)
		return;
	for (size_t i = 0; i < sizeof(coloured) / sizeof(coloured[0]); i++) {
		if (init_pair(i + 1, coloured[i].text, coloured[i].ground) != OK)
			continue;
		terminal.attributes[coloured[i].look] = coloured[i].attributes;
		terminal.colours[coloured[i].look] = i + 1;
	}
}

/* Keys come one by one, unseen, and nothing waits for them. */
static int set_modes(void)
{
	cbreak();
	noecho();
	nonl();
	curs_set(0);
	set_escdelay(ESCAPE_MS);
	terminal.keys = newpad(1, 1);
	if (!terminal.keys)
		return -ENOMEM;
	keypad(terminal.keys, TRUE);
	nodelay(terminal.keys, TRUE);
	return 0;
}

int terminal_open(const char **why)
{
	int err;

	*why = NULL;
	err = open_tty(why);
	if (!err)
		err = catch_signals();
	if (!err)
		err = begin_ncurses(why);
	if (!err)
		err = set_modes();
	if (err) {
		terminal_close();
		return err;
	}
	choose_looks();
	return 0;
}

static void close_file(FILE **file)
{
	if (*file)
		fclose(*file);
	*file = NULL;
}

static void close_fd(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

static void close_screen(void)
{
	terminal_end_hurry(true);
	if (terminal.keys)
		delwin(terminal.keys);
	endwin();
	delscreen(terminal.screen);
	terminal.keys = NULL;
	terminal.screen = NULL;
}

void terminal_close(void)
{
	if (terminal.screen)
		close_screen();
	terminal_end_done();
	if (terminal.event >= 0)
		for (size_t i = 0; i < N_CAUGHT; i++)
			sigaction(caught[i], &terminal.before[i], NULL);
	close_fd(&terminal.event);
	close_file(&terminal.in);
	close_file(&terminal.out);
	close_fd(&terminal.fd);
}

int terminal_keys_fd(void)
{
	return terminal.fd;
}

int terminal_signals_fd(void)
{
	return terminal.event;
}

struct terminal_signals terminal_signals(void)
{
	struct terminal_signals s;
	uint64_t n;

	if (read(terminal.event, &n, sizeof(n)) < 0)
		errno = 0;	/* no signal has come */
	s = (struct terminal_signals){ terminal.end, terminal.stop, terminal.size };
	terminal.stop = terminal.size = 0;
	return s;
}

/* SIGTSTP does what it did before this program caught it: it stops the program. */
void terminal_stop(void)
{
	struct sigaction ours;

	def_prog_mode();
	endwin();
	sigaction(SIGTSTP, NULL, &ours);
	signal(SIGTSTP, SIG_DFL);
	raise(SIGTSTP);
	sigaction(SIGTSTP, &ours, NULL);
	reset_prog_mode();
	terminal_forget();
}

static int within(int n, int most)
{
	return n < 1 ? 1 : n > most ? most : n;
}

void terminal_size(int *height, int *width)
{
	struct winsize size;

	if (!ioctl(terminal.fd, TIOCGWINSZ, &size) && size.ws_row && size.ws_col) {
		if (is_term_resized(size.ws_row, size.ws_col))
			resizeterm(size.ws_row, size.ws_col);
	}
	*height = within(LINES, MOST_LINES);
	*width = within(COLS, MOST_COLUMNS);
}

/* Characters of a line, as ncurses wants them. Returns how many there are. */
static int characters(cchar_t to[MOST_COLUMNS], const struct cell *cells, int width)
{
	int n = 0;

	for (int i = 0; i < width && i < MOST_COLUMNS; i++) {
		wchar_t text[CELL_CHARACTERS + 1] = { 0 };

		if (!cells[i].of[0])
			continue;
		memcpy(text, cells[i].of, sizeof(cells[i].of));
		setcchar(&to[n++], text, terminal.attributes[cells[i].look],
			 terminal.colours[cells[i].look], NULL);
	}
	return n;
}

void terminal_draw(const struct picture *p)
{
	static cchar_t line[MOST_COLUMNS];

	erase();
	for (int y = 0; y < p->height; y++) {
		int n = characters(line, p->cells + (size_t)y * p->width, p->width);

		mvadd_wchnstr(y, 0, line, n);
	}
	curs_set(p->cursor_line >= 0);
	if (p->cursor_line >= 0)
		move(p->cursor_line, p->cursor_column);
	terminal.drawing = 1;
	if (terminal.end)
		terminal_end_hurry(true);
	refresh();
	terminal.drawing = 0;
}

void terminal_forget(void)
{
	clearok(curscr, TRUE);
}

static unsigned int function_key(wint_t key)
{
	switch (key) {
	case KEY_UP:
		return KEY_OF_UP;
	case KEY_DOWN:
		return KEY_OF_DOWN;
	case KEY_LEFT:
		return KEY_OF_LEFT;
	case KEY_RIGHT:
		return KEY_OF_RIGHT;
	case KEY_PPAGE:
		return KEY_OF_PAGE_UP;
	case KEY_NPAGE:
		return KEY_OF_PAGE_DOWN;
	case KEY_HOME:
	case KEY_FIND:
		return KEY_OF_HOME;
	case KEY_END:
	case KEY_SELECT:
		return KEY_OF_END;
	case KEY_BACKSPACE:
		return KEY_OF_BACKSPACE;
	case KEY_DC:
		return KEY_OF_DELETE;
	case KEY_ENTER:
		return KEY_OF_ENTER;
	default:
		return KEY_OF_OTHER;
	}
}

unsigned int terminal_key(void)
{
	wint_t key;
	int kind;

	do
		kind = wget_wch(terminal.keys, &key);
	while (kind == KEY_CODE_YES && key == KEY_RESIZE);
	if (kind == ERR)
		return KEY_OF_NOTHING;
	if (kind == KEY_CODE_YES)
		return function_key(key);
	switch (key) {
	case '\r':
	case '\n':
		return KEY_OF_ENTER;
	case '\b':
	case 0x7f:
		return KEY_OF_BACKSPACE;
	case 0x1b:
		return KEY_OF_ESCAPE;
	default:
		return key ? key : KEY_OF_OTHER;
	}
}
