/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rule/changes.h"
#include "rule/flowtable.h"
#include "rule/uncounted.h"

/* Names of flow tables, each for one of all that there have been. */
struct names {
	char **list;
	size_t n;
};

/* changes  NULL: notifications cannot be had
 * now      the flow tables that let packets pass uncounted
 * since    there was one since uncounted_since()
 */
struct uncounted {
	struct changes *changes;
	struct names now;
	bool since;
};

/* One reading: the names before it, and those that it finds. */
struct reading {
	const struct names *before;
	struct names found;
	int err;
};

static void free_names(struct names *names)
{
	for (size_t i = 0; i < names->n; i++)
		free(names->list[i]);
	free(names->list);
}

static bool has(const struct names *names, const char *name)
{
	for (size_t i = 0; i < names->n; i++)
		if (!strcmp(names->list[i], name))
			return true;
	return false;
}

/* The name becomes the list's. Returns 0 or -ENOMEM. */
static int add(struct names *names, char *name)
{
	char **list = realloc(names->list, (names->n + 1) * sizeof(*list));

	if (!list) {
		free(name);
		return -ENOMEM;
	}
	names->list = list;
	list[names->n++] = name;
	return 0;
}

/* A flow table keeps its connections when the rule that added them is removed. */
static void see(void *arg, const struct flowtable *f)
{
	struct reading *r = arg;
	char *name;

	if (f->counted || r->err)
		return;
	if (asprintf(&name, "%u/%s/%" PRIu64, f->family, f->table, f->handle) < 0) {
		r->err = -ENOMEM;
		return;
	}
	if (f->used || has(r->before, name))
		r->err = add(&r->found, name);
	else
		free(name);
}

int uncounted_open(struct uncounted **out)
{
	struct uncounted *u = calloc(1, sizeof(*u));

	if (!u)
		return -ENOMEM;
	if (changes_open(&u->changes))
		u->changes = NULL;
	*out = u;
	return 0;
}

int uncounted_fd(const struct uncounted *u)
{
	return u->changes ? changes_fd(u->changes) : -1;
}

/* Notifications are read before the flow tables, so that a change between the two is seen twice, not
 * missed. What they say does not matter: reading flow tables, of which there are few, takes no
 * longer than finding out. */
int uncounted_update(struct uncounted *u)
{
	struct reading r = { .before = &u->now };
	int err = u->changes ? changes_take(u->changes) : 0;

	if (err >= 0)
		err = flowtable_each(see, &r);
	if (!err)
		err = r.err;
	if (err) {
		free_names(&r.found);
		return err;
	}
	free_names(&u->now);
	u->now = r.found;
	u->since |= u->now.n;
	return 0;
}

bool uncounted_since(struct uncounted *u)
{
	bool since = u->since;

	u->since = u->now.n;
	return since;
}

void uncounted_close(struct uncounted *u)
{
	if (!u)
		return;
	changes_close(u->changes);
	free_names(&u->now);
	free(u);
}
