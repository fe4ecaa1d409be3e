/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_REPORT_COVER_H
#define CTAGG_REPORT_COVER_H

#include <stddef.h>
#include <stdint.h>

#include "report/incident.h"
#include "view/window.h"

/* Which times the windows of a host cover, and where windows are missing. */

/* Windows of one run, one behind the other in number and in time. first, last: their numbers (seq);
 * 0: a window whose window record has not come, which has none. */
struct report_stretch {
	uint64_t first, last, start_ns, end_ns;
};

struct report_stretches {
	struct report_stretch *of;
	size_t n, room;
};

/* Add a window of the run. Those that do not follow the one before begin a stretch; the caller may
 * have them come in any order. Returns 0 or -ENOMEM. */
int report_stretches_add(struct report_stretches *s, const struct view_window *w);

/* A time that is covered. */
struct report_span {
	uint64_t start_ns, end_ns;
};

struct report_spans {
	struct report_span *of;
	size_t n, room;
};

/* Spans of a host that add up the runs of it: begin with one that is all zero, add the stretches
 * of each run, then close it. */
struct report_cover {
	uint32_t host;
	struct report_incidents *incidents;
	struct part *parts;
	size_t n, room;
	uint32_t runs;
	uint64_t lost_windows;
};

/* Add a run of the host, whose stretches are sorted for that. Windows whose numbers are missing
 * between others of the run become an incident. Returns 0 or -ENOMEM. */
int report_cover_run(struct report_cover *c, struct report_stretches *run);

/* The times that all runs together cover, in order; times between them in which no window was, and
 * windows of two runs at a time, become incidents. Returns 0 or -ENOMEM; in any case what c holds
 * is freed, and *spans is the caller's to free. */
int report_cover_close(struct report_cover *c, struct report_spans *spans);

/* How much of the time from start_ns to end_ns is covered. */
uint64_t report_covered(const struct report_spans *spans, uint64_t start_ns, uint64_t end_ns);

#endif
