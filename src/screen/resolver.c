/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "screen/resolver.h"
#include "screen/thread.h"
#include "view/resolve.h"
#include "view/show.h"

#define NAME_SIZE 256		/* more than a name of the DNS has */

enum state {
	FREE,
	WANTED,
	LOOKED_UP,	/* at the moment, by the thread */
	NAMED,
	NAMELESS,
};

/* used: by a counter that grows with each question */
struct entry {
	uint8_t addr[16];
	enum state state;
	uint64_t used;
	char name[NAME_SIZE];
};

/* closed: the thread frees everything when it next looks */
struct resolver {
	pthread_mutex_t lock;
	pthread_cond_t wanted;
	resolver_look_fn *look;
	bool closed;
	int fd;
	uint64_t questions;
	struct entry entries[RESOLVER_NAMES];
};

static bool look_up(const uint8_t addr[16], char *to, size_t size)
{
	return resolve_address(to, size, addr);
}

static void resolver_free(struct resolver *r)
{
	close(r->fd);
	pthread_cond_destroy(&r->wanted);
	pthread_mutex_destroy(&r->lock);
	free(r);
}

/* The entry that is wanted and was asked for last. */
static struct entry *next_wanted(struct resolver *r)
{
	struct entry *next = NULL;

	for (size_t i = 0; i < RESOLVER_NAMES; i++) {
		struct entry *e = &r->entries[i];

		if (e->state == WANTED && (!next || e->used > next->used))
			next = e;
	}
	return next;
}

/* Look up an entry. The lock is held, but not meanwhile. */
static void look_up_entry(struct resolver *r, struct entry *e)
{
	char name[NAME_SIZE] = "";
	uint8_t addr[16];
	uint64_t one = 1;
	bool named;

	e->state = LOOKED_UP;
	memcpy(addr, e->addr, sizeof(addr));
	pthread_mutex_unlock(&r->lock);
	named = r->look(addr, name, sizeof(name));
	pthread_mutex_lock(&r->lock);
	e->state = named ? NAMED : NAMELESS;
	show_text(e->name, sizeof(e->name), name, strlen(name));
	if (named && write(r->fd, &one, sizeof(one)) < 0)
		return;		/* it is readable already */
}

static void *run(void *arg)
{
	struct resolver *r = arg;

	pthread_mutex_lock(&r->lock);
	while (!r->closed) {
		struct entry *e = next_wanted(r);

		if (e)
			look_up_entry(r, e);
		else
			pthread_cond_wait(&r->wanted, &r->lock);
	}
	pthread_mutex_unlock(&r->lock);
	resolver_free(r);
	return NULL;
}

int resolver_open(struct resolver **out, resolver_look_fn *look)
{
	struct resolver *r = calloc(1, sizeof(*r));
	pthread_t thread;
	int err;

	if (!r)
		return -ENOMEM;
	r->look = look ? look : look_up;
	r->fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (r->fd < 0) {
		free(r);
		return -errno;
	}
	pthread_mutex_init(&r->lock, NULL);
	pthread_cond_init(&r->wanted, NULL);
	err = thread_start(&thread, run, r);
	if (err) {
		resolver_free(r);
		return err;
	}
	pthread_detach(thread);
	*out = r;
	return 0;
}

void resolver_close(struct resolver *r)
{
	if (!r)
		return;
	pthread_mutex_lock(&r->lock);
	r->closed = true;
	pthread_cond_signal(&r->wanted);
	pthread_mutex_unlock(&r->lock);
}

/* The entry of an address; or that which was asked for the longest ago, emptied for it. */
static struct entry *find(struct resolver *r, const uint8_t addr[16])
{
	struct entry *oldest = NULL;

	for (size_t i = 0; i < RESOLVER_NAMES; i++) {
		struct entry *e = &r->entries[i];

		if (e->state != FREE && !memcmp(e->addr, addr, 16))
			return e;
		if (e->state != LOOKED_UP && (!oldest || e->used < oldest->used))
			oldest = e;
	}
	memcpy(oldest->addr, addr, 16);
	oldest->state = FREE;
	return oldest;
}

bool resolver_name(void *resolver, const uint8_t addr[16], char *to, size_t size)
{
	struct resolver *r = resolver;
	struct entry *e;
	bool named;

	pthread_mutex_lock(&r->lock);
	e = find(r, addr);
	e->used = ++r->questions;
	if (e->state == FREE) {
		e->state = WANTED;
		pthread_cond_signal(&r->wanted);
	}
	named = e->state == NAMED;
	if (named)
		show_text(to, size, e->name, strlen(e->name));
	pthread_mutex_unlock(&r->lock);
	return named;
}

void resolver_retry(struct resolver *r)
{
	pthread_mutex_lock(&r->lock);
	for (size_t i = 0; i < RESOLVER_NAMES; i++)
		if (r->entries[i].state == NAMELESS)
			r->entries[i].state = FREE;
	pthread_mutex_unlock(&r->lock);
}

int resolver_fd(const struct resolver *r)
{
	return r->fd;
}

void resolver_heard(struct resolver *r)
{
	uint64_t n;

	if (read(r->fd, &n, sizeof(n)) < 0)
		return;
}
