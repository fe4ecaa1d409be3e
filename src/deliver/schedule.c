/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "deliver/schedule.h"

#define NS_PER_S 1000000000ULL

/* A destination that asks for more (Retry-After) is tried again after a day. */
#define LONGEST_RETRY_AFTER_S 86400

/* failures     of the destination, one after the other
 * until_ns     nothing is sent before
 * probing      a younger file is sent in place of one that gets server errors
 * probe_until_ns  until when everything waits if the younger file fails, too
 */
struct schedule {
	struct schedule_limits limits;
	uint64_t failures, until_ns, probe_until_ns, random;
	bool probing;
	size_t n;
	struct schedule_file files[SCHEDULE_FILES];
};

int schedule_open(struct schedule **out, const struct schedule_limits *limits)
{
	struct schedule *s = calloc(1, sizeof(*s));

	if (!s)
		return -ENOMEM;
	s->limits = *limits;
	s->random = limits->seed;
	*out = s;
	return 0;
}

void schedule_close(struct schedule *s)
{
	free(s);
}

/* --- waits ------------------------------------------------------------------------ */

/* SplitMix64 (Steele, Lea, Flood 2014): any seed is good. */
static uint64_t next_random(struct schedule *s)
{
	uint64_t z = s->random += 0x9e3779b97f4a7c15;

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
	z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
	return z ^ (z >> 31);
}

/* The wait after so many failures that came before this one. A wait that is near the longest is
 * drawn from what is left of its range, so that many deliverers do not come at the same moment. */
static uint64_t wait_ns(struct schedule *s, uint64_t before)
{
	uint64_t wait = s->limits.first_ns, longest;

	for (; before && wait < s->limits.max_ns; before--)
		wait += wait / 10 * 7;
	if (wait > s->limits.max_ns)
		wait = s->limits.max_ns;
	longest = wait + wait / 2;
	if (longest > s->limits.max_ns)
		longest = s->limits.max_ns;
	return wait / 2 + next_random(s) % (longest - wait / 2 + 1);
}

static uint64_t wait_after(struct schedule *s, uint64_t before,
			   const struct transport_answer *answer)
{
	unsigned int asked_s = answer->retry_after_s;

	if (!asked_s)
		return wait_ns(s, before);
	return (asked_s < LONGEST_RETRY_AFTER_S ? asked_s : LONGEST_RETRY_AFTER_S) * NS_PER_S;
}

uint64_t schedule_until(const struct schedule *s)
{
	return s->until_ns;
}

/* --- files ------------------------------------------------------------------------ */

/* How many server errors a file gets before a younger one is tried. */
static uint64_t patience(const struct schedule *s)
{
	uint64_t max = s->limits.max_attempts;

	return max && max < SCHEDULE_PATIENCE ? max : SCHEDULE_PATIENCE;
}

static bool is_exhausted(const struct schedule *s, const struct schedule_file *f)
{
	return f->refusals >= SCHEDULE_REFUSALS ||
	       (s->limits.max_attempts && f->server_errors >= s->limits.max_attempts);
}

const struct schedule_file *schedule_file(const struct schedule *s, const char *name)
{
	for (size_t i = 0; i < s->n; i++)
		if (!strcmp(s->files[i].name, name))
			return &s->files[i];
	return NULL;
}

/* What is remembered of a file from now on; where there is no room, in place of another one, which
 * begins anew. */
static struct schedule_file *remember(struct schedule *s, const char *name)
{
	struct schedule_file *f = (struct schedule_file *)schedule_file(s, name);

	if (f)
		return f;
	if (s->n < SCHEDULE_FILES)
		s->n++;
	f = &s->files[s->n - 1];
	memset(f, 0, sizeof(*f));
	memcpy(f->name, name, strnlen(name, sizeof(f->name) - 1));
	return f;
}

void schedule_forget(struct schedule *s, const char *name)
{
	struct schedule_file *f = (struct schedule_file *)schedule_file(s, name);

	if (f)
		*f = s->files[--s->n];
}

void schedule_forget_before(struct schedule *s, const char *name)
{
	for (size_t i = 0; i < s->n;)
		if (!s->files[i].aside && strcmp(s->files[i].name, name) < 0)
			s->files[i] = s->files[--s->n];
		else
			i++;
}

const struct schedule_file *schedule_due(const struct schedule *s, uint64_t now_ns, bool *bury)
{
	for (size_t i = 0; i < s->n; i++)
		if (s->files[i].aside && s->files[i].due_ns <= now_ns) {
			*bury = is_exhausted(s, &s->files[i]);
			return &s->files[i];
		}
	return NULL;
}

uint64_t schedule_next_due(const struct schedule *s)
{
	uint64_t due = UINT64_MAX;

	for (size_t i = 0; i < s->n; i++)
		if (s->files[i].aside && s->files[i].due_ns < due)
			due = s->files[i].due_ns;
	return due;
}

bool schedule_takes(const struct schedule *s, const char *name)
{
	const struct schedule_file *f = schedule_file(s, name);

	return !f || !(f->aside || (s->probing && f->server_errors >= patience(s)));
}

bool schedule_put_aside(struct schedule *s, const char *name, uint64_t now_ns)
{
	struct schedule_file *f;

	if (!schedule_file(s, name) && s->n == SCHEDULE_FILES)
		return false;
	f = remember(s, name);
	f->aside = true;
	f->due_ns = now_ns + wait_ns(s, SCHEDULE_REFUSALS);
	return true;
}

/* There was no younger file. */
void schedule_exhausted(struct schedule *s)
{
	if (s->probing)
		s->until_ns = s->probe_until_ns;
	s->probing = false;
}

/* --- answers ---------------------------------------------------------------------- */

/* A file was taken, and older files had got server errors: they are alone with these. */
static void step_aside(struct schedule *s, const char *taken, uint64_t now_ns)
{
	for (size_t i = 0; i < s->n; i++) {
		struct schedule_file *f = &s->files[i];

		if (f->aside || f->server_errors < patience(s) || strcmp(f->name, taken) > 0)
			continue;
		f->aside = true;
		f->due_ns = is_exhausted(s, f) ? now_ns : now_ns + wait_ns(s, f->server_errors - 1);
	}
}

static enum schedule_step was_taken(struct schedule *s, const char *name, uint64_t now_ns)
{
	schedule_forget(s, name);
	step_aside(s, name, now_ns);
	s->failures = s->until_ns = 0;
	s->probing = false;
	return SCHEDULE_DONE;
}

static enum schedule_step was_refused(struct schedule *s, struct schedule_file *f, uint64_t now_ns)
{
	schedule_exhausted(s);
	if (++f->refusals >= SCHEDULE_REFUSALS)
		return SCHEDULE_BURY;
	if (f->aside)
		f->due_ns = now_ns + wait_ns(s, f->refusals - 1);
	else if (s->until_ns <= now_ns)
		s->until_ns = now_ns + wait_ns(s, f->refusals - 1);
	return SCHEDULE_KEEP;
}

static enum schedule_step failed_aside(struct schedule *s, struct schedule_file *f,
				       const struct transport_answer *answer, uint64_t now_ns)
{
	f->due_ns = now_ns + wait_after(s, f->server_errors - 1, answer);
	return is_exhausted(s, f) ? SCHEDULE_BURY : SCHEDULE_KEEP;
}

static enum schedule_step was_put_off(struct schedule *s, struct schedule_file *f,
				      const struct transport_answer *answer, uint64_t now_ns)
{
	f->server_errors += answer->server_error;
	if (f->aside && answer->server_error)
		return failed_aside(s, f, answer, now_ns);
	s->until_ns = now_ns + wait_after(s, s->failures, answer);
	if (s->probing) {
		/* The failure of the older file has counted already. */
		if (s->until_ns < s->probe_until_ns || !answer->retry_after_s)
			s->until_ns = s->probe_until_ns;
		s->probing = false;
		return SCHEDULE_KEEP;
	}
	s->failures++;
	if (answer->server_error && f->server_errors >= patience(s)) {
		s->probing = true;
		s->probe_until_ns = s->until_ns;
		s->until_ns = now_ns;
	}
	return SCHEDULE_KEEP;
}

enum schedule_step schedule_answer(struct schedule *s, const char *name,
				   const struct transport_answer *answer, uint64_t now_ns)
{
	struct schedule_file *f;

	if (answer->result == TRANSPORT_TAKEN)
		return was_taken(s, name, now_ns);
	f = remember(s, name);
	f->attempts++;
	memcpy(f->text, answer->text, sizeof(f->text));
	if (answer->result == TRANSPORT_NEVER)
		return was_refused(s, f, now_ns);
	return was_put_off(s, f, answer, now_ns);
}
