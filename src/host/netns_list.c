/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "host/netns.h"
#include "host/netns_list.h"
#include "host/netns_places.h"
#include "window/clock.h"

/* entries  sorted by id
 * own      the namespace of this process
 * looked   there was a look
 */
struct netns_list {
	struct netns_entry **entries;
	size_t n, room;
	int own;
	bool looked;
};

/* --- the list ----------------------------------------------------------------------- */

/* Where an id is in the list, or would be. */
static size_t position(const struct netns_list *l, uint32_t id)
{
	size_t low = 0, high = l->n;

	while (low < high) {
		size_t middle = (low + high) / 2;

		if (l->entries[middle]->id < id)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

struct netns_entry *netns_list_find(const struct netns_list *l, uint32_t id)
{
	size_t at = position(l, id);

	return at < l->n && l->entries[at]->id == id ? l->entries[at] : NULL;
}

static int make_room(struct netns_list *l)
{
	size_t room = l->room ? 2 * l->room : 64;
	struct netns_entry **entries;

	if (l->n < l->room)
		return 0;
	entries = realloc(l->entries, room * sizeof(*entries));
	if (!entries)
		return -ENOMEM;
	l->entries = entries;
	l->room = room;
	return 0;
}

static struct netns_entry *insert(struct netns_list *l, uint32_t id)
{
	struct netns_entry *e = make_room(l) ? NULL : calloc(1, sizeof(*e));
	size_t at = position(l, id);

	if (!e)
		return NULL;
	e->id = id;
	memmove(&l->entries[at + 1], &l->entries[at], (l->n - at) * sizeof(*l->entries));
	l->entries[at] = e;
	l->n++;
	return e;
}

/* Without memory the name stays as it was. */
static void set_name(struct netns_entry *e, const char *name)
{
	char *copy = e->name && !strcmp(e->name, name) ? NULL : strdup(name);

	if (!copy)
		return;
	free(e->name);
	e->name = copy;
}

struct netns_entry *netns_list_add(struct netns_list *l, uint32_t id, uint32_t inode)
{
	struct netns_entry *e = netns_list_find(l, id);
	char name[16];

	if (!e)
		e = insert(l, id);
	if (!e)
		return NULL;
	e->used_ns = clock_monotonic_ns();
	if (e->name || !inode)
		return e;
	e->inode = inode;
	e->missed = 1;
	snprintf(name, sizeof(name), "%" PRIu32, inode);
	set_name(e, name);
	return e;
}

const char *netns_list_name(struct netns_list *l, uint32_t id)
{
	struct netns_entry *e = netns_list_find(l, id);

	if (!e)
		return NULL;
	e->used_ns = clock_monotonic_ns();
	return e->name;
}

size_t netns_list_size(const struct netns_list *l)
{
	return l->n;
}

struct netns_entry *netns_list_at(const struct netns_list *l, size_t i)
{
	return l->entries[i];
}

static void free_entry(struct netns_entry *e)
{
	addresses_close(e->addresses);
	free(e->name);
	free(e);
}

void netns_list_forget(struct netns_list *l, uint64_t idle_ns, netns_visit_fn *fn, void *arg)
{
	uint64_t now_ns = clock_monotonic_ns();
	size_t kept = 0;

	for (size_t i = 0; i < l->n; i++) {
		struct netns_entry *e = l->entries[i];

		if (e->found || now_ns - e->used_ns < idle_ns) {
			l->entries[kept++] = e;
			continue;
		}
		fn(arg, e);
		free_entry(e);
	}
	l->n = kept;
}

/* --- looking -------------------------------------------------------------------------- */

/* What is not known any more does not change. */
static void forget_addresses(struct netns_entry *e)
{
	e->changed = e->addresses;
	e->settled = true;
	addresses_close(e->addresses);
	e->addresses = NULL;
}

/* A namespace is new, or has other addresses than before. */
static int take_addresses(struct netns_entry *e, bool first)
{
	struct addresses *now = NULL;
	int err = addresses_read(&now);

	if (err) {
		forget_addresses(e);
		return err;
	}
	e->changed = !e->addresses || !addresses_same(e->addresses, now);
	e->settled = first || !e->changed;
	addresses_close(e->addresses);
	e->addresses = now;
	return 0;
}

/* The thread is in the namespace. */
static int take_entry(struct netns_list *l, const struct netns_place *place, netns_visit_fn *visit, void *arg)
{
	struct netns_entry *e;
	uint64_t cookie;
	int err = netns_cookie(&cookie);

	if (err)
		return err;
	e = netns_list_find(l, cookie);
	if (!e)
		e = insert(l, cookie);
	if (!e)
		return -ENOMEM;
	e->inode = place->inode;
	e->found = true;
	e->missed = 0;
	e->used_ns = clock_monotonic_ns();
	set_name(e, place->name);
	err = take_addresses(e, !l->looked);
	if (visit)
		visit(arg, e);
	return err;
}

/* The file can have become another namespace's since its folder was read; that of this process is that of the
 * namespace which has been entered before this one. */
static int enter(const struct netns_list *l, const struct netns_place *place)
{
	struct stat st;
	int fd, err = 0;

	if (!fstat(l->own, &st) && st.st_ino == place->inode)
		return setns(l->own, CLONE_NEWNET) ? -errno : 0;
	fd = open(place->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	if (fd < 0)
		return -errno;
	if (fstat(fd, &st) || st.st_ino != place->inode)
		err = -ENOENT;
	else if (setns(fd, CLONE_NEWNET))
		err = -errno;
	close(fd);
	return err;
}

/* A namespace that no look finds twice has no addresses any more that anybody could know. */
static void miss(struct netns_entry *e)
{
	e->changed = false;
	if (++e->missed >= 2)
		forget_addresses(e);
}

int netns_list_look(struct netns_list *l, netns_visit_fn *visit, void *arg, size_t *refused)
{
	struct netns_places *places;
	size_t n = 0, denied = 0;
	int err = netns_places_find(&places);

	if (err)
		return err;
	for (size_t i = 0; i < l->n; i++)
		l->entries[i]->found = false;
	for (; n < places->n; n++) {
		int one = enter(l, &places->list[n]);

		if (one == -EPERM || one == -EACCES)
			denied++;
		else if (!one)
			one = take_entry(l, &places->list[n], visit, arg);
		if (one == -ENOMEM || one == -EMFILE || one == -ENFILE)
			err = one;
	}
	netns_places_free(places);
	if (n && setns(l->own, CLONE_NEWNET))
		return -ENOTRECOVERABLE;
	for (size_t i = 0; i < l->n && !err; i++)	/* after an error nobody knows which are gone */
		if (!l->entries[i]->found)
			miss(l->entries[i]);
	l->looked = true;
	if (refused)
		*refused = denied;
	return err;
}

int netns_list_open(struct netns_list **out)
{
	struct netns_list *l = calloc(1, sizeof(*l));
	uint64_t cookie;
	int err = l ? netns_cookie(&cookie) : -ENOMEM;

	if (!err) {
		l->own = open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC);
		err = l->own < 0 ? -errno : 0;
	}
	if (err) {
		free(l);
		return err;
	}
	*out = l;
	return 0;
}

void netns_list_close(struct netns_list *l)
{
	if (!l)
		return;
	for (size_t i = 0; i < l->n; i++)
		free_entry(l->entries[i]);
	close(l->own);
	free(l->entries);
	free(l);
}
