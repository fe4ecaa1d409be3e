/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "deliver/status.h"
#include "spool/batch.h"
#include "spool/replace.h"

#define NS_PER_S 1000000000ULL
#define NS_PER_MS 1000000ULL

static uint64_t age_ns(uint64_t now_ns, uint64_t then_ns)
{
	return now_ns > then_ns ? now_ns - then_ns : 0;
}

/* How many names the directory has, and the smallest one. */
static int count(int dirfd, uint64_t *total, char oldest[SPOOL_NAME_MAX])
{
	struct spool_batch *b = malloc(sizeof(*b));
	int err = b ? spool_batch_read(b, dirfd, "") : -ENOMEM;

	if (!err) {
		*total = b->total;
		strcpy(oldest, b->n ? b->names[0] : "");
	}
	free(b);
	return err;
}

/* NAME WINDOW_MS. A file that is missing or says something else is as if ctagg had written nothing. */
static int read_last(struct status *s, const struct spool_dir *d)
{
	char text[SPOOL_NAME_MAX + 32], *space, *end;
	struct timespec written;
	ssize_t len = spool_read(d, "last", text, sizeof(text), &written);

	if (len < 0)
		return len == -ENOENT ? 0 : len;
	space = strchr(text, ' ');
	if (!space)
		return 0;
	*space++ = '\0';
	errno = 0;
	s->window_ms = strtoull(space, &end, 10);
	if (errno || end == space || *end != '\n' || !spool_name_is(text))
		return 0;
	strcpy(s->last, text);
	s->last_ns = (uint64_t)written.tv_sec * NS_PER_S + (uint64_t)written.tv_nsec;
	return 0;
}

int status_read(struct status *s, const struct spool_dir *d, uint64_t now_ns)
{
	char dead[SPOOL_NAME_MAX];
	struct spool_name name;
	int err;

	memset(s, 0, sizeof(*s));
	s->now_ns = now_ns;
	err = count(d->new, &s->pending, s->oldest);
	if (!err)
		err = count(d->dead, &s->dead, dead);
	if (!err)
		err = read_last(s, d);
	if (err)
		return err;
	if (s->oldest[0] && spool_name_parse(&name, s->oldest))
		s->oldest_age_ns = age_ns(now_ns, name.start_ns + name.nominal_ns);
	err = delivered_read(d, &s->delivered);
	return err == -ENOENT ? 0 : err;
}

uint64_t status_last_age_ns(const struct status *s)
{
	return age_ns(s->now_ns, s->last_ns);
}

bool status_ctagg_is_dead(const struct status *s)
{
	return s->last[0] && s->window_ms && status_last_age_ns(s) / 2 > s->window_ms * NS_PER_MS;
}

static bool reaches(const struct status *s, const struct status_limits *limits)
{
	return (s->pending && s->oldest_age_ns >= limits->age_ns) || s->pending >= limits->pending ||
	       s->dead >= limits->dead;
}

enum status_state status_state(const struct status *s, const struct status_limits *warning,
			       const struct status_limits *critical)
{
	if (reaches(s, critical) || status_ctagg_is_dead(s))
		return STATUS_CRITICAL;
	return reaches(s, warning) ? STATUS_WARNING : STATUS_OK;
}
