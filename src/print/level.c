/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <errno.h>
#include <search.h>
#include <stdlib.h>

#include "print/level.h"

struct shortest {
	uint32_t host, run, netns;
	uint64_t window_ms;
};

static int order(uint64_t a, uint64_t b)
{
	return (a > b) - (a < b);
}

static int by_run(const void *one, const void *other)
{
	const struct shortest *a = one, *b = other;
	int by = order(a->run, b->run);

	if (!by)
		by = order(a->host, b->host);
	return by ? by : order(a->netns, b->netns);
}

/* The entry of the window's run, a new one where there is none; NULL without memory. */
static struct shortest *entry(struct levels *l, const struct view_window *w)
{
	struct shortest *s = malloc(sizeof(*s)), **at;

	if (!s)
		return NULL;
	*s = (struct shortest){ w->host, w->run, w->netns, w->window_ms };
	at = tsearch(s, &l->tree, by_run);
	if (!at || *at != s)
		free(s);
	return at ? *at : NULL;
}

int levels_shortest(struct levels *l, const struct view_window *w)
{
	struct shortest *s;

	if (!w->window_ms)
		return 1;
	s = entry(l, w);
	if (!s)
		return -ENOMEM;
	if (w->window_ms < s->window_ms)
		s->window_ms = w->window_ms;
	return w->window_ms == s->window_ms;
}

void levels_free(struct levels *l)
{
	tdestroy(l->tree, free);
	l->tree = NULL;
}
