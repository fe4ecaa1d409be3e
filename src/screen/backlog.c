/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "screen/backlog.h"

/* first, last  chunks, the oldest one first
 * bytes        of them all
 * room         tells a reader that waits of room
 */
struct backlog {
	pthread_mutex_t lock;
	pthread_cond_t room;
	struct chunk *first, *last;
	size_t bytes, max_bytes;
	bool over, stopped;
	int error, fd;
};

void chunk_free(struct chunk *c)
{
	if (c)
		free(c->bytes);
	free(c);
}

int backlog_open(struct backlog **out, size_t max_bytes)
{
	struct backlog *b = calloc(1, sizeof(*b));

	if (!b)
		return -ENOMEM;
	b->max_bytes = max_bytes;
	b->fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (b->fd < 0) {
		free(b);
		return -errno;
	}
	pthread_mutex_init(&b->lock, NULL);
	pthread_cond_init(&b->room, NULL);
	*out = b;
	return 0;
}

/* Take the oldest chunk off the list, if there is one. */
static struct chunk *unlink_first(struct backlog *b)
{
	struct chunk *c = b->first;

	if (!c)
		return NULL;
	b->first = c->next;
	if (!b->first)
		b->last = NULL;
	b->bytes -= c->len;
	c->next = NULL;
	return c;
}

void backlog_close(struct backlog *b)
{
	struct chunk *c;

	if (!b)
		return;
	while ((c = unlink_first(b)))
		chunk_free(c);
	close(b->fd);
	pthread_cond_destroy(&b->room);
	pthread_mutex_destroy(&b->lock);
	free(b);
}

static bool is_full(const struct backlog *b, const struct chunk *more)
{
	return b->first && b->bytes + more->len > b->max_bytes;
}

/* Leave out the oldest chunk; the one behind it, which is `c' when it was the last, says so. */
static void leave_out_first(struct backlog *b, struct chunk *c)
{
	struct chunk *first = unlink_first(b), *behind = b->first ? b->first : c;

	behind->slow += first->slow + first->windows;
	behind->large += first->large;
	chunk_free(first);
}

static void append(struct backlog *b, struct chunk *c)
{
	c->next = NULL;
	if (b->last)
		b->last->next = c;
	else
		b->first = c;
	b->last = c;
	b->bytes += c->len;
}

/* Have the other thread's poll(2) return. An eventfd that cannot be written to is readable. */
static void tell(struct backlog *b)
{
	uint64_t one = 1;

	if (write(b->fd, &one, sizeof(one)) < 0)
		return;
}

void backlog_put(struct backlog *b, struct chunk *c, bool wait)
{
	pthread_mutex_lock(&b->lock);
	while (wait && !b->stopped && is_full(b, c))
		pthread_cond_wait(&b->room, &b->lock);
	if (b->stopped) {
		chunk_free(c);
	} else {
		while (is_full(b, c))
			leave_out_first(b, c);
		append(b, c);
		tell(b);
	}
	pthread_mutex_unlock(&b->lock);
}

struct chunk *backlog_take(struct backlog *b)
{
	struct chunk *c;

	pthread_mutex_lock(&b->lock);
	c = unlink_first(b);
	pthread_cond_signal(&b->room);
	pthread_mutex_unlock(&b->lock);
	return c;
}

void backlog_end(struct backlog *b, int error)
{
	pthread_mutex_lock(&b->lock);
	b->over = true;
	b->error = error;
	tell(b);
	pthread_mutex_unlock(&b->lock);
}

bool backlog_is_over(struct backlog *b, int *error)
{
	bool over;

	pthread_mutex_lock(&b->lock);
	over = b->over && !b->first;
	*error = b->error;
	pthread_mutex_unlock(&b->lock);
	return over;
}

void backlog_stop(struct backlog *b)
{
	pthread_mutex_lock(&b->lock);
	b->stopped = true;
	pthread_cond_signal(&b->room);
	pthread_mutex_unlock(&b->lock);
}

int backlog_fd(const struct backlog *b)
{
	return b->fd;
}

void backlog_heard(struct backlog *b)
{
	uint64_t n;

	if (read(b->fd, &n, sizeof(n)) < 0)
		return;
}
