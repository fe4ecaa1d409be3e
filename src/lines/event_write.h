/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_LINES_EVENT_WRITE_H
#define CTAGG_LINES_EVENT_WRITE_H

#include "flow/drop_reasons.h"
#include "flow/event.h"
#include "flow/label.h"
#include "flow/window_record.h"

/* No line is longer than this, newline included; see sink/record.h, RECORD_MAX. */
#define LINE_MAX_BYTES 4096

/* Each function writes one line at p, which has LINE_MAX_BYTES of room, and returns where the
 * line ends. */

/* What the numbers of a packet's event mean; NULL where the event has no such number. */
struct line_names {
	const struct label *label;	/* of `rule' */
	const struct drop_reasons *drop_reasons;
};

/* What was lost. kernel_drops has a place in the line only where some were lost, or perhaps. */
struct line_losses {
	struct window_loss events, drops, kernel_drops;
};

/* An event of any kind but FLOW_LIVE, which has a time_ns and a dir. line_read() gives the same event back, but for these: times are cut to
 * microseconds (a duration stays the same in microseconds), prefixes have U+FFFD for each byte
 * that belongs to no character, and a packet of several possible rules has none. */
char *line_write_event(char *p, const struct flow_event *ev, const struct line_names *names);

/* That something was lost at this time, or an unknown number. */
char *line_write_loss(char *p, uint64_t time_ns, const struct line_losses *lost);

#endif
