/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_LINES_NETLABEL_WRITE_H
#define CTAGG_LINES_NETLABEL_WRITE_H

#include "flow/event.h"
#include "netlabel/set.h"

/* How long the label of a network or of a mark may be in a line, in bytes with escapes. */
#define LINE_MAX_NETLABEL 256

/* Put the labels of an event's addresses and mark into the line of the event, which ends at `end': the line
 * as line_write_event() has made it, with room up to LINE_MAX_BYTES. line_read() passes them over. Returns
 * where the line ends now. */
char *line_write_netlabels(char *end, const struct netlabel_set *set, const struct flow_event *ev);

/* The same with the name of a network namespace, any bytes, for an event of a connection. */
char *line_write_netns(char *end, const char *name);

#endif
