/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "cli/repeat.h"
#include "sink/text.h"
#include "window/clock.h"

#define TIME_SIZE 28

/* A message that was said and is counted.
 *
 * cause    NULL: nothing is counted here
 * times    how often the message has come, the first time included
 * last_ns  when it came last, since 1970
 * calm     repeat_calm() since then
 * text     its first words: what happened and why, not what to do about it
 */
struct message {
	const void *cause;
	int state;
	enum log_kind kind;
	uint64_t times, last_ns;
	unsigned int calm;
	char text[256];
};

static struct message messages[REPEAT_MAX];

static const char *time_of(uint64_t ns)
{
	static char when[TIME_SIZE];

	*text_time(when, ns) = '\0';
	return when;
}

/* Say how often the message came, if more than the once that was said; and count no more. */
static void finish(struct message *m)
{
	if (m->cause && m->times > 1)
		log_message(m->kind, "happened %" PRIu64 " times, the last one at %s: %s", m->times,
			    time_of(m->last_ns), m->text);
	m->cause = NULL;
}

static struct message *find(const void *cause, int state)
{
	for (size_t i = 0; i < REPEAT_MAX; i++)
		if (messages[i].cause == cause && messages[i].state == state)
			return &messages[i];
	return NULL;
}

/* A free place, or that of the message which came last the longest ago. */
static struct message *make_place(void)
{
	struct message *oldest = &messages[0];

	for (size_t i = 0; i < REPEAT_MAX; i++) {
		if (!messages[i].cause)
			return &messages[i];
		if (messages[i].last_ns < oldest->last_ns)
			oldest = &messages[i];
	}
	finish(oldest);
	return oldest;
}

static void begin(const void *cause, int state, enum log_kind kind, const char *text)
{
	struct message *m = make_place();

	log_message(kind, "%s", text);
	*m = (struct message){ .cause = cause, .state = state, .kind = kind };
	snprintf(m->text, sizeof(m->text), "%.*s", (int)strcspn(text, ";"), text);
}

void repeat_say(const void *cause, int state, enum log_kind kind, const char *fmt, ...)
{
	struct message *m = find(cause, state);
	char text[LOG_LINE_MAX];
	va_list args;

	if (!m) {
		va_start(args, fmt);
		vsnprintf(text, sizeof(text), fmt, args);
		va_end(args);
		begin(cause, state, kind, text);
		m = find(cause, state);
	}
	m->times++;
	m->last_ns = clock_wall_ns();
	m->calm = 0;
}

/* Count no message of this cause any more. Returns how often they came, and when last. */
static uint64_t forget(const void *cause, uint64_t *last_ns)
{
	uint64_t times = 0;

	*last_ns = 0;
	for (size_t i = 0; i < REPEAT_MAX; i++) {
		struct message *m = &messages[i];

		if (m->cause != cause)
			continue;
		times += m->times;
		if (m->last_ns > *last_ns)
			*last_ns = m->last_ns;
		m->cause = NULL;
	}
	return times;
}

void repeat_over(const void *cause, const char *fmt, ...)
{
	uint64_t last_ns, times = forget(cause, &last_ns);
	char text[LOG_LINE_MAX];
	va_list args;

	if (!times)
		return;
	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	if (times > 1)
		log_good("%s (failed %" PRIu64 " times, the last one at %s)", text, times,
			 time_of(last_ns));
	else
		log_good("%s", text);
}

void repeat_calm(const void *cause)
{
	for (size_t i = 0; i < REPEAT_MAX; i++)
		if (messages[i].cause == cause && ++messages[i].calm >= REPEAT_CALM)
			finish(&messages[i]);
}

void repeat_end(void)
{
	for (size_t i = 0; i < REPEAT_MAX; i++)
		finish(&messages[i]);
}
