/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <errno.h>
#include <stdlib.h>

#include "socket/cookies.h"
#include "socket/moves.h"

/* reading  the number of the last reading that the socket was in */
struct seen {
	uint64_t cookie;
	struct socket_counters counters;
	uint32_t reading;
};

/* reading  the number of the reading that began last
 * list     as many as max; calloc() maps it, and a page takes memory only once it is written
 */
struct socket_moves {
	struct cookies places;
	uint32_t n, max, reading;
	struct seen *list;
};

int socket_moves_open(struct socket_moves **out, uint32_t max)
{
	struct socket_moves *m = calloc(1, sizeof(*m));

	if (!m)
		return -ENOMEM;
	m->max = max;
	m->list = calloc(max, sizeof(*m->list));
	if (!m->list || cookies_open(&m->places, max)) {
		socket_moves_close(m);
		return -ENOMEM;
	}
	*out = m;
	return 0;
}

void socket_moves_begin(struct socket_moves *m)
{
	m->reading++;
}

/* A new socket is taken in with counters of 0. NULL: no room. */
static struct seen *find(struct socket_moves *m, uint64_t cookie)
{
	uint32_t place = cookies_find(&m->places, cookie);

	if (place != COOKIES_NONE)
		return &m->list[place];
	if (m->n == m->max)
		return NULL;
	cookies_set(&m->places, cookie, m->n);
	m->list[m->n] = (struct seen){ .cookie = cookie };
	return &m->list[m->n++];
}

/* Segments have 32 bits, and pass 0: a step of half of that is one back. */
static bool is_set_back(const struct socket_counters *now, const struct socket_counters *before)
{
	return now->sent_bytes < before->sent_bytes ||
	       now->received_bytes < before->received_bytes ||
	       now->retrans_bytes < before->retrans_bytes ||
	       (uint32_t)(now->retrans_segments - before->retrans_segments) > INT32_MAX;
}

bool socket_moves_take(struct socket_moves *m, const struct socket_facts *facts,
		       struct socket_counters *moved)
{
	const struct socket_counters *now = &facts->counters;
	struct seen *seen = find(m, facts->cookie);

	*moved = (struct socket_counters){ 0 };
	if (!seen)
		return false;
	if (is_set_back(now, &seen->counters))
		seen->counters = *moved;
	moved->sent_bytes = now->sent_bytes - seen->counters.sent_bytes;
	moved->received_bytes = now->received_bytes - seen->counters.received_bytes;
	moved->retrans_bytes = now->retrans_bytes - seen->counters.retrans_bytes;
	moved->retrans_segments = (uint32_t)(now->retrans_segments - seen->counters.retrans_segments);
	seen->counters = *now;
	seen->reading = m->reading;
	return true;
}

void socket_moves_end(struct socket_moves *m)
{
	uint32_t n = m->n;

	m->n = 0;
	cookies_clear(&m->places);
	for (uint32_t i = 0; i < n; i++) {
		if (m->reading - m->list[i].reading > 1)
			continue;
		cookies_set(&m->places, m->list[i].cookie, m->n);
		m->list[m->n++] = m->list[i];
	}
}

void socket_moves_close(struct socket_moves *m)
{
	if (!m)
		return;
	cookies_close(&m->places);
	free(m->list);
	free(m);
}
