/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <string.h>

#include "sink/record_parts.h"

char *record_closed_by(char *p, enum window_closed_by by)
{
	switch (by) {
	case CLOSED_BY_TIMER:
		return TEXT(p, "\"timer\"");
	case CLOSED_BY_FULL:
		return TEXT(p, "\"full\"");
	case CLOSED_BY_STOP:
		return TEXT(p, "\"stop\"");
	case CLOSED_BY_SIGNAL:
		return TEXT(p, "\"signal\"");
	case CLOSED_BY_GAP:
		return TEXT(p, "\"gap\"");
	case CLOSED_BY_CLOCK:
		break;
	}
	return TEXT(p, "\"clock\"");
}

char *record_onoff(char *p, enum window_switch s)
{
	switch (s) {
	case SWITCH_OFF:
		return TEXT(p, "false");
	case SWITCH_ON:
		return TEXT(p, "true");
	case SWITCH_UNKNOWN:
		break;
	}
	return TEXT(p, "null");
}

char *record_loss(char *p, const struct window_loss *loss)
{
	return loss->known ? text_u64(p, loss->n) : TEXT(p, "null");
}

/* The values are one field, so what is not known of one is said of it alone. */
#define VALUE(name, about)                                                                     \
	p = TEXT(p, ",\"" #name "\":");                                                        \
	p = k->name.known ? text_u64(p, k->name.n) : TEXT(p, "null");

char *record_kernel(char *p, const struct window_kernel *k)
{
	char *open = p;

	if (!window_kernel_known(k))
		return TEXT(p, "null");
	WINDOW_KERNEL_COUNTERS(VALUE)
	WINDOW_KERNEL_GAUGES(VALUE)
	*open = '{';	/* in place of the first comma */
	*p++ = '}';
	return p;
}

char *record_signed(char *p, int64_t n)
{
	if (n < 0)
		*p++ = '-';
	return text_u64(p, n < 0 ? -(uint64_t)n : (uint64_t)n);
}

char *record_only_text(const struct record *r, char *p, const char *name, const char *text)
{
	size_t room = record_room(r, RECORD_MAX_FIXED_WINDOW);

	return record_text(p, name, text, strlen(text), room < RECORD_MAX_TEXT ? room : RECORD_MAX_TEXT);
}

/* Which records have a field. */
#define WHEN_always true
#define WHEN_kernel_drops (r->kernel_drops || (r->recorded && (w->lost_kernel_drops.n || !w->lost_kernel_drops.known)))
#define WHEN_unsure (!w->lost_events.known && !r->recorded)
#define WHEN_rotated w->rotated
#define WHEN_interim r->interim
#define WHEN_received !r->recorded
#define WHEN_spooled r->spooled
#define WHEN_rules r->rules
#define WHEN_everywhere r->everywhere
#define WHEN_sockets r->sockets
#define WHEN_stepped w->clock_step_ms
#define WHEN_uncounted w->flowtable_uncounted
#define WHEN_asked w->kernel.asked

#define FIELD(kind, name, merge, when)                                                         \
	if (WHEN_##when)                                                                       \
		p = FIELD_##kind(r, p, #name, w->name);

char *record_window(struct record *r, char *p, const struct window_record *w)
{
	p = record_head(r, TEXT(p, "{\"type\":\"window"));
	WINDOW_RECORD(FIELD)
	return TEXT(p, "}\n");
}
