/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <inttypes.h>

#include "cli/log.h"
#include "cli/repeat.h"
#include "lines/event_write.h"
#include "lines/netlabel_write.h"
#include "pipeline/event_lines.h"

#define NS_PER_US 1000ULL

static char *write_event(const struct event_lines *l, char *p, const struct flow_event *ev)
{
	const struct line_names names = {
		.label = ev->rule && l->labels ? labels_get(l->labels, ev->rule) : NULL,
		.drop_reasons = l->drop_reasons,
	};
	struct flow_event shown;

	if (!l->anonymizer)
		return line_write_event(p, ev, &names);
	shown = *ev;
	anonymize_event(l->anonymizer, &shown);
	return line_write_event(p, &shown, &names);
}

/* A line of this event, with the labels that its addresses have, not those that are shown in their
 * place. */
static char *write_labelled(const struct event_lines *l, char *p, const struct flow_event *ev)
{
	const struct netlabel_set *set = l->labelling->current;
	const char *netns = l->every_netns ? every_netns_name(l->every_netns, ev->netns) : NULL;

	p = write_event(l, p, ev);
	if (netns)
		p = line_write_netns(p, netns);
	return set ? line_write_netlabels(p, set, ev) : p;
}

/* An output that has a file for each window has one for each second in which something happened. */
static void begin(struct event_lines *l, uint64_t time_ns)
{
	if (l->begun)
		return;
	l->begun = true;
	outputs_begin(l->outputs, &(struct output_window){
		.start_ns = l->start_ns ? l->start_ns : time_ns,
		.seq = ++l->seq,
		.host = l->origin->host,
		.run = l->origin->run,
		.events = true,
	});
}

/* The second is over, and all of its lines are with the outputs. */
static void end(struct event_lines *l)
{
	if (!l->ended || event_lines_wait(l))
		return;
	if (l->begun)
		outputs_window_done(l->outputs);
	l->begun = l->ended = false;
}

/* Room for a line, after the lines before it were written if need be; NULL: there is none. */
static char *room(struct event_lines *l)
{
	char *p = outputs_room(l->outputs, LINE_MAX_BYTES);

	if (p)
		return p;
	outputs_flush(l->outputs);
	return outputs_room(l->outputs, LINE_MAX_BYTES);
}

static void hold(struct event_lines *l, const struct event_lines_item *item)
{
	l->held[l->n++] = *item;
}

void event_lines_add(struct event_lines *l, const struct flow_event *events, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		char *p;

		begin(l, events[i].time_ns);
		p = event_lines_wait(l) ? NULL : room(l);

		if (p)
			outputs_commit(l->outputs, write_labelled(l, p, &events[i]) - p);
		else
			hold(l, &(struct event_lines_item){ .event = events[i] });
	}
}

void event_lines_step(struct event_lines *l)
{
	char *p;

	for (; event_lines_wait(l) && (p = room(l)); l->next++) {
		const struct event_lines_item *item = &l->held[l->next];
		char *end = !item->is_loss ? write_labelled(l, p, &item->event) :
			    line_write_loss(p, item->event.time_ns, &item->lost);

		outputs_commit(l->outputs, end - p);
	}
	if (!event_lines_wait(l))
		l->n = l->next = 0;
	end(l);
}

/* A line of events has no place for this. */
static void say_unread(struct event_lines *l, const struct window_record *w)
{
	uint64_t n = w->undecoded_events + w->odd_drops;

	if (n)
		repeat_say(l, 0, LOG_KIND_NOTICE, "%" PRIu64 " messages of the kernel could not be read and are in no line; SIGUSR1 prints how many such there are",
			   n);
}

/* The line's time lies in the second that has ended: a reader adds the loss to this second. */
static bool is_loss(const struct window_loss *loss)
{
	return loss->n || !loss->known;
}

void event_lines_second(struct event_lines *l, uint64_t end_ns, const struct window_record *w,
			bool foreign)
{
	struct event_lines_item item = {
		.is_loss = true,
		.event = { .time_ns = end_ns - NS_PER_US },
		.lost = { w->lost_events, w->lost_drops, w->lost_kernel_drops },
	};

	if (!foreign)
		say_unread(l, w);
	if (is_loss(&w->lost_events) || is_loss(&w->lost_drops) || is_loss(&w->lost_kernel_drops)) {
		begin(l, item.event.time_ns);
		hold(l, &item);
	}
	l->ended = true;
	l->start_ns = end_ns;
	event_lines_step(l);
}
