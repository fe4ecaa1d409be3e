/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_PIPELINE_EVENT_LINES_H
#define CTAGG_PIPELINE_EVENT_LINES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "anonymize/anonymize.h"
#include "flow/event.h"
#include "flow/window_record.h"
#include "lines/event_write.h"
#include "pipeline/every_netns.h"
#include "pipeline/labelling.h"
#include "pipeline/outputs.h"
#include "rule/labels.h"
#include "sink/record.h"

/* --events: each event becomes a line, in place of being counted. Lines are written as fast as the
 * readers of the outputs take them. What finds no room in the outputs is held here, and meanwhile
 * no source is read: events wait in the kernel, which counts those that it has no room for. */

/* As many events as can come while something is held: the batch that was just being read, and what
 * has been carried over from each source; and a loss. */
#define EVENT_LINES_HELD 2400

/* An event, or a loss: that so much was lost at event.time_ns. */
struct event_lines_item {
	bool is_loss;
	struct flow_event event;
	struct line_losses lost;
};

/* outputs  lent; NULL: events are counted and do not become lines
 * origin   host and run, for the names of files in a spool; lent
 * seq      how many seconds with a line there were: the lines of each are a window for outputs
 * start_ns when the second began that goes on; 0: none has ended
 * begun    the second has a line. ended: it is over, and some of its lines are held
 * labels   of the source whose events have numbers of rules; lent. NULL: there is none
 * drop_reasons  what the numbers of reasons in events mean; lent. NULL: there are none
 * anonymizer  lent; NULL: addresses are shown
 * every_netns  with --netns=all: names of network namespaces; lent. NULL: events are of one
 * labelling  says which labels of networks and marks are in force; lent
 * held     from `next' on, up to n: not written yet
 */
struct event_lines {
	struct outputs *outputs;
	const struct origin *origin;
	uint64_t seq, start_ns;
	bool begun, ended;
	const struct labels *labels;
	const struct drop_reasons *drop_reasons;
	struct anonymizer *anonymizer;
	struct every_netns *every_netns;
	const struct labelling *labelling;
	size_t n, next;
	struct event_lines_item held[EVENT_LINES_HELD];
};

/* Make lines of n events, which have a time and a direction. */
void event_lines_add(struct event_lines *l, const struct flow_event *events, size_t n);

/* A second has ended at end_ns; w says what was lost in it, and what could not be read. Makes the
 * line of a loss, if there was one. foreign: the events are not this host's, and whoever reads them
 * says what cannot be read. */
void event_lines_second(struct event_lines *l, uint64_t end_ns, const struct window_record *w,
			bool foreign);

/* Give the outputs as much of what is held as they have room for. */
void event_lines_step(struct event_lines *l);

/* Whether something is held. Until all of it is written, no source may be read, and no second may
 * end. */
static inline bool event_lines_wait(const struct event_lines *l)
{
	return l->next < l->n;
}

#endif
