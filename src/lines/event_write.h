/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_LINES_EVENT_WRITE_H
#define CTAGG_LINES_EVENT_WRITE_H

#include "flow/event.h"
#include "flow/label.h"
#include "flow/window_record.h"

/* No line is longer than this, newline included; see sink/record.h, RECORD_MAX. */
#define LINE_MAX_BYTES 4096

/* Each function writes one line at p, which has LINE_MAX_BYTES of room, and returns where the
 * line ends. */

/* An event of any kind but FLOW_LIVE, which has a time_ns and a dir. label: of a packet; NULL
 * where there is none. line_read() gives the same event back, but for these: times are cut to
 * microseconds (a duration stays the same in microseconds), prefixes have U+FFFD for each byte
 * that belongs to no character, and a packet of several possible rules has none. */
char *line_write_event(char *p, const struct flow_event *ev, const struct label *label);

/* That events and logged packets were lost, or an unknown number of them, at this time. */
char *line_write_loss(char *p, uint64_t time_ns, const struct window_loss *events,
		      const struct window_loss *drops);

#endif
