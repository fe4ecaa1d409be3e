/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#include "cli/log.h"
#include "screen/feed.h"
#include "screen/layout.h"
#include "screen/reader.h"
#include "screen/resolver.h"
#include "screen/screen.h"
#include "screen/state.h"
#include "screen/terminal.h"
#include "view/input.h"
#include "view/left_out.h"
#include "window/clock.h"

#define MS 1000000ULL
#define MIB ((size_t)1 << 20)
#define FEED_NS (10 * MS)	/* lines are taken for so long, then keys are looked at */
#define DRAW_NS (100 * MS)	/* while lines are taken, the screen is drawn so often */
#define FIRST_MS 500		/* how long the first lines are waited for before the terminal is used */

/* Memory: of windows that wait to be taken, of one window, and of those that can be looked at, which
 * take no more than a quarter of the machine's. */
#define WAITING_BYTES (128 * MIB)
#define KEPT_BYTES (512 * MIB)
#define SHARE 4

/* live     lines come from a reader, not from files that are read first
 * windows  how many have come
 * dirty    there is something new to draw; drawn_ns: when it was drawn last
 * over     the input has ended; error: of the reader, -errno
 */
struct screen {
	const struct screen_options *options;
	struct view_texts *texts;
	struct view_gather *gather;
	struct board *board;
	struct backlog *backlog;
	struct follow *follow;
	struct reader *reader;
	struct resolver *resolver;
	struct feed feed;
	struct state state;
	struct picture picture;
	bool live, dirty, over;
	uint64_t windows, drawn_ns;
	int error;
};

static int add_window(struct view_window *w, void *arg)
{
	struct screen *s = arg;
	int err = board_add(s->board, w);

	view_window_free(w);
	s->windows++;
	s->state.stale = s->dirty = true;
	return err;
}

/* --- the input ------------------------------------------------------------------- */

static bool is_standard_input(const struct screen_options *o)
{
	return !o->n_files || (o->n_files == 1 && !strcmp(o->files[0], "-"));
}

/* Begin to read what has no end yet. */
static int open_live(struct screen *s)
{
	const char *path = s->options->follow;
	int err = path ? follow_open(&s->follow, path) : 0;

	if (err) {
		log_error("%s: %s", path, strerror(-err));
		return err;
	}
	err = backlog_open(&s->backlog, WAITING_BYTES);
	if (!err)
		err = reader_start(&s->reader, s->backlog, STDIN_FILENO, s->follow, WAITING_BYTES);
	if (err)
		log_error("the input cannot be read: %s", strerror(-err));
	s->feed = (struct feed){ .backlog = s->backlog, .gather = s->gather, .board = s->board };
	return err;
}

static size_t kept_bytes(void)
{
	long pages = sysconf(_SC_PHYS_PAGES), page = sysconf(_SC_PAGESIZE);

	if (pages > 0 && page > 0 && (uint64_t)pages * page / SHARE < KEPT_BYTES)
		return (uint64_t)pages * page / SHARE;
	return KEPT_BYTES;
}

static int open_all(struct screen *s)
{
	int err = view_texts_open(&s->texts);

	if (!err)
		err = view_gather_open(&s->gather, s->texts, add_window, s);
	if (!err)
		err = board_open(&s->board, kept_bytes());
	if (err) {
		log_error("there is no memory");
		return err;
	}
	state_init(&s->state, s->options, s->board, s->texts);
	s->state.shown.keeps = !s->live;
	return s->live ? open_live(s) : 0;
}

static void close_all(struct screen *s)
{
	reader_stop(s->reader);
	follow_close(s->follow);
	feed_free(&s->feed);
	backlog_close(s->backlog);
	resolver_close(s->resolver);
	view_gather_close(s->gather);
	board_close(s->board);
	view_texts_close(s->texts);
	picture_free(&s->picture);
}

/* The lines are at their end: windows that have not ended are shown as they are. */
static int end_input(struct screen *s)
{
	if (!s->over)
		s->dirty = true;
	s->over = s->state.shown.ended = true;
	return view_gather_end(s->gather);
}

/* Take lines that wait. Returns whether more wait; *err is 0 or -errno. */
static bool take_lines(struct screen *s, int *err)
{
	int result;

	*err = 0;
	if (!s->live || s->over)
		return false;
	backlog_heard(s->backlog);
	result = feed_some(&s->feed, FEED_NS);
	if (result < 0)
		*err = result;
	else if (!result && feed_is_over(&s->feed, &s->error))
		*err = end_input(s);
	return result > 0;
}

/* --- what is drawn --------------------------------------------------------------- */

static void count_left_out(struct screen *s)
{
	const struct view_gathered *counts = view_gather_counts(s->gather);
	struct shown *shown = &s->state.shown;

	shown->slow = s->feed.slow;
	shown->large = s->feed.large;
	shown->malformed = counts->malformed;
	shown->left_out = counts->left_out;
	shown->blanks = counts->blanks;
	if (s->follow) {
		shown->gone = follow_gone(s->follow);
		shown->unread = follow_unread(s->follow);
	}
}

/* Names of addresses are looked up from the first time on that they are wanted. */
static void choose_names(struct screen *s)
{
	struct shown *shown = &s->state.shown;

	if (s->state.names && !shown->name) {
		if (s->resolver)
			resolver_retry(s->resolver);
		else if (resolver_open(&s->resolver, NULL))
			s->state.names = false;
	}
	shown->name = s->state.names ? resolver_name : NULL;
	shown->name_arg = s->resolver;
}

static int draw(struct screen *s)
{
	int height, width, err;

	terminal_size(&height, &width);
	if (height != s->picture.height || width != s->picture.width)
		state_changed(&s->state);
	count_left_out(s);
	choose_names(s);
	err = state_ask(&s->state);
	if (!err)
		err = picture_size(&s->picture, height, width);
	if (err)
		return err;
	layout(&s->picture, &s->state.shown);
	terminal_draw(&s->picture);
	s->dirty = false;
	s->drawn_ns = clock_monotonic_ns();
	return 0;
}

/* --- what happens ---------------------------------------------------------------- */

static void handle_keys(struct screen *s)
{
	unsigned int key;

	while (!s->state.quit && (key = terminal_key()) != KEY_OF_NOTHING) {
		state_key(&s->state, key);
		s->dirty = true;
		s->drawn_ns = 0;
	}
	if (s->state.redraw)
		terminal_forget();
	s->state.redraw = false;
}

static void handle_signals(struct screen *s)
{
	struct terminal_signals signals = terminal_signals();

	if (signals.end)
		s->state.quit = true;
	else if (signals.stop)
		terminal_stop();
	s->dirty |= signals.size || signals.stop;
}

enum { KEYS, SIGNALS, INPUT, NAMES, N_FDS };

/* Wait until something happens, unless lines wait. */
static void wait_and_handle(struct screen *s, bool busy)
{
	struct pollfd fds[N_FDS] = {
		[KEYS] = { terminal_keys_fd(), POLLIN, 0 },
		[SIGNALS] = { terminal_signals_fd(), POLLIN, 0 },
		[INPUT] = { s->live && !s->over ? backlog_fd(s->backlog) : -1, POLLIN, 0 },
		[NAMES] = { s->resolver ? resolver_fd(s->resolver) : -1, POLLIN, 0 },
	};

	if (poll(fds, N_FDS, busy ? 0 : -1) < 0)
		return;
	if (fds[SIGNALS].revents)
		handle_signals(s);
	if (fds[KEYS].revents & POLLIN)
		handle_keys(s);
	if (fds[KEYS].revents & (POLLHUP | POLLERR | POLLNVAL))
		s->state.quit = true;	/* the terminal is gone */
	if (fds[NAMES].revents) {
		resolver_heard(s->resolver);
		s->dirty = true;
	}
}

/* The end of a pipe ends the program, unless the user looks at something. */
static bool is_done(const struct screen *s)
{
	return s->state.quit || (s->live && s->over && !s->state.pinned);
}

static int run(struct screen *s)
{
	int err = 0;

	while (!err && !is_done(s)) {
		bool busy = take_lines(s, &err);

		if (!err && s->dirty && (!busy || clock_monotonic_ns() - s->drawn_ns > DRAW_NS))
			err = draw(s);
		if (!err && !is_done(s))
			wait_and_handle(s, busy);
	}
	return err;
}

/* The program that writes into the pipe says on the same terminal what is wrong: when it ends
 * without a line, its message shall stay. Returns whether there is nothing to show. */
static bool ends_at_once(struct screen *s)
{
	struct pollfd input = { backlog_fd(s->backlog), POLLIN, 0 };

	poll(&input, 1, FIRST_MS);
	return feed_is_over(&s->feed, &s->error);
}

static int show(struct screen *s)
{
	const char *why;
	int err;

	if (s->live && ends_at_once(s))
		return end_input(s);
	err = terminal_open(&why);
	if (err) {
		log_error("the terminal cannot be used: %s", why ? why : strerror(-err));
		return err;
	}
	s->dirty = true;
	err = run(s);
	terminal_close();
	if (err)
		log_error("there is no memory");
	return err;
}

/* Read all files; then show their last window. */
static int show_files(struct screen *s)
{
	int failed = view_input_read(s->gather, s->options->files, s->options->n_files), status;

	if (failed < 0) {
		log_error("the files were not read to their end: %s", strerror(-failed));
		return 1;
	}
	s->over = s->state.shown.ended = true;
	status = view_left_out(view_gather_counts(s->gather), s->windows);
	if (!status && show(s))
		status = 1;
	return failed ? 1 : status;
}

static int show_live(struct screen *s)
{
	if (show(s))
		return 1;
	if (s->error) {
		log_error("%s: %s", s->options->follow ? s->options->follow : "standard input",
			  strerror(-s->error));
		return 1;
	}
	return s->over ? view_left_out(view_gather_counts(s->gather), s->windows) : 0;
}

int screen_run(const struct screen_options *o)
{
	static struct screen s;
	int status = 1;

	s = (struct screen){ .options = o, .live = o->follow || is_standard_input(o) };
	if (!open_all(&s))
		status = s.live ? show_live(&s) : show_files(&s);
	close_all(&s);
	return status;
}
