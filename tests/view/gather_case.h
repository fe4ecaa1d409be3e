/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_TESTS_VIEW_GATHER_CASE_H
#define CTAGG_TESTS_VIEW_GATHER_CASE_H

#include "view/gather.h"

/* What the tests of gathering share: one gatherer, and the windows that it has shown. A function that
 * fails ends the test. */

#define CASE_WINDOWS 64

struct gather_case {
	struct view_texts *texts;
	struct view_gather *gather;
	struct view_window *windows[CASE_WINDOWS];
	size_t n;
};
extern struct gather_case shown;

void open_gather(void);
void close_gather(void);

/* Give a line, printf-like. */
void give(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* Give all lines of a text. */
void give_lines(const char *lines, size_t len);

/* Whether the number stands for this text. */
bool is_text(uint32_t number, const char *text);

/* Lines of a host's window of a minute: a flow, and the window record. rest: further fields. */
#define WINDOW(host, minute)                                                                   \
	"\"host\":\"" host "\",\"run\":\"aaaaaaaa\",\"window_ms\":60000,"                        \
	"\"slot\":\"2026-11-21T01:0" #minute ":00.000000Z\","                                    \
	"\"window_start\":\"2026-11-21T01:0" #minute ":00.000000Z\","                            \
	"\"window_end\":\"2026-11-21T01:0" #minute ":59.999999Z\""
#define FLOW(host, minute, rest) "{\"type\":\"flow\",\"schema\":1," WINDOW(host, minute) rest "}"
#define END(host, minute, rest)                                                                \
	"{\"type\":\"window\",\"schema\":1," WINDOW(host, minute) ",\"seq\":1,\"closed_by\":\"timer\",\"status\":\"ok\"" rest "}"

#endif
